"""Rich Text Format (.rtf): its words, paragraph by paragraph."""

import re
from codecs import BOM_UTF8

from index.errors import UnreadableFile
from index.load.about import author
from index.load.compose import Line, compose, one_line
from index.load.day import iso_day
from index.types import Content

_TITLE = re.compile(r"\{\\title ((?:[^{}\\]|\\.)*)\}")
_AUTHOR = re.compile(r"\{\\author ((?:[^{}\\]|\\.)*)\}")
_DAYS = tuple(
    re.compile(rf"\{{\\{name}\\yr(\d{{4}})\\mo(\d{{1,2}})\\dy(\d{{1,2}})")
    for name in ("revtim", "creatim")
)


def read(data: bytes) -> Content:
    """The text of the file, its title and the day of its last change.

    Raises UnreadableFile for what isn't RTF.
    """
    if not data.removeprefix(BOM_UTF8).strip():
        raise UnreadableFile("is empty: it holds nothing; write something in it or remove it")
    text = data.decode("cp1252", errors="replace")
    if not text.lstrip().startswith("{\\rtf"):
        raise UnreadableFile("is not an rtf file, whatever its name says; save it as .rtf")
    title, name = _TITLE.search(text), _AUTHOR.search(text)
    day = next(filter(None, (pattern.search(text) for pattern in _DAYS)), None)
    codepage = re.search(r"\\ansicpg\d+", text)
    start = f"{{\\rtf1\\ansi{codepage[0] if codepage else ''} "
    title_words, name_words = (
        one_line(_words(f"{start}{found[1]}}}")) if found else "" for found in (title, name)
    )
    lines = []
    for line in _words(text).split("\n"):
        cells = " | ".join(" ".join(cell.split()) for cell in line.split("|"))
        lines.append(Line(text=cells.strip(" |")))
    date = iso_day(f"{day[1]}-{int(day[2]):02}-{int(day[3]):02}") if day else None
    return compose(title_words, lines, date, author(name_words))


def _words(rtf: str) -> str:
    from striprtf.striprtf import rtf_to_text

    try:
        text = str(rtf_to_text(rtf, errors="replace"))  # type: ignore[no-untyped-call]
    except (ValueError, LookupError, TypeError, OverflowError):
        raise UnreadableFile(
            "is damaged: it can't be read as RTF; open it in a word processor and save it"
        ) from None
    # Halves of a character come one by one and meet again in decoding.
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
