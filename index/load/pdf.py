"""PDF: the rows of text that pdfium finds on each page, handed to `layout.py`."""

import ctypes
import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from statistics import median
from typing import Any

from index.errors import UnreadableFile
from index.limits import MAX_PDF_PAGES
from index.load.about import author, language
from index.load.compose import compose, one_line
from index.load.day import iso_day
from index.load.glyphs import DIGITS, is_raised, superscript, with_accents
from index.load.layout import find_title, lay_out
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
from index.load.rows import Bookmark, Row
from index.load.spacing import is_next_row, spacing
from index.load.traced import Traced
from index.types import Content

MAX_BOOKMARKS = 20_000
MAX_TAG_UNITS = 40
SPACE = ord(" ")
SAME_HEIGHT = 0.01  # of a point
_PROPERTIES = ("Title", "Author", "CreationDate")
BOLD_WEIGHT, MAX_WEIGHT = 600, 900
_BOLD_NAMES = ("bold", "black", "heavy", "cmbx", "medi", "demi")
_FIXED_NAMES = ("mono", "courier", "consol", "menlo", "typewriter", "cmtt", "cmsltt", "nimbusmon")
_PLAIN_NAMES = ("roman", "regu", "book", "light", "italic", "oblique", "courier", "helvetica")
_FIXED_FLAG, _BOLD_FLAG = 1, 1 << 18
# Of a font that has no height of its own: what its tallest letters have above the row's foot, and
# what other fonts have below it and in all.
_ASCENT, _DESCENT, _HEIGHT = 0.7, 0.2, 0.9
_LIGATURES = {"\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl"}
_UNITS = re.compile(r"[\ud800-\udbff][\udc00-\udfff]?|[\udc00-\udfff]")
_GAPS = re.compile(r"\s{2,}|[^\S ]")


def read(data: bytes) -> Content:
    """The text of a PDF, its title, date, author, language, pages, headings and running titles.

    Raises UnreadableFile if it is encrypted, damaged, or has no text.
    """
    if b"%%EOF" not in data[-4096:]:
        raise UnreadableFile("is damaged: its end is missing; get a whole copy of it")
    pages, bookmarks, about = _extract(data)
    if not any(row.text.strip() for rows in pages for row in rows):
        raise UnreadableFile("has no text: it may be a scan; run OCR on it, then add it again")
    lines = lay_out(pages, bookmarks)
    title = find_title(pages, lines, one_line(about["Title"]))
    day = iso_day(about["CreationDate"])
    return compose(title, lines, day, author(about["Author"]), language(about["Lang"]))


def _extract(data: bytes) -> tuple[list[list[Row]], list[Bookmark], dict[str, str]]:
    """The rows of each page, the bookmarks, and what the file says of itself."""
    with opened(data) as document:
        if len(document) > MAX_PDF_PAGES:
            raise UnreadableFile(
                f"has {len(document):,} pages, more than the {MAX_PDF_PAGES:,} that are read:"
                " split it"
            )
        pages = [_page_rows(document, i) for i in range(len(document))]
        about = {name: document.get_metadata_value(name) for name in _PROPERTIES}
        return pages, _bookmarks(document), {**about, "Lang": _language(document)}


def _language(document: Any) -> str:
    """The tag of the language that the file says it is in, or ""."""
    from pypdfium2 import raw

    units = (ctypes.c_ushort * MAX_TAG_UNITS)()
    count = raw.FPDFCatalog_GetLanguage(document.raw, units, ctypes.sizeof(units)) // 2
    return "".join(map(chr, units[: max(0, min(count, MAX_TAG_UNITS) - 1)]))


def _bookmarks(document: Any) -> list[Bookmark]:
    found = []
    for bookmark in islice(document.get_toc(), MAX_BOOKMARKS):
        destination = bookmark.get_dest()
        index = destination.get_index() if destination else None
        if index is not None:
            found.append(
                Bookmark(title=bookmark.get_title(), level=bookmark.level + 1, page=index + 1)
            )
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """A page that is being read: its characters and their boxes, by pdfium's indices."""

    text_page: Any
    frame: Frame
    number: int
    codes: list[int]
    places: list[Place]

    def is_made(self, i: int) -> bool:
        """Whether the character is pdfium's own, made from where the others stand."""
        from pypdfium2 import raw

        made: int = raw.FPDFText_IsGenerated(self.text_page, i)
        return made == 1

    def is_break(self, i: int) -> bool:
        """Whether the character is a space of pdfium's own where a row ends."""
        if self.codes[i] != SPACE or not 0 < i < len(self.codes) - 1:
            return False
        return is_next_row(self.places[i - 1], self.places[i + 1]) and self.is_made(i)


def _page_rows(document: Any, index: int) -> list[Row]:
    from pypdfium2 import raw

    page = document[index]
    text_page = page.get_textpage()
    try:
        frame, last = Frame.of(page), raw.FPDFText_CountChars(text_page.raw) - 1
        codes = codes_of(text_page.raw, 0, last)
        places = frame.characters(text_page.raw, 0, last)
        return _rows(
            _Page(
                text_page=text_page.raw, frame=frame, number=index + 1, codes=codes, places=places
            )
        )
    finally:
        text_page.close()
        page.close()


def _rows(page: _Page) -> list[Row]:
    codes = page.codes
    rows, start = [], 0
    for i in range(len(codes) + 1):
        if i == len(codes) or codes[i] in BREAKS or page.is_break(i):
            end = i + 1 if i < len(codes) and codes[i] in HYPHENS else i
            seen = [j for j in range(start, end) if is_printed(codes[j])]
            row = _row(page, end, seen) if seen else None
            if row and not _lies_within(row, page.frame):
                # What runs over the edge of the page can't be seen, so it isn't read.
                seen = [j for j in seen if page.frame.shows(page.places[j])]
                row = _row(page, seen[-1] + 1, seen) if seen else None
            rows += [row] if row else []
            start = i + 1
    return rows


def _lies_within(row: Row, frame: Frame) -> bool:
    width, height = frame.size
    across = row.left >= 0 and row.right <= width
    return across and row.bottom >= 0 and row.bottom + row.size <= height


def _row(page: _Page, end: int, seen: list[int]) -> Row:
    """One row; its size and its fonts are those of three of its characters, for speed.

    `seen` are the indices of the row's characters that are in print; it ends before the index
    `end`.
    """
    start = seen[0]
    samples = [seen[0], seen[len(seen) // 2], seen[-1]]
    bottom, size, bare = _height(page, seen, samples)
    characters = ["-" if code in HYPHENS else character(code) for code in page.codes[start:end]]
    digits = {i for i in seen if characters[i - start] in DIGITS}
    for i in _raised(page.places, seen, digits, bare=bare) if digits else ():
        characters[i - start] = superscript(characters[i - start])
    traced = _traced(page, characters, start, seen, size)
    traced = traced.sub(_UNITS, _decoded).strip().sub(_GAPS, lambda _: " ")
    traced = with_accents(traced)
    fonts = [_font(page.text_page, i) for i in samples]
    first, last = page.places[start], page.places[seen[-1]]
    word = (traced.text.split() or [" "])[0]
    return Row(
        traced=traced,
        page=page.number,
        left=first.left,
        right=max(last.right, first.right),
        opening=abs(page.places[traced.sources[len(word) - 1]].right - first.left),
        bottom=bottom,
        size=size,
        bold=all(bold for bold, _ in fonts),
        fixed=all(fixed for _, fixed in fonts),
    )


def _height(page: _Page, seen: Sequence[int], samples: Sequence[int]) -> tuple[float, float, bool]:
    """The foot of a row, its size, and whether a font of its is bare, without a height of its own.

    In such a font a character's box is that of its ink: "so" would be smaller than "if", and lower.
    """
    boxes = [page.places[i] for i in samples]
    inks = [page.frame.ink(page.text_page, i) for i in samples]
    if all(box.height - ink.height > SAME_HEIGHT for box, ink in zip(boxes, inks, strict=True)):
        heights = sorted(box.height for box in boxes)
        return sorted(box.bottom for box in boxes)[1], max(heights[1], 0.1), False
    letters = [i for i in seen if character(page.codes[i]).isalnum()]
    inks = [page.frame.ink(page.text_page, i) for i in letters or seen]
    foot = median(ink.bottom for ink in inks)
    size = max((ink.top - foot) / _ASCENT for ink in inks)
    return foot - _DESCENT * size, max(_HEIGHT * size, 0.1), True


def _traced(
    page: _Page, characters: Sequence[str], start: int, seen: Sequence[int], size: float
) -> Traced:
    """A row's characters, from the index `start` on, with the spaces that are seen between them."""
    missing, unseen = spacing(page.codes, page.places, seen, size)
    unseen = {i for i in unseen if not page.is_made(i)}
    if not (missing or unseen or _LIGATURES.keys() & set(characters)):
        return Traced("".join(characters), array("i", range(start, start + len(characters))))
    text: list[str] = []
    sources = array("i")
    for i, written in enumerate(characters, start):
        letters = (" " if i in missing else "") + _LIGATURES.get(written, written)
        if i not in unseen:
            text.append(letters)
            sources.extend([i] * len(letters))
    return Traced("".join(text), sources)


def _decoded(match: re.Match[str]) -> str:
    """Halves of a character come one by one and meet again here."""
    return match[0].encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _raised(places: Sequence[Place], seen: list[int], digits: set[int], *, bare: bool) -> list[int]:
    """The digits that stand higher and are smaller than what is before them.

    In bare fonts a bracket is larger than any digit, so there they also have to rise above it.
    """
    found: list[int] = []
    base = seen[0]
    for before, i in pairwise(seen):
        if before != base and before not in found:
            base = before
        if i in digits:
            box, base_box = places[i], places[base]
            higher = not bare or box.top > base_box.top
            if higher and is_raised(box.bottom, box.top, base_box.bottom, base_box.top):
                found.append(i)
            else:
                base = i
    return found


def _font(text_page: Any, index: int) -> tuple[bool, bool]:
    """Whether a character is bold, and whether all of its font's are equally wide.

    Its weight is pdfium's guess from the width of a stem, which may be wrong, so that a name that
    says otherwise counts for more; above 900 there is none.
    """
    from pypdfium2 import raw

    name = ctypes.create_string_buffer(128)
    flags = ctypes.c_int()
    raw.FPDFText_GetFontInfo(text_page, index, name, len(name), ctypes.byref(flags))
    named = name.value.decode("ascii", errors="ignore").lower().replace("monotype", "")
    bold = any(word in named for word in _BOLD_NAMES)
    bold = bold or bool(flags.value & _BOLD_FLAG)
    if not bold and not any(word in named for word in _PLAIN_NAMES):
        bold = BOLD_WEIGHT <= raw.FPDFText_GetFontWeight(text_page, index) <= MAX_WEIGHT
    fixed = bool(flags.value & _FIXED_FLAG) or any(word in named for word in _FIXED_NAMES)
    return bold, fixed
