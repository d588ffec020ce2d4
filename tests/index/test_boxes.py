"""Ranges of a PDF's text led back to boxes on its pages, and pages drawn."""

import io
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from PIL import Image
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from index.errors import InputError
from index.load import load
from index.load.pdf_page import MAX_SIDE_PIXELS, boxes, draw
from index.stretches import stretches
from index.types import Box, Content

FONT, SIZE = "Helvetica", 10
PAGE = (400, 600)
PROSE = (
    "The ferry to the island runs every day of the year, and in summer it runs twice as often, "
    "for the island has more guests then than it has people who live there."
)
Draw = Callable[[Any], None]
# What makes a page look upright when it is turned.
UPRIGHT = {0: (0, 0, 0), 90: (600, 0, 90), 180: (400, 600, 180), 270: (0, 400, 270)}


def pdf(*pages: Draw, degrees: int = 0) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=PAGE, invariant=1)
    for page in pages:
        canvas.setPageRotation(degrees)
        x, y, turn = UPRIGHT[degrees]
        canvas.translate(x, y)
        canvas.rotate(turn)
        page(canvas)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def write(canvas: Any, rows: Sequence[str], left: float = 50, top: float = 300) -> None:
    canvas.setFont(FONT, SIZE)
    for i, row in enumerate(rows):
        canvas.drawString(left, top - 12 * i, row)


def boxes_of(data: bytes, quote: str) -> tuple[Box, ...]:
    content = load("a.pdf", data)
    start = content.text.index(quote)
    return boxes(data, stretches(content, start, start + len(quote)))


def assert_around(box: Box, row: str, part: str, left: float, base: float) -> None:
    """The box is that of a part of a row that begins at `left` on the height `base`."""
    begin = left + stringWidth(row[: row.index(part)], FONT, SIZE)
    end = begin + stringWidth(part, FONT, SIZE)
    assert (box.left, box.right) == pytest.approx((begin, end), abs=0.2)
    top = PAGE[1] - base
    assert top - SIZE - 1 < box.top < top - 0.6 * SIZE
    assert top < box.bottom < top + 0.4 * SIZE


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_words_have_a_box_a_row_on_pages_turned_and_not(degrees: int) -> None:
    rows = simpleSplit(PROSE, FONT, SIZE, 250)
    data = pdf(lambda canvas: write(canvas, rows), degrees=degrees)
    assert load("a.pdf", data).text == PROSE
    (one,) = boxes_of(data, "every day")
    assert_around(one, rows[0], "every day", 50, 300)
    first, second = boxes_of(data, "year, and in summer")
    assert (rows[0][-12:], rows[1][:6]) == ("year, and in", "summer")
    assert_around(first, rows[0], "year, and in", 50, 300)
    assert_around(second, rows[1], "summer", 50, 288)


def test_both_halves_of_a_broken_word_are_covered() -> None:
    rows = ["The people of this island run the old ferry of the har-", "bour and like the harbour."]
    data = pdf(lambda canvas: write(canvas, rows))
    before, after = boxes_of(data, "harbour and")
    assert_around(before, rows[0], "har-", 50, 300)
    assert_around(after, rows[1], "bour and", 50, 288)


def test_a_sentence_that_a_page_cuts_stands_on_both() -> None:
    rows = simpleSplit(PROSE, FONT, SIZE, 250)
    data = pdf(lambda c: write(c, rows[:2], top=80), lambda c: write(c, rows[2:], top=550))
    found = boxes_of(data, PROSE)
    assert [box.page for box in found] == [1, 1, 2]
    assert_around(found[2], rows[2], rows[2], 50, 550)


def test_columns_have_boxes_of_their_own() -> None:
    rows = simpleSplit(PROSE, FONT, SIZE, 150)

    def page(canvas: Any) -> None:
        write(canvas, rows[:3], left=30, top=80)
        write(canvas, rows[3:], left=220, top=550)

    found = boxes_of(pdf(page), PROSE)
    assert len(found) == len(rows)
    for i, (box, row) in enumerate(zip(found, rows, strict=True)):
        left, base = (30, 80 - 12 * i) if i < 3 else (220, 550 - 12 * (i - 3))
        assert_around(box, row, row, left, base)


def test_what_lies_beyond_the_page_is_not_shown_nor_read() -> None:
    def page(canvas: Any) -> None:
        write(canvas, ["Here."])
        write(canvas, ["Not here."], top=700)

    data = pdf(page)
    assert load("a.pdf", data).text == "Here."
    data = pdf(lambda canvas: write(canvas, ["Words that go out", "x" * 90], left=300))
    shown = load("a.pdf", data).text.removeprefix("Words that go out").strip()
    assert 15 < len(shown) < 25
    assert shown == "x" * len(shown)


def test_every_character_is_led_back_to_itself() -> None:
    import pypdfium2

    rows = simpleSplit(PROSE, FONT, SIZE, 250)
    data = pdf(lambda c: write(c, rows), lambda c: write(c, [*rows, "An area of 5 m² and more."]))
    content = load("a.pdf", data)
    document = pypdfium2.PdfDocument(data)
    pages = [page.get_textpage() for page in document]
    for i, character in enumerate(content.text):
        found = stretches(content, i, i + 1)
        if character.isspace():
            assert found == ()
        else:
            (one,) = found
            assert one.first == one.last
            code = pypdfium2.raw.FPDFText_GetUnicode(pages[one.page - 1], one.first)
            assert chr(code) == character
    document.close()


def test_formats_without_pages_have_no_stretches() -> None:
    assert stretches(Content(title="", text="A ferry."), 0, 8) == ()


def picture(png: bytes) -> Any:
    return np.asarray(Image.open(io.BytesIO(png)))


def test_a_page_is_drawn_with_its_words_highlighted() -> None:
    rows = simpleSplit(PROSE, FONT, SIZE, 250)
    data = pdf(lambda canvas: write(canvas, rows), degrees=90)
    plain = picture(draw(data, 1, (), 2))
    assert plain.shape == (1200, 800, 3)
    (box,) = boxes_of(data, "every day")
    marked = picture(draw(data, 1, [box, Box(page=2, left=0, top=0, right=9, bottom=9)], 2))
    changed = np.argwhere((marked != plain).any(axis=2))
    top, left = changed.min(axis=0)
    bottom, right = changed.max(axis=0)
    assert (left, top, right, bottom) == pytest.approx(
        [2 * x for x in (box.left, box.top, box.right, box.bottom)], abs=2
    )
    inside = plain[top : bottom + 1, left : right + 1]
    assert (inside.min(axis=2) < 100).any()  # letters
    assert (marked[top : bottom + 1, left : right + 1].min(axis=2) < 100).any()


def test_rows_that_overlap_are_highlighted_once() -> None:
    data = pdf(lambda canvas: write(canvas, ["Ferry"]))
    box = Box(page=1, left=200, top=50, right=300, bottom=100)
    assert draw(data, 1, (box, box), 1) == draw(data, 1, (box,), 1)


def test_a_larger_sign_does_not_make_its_row_higher_than_what_is_seen() -> None:
    def page(canvas: Any) -> None:
        line = canvas.beginText(50, 300)
        for text, size in (("The ferry ", SIZE), (".", 90), (" sails.", SIZE)):
            line.setFont(FONT, size)
            line.textOut(text)
        canvas.drawText(line)

    (box,) = boxes_of(pdf(page), "The ferry . sails.")
    assert box.bottom - box.top < 15


def test_huge_pages_are_drawn_small() -> None:

    def page(canvas: Any) -> None:
        canvas.setPageSize((14_000, 60))
        write(canvas, ["Ferry"], top=20)

    data = pdf(page)
    height, width, _ = picture(draw(data, 1, (), 2)).shape
    assert width <= MAX_SIDE_PIXELS
    assert width / height == pytest.approx(14_000 / 60, rel=0.05)


def test_a_page_that_is_not_there() -> None:
    data = pdf(lambda canvas: write(canvas, ["Ferry"]))
    for page in (0, 2):
        with pytest.raises(InputError, match=f"no page {page}: the file has 1"):
            draw(data, page, (), 1)
