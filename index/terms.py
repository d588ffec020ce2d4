"""Words to stems, once and by us, so that BM25 is the same on every engine."""

import re
import threading
import unicodedata

import Stemmer

# Part of a collection's settings: stems made by another version are made anew.
VERSION = 1

_WORD = re.compile(r"\w+(?:[.,]\d+)*", re.UNICODE)
_LIMIT_CHARACTERS = 64

_local = threading.local()


def terms(text: str) -> list[str]:
    """The stems of a text's words, in its order.

    Words are lower-cased, without accents, and stemmed as English (Snowball); a number keeps its
    points and commas. "Korea's" gives "korea" and "s". Words of more than 64 characters are cut.
    """
    folded = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in folded if not unicodedata.combining(letter))
    words = [
        word[:_LIMIT_CHARACTERS] for word in _WORD.findall(unicodedata.normalize("NFC", plain))
    ]
    stems: list[str] = _stemmer().stemWords(words)
    return stems


def _stemmer() -> Stemmer.Stemmer:
    """One stemmer a thread: it keeps a cache that isn't safe to share."""
    if not hasattr(_local, "stemmer"):
        _local.stemmer = Stemmer.Stemmer("english")
    return _local.stemmer
