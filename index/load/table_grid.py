"""A table of HTML as it is read: which column each cell is in, and which rows hold heads."""

import re
from collections.abc import Sequence
from functools import partial

from selectolax.lexbor import LexborNode

from index.load.compose import Line
from index.load.table import Cell, heads_of, in_table, row_line

MAX_COLUMNS = 256  # that a cell may reach into
MAX_ROWS = 1000  # that it may span; browsers stop there, too
MAX_HEAD_ROWS = 3


class TableGrid:
    """What is known of a table from the rows so far.

    `number` is the table's in the document, 0 while it isn't known to hold data.
    """

    def __init__(self) -> None:
        self.number = 0
        self.rows = 0
        self.written = False
        self.head_rows: list[Sequence[Cell]] = []
        self.heads: dict[int, str] = {}
        self.only_heads = True  # of the row that is being read
        self.in_body = False
        self.column = 1  # of the next cell
        self.taken: dict[int, int] = {}  # the last row that a cell above reaches into, by column

    def open_row(self) -> None:
        self.rows += 1
        self.column = 1
        self.only_heads = True

    def cell(self, node: LexborNode, text: str) -> Cell:
        """The cell that has just been read."""
        while self.taken.get(self.column, 0) >= self.rows:
            self.column += 1
        span = min(_count(node, "colspan"), max(1, MAX_COLUMNS - self.column))
        rows = min(_count(node, "rowspan"), MAX_ROWS)
        cell = Cell(text=text, column=self.column, span=span)
        if rows > 1:
            last = self.rows + rows - 1
            self.taken |= dict.fromkeys(range(self.column, self.column + span), last)
        self.column += span
        self.only_heads = self.only_heads and (node.tag == "th" or not text)
        return cell

    def line(self, cells: Sequence[Cell], *, in_head: bool) -> Line:
        """The line of the row that has been read. Rows of one cell hold no heads but a title."""
        may_be_head = not self.in_body and len(self.head_rows) < MAX_HEAD_ROWS and len(cells) > 1
        is_head = may_be_head and (in_head or self.only_heads)
        if is_head:
            self.head_rows.append(cells)
            self.heads = heads_of(self.head_rows)
        elif len(cells) > 1:
            self.in_body = True
        locate = partial(in_table, self.number, self.rows)
        line = row_line(cells, {} if is_head else self.heads, locate)
        close = self.written
        self.written = self.written or bool(line.text)
        return Line(text=line.text, close=close, cells=line.cells if self.number else ())


def _count(node: LexborNode, name: str) -> int:
    """The whole number from 1 on that an attribute gives, else 1."""
    value = node.attributes.get(name) or ""
    return int(value) if re.fullmatch(r"[1-9]\d{0,5}", value, re.ASCII) else 1
