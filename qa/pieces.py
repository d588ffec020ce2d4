"""What is read of a passage: its prose, and of each table the rows that are most like the question.

A small reader confuses the rows of a table that it reads as a whole. Each row names its columns
("Year: 2009 | Total: 10.0"), so it can be read by itself. So can each of several records, blocks
of lines that name their fields, as JSON is loaded.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.context import context
from index.outline import LIST_MARKER
from index.terms import terms
from qa.types import Hit

# Two neighbouring lines with bars or more.
_TABLE = re.compile(r"(?:^[^\n]* \| [^\n]*(?:\n|\Z)){2,}", re.MULTILINE)
_LINE = re.compile(r"[^\n]+")
# A longer value is prose, as in questions and their answers.
_FIELD = r"[^\n|:]{1,60}: [^\n]{1,200}"
_RECORD = re.compile(rf"(?:\A|(?<=\n\n)){_FIELD}(?:\n{_FIELD})+(?=\n\n|\s*\Z)")
# Of a PDF, a line that is a block of its own and no sentence: a run of these may be a table, whose
# cells are parted by room alone.
_BARE = r"[^\n]{1,120}(?<![.!?:;,\n])"
_BARE_RUN = re.compile(rf"(?:\A|(?<=\n\n)){_BARE}(?:\n\n{_BARE}){{2,}}(?=\n\n|\s*\Z)")
_BARE_ROWS = 3  # with a figure; fewer are no table
_HEAD = re.compile(r"(?:(?<= \| )|^)[^|\n]{1,60}?: ", re.MULTILINE)
_BETWEEN_CELLS = re.compile(r" \| |\n")
# Words that say nothing of a row.
_SMALL = frozenset(
    terms(
        "a an the of in on at by for to from with and or what which who whom whose when where why"
        " how is are was were be been do does did has have had can could will would i it this that"
        " these those there my me your you we our they their he his she her much many"
    )
)
_Bounds = tuple[int, int]
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

    @property
    def context(self) -> str:
        """What stands above it; a row under a heading says little without that."""
        return context(self.hit.passage.title, self.hit.passage.heading, self.text)


def pieces(question: str, hits: Sequence[Hit]) -> list[Piece]:
    """What to read of the hits, in their order."""
    found = [piece for hit in hits for piece in _of_hit(hit)]
    asked = set(terms(question)) - _SMALL
    shared = [
        len(asked & set(terms(_HEAD.sub("", piece.text)))) if piece.is_row else 0 for piece in found
    ]
    # A long table stands in several passages, so its rows are compared over all of them.
    tables: dict[object, list[int]] = {}
    for number, piece in enumerate(found):
        if piece.is_row:
            tables.setdefault(_table_of(piece), []).append(number)
    left_out: set[int] = set()
    for rows in tables.values():
        most = max(shared[number] for number in rows)
        best = [number for number in rows if shared[number] == most][:_ROWS_READ]
        left_out |= set(rows) - set(best)
    return [piece for number, piece in enumerate(found) if number not in left_out]


def _of_hit(hit: Hit) -> Iterator[Piece]:
    """The prose and all rows of a hit's passage, but for rows that only name the columns."""
    text, place = hit.passage.text, 0
    bare = _bare_tables(text) if hit.passage.page is not None else ()
    for table, rows in sorted([*_tables(text), *_records(text), *bare]):
        if text[place : table[0]].strip():
            yield Piece(hit=hit, start=place, end=table[0], is_row=False)
        for start, end in rows:
            yield Piece(hit=hit, start=start, end=end, is_row=True)
        place = table[1]
    if text[place:].strip():
        yield Piece(hit=hit, start=place, end=len(text), is_row=False)


def _tables(text: str) -> Iterator[tuple[_Bounds, list[_Bounds]]]:
    """The characters of each table, and of its rows that don't only name the columns."""
    for table in _TABLE.finditer(text):
        first, *others = (m.span() for m in _LINE.finditer(text, *table.span()))
        heads = _heads(text[slice(*others[0])])
        names_columns = bool(heads) and set(heads) <= set(text[slice(*first)].split(" | "))
        yield table.span(), others if names_columns else [first, *others]


def _records(text: str) -> Iterator[tuple[_Bounds, list[_Bounds]]]:
    """The same of neighbouring records that begin with the same field."""
    runs: list[list[_Bounds]] = []
    for record in (m.span() for m in _RECORD.finditer(text)):
        last = runs[-1][-1] if runs else None
        if (
            last
            and not text[last[1] : record[0]].strip()
            and _first_head(text, record) == _first_head(text, last)
        ):
            runs[-1].append(record)
        else:
            runs.append([record])
    return (((run[0][0], run[-1][1]), run) for run in runs if len(run) > 1)


def _bare_tables(text: str) -> Iterator[tuple[_Bounds, list[_Bounds]]]:
    """The same of a PDF's tables: from the first row with a figure to the last."""
    for run in _BARE_RUN.finditer(text):
        rows = list(_LINE.finditer(text, *run.span()))
        figures = [number for number, row in enumerate(rows) if re.search(r"\d", row[0])]
        is_other = " | " in run[0] or any(LIST_MARKER.match(row[0]) for row in rows)
        if len(figures) >= _BARE_ROWS and not is_other:
            found = [row.span() for row in rows[figures[0] : figures[-1] + 1]]
            yield (found[0][0], found[-1][1]), found


def _first_head(text: str, record: _Bounds) -> str:
    return text[slice(*record)].partition(": ")[0]


def _heads(row: str) -> list[str]:
    """Those of its cells; an empty cell is left out with its head."""
    return [cell.partition(": ")[0] for cell in _BETWEEN_CELLS.split(row) if ": " in cell]


def _table_of(row: Piece) -> object:
    """Equal for rows of a document under the same first head, or of a passage if without heads."""
    passage, heads = row.hit.passage, _heads(row.text)
    return (passage.document_id, heads[0]) if heads else (passage.document_id, passage.id)
