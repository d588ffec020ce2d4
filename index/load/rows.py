"""The rows of a PDF's pages, and the paragraphs that they make."""

import re
from dataclasses import dataclass

from index.load.traced import Traced

SAME_SIZE = 0.12  # a row of sums or code in another font differs by this share at most

_SENTENCE_END = re.compile(r"[.!?:;][\"'”’»)\]]*\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of text on a page; lengths in points from the page's lower left corner.

    `opening`: the width of its first word. `fixed`: all characters of its font are equally wide,
    as in code.
    """

    traced: Traced
    page: int
    left: float
    right: float
    opening: float
    bottom: float
    size: float
    bold: bool
    fixed: bool = False

    @property
    def text(self) -> str:
        return self.traced.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Bookmark:
    """An entry of the file's own outline. Level 1 is the highest; pages start at 1."""

    title: str
    level: int
    page: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """Rows that belong together. `room` is what is free at the end of the last one, in points."""

    traced: Traced
    first: Row
    last: Row
    room: float
    running: bool

    @property
    def text(self) -> str:
        return self.traced.text


def same_size(a: Row, b: Row) -> bool:
    return abs(a.size - b.size) <= SAME_SIZE * max(a.size, b.size)


def first_word_width(row: Row) -> float:
    """The width of a row's first word, and of two letters more: for a space and as tolerance."""
    letter = (row.right - row.left) / max(len(row.text), 1)
    return row.opening + 2 * letter


def ends_sentence(text: str) -> bool:
    return bool(_SENTENCE_END.search(text))
