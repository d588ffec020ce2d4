"""A PDF opened by pdfium, and where on its pages, as they are shown, the characters stand.

pdfium isn't safe to call from two threads, so one lock is held while a file is open.
"""

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

from index.errors import UnreadableFile

HYPHENS = (0x02, 0xFFFE)  # what pdfium makes of a hyphen with its line break
BREAKS = (*HYPHENS, 0x0A, 0x0D)

# ff, fi, fl, ffi and ffl, which TeX's own alphabet has at 11 and the places after it. Old fonts,
# drawn as pictures, name none of their characters, so that pdfium gives their places. Alphabets of
# Greek letters and signs use the same places, but not within words.
_TEX_LIGATURES = range(0x0B, 0x10)
_LIGATURES = 0xFB00
# Adobe's small capitals and figures: as Latin-1, from here on.
_SMALL = range(0xF721, 0xF800)
_SMALL_FROM = 0xF700

_LOCK = threading.Lock()


@contextmanager
def opened(data: bytes) -> Iterator[Any]:
    """The document of pypdfium2. Raises UnreadableFile if it is encrypted or damaged."""
    import pypdfium2  # its import starts the library

    with _LOCK:
        document = None
        try:
            document = pypdfium2.PdfDocument(data)
            yield document
        except pypdfium2.PdfiumError as error:
            if getattr(error, "err_code", None) == pypdfium2.raw.FPDF_ERR_PASSWORD:
                reason = "needs a password to be opened; save a copy without one"
            else:
                reason = "is damaged: it can't be opened as PDF; get a whole copy of it"
            raise UnreadableFile(reason) from None
        finally:
            if document is not None:
                document.close()


def codes_of(text_page: Any, first: int, last: int) -> list[int]:
    """pdfium's characters from one index to another, with what is known of two alphabets."""
    from pypdfium2 import raw

    unicode = raw.FPDFText_GetUnicode
    codes = [unicode(text_page, i) for i in range(first, last + 1)]
    for i, code in enumerate(codes):
        if code in _TEX_LIGATURES:
            if _is_ligature(text_page, first + i):
                codes[i] += _LIGATURES - _TEX_LIGATURES.start
        elif code in _SMALL:
            codes[i] -= _SMALL_FROM
    return codes


def _is_ligature(text_page: Any, index: int) -> bool:
    """Whether a character without a name of a font without a name stands beside a small letter."""
    from pypdfium2 import raw

    if raw.FPDFText_HasUnicodeMapError(text_page, index) != 1:
        return False
    if raw.FPDFText_GetFontInfo(text_page, index, None, 0, None) > 1:  # with the end of its name
        return False
    around = (raw.FPDFText_GetUnicode(text_page, i) for i in (index - 1, index + 1))
    return any(character(code).islower() for code in around)


def character(code: int) -> str:
    """pdfium's character, which may be half of one."""
    return chr(code) if code < 0x110000 else "\ufffd"


def is_printed(code: int) -> bool:
    """Whether pdfium's character is one that is seen."""
    return code > 32 and code != 160


class Place(NamedTuple):
    """A box on a page as it is shown, in points from its lower left corner."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.top - self.bottom


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The visible part of a page, in the page's own coordinates, and its turn clockwise."""

    left: float
    bottom: float
    right: float
    top: float
    degrees: int  # 0, 90, 180 or 270

    @classmethod
    def of(cls, page: Any) -> "Frame":
        left, bottom, right, top = page.get_bbox()
        return cls(left=left, bottom=bottom, right=right, top=top, degrees=page.get_rotation())

    @property
    def size(self) -> tuple[float, float]:
        """The width and height of the page as it is shown."""
        width, height = self.right - self.left, self.top - self.bottom
        return (height, width) if self.degrees in (90, 270) else (width, height)

    def shows(self, place: Place) -> bool:
        """Whether a part of the place lies on the page."""
        width, height = self.size
        across = place.left < width and place.right > 0
        return across and place.bottom < height and place.top > 0

    def character(self, text_page: Any, index: int) -> Place:
        """The box of a character, with the room that its font has above and below letters."""
        from pypdfium2 import raw

        box = raw.FS_RECTF()
        raw.FPDFText_GetLooseCharBox(text_page, index, ctypes.byref(box))
        return self._turned(box.left, box.bottom, box.right, box.top)

    def characters(self, text_page: Any, first: int, last: int) -> list[Place]:
        """The boxes of the characters from one index to another, as `character` gives them."""
        from pypdfium2 import raw

        measure, box = raw.FPDFText_GetLooseCharBox, raw.FS_RECTF()
        at, turned = ctypes.byref(box), self.degrees != 0
        left, bottom = self.left, self.bottom
        places = []
        for i in range(first, last + 1):
            measure(text_page, i, at)
            if turned:
                places.append(self._turned(box.left, box.bottom, box.right, box.top))
            else:
                place = (box.left - left, box.bottom - bottom, box.right - left, box.top - bottom)
                places.append(Place._make(place))
        return places

    def ink(self, text_page: Any, index: int) -> Place:
        """The box of what is drawn of a character."""
        from pypdfium2 import raw

        left, right, bottom, top = (ctypes.c_double() for _ in range(4))
        raw.FPDFText_GetCharBox(text_page, index, left, right, bottom, top)
        return self._turned(left.value, bottom.value, right.value, top.value)

    def _turned(self, left: float, bottom: float, right: float, top: float) -> Place:
        left, bottom = left - self.left, bottom - self.bottom
        right, top = right - self.left, top - self.bottom
        width, height = self.right - self.left, self.top - self.bottom
        if self.degrees == 90:
            return Place(bottom, width - right, top, width - left)
        if self.degrees == 180:
            return Place(width - right, height - top, width - left, height - bottom)
        if self.degrees == 270:
            return Place(height - top, left, height - bottom, right)
        return Place(left, bottom, right, top)
