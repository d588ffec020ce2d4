"""Plain text: the file's own characters, in whatever encoding it is in.

A byte order mark is dropped; CR LF and CR become LF. Other control characters but tab become a
space each.
"""

import codecs
import re

from charset_normalizer import from_bytes

from index.errors import UnreadableFile
from index.load.compose import clean
from index.types import Content

# The UTF-32 mark begins with the UTF-16 one, so it is tried first.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# One for each script that such files are met in; more would be taken for one another.
_LEGACY = [
    *("cp949", "cp932", "euc_jp", "gb18030", "big5", "koi8_r", "koi8_u"),
    *("cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "iso8859_2"),
]
# What western European languages write beside ASCII, less what other languages keep in its place
# (ő of Hungarian and ł of Polish read as o with tilde and as a raised 3).
_WESTERN = re.compile(
    r"[\x00-\x7f\xa0éèêëÉÈÊËàâäáãåÀÂÄÁÃÅçÇôöóòøÔÖÓØûüùúÛÜÙÚîïíìÎÏÍñÑœæŒÆß¿¡«»“”‘’„‚–—…€£§°©®™·•ºª]*"
)
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_BROKEN = "\ufffd"


def read(data: bytes) -> Content:
    """The text of a plain text file; it has no title."""
    return Content(title="", text=clean(decode(data).replace("\r\n", "\n").replace("\r", "\n")))


def decode(data: bytes) -> str:
    """The characters of a text in UTF-8, in UTF-16 or UTF-32 with a mark, or in a legacy encoding.

    Raises UnreadableFile for bytes that aren't text or whose encoding can't be told.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace")
    if b"\0" in data or len(_BINARY.findall(data)) > len(data) / 100:
        raise UnreadableFile("is not text: it holds binary data; save it as UTF-8 text")
    text = decode_utf8(data)
    return _decode_legacy(data) if text is None else text


def decode_utf8(data: bytes) -> str | None:
    """The characters of UTF-8, or None if it isn't.

    A few broken bytes (a file cut inside a character) among many good ones are let through.
    """
    text = data.decode("utf-8", errors="replace")
    broken = text.count(_BROKEN)
    beyond_ascii = sum(len(run) for run in re.findall(r"[^\x00-\x7f\ufffd]+", text))
    return text if broken * 10 <= beyond_ascii else None


def _decode_legacy(data: bytes) -> str:
    best = from_bytes(data, cp_isolation=_LEGACY).best()
    if best is None:
        raise UnreadableFile("is text in an encoding that can't be told; save it as UTF-8")
    if best.encoding.startswith(("cp125", "iso8859")):
        western = data.decode("cp1252", errors="replace")
        if _WESTERN.fullmatch(western):
            return western
    return str(best)
