"""Blocks against named kinds of text, and the rules that hold for any text."""

import textwrap
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.outline import blocks, count_words, find_title, is_prose
from index.types import Range

PROSE = (
    "The harbour office keeps a register of every boat that lies in the basin over night, and "
    "the harbour master signs it each morning before the gates are opened to the fishing fleet "
    "that has waited outside."
)

LONG = "A heading after the prose that has more words than the headline"


def parts(text: str) -> list[str]:
    return [text[block.start : block.end] for block in blocks(text)]


@pytest.mark.parametrize("width", [44, 60, 72, 100])
def test_hard_wrapped_paragraphs_are_one_block_each(width: int) -> None:
    wrapped = textwrap.fill(PROSE, width)
    text = f"Dear all,\n\n{wrapped}\n\n{wrapped}\n\nBest,\nRuth\nHarbour office\n"
    assert parts(text) == ["Dear all,", wrapped, wrapped, "Best,", "Ruth", "Harbour office"]


def test_wrapped_list_items_keep_their_hanging_lines() -> None:
    item = textwrap.fill(PROSE, 60, initial_indent="- ", subsequent_indent="  ")
    assert parts(f"{item}\n{item}") == [item, item]


def test_quoted_mail_does_not_run_into_the_reply() -> None:
    quote = textwrap.fill(PROSE, 60, initial_indent="> ", subsequent_indent="> ")
    reply = textwrap.fill(PROSE, 60)
    assert parts(f"{quote}\n{reply}") == [quote, reply]


def test_one_paragraph_a_line() -> None:
    text = f"A headline\n{PROSE}\n{PROSE}\n• A name\n• 2023.08.03 10:31\n"
    assert parts(text) == ["A headline", PROSE, PROSE, "• A name", "• 2023.08.03 10:31"]


def test_lines_of_a_poem_stay_apart() -> None:
    lines = [
        "The gulls come in before the rain has fallen on the quay,",
        "They settle on the cabin roofs and watch the turning sea,",
        "And no one who has heard them cry will sleep the night alone,",
        "For every gull that calls a name has called it for his own.",
    ]
    assert parts("\n".join(lines)) == lines


def test_lines_of_an_address_stay_apart() -> None:
    lines = [
        "Harbour Office",
        "Quay Street 12, second floor",
        "Northhaven NH4 2QT",
        "Tel. 01632 960",
    ]
    assert parts("\n".join(lines)) == lines


@given(st.text(alphabet="ab .-\n\t>1A\u3000\u00e9", max_size=300))
def test_blocks_leave_nothing_out(text: str) -> None:
    found = blocks(text)
    assert all(text[b.start : b.end] == text[b.start : b.end].strip() != "" for b in found)
    assert all(a.end <= b.start for a, b in pairwise(found))
    inside = "".join(text[b.start : b.end] for b in found)
    assert "".join(inside.split()) == "".join(text.split())


def test_count_words() -> None:
    assert count_words("Don't re-open US$27,500 (again)!") == 5
    assert count_words("图书馆开放时间") == 3
    assert count_words("— … —") == 0


def test_is_prose() -> None:
    assert is_prose(PROSE)
    assert is_prose(PROSE[:-1] + "?”")
    assert not is_prose(PROSE[:-1])
    assert not is_prose("It rained.")


def test_title_is_the_longest_block_before_the_prose() -> None:
    byline = "By A. Very Long Name, Of The Office Of X"
    text = f"News\n\nHarbour gates to open an hour earlier\n\n{byline}\n\n{PROSE}\n\n{LONG}"
    assert find_title(text, blocks(text)) == "Harbour gates to open an hour earlier"
    headline = Range(start=6, end=43)
    assert find_title(text, blocks(text), [headline]) == "News"


def test_a_first_block_that_stands_there_twice_is_the_title_even_as_a_sentence() -> None:
    headline = "The harbour and the town mark the end of a long quarrel in May."
    text = f"{headline}\n\nnews\n\n{headline}\n\n{LONG}\n\n{PROSE}"
    assert find_title(text, blocks(text)) == headline


def test_no_title_where_prose_comes_first() -> None:
    assert find_title(PROSE, blocks(PROSE)) == ""
