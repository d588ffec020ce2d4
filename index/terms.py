"""Words to the terms that BM25 counts, once and by us, so that it is the same on every engine."""

import re
import threading
import unicodedata
from collections.abc import Iterator

import Stemmer

# Part of a collection's settings: terms made by another version are made anew.
VERSION = 2

_WORD = re.compile(r"\w+(?:[.,]\d+)*", re.UNICODE)
_LIMIT_CHARACTERS = 64

# Stretches of a word in a script that has no stemmer here. Korean glues particles to its words,
# Chinese, Japanese and Thai put no spaces between them.
_UNSPACED = r"\u0e00-\u0e7f\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u3400-\u9fff\uac00-\ud7a3"
_CYRILLIC = r"\u0400-\u052f"
_OTHER = r"\u0370-\u03ff\u0590-\u06ff\u0750-\u077f\u0900-\u0dff"
_FOREIGN = re.compile(f"[{_CYRILLIC}{_OTHER}{_UNSPACED}]")
_STRETCH = re.compile(
    f"(?P<pairs>[{_UNSPACED}]+)|(?P<cyrillic>[{_CYRILLIC}]+)|(?P<triples>[{_OTHER}]+)"
    f"|[^{_CYRILLIC}{_OTHER}{_UNSPACED}]+"
)
_SHORT_I = re.compile("\u0438\u0306")  # й in two characters; it is a letter, not an accented one

_local = threading.local()


def terms(text: str) -> list[str]:
    """The terms of a text, in its order.

    Words are lower-cased, without accents, and stemmed as English (Snowball); a number keeps its
    points and commas. "Korea's" gives "korea" and "s". Words of more than 64 characters are cut.
    Of Cyrillic words the Russian stem is taken, and their character triples; of Korean, Chinese,
    Japanese and Thai the pairs of characters; of other scripts that aren't Latin the triples.
    """
    folded = _SHORT_I.sub("й", unicodedata.normalize("NFKD", text.casefold()))
    plain = "".join(letter for letter in folded if not unicodedata.combining(letter))
    words = [
        word[:_LIMIT_CHARACTERS] for word in _WORD.findall(unicodedata.normalize("NFC", plain))
    ]
    if not _FOREIGN.search(plain):
        return _stems("english", words)
    return [term for word in words for term in _terms_of(word)]


def _terms_of(word: str) -> Iterator[str]:
    if not _FOREIGN.search(word):
        yield from _stems("english", [word])
        return
    for stretch in _STRETCH.finditer(word):
        if stretch["pairs"]:
            yield from _grams(stretch[0], 2)
        elif stretch["cyrillic"]:
            yield from _stems("russian", [stretch[0]])
            yield from _grams(stretch[0], 3)
        elif stretch["triples"]:
            yield from _grams(stretch[0], 3)
        else:
            yield from _stems("english", [stretch[0]])


def _grams(word: str, characters: int) -> Iterator[str]:
    """All stretches of so many characters; a shorter word is itself."""
    for start in range(max(1, len(word) - characters + 1)):
        yield word[start : start + characters]


def _stems(language: str, words: list[str]) -> list[str]:
    """Stemmers are kept one a thread: each has a cache that isn't safe to share."""
    if not hasattr(_local, language):
        setattr(_local, language, Stemmer.Stemmer(language))
    stems: list[str] = getattr(_local, language).stemWords(words)
    return stems
