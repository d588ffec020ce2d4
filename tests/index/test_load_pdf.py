"""PDFs made with reportlab, read back."""

import io
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from index.errors import UnreadableFile
from index.load import load
from index.load.running import contents_rows, running_rows
from index.types import Content

FONT, SIZE, WIDTH = "Helvetica", 10, 400
PROSE = (
    "The ferry to the island runs every day of the year, and in summer it runs twice as often, "
    "for the island has more guests then than it has people who live there.",
    "Tickets are sold at the pier and on board, and children under six years of age travel free "
    "if somebody who is older than sixteen travels with them on the same boat.",
)
ENDS = {1: "So it was in May.", 2: "It paid 200 pounds.", 3: "It paid 300 pounds."}
Draw = Callable[[Any], None]


def pdf(*pages: Draw, title: str = "", encrypt: Any = None) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, encrypt=encrypt, invariant=1)
    canvas.setTitle(title)
    for draw in pages:
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def rows(canvas: Any, texts: Sequence[str], top: float, font: str = FONT, size: int = SIZE) -> None:
    canvas.setFont(font, size)
    for i, text in enumerate(texts):
        canvas.drawString(72, top - i * 1.2 * size, text)


def body(canvas: Any, top: float = 650) -> None:
    for i, paragraph in enumerate(PROSE):
        rows(canvas, simpleSplit(paragraph, FONT, SIZE, WIDTH), top - 80 * i)


def words(content: Content, parts: str) -> list[str]:
    return [content.text[r.start : r.end] for r in getattr(content, parts)]


def test_paragraphs_headings_and_running_titles() -> None:
    def draw(number: int) -> Draw:
        def page(canvas: Any) -> None:
            rows(canvas, ["Ferry handbook"], 800)
            rows(canvas, [f"Part {number}"], 700, "Helvetica-Bold", 16)
            body(canvas)
            rows(canvas, [ENDS[number]], 300)
            rows(canvas, [f"Page {number + 4} of 99"], 40)

        return page

    content = load("a.pdf", pdf(*(draw(i) for i in (1, 2, 3))))
    page = "Ferry handbook\n\nPart {}\n\n" + "\n\n".join(PROSE) + "\n\n{}\n\nPage {} of 99"
    pages = [page.format(i, ENDS[i], i + 4) for i in (1, 2, 3)]
    assert content.text == "\n\n".join(pages)
    assert words(content, "headings") == ["Part 1", "Part 2", "Part 3"]
    assert words(content, "pages") == pages
    assert [p.number for p in content.pages] == [1, 2, 3]
    assert "".join(words(content, "navigation")).count("Ferry handbook") == 3
    assert not any("Tickets" in found for found in words(content, "navigation"))


def test_hyphens_at_line_ends() -> None:
    def draw(canvas: Any) -> None:
        lines = ["The people of this island run the old ferry of the har-", "bour and a well-"]
        rows(canvas, [lines[0], "bour, and what they like to see is a boat that is well-"], 700)
        rows(canvas, ["known, in a harbour."], 676)

    text = load("a.pdf", pdf(draw)).text
    assert text == (
        "The people of this island run the old ferry of the harbour, and what they like to see "
        "is a boat that is well-known, in a harbour."
    )


def test_bookmarks_are_the_headings() -> None:
    def draw(canvas: Any) -> None:
        rows(canvas, ["1.2 Tickets"], 720)
        rows(canvas, ["Large words"], 690, FONT, 24)
        body(canvas)
        canvas.bookmarkPage("tickets")
        canvas.addOutlineEntry("Tickets", "tickets", level=0)

    content = load("a.pdf", pdf(draw))
    assert words(content, "headings") == ["1.2 Tickets"]


def test_titles() -> None:
    def draw(canvas: Any) -> None:
        rows(canvas, ["Ferries of the North"], 750, FONT, 20)
        body(canvas)

    assert load("a.pdf", pdf(draw, title="Microsoft Word - x.doc")).title == "Ferries of the North"
    assert load("a.pdf", pdf(draw, title="ferries of the north")).title == "ferries of the north"
    assert load("the_file.pdf", pdf(body, title="untitled")).title == "the file"
    assert load("a.pdf", pdf(body, title="Ferry rules")).title == "Ferry rules"


def test_without_text() -> None:
    with pytest.raises(UnreadableFile, match=r"has no text.*OCR"):
        load("a.pdf", pdf(lambda canvas: canvas.rect(10, 10, 50, 50)))


def test_encrypted() -> None:
    locked = pdf(body, encrypt=StandardEncryption("secret"))
    with pytest.raises(UnreadableFile, match="password"):
        load("a.pdf", locked)
    open_to_read = pdf(body, encrypt=StandardEncryption("", ownerPassword="secret"))
    assert load("a.pdf", open_to_read).text == "\n\n".join(PROSE)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.99])
def test_cut_short(share: float) -> None:
    data = pdf(body)
    with pytest.raises(UnreadableFile, match="is damaged"):
        load("a.pdf", data[: int(len(data) * share)])


def test_broken_inside() -> None:
    with pytest.raises(UnreadableFile, match="is damaged"):
        load("a.pdf", b"%PDF-1.4\nnothing of use\n%%EOF")


def test_several_threads_read_the_same() -> None:
    data = pdf(*[body] * 5)
    with ThreadPoolExecutor(4) as pool:
        contents = list(pool.map(lambda _: load("a.pdf", data), range(8)))
    assert contents == contents[:1] * 8


def test_running_rows_are_the_same_but_for_the_page_number() -> None:
    pages = [
        [
            (800.0, f"Boats {n}"),
            (700.0, ["first", "second", "third", "fourth"][n - 1]),
            (60.0, f"In {2000 + 7 * n} it paid {n}0"),
            (40.0, r),
        ]
        for n, r in zip((1, 2, 3, 4), ("i", "ii", "iii", "iv"), strict=True)
    ]
    pages[2][0] = (800.0, "Other chapter 3")
    assert running_rows(pages) == [{0, 3}] * 4


def test_a_dotless_i_is_no_number() -> None:
    pages = [[(700.0, f"Text {n}"), (40.0, "ı İ ſ K")] for n in range(3)]
    assert running_rows(pages) == [{0, 1}] * 3


def test_sums_that_stand_last_on_every_page_are_no_page_numbers() -> None:
    pages = [[(700.0, f"Text {n}"), (40.0, f"Total {value}")] for n, value in enumerate((9, 50, 7))]
    assert [0 in found for found in running_rows(pages)] == [True] * 3  # "Text n" counts pages
    assert [1 in found for found in running_rows(pages)] == [False] * 3


def test_numbered_titles_of_short_chapters_but_not_notes() -> None:
    heads = ["Boats 1", "Boats 2", "Boats 3", "Fares 4", "5 Tickets", "Six"]
    texts = ["north", "east", "south", "west", "up", "down"]
    feet = ["one", "two", "three", "4 See also page nine", "paid 7", "Tel. 6"]
    pages = [
        [(800.0, head), (700.0, "a " + text), (600.0, "b " + text), (40.0, foot)]
        for head, text, foot in zip(heads, texts, feet, strict=True)
    ]
    assert running_rows(pages) == [{0}, {0}, {0}, {0}, {0}, {3}]


def test_a_heading_of_two_centred_rows() -> None:
    def draw(canvas: Any) -> None:
        canvas.setFont(FONT, 20)
        canvas.drawCentredString(300, 760, "A long title about ferries and")
        canvas.drawCentredString(300, 736, "the Islands")
        body(canvas)

    content = load("a.pdf", pdf(draw))
    assert content.title == "A long title about ferries and the Islands"
    assert words(content, "headings") == [content.title]


def test_a_row_that_runs_over_the_margin_parts_no_paragraph() -> None:
    """The rows that end at the margin are full, though another is longer."""
    right = 72 + WIDTH

    def draw(canvas: Any) -> None:
        lines = simpleSplit(" ".join(PROSE), FONT, SIZE, WIDTH)
        canvas.setFont(FONT, SIZE)
        for i, line in enumerate(lines):
            room = right - 72 - stringWidth(line, FONT, SIZE)
            space = room / line.count(" ") if i < len(lines) - 1 else 0
            canvas.drawString(72, 700 - 12 * i, line, wordSpace=space)
        rows(
            canvas,
            ["A row that no word could be parted of runs over the margin for " + "x" * 40],
            640,
        )

    assert load("a.pdf", pdf(draw)).text.split("\n\n")[0] == " ".join(PROSE)


def test_the_measured_width_of_a_first_word_tells_whether_it_would_have_fitted() -> None:
    """A word in a wide font is wider than its letters are many."""

    def draw(canvas: Any) -> None:
        rows(
            canvas,
            ["The longest of these rows ends far to the right, at the margin of the page."],
            700,
        )
        rows(canvas, ["You move the origin of the page to the left by"], 676)
        canvas.setFont("Courier", SIZE)
        canvas.drawString(72, 664, "canvas.translate(x,y)")
        canvas.setFont(FONT, SIZE)
        canvas.drawString(202, 664, "as it is in all these files, if it is a file.")

    text = load("a.pdf", pdf(draw)).text
    assert "by canvas.translate(x,y) as it is" in text


def test_running_titles_of_a_chapter_and_of_left_and_right_pages() -> None:
    def page(title: str, number: int) -> list[tuple[float, str]]:
        return [(800.0, title), (700.0, f"Text {number * number} of"), (600.0, "Other text")]

    chapters = [page("Boats" if 20 <= n < 24 else f"Title {n * n}x", n) for n in range(90)]
    found = running_rows([[row for row in rows if row[1] != "Other text"] for rows in chapters])
    assert [n for n in range(90) if 0 in found[n]] == [20, 21, 22, 23]
    titles = ["First", "Author", "Boats", "Author", "Boats", "Author"]
    found = running_rows([page(title, n)[:2] for n, title in enumerate(titles)])
    assert [n for n in range(6) if 0 in found[n]] == [1, 2, 3, 4, 5]
    found = running_rows([page(title, n)[:2] for n, title in enumerate(titles[1:5])])
    assert not any(0 in rows for rows in found)  # nothing runs on three pages


def test_contents_have_rising_page_numbers() -> None:
    contents = [f"Chapter {n} . . . . . . {3 * n}" for n in range(1, 7)]
    assert contents_rows(["Contents", *contents], page_count=20) == set(range(1, 7))
    assert contents_rows(contents, page_count=10) == set()
    assert contents_rows([f"Soup ..... {price}" for price in (5, 4, 9, 3, 8)], 20) == set()


def test_contents_of_two_parts_count_their_pages_apart() -> None:
    contents = [f"Chapter {n} . . . . . . {n}" for n in (*range(1, 7), *range(1, 7))]
    assert contents_rows(contents, page_count=20) == set(range(12))


def test_long_entries_and_an_index_are_contents_too() -> None:
    contents = [f"1.{n} Boats . . . . . . {n}" for n in range(1, 6)]
    contents[3:3] = ["1.9 How are boats that", "come from far away"]
    first = ["1.0 A long entry on boats", "and ferries"]
    assert contents_rows([*first[:1], *contents], page_count=9) == set(range(8))
    assert contents_rows(["Prose stands before it.", *contents], page_count=9) == set(range(1, 8))
    index = [
        "A",
        "anchor . . . . 7, 12",
        "B",
        "bay. . . . 3",
        "boat . . . . ii",
        "B",
        "buoy .... 9",
    ]
    assert contents_rows([*index, "C", "cabin . . . . 1"], page_count=20) == set(range(9))
    assert contents_rows([*index, "C", "cabin . . . . 1"], page_count=8) == set()
    last = ["quay . . . . 4", "And so on . . . he said"]
    assert contents_rows(last, page_count=20) == set()
    assert contents_rows(last, page_count=20, begun=True) == {0}


def test_a_word_broken_in_a_hanging_item_goes_on() -> None:
    def draw(canvas: Any) -> None:
        rows(
            canvas,
            ["Tickets   The price of a ticket for the ferry to the island, paid at the har-"],
            700,
        )
        canvas.drawString(
            112, 688, "bour. It is the same for all the passengers of the boat, who are"
        )
        canvas.drawString(112, 676, "many in summer.")

    text = load("a.pdf", pdf(draw)).text
    assert text == (
        "Tickets The price of a ticket for the ferry to the island, paid at the har-bour. It is "
        "the same for all the passengers of the boat, who are many in summer."
    )


def test_raised_digits() -> None:
    def raised(canvas: Any, text: str, digits: str, rest: str, y: float) -> None:
        line = canvas.beginText(72, y)
        for part, size, rise in ((text, SIZE, 0), (digits, 6, 4), (rest, SIZE, 0)):
            line.setFont(FONT, size)
            line.setRise(rise)
            line.textOut(part)
        canvas.drawText(line)

    def draw(canvas: Any) -> None:
        body(canvas)
        raised(
            canvas, "The number of guests is limited", "1", " to forty on each of the boats.", 500
        )
        raised(canvas, "They may see 5 m", "2", " of the deck, 10 of them.", 470)
        rows(canvas, ["1 Children count as well."], 100, size=8)

    text = load("a.pdf", pdf(draw)).text
    assert "The number of guests is limited to forty on each of the boats." in text
    assert "They may see 5 m² of the deck, 10 of them." in text
    assert "1 Children count as well." in text


def test_a_heading_of_two_rows_has_one_bookmark() -> None:
    def draw(canvas: Any) -> None:
        canvas.bookmarkPage("far")
        canvas.addOutlineEntry("How are boats made that come from far away?", "far", level=0)
        rows(canvas, ["1 How are boats made"], 720, "Helvetica-Bold", 12)
        rows(canvas, ["that come from far away?"], 705, "Helvetica-Bold", 12)
        body(canvas)

    content = load("a.pdf", pdf(draw))
    assert words(content, "headings") == ["1 How are boats made that come from far away?"]


def test_a_paragraph_goes_on_over_the_page_and_keeps_its_pages() -> None:
    first = "Nobody has counted all of the boats that have gone from here to the islands of the"
    second = "north, but they were many."

    def page(number: int, top: list[str], foot: list[str]) -> Draw:
        def draw(canvas: Any) -> None:
            rows(canvas, ["Ferry handbook"], 800)
            rows(canvas, [*top, f"The harbour of page {number} is an old one."], 740)
            body(canvas)
            rows(canvas, foot, 120)
            rows(canvas, [f"{number} A note on page {number}."], 80, size=7)
            rows(canvas, [f"Page {number}"], 40)

        return draw

    ends = [[], [first], ["The cap-"], ["It ends here."]]
    tops = [[], [], [second], ["tain sails."]]
    content = load(
        "a.pdf",
        pdf(*(page(n, tops[n], ends[n]) for n in (1, 2, 3))),
    )
    one, two, three = words(content, "pages")
    assert one.endswith(f"1 A note on page 1.\n\nPage 1\n\n{first}")
    assert two.startswith(f"{second}\n\nFerry handbook\n\nThe harbour of page 2 is an old one.")
    assert two.endswith("Page 2\n\nThe cap-")
    assert three.startswith("tain sails.\n\nFerry handbook\n\nThe harbour of page 3")
    assert f"{first} {second}" in content.text
    assert "The cap-tain sails." in content.text
    assert [p.number for p in content.pages] == [1, 2, 3]
    assert words(content, "navigation").count("Ferry handbook") == 3


def test_a_page_that_ends_a_sentence_ends_its_paragraph() -> None:
    def page(top: str, foot: str) -> Draw:
        def draw(canvas: Any) -> None:
            rows(canvas, [top], 740)
            rows(canvas, [foot], 120)

        return draw

    ended = "This row is as long as all the others are on this page, and it ends here."
    content = load("a.pdf", pdf(page("Ferries.", ended), page("iron boats came later.", "End.")))
    assert f"{ended}\n\niron boats" in content.text


def test_a_paragraph_goes_on_in_the_next_column() -> None:
    def draw(canvas: Any) -> None:
        column = simpleSplit(PROSE[0], FONT, SIZE, 200)
        rows(canvas, column[:2], 112)
        for i, text in enumerate(column[2:]):
            canvas.drawString(320, 700 - 12 * i, text)

    assert load("a.pdf", pdf(draw)).text == PROSE[0]


def test_code_keeps_its_rows_and_indents() -> None:
    def draw(canvas: Any) -> None:
        body(canvas)
        rows(canvas, ["if boat:", "    sail(boat)", "else:", "    swim()"], 480, "Courier", SIZE)
        rows(canvas, ["The boat is better."], 400)

    text = load("a.pdf", pdf(draw)).text
    assert text.endswith("\n\nif boat:\n    sail(boat)\nelse:\n    swim()\n\nThe boat is better.")


def test_prose_in_a_typewriter_font_is_no_code() -> None:
    def draw(canvas: Any) -> None:
        rows(canvas, simpleSplit(PROSE[0], "Courier", SIZE, WIDTH), 700, "Courier", SIZE)

    assert load("a.pdf", pdf(draw)).text == PROSE[0]
