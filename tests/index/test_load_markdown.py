"""Markdown to plain words."""

from index.load import load
from index.places import location_at
from index.types import Content
from tests.index.load_checks import loaded, location_of

PAGE = """---
title: Harbour handbook
tags: [boats]
---
# Rules of the *harbour*

[![build](b.svg)](https://example.org) [![docs](d.svg)](https://example.org)

Boats **must** leave
by [noon](https://example.org/noon), says `rule_4`.<br>No exceptions &amp; no refunds.
![A chart of the basin](chart.png)

Fees
----

| Length | Fee |
|--------|----:|
| 5 m    | 10  |
| 8 m    |     |

1. Sign the register.
2. Pay:
   - in cash
   - by card

```python
if late:
    pay(2)
```

<!-- a note --><p>Raw <b>words</b></p>
"""

TEXT = """Rules of the harbour

build docs

Boats must leave by noon, says rule_4.
No exceptions & no refunds. A chart of the basin

Fees

Length | Fee
Length: 5 m | Fee: 10
Length: 8 m

1. Sign the register.
2. Pay:
- in cash
- by card

if late:
    pay(2)

Raw words"""


def words(content: Content, parts: str) -> list[str]:
    return [content.text[r.start : r.end] for r in getattr(content, parts)]


def test_a_page() -> None:
    content = load("a.md", PAGE.encode())
    assert content.text == TEXT
    assert content.title == "Harbour handbook"
    assert words(content, "headings") == ["Rules of the harbour", "Fees"]
    assert [heading.level for heading in content.headings] == [1, 2]
    assert words(content, "navigation") == ["build docs"]


def test_a_contents_list_is_navigation() -> None:
    contents = "- [One](#one)\n- [Two](#two)\n- [Three](#three)\n"
    content = load(
        "a.md", f"# All\n\n{contents}\n## One\n\n- [Two](https://example.org)\n".encode()
    )
    assert words(content, "navigation") == ["- One\n- Two\n- Three"]


def test_title_falls_back_on_the_first_heading() -> None:
    assert load("a.md", b"text\n\n# Boats\n\n# Ships").title == "Boats"
    assert load("a.md", b"---\ntitle: [broken\n---\n\n# Boats").title == "Boats"
    assert load("a.md", b"---\n- 1\n---\n\n# Boats").title == "Boats"
    assert load("my_notes.md", b"- one\n- two").title == "my notes"


def test_front_matter_is_not_text_and_cannot_smuggle_half_characters() -> None:
    content = load("a.md", b'---\ntitle: "\\uD800 boats"\n---\nwords')
    assert (content.text, content.title) == ("words", "\ufffd boats")


def test_numbering_starts_where_the_list_does() -> None:
    assert load("a.md", b"7. seven\n8. eight\n").text == "7. seven\n8. eight"


def test_badges_beside_a_heading_are_no_part_of_it() -> None:
    assert load("a.md", b"# Boats [![ok](a.svg)](https://example.org)\n\ntext").title == "Boats"


def test_cells_are_located() -> None:
    more = "| A | |\n|---|---|\n| **x** | `y` |\n\n<table><tr><td>p<td>q</table>\n"
    content = loaded("a.md", f"{PAGE}\n{more}".encode())
    for words_, table, row, column in (
        ("Fee", 1, 1, 2),
        ("5 m", 1, 2, 1),
        ("Fee: 10", 1, 2, 2),
        ("8 m", 1, 3, 1),
        ("A: x", 2, 2, 1),
        ("y", 2, 2, 2),
    ):
        start = content.text.rindex("A: x | y") if table == 2 else content.text.index("Length |")
        at = content.text.index(words_, start)
        location = {"table": table, "row": row, "column": column}
        assert dict(location_at(content.places, at)) == location
    assert location_of(content, "p | q") == {}
