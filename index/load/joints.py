"""What stands between two rows of a paragraph: a space, a hyphen, or nothing."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.load.traced import Traced

COMMON = 1 / 200  # of all words: only words like "and" and "is" are as frequent
MIN_BROKEN = 5  # words whose two parts are found as one elsewhere

_LETTERS = re.compile(r"[^\W\d_]+")
_HYPHEN = re.compile(r"([^\W\d_]+)[-\u00ad\u2010]\Z")
_COMPOUND = re.compile(r"(?<![\w-])[^\W\d_]+-[^\W\d_]+(?![\w-])")
_BROKEN = re.compile(r"\w[-\u00ad\u2010]\Z")
_ADDRESS = re.compile(r"(?:https?:/|www)\S*[/._#=?&%~+-]\Z")
_IN_ADDRESS = re.compile(r"\w*[-/._#=?&%~+]+\w|[^\W\d_]+/|\W?_|~")
_CLOSING = re.compile(r"\w+\)")
_NAME = re.compile(r"[^\W_]_\Z")
_OPTION = re.compile(r"(?<!\S)[(\[\"'\u2018\u201c]?--?\w[\w-]*-\Z")  # "--log-file"
_NAME_WITH_HYPHENS = re.compile(r"\w-[^\W\d_]+-\Z")  # "fonts-sil-gentium"
_HANGING = re.compile(r"(?:and|or|to|und|oder|bis)\b")  # "two- or threefold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """How often a document's words stand in it, in lower case, and "well-known" as one of them.

    `hyphenates`: rows often end within a word, so that it is set by a program that does so.
    """

    counts: Counter[str]
    total: int
    hyphenates: bool


def words_of(rows: Sequence[str]) -> Words:
    """The words of the rows. One that a row's end breaks doesn't count, nor do its parts."""
    counts: Counter[str] = Counter()
    parts: list[tuple[str, str]] = []
    for before, row in pairwise(["", *rows]):
        text = _HYPHEN.sub("", row)
        hyphen, rest = _HYPHEN.search(before), _LETTERS.match(row)
        if hyphen and rest and rest[0].islower():
            parts.append((hyphen[1].casefold(), rest[0]))
            text = text[rest.end() :]
        text = text.casefold()
        counts.update(_LETTERS.findall(text))
        counts.update(_COMPOUND.findall(text))
    broken = sum(bool(counts[first + second]) for first, second in parts)
    compound = sum(
        bool(counts[f"{first}-{second}"] or (counts[first] and counts[second]))
        for first, second in parts
        if not counts[first + second]
    )
    hyphenates = broken >= max(MIN_BROKEN, compound)
    return Words(counts=counts, total=counts.total(), hyphenates=hyphenates)


def is_broken_word(text: str, row: str) -> bool:
    """Whether a word begins at the end of the text and goes on in the row."""
    return bool(_HYPHEN.search(text)) and row[0].islower()


def join(text: Traced, row: Traced, words: Words) -> Traced:
    """Two rows as one, in a document with these words."""
    return text.until(joint(text.text, row.text, words)) + row


def joint(text: str, row: str, words: Words) -> str:
    """The text as it stands before the row: as it is, with a space, or without its hyphen.

    Web addresses and names with underscores, which are broken without a hyphen, get no space.
    """
    if _ADDRESS.search(text) and _in_address(text, row):
        return text
    if _NAME.search(text) and row[0].isalnum() and not _is_common(row, words):
        return text
    if not _BROKEN.search(text) or not row[0].isalnum() or _HANGING.match(row):
        return f"{text} "
    before, after = _HYPHEN.search(text), _LETTERS.match(row)
    if not before or not after or _OPTION.search(text):
        return text
    if _NAME_WITH_HYPHENS.search(text) and not words.counts[(before[1] + after[0]).casefold()]:
        return text
    return text[:-1] if _is_one_word(text[-1], before[1], after[0], words) else text


def _is_one_word(hyphen: str, before: str, after: str, words: Words) -> bool:
    """Whether two parts are written without the hyphen that a row's end has put between them."""
    if not after.islower() and not (before + after).isupper():
        return False
    counts, first, second = words.counts, before.casefold(), after.casefold()
    if hyphen == "\u00ad":
        return True
    if counts[first + second]:
        return counts[first + second] >= counts[f"{first}-{second}"]
    are_words = counts[first] and counts[second]
    return words.hyphenates and not (are_words or before.isupper() or counts[f"{first}-{second}"])


def _in_address(text: str, row: str) -> bool:
    """Whether the row's first word belongs to the web address that ends the text."""
    word = row.split()[0]
    if text.endswith(("://", "www.")) or _IN_ADDRESS.match(word):
        return True
    if text[-1] == "/":
        return bool(_CLOSING.match(word))  # a plain word may be the sentence's next
    return word[0].isdigit() or word[0].islower()


def _is_common(row: str, words: Words) -> bool:
    word = row.split()[0]
    return word.islower() and words.counts[word] > COMMON * words.total
