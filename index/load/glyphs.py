"""Characters that a page draws apart or raises: accents beside their letter, exponents, marks.

A raised digit is kept as a superscript ("10³", "m²"): glued to the word before it as "103" it
would say something else. Only a mark whose note stands on the same page is left out, so that the
sentence can be found and quoted as it was written; the note itself stays in the text.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence, Set

from index.load.traced import Traced

DIGITS = "0123456789"
SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
SMALLER, HIGHER = 0.85, 0.15

_LOWER = str.maketrans(SUPERSCRIPTS, DIGITS)
_RAISE = str.maketrans(DIGITS, SUPERSCRIPTS)
_RAISED = re.compile(rf"[{SUPERSCRIPTS}]{{1,3}}")
_MARK = re.compile(rf" ?({_RAISED.pattern})")
# A word or the end of a sentence; a number or a name of one letter may have an exponent.
_WORD_END = re.compile(r"(?:[^\W\d_]{3}|[^\W_].[.,;:!?”’)\]])\Z")
_NOTE = re.compile(rf"([\d{SUPERSCRIPTS}]{{1,3}})\s\W*\w")
_COMBINING = {
    "\u00a8": "\u0308",
    "\u00af": "\u0304",
    "\u00b4": "\u0301",
    "\u00b8": "\u0327",
    "\u02c6": "\u0302",
    "\u02c7": "\u030c",
    "\u02d8": "\u0306",
    "\u02d9": "\u0307",
    "\u02da": "\u030a",
    "\u02db": "\u0328",
    "\u02dc": "\u0303",
    "\u02dd": "\u030b",
}
_DOTLESS = {"\u0131": "i", "\u0237": "j"}
_ACCENTS = "".join(_COMBINING)
_BEFORE = re.compile(rf"([{_ACCENTS}])([^\W\d_])")
_AFTER = re.compile(rf"([^\W\d_])([{_ACCENTS}])")
_LATIN_END = 0x180  # beyond are letters that no name is written with, as t with two dots


def is_raised(bottom: float, top: float, base_bottom: float, base_top: float) -> bool:
    """Whether a character's box is clearly smaller and higher than the box of another."""
    size = base_top - base_bottom
    return top - bottom < SMALLER * size and bottom > base_bottom + HIGHER * size


def superscript(digits: str) -> str:
    return digits.translate(_RAISE)


def with_accents(text: Traced) -> Traced:
    """The text with each accent put on the letter after it ("¨a" becomes "ä"), or before it."""
    if text.text.isascii():
        return text
    text = text.sub(_BEFORE, lambda m: _accented(m[2], m[1]) or m[0])
    return text.sub(_AFTER, lambda m: _accented(m[1], m[2]) or m[0])


def note_number(text: str) -> str:
    """The number that a note begins with, "" if the text begins with none."""
    match = _NOTE.match(text)
    return match[1].translate(_LOWER) if match else ""


def without_marks(texts: Sequence[Traced], notes: Set[str]) -> list[Traced]:
    """A page's rows without the marks of the notes that have these numbers.

    A number that is raised only once on the page is the note's mark; else it is one after a word.
    """
    raised = Counter(
        found.translate(_LOWER) for t in texts for found in _RAISED.findall(t.text[1:])
    )

    def replaced(match: re.Match[str]) -> str:
        number = match[1].translate(_LOWER)
        is_mark = raised[number] == 1 or _WORD_END.search(match.string[: match.start()])
        return "" if match.start() and number in notes and is_mark else match[0]

    return [text.sub(_MARK, replaced) for text in texts] if raised else list(texts)


def _accented(letter: str, accent: str) -> str:
    """The letter with the accent, "" if there is none."""
    letter = _DOTLESS.get(letter, letter)
    whole = unicodedata.normalize("NFC", letter + _COMBINING[accent])
    return whole if len(whole) == 1 and ord(whole) < _LATIN_END else ""
