"""Excel workbooks (.xlsx): the values that the sheets show, row by row.

Each sheet's name is a heading. Rows with nothing between them are a table; its first row of
several cells may hold the heads of its columns, and lone cells above it are its title. A formula
is the value that it last had; one that was never calculated has none. Dates are read as
YYYY-MM-DD, figures with the percent sign, commas and decimals that their format shows. Hidden
sheets aren't read.
"""

import io
import re
import warnings
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import islice
from typing import Any

from index.errors import UnreadableFile
from index.load.archive import DAMAGED, Archive
from index.load.compose import Line, compose
from index.load.office import Package
from index.load.table import MAX_CELLS, Cell, begins_with_heads, cells_of, table_lines
from index.types import Content, Location

MAX_ROWS = 1_048_576  # of a sheet, as Excel has it
# One section of a number format without letters: digits, commas, decimals, a percent sign.
_FORMAT = re.compile(r"[^0#?.%a-zA-Z;]*(#,##)?[#?]*0?(?:\.(0+))?(%?)[^0#?.%a-zA-Z;]*")
# What openpyxl raises for parts that aren't as the standard has them.
_ERRORS = (KeyError, ValueError, TypeError, AttributeError, IndexError, SyntaxError, OSError)


def read(data: bytes) -> Content:
    """The sheets of a workbook, its title and date.

    Raises UnreadableFile if it is locked, damaged, too large or another kind of file.
    """
    archive = Archive(data, ".xlsx")
    archive.check()
    package = Package(Archive(data, ".xlsx"))
    if not package.related("", "officeDocument") or archive.read("xl/workbook.xml") is None:
        raise UnreadableFile("holds no Excel workbook, whatever its name says; save it as .xlsx")
    try:
        lines = list(_lines(data))
    except _ERRORS:
        raise UnreadableFile(DAMAGED) from None
    title, day = package.title_and_date()
    author, language = package.author_and_language()
    return compose(title, lines, day, author, language)


def _lines(data: bytes) -> Iterator[Line]:
    from openpyxl import load_workbook

    left = MAX_CELLS
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what openpyxl can't keep on saving
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        try:
            for sheet in book.worksheets:
                if sheet.sheet_state != "visible":
                    continue
                lines: list[Line] = []
                sheet.reset_dimensions()  # those in the file may be absurd
                for first, rows in _tables(islice(sheet.iter_rows(), MAX_ROWS)):
                    left -= sum(len(row) for row in rows)
                    if left < 0:
                        raise UnreadableFile(
                            f"has more than {MAX_CELLS:,} cells: split it into smaller files"
                        )
                    lines += _table(rows, first, sheet.title)
                if lines:
                    yield Line(text=sheet.title, level=1, location=(("sheet", sheet.title),))
                    yield from lines
        finally:
            book.close()


def _tables(rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[int, list[list[Cell]]]]:
    """The stretches of rows that aren't blank, each with the number of its first row."""
    table: list[list[Cell]] = []
    number = 0
    for number, row in enumerate(rows, 1):
        cells = cells_of(
            _shown(cell.value, cell.number_format) if cell.value is not None else "" for cell in row
        )
        if any(cell.text for cell in cells):
            table.append(cells)
        elif table:
            yield number - len(table), table
            table = []
    if table:
        yield number + 1 - len(table), table


def _table(rows: list[list[Cell]], first: int, sheet: str) -> list[Line]:
    """The lines of a stretch of rows: titles of one cell each, then the rest with its heads."""
    filled = [sum(bool(cell.text) for cell in row) for row in rows]
    titles = 0
    while max(filled) > 1 and filled[titles] == 1:
        titles += 1
    title_lines = table_lines(rows[:titles], 0, partial(_locate, sheet, first))
    columns = {cell.column for row in rows[titles:] for cell in row if cell.text}
    body = [[cell for cell in row if cell.column in columns] for row in rows[titles:]]
    head_rows = int(begins_with_heads(body, likely=True))
    return [*title_lines, *table_lines(body, head_rows, partial(_locate, sheet, first + titles))]


def _locate(sheet: str, first: int, row: int, column: int) -> Location:
    from openpyxl.utils import get_column_letter

    return (("sheet", sheet), ("cell", f"{get_column_letter(column)}{first + row - 1}"))


def _shown(value: object, number_format: str) -> str:
    """A cell's value about as the sheet shows it."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime):
        is_day = value.time() == time()
        return value.date().isoformat() if is_day else value.isoformat(" ", timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat("minutes" if not value.second else "seconds")
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, int | float):
        return _figure(value, number_format)
    return str(value)


def _figure(value: float, number_format: str) -> str:
    shape = _FORMAT.fullmatch(number_format)
    if shape is None or not re.search("0|#", number_format):
        return f"{value:.15g}" if isinstance(value, float) else str(value)
    commas, decimals, percent = shape.groups()
    scaled = value * 100 if percent else value
    return f"{scaled:{',' if commas else ''}.{len(decimals or '')}f}{percent}"
