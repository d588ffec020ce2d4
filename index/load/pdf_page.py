"""A PDF's pages as they look: where their characters stand, and pictures of them."""

import io
import math
from collections.abc import Iterator, Sequence
from typing import Any

from index.errors import InputError
from index.load.pdfium import BREAKS, HYPHENS, Frame, Place, is_printed, opened
from index.types import Box, Stretch

MAX_PIXELS = 8_000_000
MAX_SIDE_PIXELS = 8_000
HIGHLIGHT = (255, 221, 87)  # red, green, blue: multiplied with what is drawn, as a marker does

_SAME_ROW = 0.4  # of the height: what a raised digit shares with its row


def boxes(data: bytes, stretches: Sequence[Stretch]) -> tuple[Box, ...]:
    """Where the stretches stand, one box a row of theirs, none beyond the edges of its page.

    What can't be seen (white space, characters beyond the edges) has no box. Raises UnreadableFile
    if the file can't be opened, InputError if it has no such page.
    """
    found: list[Box] = []
    with opened(data) as document:
        number = 0
        for stretch in stretches:
            if stretch.page != number:
                number, page = stretch.page, _page(document, stretch.page)
                frame, text_page = Frame.of(page), page.get_textpage()
            for place in _rows(text_page.raw, frame, stretch):
                found += _visible(place, frame, number)
    return tuple(found)


def draw(data: bytes, page: int, boxes: Sequence[Box], scale: float) -> bytes:
    """A PNG of the page with its boxes highlighted, `scale` pixels a point.

    A page that would be too large is drawn smaller. Raises as `boxes` does.
    """
    import numpy as np
    from PIL import Image

    with opened(data) as document:
        drawn = _page(document, page)
        width, height = drawn.get_size()
        fits = min(MAX_SIDE_PIXELS / max(width, height), math.sqrt(MAX_PIXELS / width / height))
        scale = min(scale, fits)
        bitmap = drawn.render(scale=scale, rev_byteorder=True)
        pixels = bitmap.to_numpy().copy()
    for box in boxes:
        if box.page == page:
            rows = slice(math.floor(box.top * scale), math.ceil(box.bottom * scale))
            columns = slice(math.floor(box.left * scale), math.ceil(box.right * scale))
            pixels[rows, columns] = pixels[rows, columns] * np.array(HIGHLIGHT) // 255
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG", compress_level=1)
    return out.getvalue()


def _page(document: Any, number: int) -> Any:
    if not 1 <= number <= len(document):
        raise InputError(f"There is no page {number}: the file has {len(document)}")
    return document[number - 1]


def _rows(text_page: Any, frame: Frame, stretch: Stretch) -> Iterator[Place]:
    """The boxes around the pieces of rows that the stretch covers."""
    from pypdfium2 import raw

    row: Place | None = None
    last = Place(0, 0, 0, 0)
    broken = False
    for i in range(stretch.first, stretch.last + 1):
        code = raw.FPDFText_GetUnicode(text_page, i)
        place = frame.character(text_page, i)
        seen = (is_printed(code) or code in HYPHENS) and min(place.width, place.height) > 0
        if seen and row and _goes_on(last, place, broken):
            row, last = _around(row, place), place
        elif seen:
            if row:
                yield row
            row = last = place
        broken = code in BREAKS or (broken and not seen)
    if row:
        yield row


def _goes_on(last: Place, place: Place, broken: bool) -> bool:
    """Whether a character stands in the row of the last one; `broken`: pdfium ends a row there.

    It does so before raised characters, which go on to the right. Rows that run up or down the
    page go on above or below.
    """
    height = min(last.top, place.top) - max(last.bottom, place.bottom)
    if height > _SAME_ROW * min(last.height, place.height):
        return not broken or place.left >= last.right - last.height / 4
    width = min(last.right, place.right) - max(last.left, place.left)
    return not broken and width > _SAME_ROW * min(last.width, place.width)


def _around(a: Place, b: Place) -> Place:
    return Place(
        min(a.left, b.left), min(a.bottom, b.bottom), max(a.right, b.right), max(a.top, b.top)
    )


def _visible(place: Place, frame: Frame, page: int) -> Iterator[Box]:
    """The part of the place that lies on the page, if any."""
    width, height = frame.size
    left, right = max(place.left, 0.0), min(place.right, width)
    top, bottom = max(height - place.top, 0.0), min(height - place.bottom, height)
    if left < right and top < bottom:
        yield Box(page=page, left=left, top=top, right=right, bottom=bottom)
