"""Spaces that are seen, in PDFs made with reportlab and by places given by hand."""

import io
from collections.abc import Sequence
from typing import Any

import pytest
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from index.load import load, pdf_page
from index.load.pdfium import Place
from index.load.spacing import is_next_row, spacing
from index.stretches import stretches

FONT, SIZE = "Times-Roman", 10


def pdf(pieces: Sequence[tuple[str, float]], back: float = 0) -> bytes:
    """One row; each piece has room after its first letter, and begins where the last one ends.

    All but the first begin `back` points before that.
    """
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(400, 300), invariant=1)
    row: Any = canvas.beginText()
    row.setFont(FONT, SIZE)
    left = 50.0
    for text, room in pieces:
        row.setTextOrigin(left, 200)
        row.setCharSpace(room)
        row.textOut(text)
        left += stringWidth(text, FONT, SIZE) + (len(text) - 1) * room - back
    canvas.drawText(row)
    canvas.save()
    return out.getvalue()


def test_room_between_two_letters_is_a_space() -> None:
    """groff writes a word's end as room after the first of two letters, which aren't parted."""
    pieces = [("It can be give", 0), ("nw", 3.4), ("ill, so the", 0), ("yc", 2.7), ("an see.", 0)]
    content = load("a.pdf", pdf(pieces))
    assert content.text == "It can be given will, so they can see."
    start = content.text.index("given will")
    assert len(stretches(content, start, start + len("given will"))) == 1


def test_letters_set_apart_stay_a_word() -> None:
    assert load("a.pdf", pdf([("FERRY", 2.6)])).text == "FERRY"


def test_a_space_without_room_is_not_seen() -> None:
    room = stringWidth(" ", FONT, SIZE)
    data = pdf([("Howev ", 0), ("er it sails.", 0)], back=room)
    content = load("a.pdf", data)
    assert content.text == "However it sails."
    (box,) = pdf_page.boxes(data, stretches(content, 0, len("However")))
    assert box.right - box.left == pytest.approx(stringWidth("However", FONT, SIZE), abs=0.2)


def places(*lefts: float) -> list[Place]:
    return [Place(left, 0, left + 5, 10) for left in lefts]


def test_points_and_characters_of_east_asia_may_have_room_before_them() -> None:
    row = places(0, 8, 13, 18, 23, 28)
    assert spacing(list(map(ord, "abcdef")), row, range(6), 10) == ({1}, set())
    assert spacing(list(map(ord, "a.cdef")), row, range(6), 10) == (set(), set())
    assert spacing(list(map(ord, "\u65e5\u672ccdef")), row, range(6), 10) == (set(), set())


def test_a_row_that_begins_below_is_another() -> None:
    last = Place(264, 499, 267, 504)
    assert is_next_row(last, Place(89, 485, 97, 493))
    assert not is_next_row(last, Place(289, 485, 297, 493))  # lowered
    assert not is_next_row(last, Place(89, 499, 97, 507))  # written from right to left
    assert not is_next_row(last, Place(263, 485, 266, 490))  # written downwards
