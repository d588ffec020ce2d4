"""The rows of a table as lines, each cell after the head of its column.

So a row that is read by itself says what its figures are.

A row of the table in the file

    Year | Total
    2017 | 19.0

becomes "Year: 2017 | Total: 19.0". The row of the heads itself stays as it is.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from index.load.compose import Line, clean
from index.types import Location, Place

BAR = " | "
MAX_HEAD_CHARACTERS = 60  # a longer one would fill passages with itself
MAX_CELLS = 1_000_000  # of a file; each is some 300 bytes of memory while it is read

_NUMBER = re.compile(r"[-+−–—(]?\W{0,3}\d[\d\s.,'’/:-]*\W{0,3}(?:[A-Za-z]{1,3}|[^\W\d_]?)\)?")
_YEAR = re.compile(r"(?:1[5-9]|2[01])\d\d")
_HEAD_END = " \t:?!："


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell's words; the column that it begins in, from 1, and how many it spans."""

    text: str
    column: int
    span: int = 1


def cells_of(texts: Iterable[object]) -> list[Cell]:
    """The cells of a row in which none spans two columns."""
    return [
        Cell(text=" ".join(clean(str(text)).split()), column=column)
        for column, text in enumerate(texts, 1)
    ]


def heads_of(rows: Iterable[Sequence[Cell]]) -> dict[int, str]:
    """The heads by column, given the rows of heads; of several rows the words one after another.

    Heads of over 60 characters are left out.
    """
    words: dict[int, list[str]] = {}
    for row in rows:
        for cell in row:
            text = cell.text.rstrip(_HEAD_END)
            for column in range(cell.column, cell.column + cell.span):
                if text and text not in words.setdefault(column, []):
                    words[column].append(text)
    heads = {column: " ".join(texts) for column, texts in words.items()}
    return {column: head for column, head in heads.items() if len(head) <= MAX_HEAD_CHARACTERS}


def begins_with_heads(rows: Sequence[Sequence[Cell]], *, likely: bool) -> bool:
    """Whether the first row, which nothing marks as such, holds the heads of the others.

    It does if its cells are different short words or years, none but the first is blank, and the
    others have a column of numbers under a word. Where tables of the kind mostly have heads
    (`likely`), words alone will do.
    """
    if len(rows) < 2:
        return False
    first, body = rows[0], rows[1:]
    texts = [cell.text for cell in first]
    if len(texts) < 2 or not all(texts[1:]) or len(set(texts)) < len(texts):
        return False
    if any(
        len(text) > MAX_HEAD_CHARACTERS or is_number(text) for text in texts if not is_year(text)
    ):
        return False
    if all(is_year(text) for text in texts):
        return False
    if likely:
        return True
    for head in first:
        column = [cell.text for row in body for cell in row if cell.column == head.column]
        filled = [text for text in column if text]
        if filled and not is_year(head.text) and all(is_number(text) for text in filled):
            return True
    return False


def is_number(text: str) -> bool:
    """Whether a cell holds a figure, with a sign or a short unit perhaps, and nothing else."""
    return bool(_NUMBER.fullmatch(text))


def is_year(text: str) -> bool:
    return bool(_YEAR.fullmatch(text))


def table_lines(
    rows: Sequence[Sequence[Cell]], head_rows: int, locate: Callable[[int, int], Location]
) -> list[Line]:
    """A line for each row; the first `head_rows` of them hold the heads of the others.

    `locate` gives the location of a cell by its row and column, both from 1.
    """
    heads = heads_of(rows[:head_rows])
    lines: list[Line] = []
    close = False
    for number, row in enumerate(rows, 1):
        line = row_line(row, heads if number > head_rows else {}, partial(locate, number))
        lines.append(replace(line, close=close))
        close = close or bool(line.text)
    return lines


def in_table(table: int, row: int, column: int) -> Location:
    """Where a cell of a document's table stands."""
    return (("table", table), ("row", row), ("column", column))


def row_line(
    row: Sequence[Cell], heads: Mapping[int, str], locate: Callable[[int], Location]
) -> Line:
    """The line of a row, "" if it is blank: its cells between bars, those with heads after them.

    Where there are heads, blank cells are left out. `locate` gives a cell's location by its column.
    """
    filled = [i for i, cell in enumerate(row) if cell.text]
    first, last = (filled[0], filled[-1] + 1) if filled else (0, 0)
    if last - first == 1 and row[first].span > 1:
        heads = {}  # a title over the rows that follow
    line = ""
    places: list[Place] = []
    for cell in row[first:last]:
        if not cell.text:
            line += "" if heads else BAR.rstrip()
            continue
        line += BAR if line else ""
        head = heads.get(cell.column, "")
        text = f"{head}: {cell.text}" if head and head != cell.text else cell.text
        start, end = len(line), len(line) + len(text)
        places.append(Place(location=locate(cell.column), start=start, end=end))
        line += text
    return Line(text=line, cells=tuple(places))
