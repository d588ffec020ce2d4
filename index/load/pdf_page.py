"""A PDF's pages as they look: where their characters stand, and pictures of them."""

import io
import math
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby
from statistics import median
from typing import Any

from index.errors import InputError
from index.load.pdfium import (
    BREAKS,
    HYPHENS,
    Frame,
    Place,
    character,
    codes_of,
    is_printed,
    opened,
)
from index.types import Box, PageView, Stretch

MAX_PIXELS = 8_000_000
MAX_SIDE_PIXELS = 8_000
HIGHLIGHT = (255, 221, 87)  # red, green, blue: multiplied with what is drawn, as a marker does

_TOLERANCE = 0.01  # of a point
_DOTLESS = str.maketrans("\u0131\u0237", "ij")  # they get their dots with an accent
_SAME_ROW = 0.4  # of the height: what a raised digit shares with its row


def boxes(data: bytes, stretches: Sequence[Stretch]) -> tuple[Box, ...]:
    """Where the stretches stand, one box a row of theirs, none beyond the edges of its page.

    What can't be seen (white space, characters beyond the edges) has no box. Raises UnreadableFile
    if the file can't be opened, InputError if it has no such page.
    """
    found: list[Box] = []
    with opened(data) as document:
        for frame, text_page, stretch in _pages_of(document, stretches):
            for place in _rows(text_page, frame, stretch):
                found += _visible(place, frame, stretch.page)
    return tuple(found)


def view(data: bytes, page: int, stretches: Sequence[Stretch]) -> PageView:
    """The page, with the boxes of those of the stretches that stand on it.

    Where the file has no such page, the last one. Raises as `boxes` does.
    """
    with opened(data) as document:
        pages = len(document)
        page = min(page, pages)
        width, height = _page(document, page).get_size()
    here = [stretch for stretch in stretches if stretch.page == page]
    return PageView(
        page=page, pages=pages, width=width, height=height, boxes=boxes(data, here) if here else ()
    )


def misplaced(data: bytes, passages: Sequence[tuple[str, Sequence[Stretch]]]) -> list[int]:
    """The indices of the passages that aren't seen on their pages.

    A passage is seen if each of its stretches has boxes, all of them lie on the page, and its
    letters and digits are among the stretches' own, in their order. Raises as `boxes` does.
    """
    order = [i for i, (_, stretches) in enumerate(passages) for _ in stretches]
    every = [stretch for _, stretches in passages for stretch in stretches]
    drawn: list[list[str]] = [[] for _ in passages]
    wrong = {i for i, (_, stretches) in enumerate(passages) if not stretches}
    with opened(data) as document:
        for i, (frame, text_page, stretch) in zip(order, _pages_of(document, every), strict=True):
            found = [
                box
                for place in _rows(text_page, frame, stretch)
                for box in _visible(place, frame, stretch.page)
            ]
            width, height = document.get_page_size(stretch.page - 1)
            if not found or not all(_lies_on(box, width, height) for box in found):
                wrong.add(i)
            drawn[i].append(_letters(_text(text_page, stretch)))
    for i, (text, _) in enumerate(passages):
        rest = iter("".join(drawn[i]))
        if not all(letter in rest for letter in _letters(text)):
            wrong.add(i)
    return sorted(wrong)


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
    marked = np.zeros(pixels.shape[:2], bool)
    for box in boxes:
        if box.page == page:
            rows = slice(math.floor(box.top * scale), math.ceil(box.bottom * scale))
            columns = slice(math.floor(box.left * scale), math.ceil(box.right * scale))
            marked[rows, columns] = True
    pixels[marked] = pixels[marked] * np.array(HIGHLIGHT) // 255
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG", compress_level=1)
    return out.getvalue()


def _pages_of(document: Any, stretches: Sequence[Stretch]) -> Iterator[tuple[Frame, Any, Stretch]]:
    """The stretches with their pages' frames and texts; a page is opened once for neighbours."""
    for number, group in groupby(stretches, key=lambda stretch: stretch.page):
        page = _page(document, number)
        text_page = page.get_textpage()
        frame = Frame.of(page)
        for stretch in group:
            yield frame, text_page.raw, stretch
        text_page.close()
        page.close()


def _lies_on(box: Box, width: float, height: float) -> bool:
    return (
        -_TOLERANCE <= box.left < box.right <= width + _TOLERANCE
        and -_TOLERANCE <= box.top < box.bottom <= height + _TOLERANCE
    )


def _text(text_page: Any, stretch: Stretch) -> str:
    """The page's own characters."""
    units = "".join(map(character, codes_of(text_page, stretch.first, stretch.last)))
    return units.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _letters(text: str) -> str:
    """The letters and digits alone, without accents and whether raised or not."""
    plain = unicodedata.normalize("NFKD", text.translate(_DOTLESS))
    return "".join(filter(str.isalnum, plain))


def _page(document: Any, number: int) -> Any:
    if not 1 <= number <= len(document):
        raise InputError(f"There is no page {number}: the file has {len(document)}")
    return document[number - 1]


def _rows(text_page: Any, frame: Frame, stretch: Stretch) -> Iterator[Place]:
    """The boxes around the pieces of rows that the stretch covers."""
    row: list[int] = []
    last = Place(0, 0, 0, 0)
    broken = False
    for i, code in enumerate(codes_of(text_page, stretch.first, stretch.last), stretch.first):
        place = frame.character(text_page, i)
        seen = (is_printed(code) or code in HYPHENS) and min(place.width, place.height) > 0
        if seen:
            if row and not _goes_on(last, place, broken):
                yield _around(text_page, frame, row)
                row = []
            row.append(i)
            last = place
        broken = code in BREAKS or (broken and not seen)
    if row:
        yield _around(text_page, frame, row)


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


def _around(text_page: Any, frame: Frame, row: Sequence[int]) -> Place:
    """The box around the characters of a row.

    It is as high as most of their fonts, or as what is drawn where that is more: a font of signs
    may claim the rows above and below.
    """
    places = [frame.character(text_page, i) for i in row]
    ink = [place for i in row if (place := frame.ink(text_page, i)).height > 0]
    return Place(
        min(place.left for place in places),
        min([median(place.bottom for place in places), *(place.bottom for place in ink)]),
        max(place.right for place in places),
        max([median(place.top for place in places), *(place.top for place in ink)]),
    )


def _visible(place: Place, frame: Frame, page: int) -> Iterator[Box]:
    """The part of the place that lies on the page, if any."""
    width, height = frame.size
    left, right = max(place.left, 0.0), min(place.right, width)
    top, bottom = max(height - place.top, 0.0), min(height - place.bottom, height)
    if left < right and top < bottom:
        yield Box(page=page, left=left, top=top, right=right, bottom=bottom)
