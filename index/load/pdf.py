"""PDF: the rows of text that pdfium finds on each page, handed to `layout.py`.

pdfium isn't safe to call from two threads, so one lock is held while a file is read.
"""

import ctypes
import threading
from itertools import islice, pairwise
from typing import Any

from index.errors import UnreadableFile
from index.load.compose import compose, one_line
from index.load.day import iso_day
from index.load.glyphs import DIGITS, is_raised, superscript, with_accents
from index.load.layout import find_title, lay_out
from index.load.rows import Bookmark, Row
from index.types import Content

MAX_BOOKMARKS = 20_000
BOLD_WEIGHT = 600
_BOLD_NAMES = ("bold", "black", "heavy", "cmbx", "medi", "demi")
_FIXED_NAMES = ("mono", "courier", "consol", "menlo", "typewriter", "cmtt", "cmsltt", "nimbusmon")
_FIXED_FLAG = 1
_HYPHENS = (0x02, 0xFFFE)  # what pdfium makes of a hyphen with its line break
_BREAKS = (*_HYPHENS, 0x0A, 0x0D)
_LOCK = threading.Lock()


def read(data: bytes) -> Content:
    """The text of a PDF, its title, date, pages, headings and running titles.

    Raises UnreadableFile if it is encrypted, damaged, or has no text.
    """
    if b"%%EOF" not in data[-4096:]:
        raise UnreadableFile("is damaged: its end is missing; get a whole copy of it")
    pages, bookmarks, title, created = _extract(data)
    if not any(row.text.strip() for rows in pages for row in rows):
        raise UnreadableFile("has no text: it may be a scan; run OCR on it, then add it again")
    lines = lay_out(pages, bookmarks)
    return compose(find_title(pages, lines, one_line(title)), lines, date=iso_day(created))


def _extract(data: bytes) -> tuple[list[list[Row]], list[Bookmark], str, str]:
    """The rows of each page, the bookmarks, and the properties title and day of creation."""
    import pypdfium2  # its import starts the library

    with _LOCK:
        document = None
        try:
            document = pypdfium2.PdfDocument(data)
            pages = [_page_rows(document, i) for i in range(len(document))]
            title = document.get_metadata_value("Title")
            created = document.get_metadata_value("CreationDate")
            return pages, _bookmarks(document), title, created
        except pypdfium2.PdfiumError as error:
            if getattr(error, "err_code", None) == pypdfium2.raw.FPDF_ERR_PASSWORD:
                raise UnreadableFile(
                    "needs a password to be opened; save a copy without one"
                ) from None
            raise UnreadableFile(
                "is damaged: it can't be opened as PDF; get a whole copy of it"
            ) from None
        finally:
            if document is not None:
                document.close()


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
        return _rows(text_page, page=index + 1)
    finally:
        text_page.close()
        page.close()


def _rows(text_page: Any, page: int) -> list[Row]:
    from pypdfium2 import raw

    codes = [raw.FPDFText_GetUnicode(text_page, i) for i in range(text_page.count_chars())]
    rows, start = [], 0
    for i in range(len(codes) + 1):
        if i == len(codes) or codes[i] in _BREAKS:
            end = i + 1 if i < len(codes) and codes[i] in _HYPHENS else i
            seen = [j for j in range(start, end) if codes[j] > 32 and codes[j] != 160]
            if seen:
                rows.append(_row(text_page, codes[start:end], start, seen, page))
            start = i + 1
    return rows


def _row(text_page: Any, codes: list[int], start: int, seen: list[int], page: int) -> Row:
    """One row; sizes are measured at three of its characters, for speed.

    `start` is the page's index of its first character, `seen` the indices of those in print.
    """
    samples = [seen[0], seen[len(seen) // 2], seen[-1]]
    boxes = [_box(text_page, i) for i in samples]
    heights = sorted(box.top - box.bottom for box in boxes)
    characters = ["-" if code in _HYPHENS else _character(code) for code in codes]
    digits = {i for i in seen if characters[i - start] in DIGITS}
    for i in _raised(text_page, seen, digits) if digits else ():
        characters[i - start] = superscript(characters[i - start])
    # Halves of a character come one by one and meet again in decoding.
    units = "".join(characters).encode("utf-16-le", errors="surrogatepass")
    text = units.decode("utf-16-le", errors="replace")
    fonts = [_font(text_page, i) for i in samples]
    return Row(
        text=with_accents(" ".join(text.split())),
        page=page,
        left=boxes[0].left,
        right=max(boxes[-1].right, boxes[0].right),
        bottom=sorted(box.bottom for box in boxes)[1],
        size=max(heights[1], 0.1),
        bold=all(bold for bold, _ in fonts),
        fixed=all(fixed for _, fixed in fonts),
    )


def _raised(text_page: Any, seen: list[int], digits: set[int]) -> list[int]:
    """The digits that stand higher and are smaller than what is before them."""
    found: list[int] = []
    base, base_box = seen[0], None
    for before, i in pairwise(seen):
        if before != base and before not in found:
            base, base_box = before, None
        if i in digits:
            box, base_box = _box(text_page, i), base_box or _box(text_page, base)
            if is_raised(box.bottom, box.top, base_box.bottom, base_box.top):
                found.append(i)
            else:
                base, base_box = i, box
    return found


def _character(code: int) -> str:
    return chr(code) if code < 0x110000 else "\ufffd"


def _box(text_page: Any, index: int) -> Any:
    from pypdfium2 import raw

    box = raw.FS_RECTF()
    raw.FPDFText_GetLooseCharBox(text_page, index, ctypes.byref(box))
    return box


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
