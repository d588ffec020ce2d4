"""PDF: the rows of text that pdfium finds on each page, handed to `layout.py`."""

import ctypes
import re
from array import array
from itertools import islice, pairwise
from typing import Any

from index.errors import UnreadableFile
from index.limits import MAX_PDF_PAGES
from index.load.about import author, language
from index.load.compose import compose, one_line
from index.load.day import iso_day
from index.load.glyphs import DIGITS, is_raised, superscript, with_accents
from index.load.layout import find_title, lay_out
from index.load.pdfium import BREAKS, HYPHENS, Frame, character, is_printed, opened
from index.load.rows import Bookmark, Row
from index.load.traced import Traced
from index.types import Content

MAX_BOOKMARKS = 20_000
MAX_TAG_UNITS = 40
_PROPERTIES = ("Title", "Author", "CreationDate")
BOLD_WEIGHT = 600
_BOLD_NAMES = ("bold", "black", "heavy", "cmbx", "medi", "demi")
_FIXED_NAMES = ("mono", "courier", "consol", "menlo", "typewriter", "cmtt", "cmsltt", "nimbusmon")
_FIXED_FLAG = 1
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


def _page_rows(document: Any, index: int) -> list[Row]:
    page = document[index]
    text_page = page.get_textpage()
    try:
        return _rows(text_page.raw, Frame.of(page), page=index + 1)
    finally:
        text_page.close()
        page.close()


def _rows(text_page: Any, frame: Frame, page: int) -> list[Row]:
    from pypdfium2 import raw

    unicode, count = raw.FPDFText_GetUnicode, raw.FPDFText_CountChars(text_page)
    codes = [unicode(text_page, i) for i in range(count)]
    rows, start = [], 0
    for i in range(len(codes) + 1):
        if i == len(codes) or codes[i] in BREAKS:
            end = i + 1 if i < len(codes) and codes[i] in HYPHENS else i
            seen = [j for j in range(start, end) if is_printed(codes[j])]
            row = _row(text_page, frame, codes, end, seen, page) if seen else None
            if row and not _lies_within(row, frame):
                # What runs over the edge of the page can't be seen, so it isn't read.
                seen = [j for j in seen if frame.shows(frame.character(text_page, j))]
                row = _row(text_page, frame, codes, seen[-1] + 1, seen, page) if seen else None
            rows += [row] if row else []
            start = i + 1
    return rows


def _lies_within(row: Row, frame: Frame) -> bool:
    width, height = frame.size
    across = row.left >= 0 and row.right <= width
    return across and row.bottom >= 0 and row.bottom + row.size <= height


def _row(
    text_page: Any, frame: Frame, codes: list[int], end: int, seen: list[int], page: int
) -> Row:
    """One row; sizes are measured at three of its characters, for speed.

    `codes` are the page's characters, `seen` the indices of the row's that are in print; it ends
    before the index `end`.
    """
    start = seen[0]
    codes = codes[start:end]
    samples = [seen[0], seen[len(seen) // 2], seen[-1]]
    boxes = [frame.character(text_page, i) for i in samples]
    heights = sorted(box.top - box.bottom for box in boxes)
    characters = ["-" if code in HYPHENS else character(code) for code in codes]
    digits = {i for i in seen if characters[i - start] in DIGITS}
    for i in _raised(text_page, frame, seen, digits) if digits else ():
        characters[i - start] = superscript(characters[i - start])
    traced = Traced("".join(characters), array("i", range(start, start + len(codes))))
    traced = traced.sub(_UNITS, _decoded).strip().sub(_GAPS, lambda _: " ")
    fonts = [_font(text_page, i) for i in samples]
    return Row(
        traced=with_accents(traced),
        page=page,
        left=boxes[0].left,
        right=max(boxes[-1].right, boxes[0].right),
        bottom=sorted(box.bottom for box in boxes)[1],
        size=max(heights[1], 0.1),
        bold=all(bold for bold, _ in fonts),
        fixed=all(fixed for _, fixed in fonts),
    )


def _decoded(match: re.Match[str]) -> str:
    """Halves of a character come one by one and meet again here."""
    return match[0].encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _raised(text_page: Any, frame: Frame, seen: list[int], digits: set[int]) -> list[int]:
    """The digits that stand higher and are smaller than what is before them."""
    found: list[int] = []
    base, base_box = seen[0], None
    for before, i in pairwise(seen):
        if before != base and before not in found:
            base, base_box = before, None
        if i in digits:
            box = frame.character(text_page, i)
            base_box = base_box or frame.character(text_page, base)
            if is_raised(box.bottom, box.top, base_box.bottom, base_box.top):
                found.append(i)
            else:
                base, base_box = i, box
    return found


def _font(text_page: Any, index: int) -> tuple[bool, bool]:
    """Whether a character is bold, and whether all of its font's are equally wide."""
    from pypdfium2 import raw

    name = ctypes.create_string_buffer(128)
    flags = ctypes.c_int()
    raw.FPDFText_GetFontInfo(text_page, index, name, len(name), ctypes.byref(flags))
    named = name.value.decode("ascii", errors="ignore").lower().replace("monotype", "")
    bold = any(word in named for word in _BOLD_NAMES)
    fixed = bool(flags.value & _FIXED_FLAG) or any(word in named for word in _FIXED_NAMES)
    return bold or raw.FPDFText_GetFontWeight(text_page, index) >= BOLD_WEIGHT, fixed
