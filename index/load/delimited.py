"""Tables as text: comma-separated values and their kin (.csv, .tsv).

Each record is a line, its cells after the heads of their columns where the first record looks like
heads. Comma, semicolon, tab and bar are told apart by which gives the first records the same
number of cells, more than one. A record counts as one row, however many lines a quoted cell has.
"""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from itertools import islice

from index.errors import UnreadableFile
from index.load.compose import compose
from index.load.table import MAX_CELLS, Cell, begins_with_heads, cells_of, table_lines
from index.load.text import decode
from index.types import Content, Location

_DELIMITERS = ",;\t|"
_RECORDS_LOOKED_AT = 50


def read(data: bytes) -> Content:
    """The records of a table; it has no title.

    Raises UnreadableFile for what isn't text, a cell of over 131,072 characters, or too many cells.
    """
    text = decode(data)
    rows: list[list[Cell]] = []
    cells = 0
    for record in _records(text, _delimiter(text)):
        cells += len(record)
        if cells > MAX_CELLS:
            raise UnreadableFile(f"has more than {MAX_CELLS:,} cells: split it into smaller files")
        rows.append(cells_of(record))
    head_rows = int(begins_with_heads(rows, likely=True))
    return compose("", table_lines(rows, head_rows, _locate))


def _locate(row: int, column: int) -> Location:
    return (("row", row), ("column", column))


def _records(text: str, delimiter: str, limit: int | None = None) -> Sequence[list[str]]:
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        return list(islice(reader, limit))
    except csv.Error:
        raise UnreadableFile(
            f"has a cell of more than {csv.field_size_limit():,} characters, perhaps since a"
            " quotation mark is missing: mend it or save it as .txt"
        ) from None


def _delimiter(text: str) -> str:
    """The one by which most of the first records have the same number of cells; else a comma."""
    beginning = text[:100_000]
    best, most = ",", 0.0
    for delimiter in _DELIMITERS:
        try:
            records = _records(beginning, delimiter, _RECORDS_LOOKED_AT)
        except UnreadableFile:
            continue
        counts = Counter(len(record) for record in records if record)
        cells, times = max(counts.items(), key=lambda item: item[1] * (item[0] > 1), default=(0, 0))
        share = times / sum(counts.values()) if cells > 1 else 0.0
        if share > most:
            best, most = delimiter, share
    return best
