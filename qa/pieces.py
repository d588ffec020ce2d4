"""What is read of a passage: its prose, and of each table the rows that are most like the question.

A small reader confuses the rows of a table that it reads as a whole. Each row names its columns
("Year: 2009 | Total: 10.0"), so it can be read by itself.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.terms import terms
from qa.types import Hit

# Two neighbouring lines with bars or more.
_TABLE = re.compile(r"(?:^[^\n]* \| [^\n]*(?:\n|\Z)){2,}", re.MULTILINE)
_HEAD = re.compile(r"(?:(?<= \| )|\A)[^|]{1,60}?: ")
# Words that say nothing of a row.
_SMALL = frozenset(
    terms(
        "a an the of in on at by for to from with and or what which who whom whose when where why"
        " how is are was were be been do does did has have had can could will would i it this that"
        " these those there my me your you we our they their he his she her much many"
    )
)
# Of one table. Of those with as many of the question's words the first.
_ROWS_READ = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """The characters `[start, end)` of a hit's passage, not of its document."""

    hit: Hit
    start: int
    end: int
    is_row: bool

    @property
    def text(self) -> str:
        return self.hit.passage.text[self.start : self.end]


def pieces(question: str, hits: Sequence[Hit]) -> list[Piece]:
    """What to read of the hits, in their order."""
    asked = set(terms(question)) - _SMALL
    return [piece for hit in hits for piece in _of_hit(asked, hit)]


def _of_hit(asked: set[str], hit: Hit) -> Iterator[Piece]:
    text, place = hit.passage.text, 0
    for table in _TABLE.finditer(text):
        if text[place : table.start()].strip():
            yield Piece(hit=hit, start=place, end=table.start(), is_row=False)
        for start, end in _rows(asked, text, table.start(), table.end()):
            yield Piece(hit=hit, start=start, end=end, is_row=True)
        place = table.end()
    if text[place:].strip():
        yield Piece(hit=hit, start=place, end=len(text), is_row=False)


def _rows(asked: set[str], text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The rows whose cells hold the most of the question's words, heads aside."""
    lines = [m.span() for m in re.compile(r"[^\n]+").finditer(text, start, end)]
    shared = [len(asked & set(terms(_HEAD.sub("", text[a:b])))) for a, b in lines]
    if _is_header(text[slice(*lines[0])], text[slice(*lines[1])]):
        lines, shared = lines[1:], shared[1:]
    most = max(shared)
    return [line for line, count in zip(lines, shared, strict=True) if count == most][:_ROWS_READ]


def _is_header(line: str, following: str) -> bool:
    """Whether the line is the heads of the one that follows."""
    heads = [cell.partition(": ")[0] for cell in following.split(" | ") if ": " in cell]
    return bool(heads) and set(heads) <= {cell.strip() for cell in line.split(" | ")}
