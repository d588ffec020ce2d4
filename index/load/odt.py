"""OpenDocument texts (.odt): what one would read on the screen, in the document's order.

Notes follow the paragraph or list that refers to them, without their mark. Tables of contents are
navigation. Deleted text of tracked changes and comments aren't read.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import islice

from index.errors import UnreadableFile
from index.load.about import author, language
from index.load.archive import Archive, Element
from index.load.compose import MAX_TITLE_CHARACTERS, Line, compose
from index.load.day import iso_day
from index.load.office import attribute, child, number, tag
from index.load.table import Cell, begins_with_heads, in_table, table_lines
from index.types import Content

MAX_REPEATS = 1000  # of a cell or a row, which a file can claim any number of

_SKIPPED = ("tracked-changes", "annotation", "forms", "sequence-decls", "title", "desc")
_INDEXES = ("table-of-content", "alphabetical-index", "illustration-index", "table-index")


def read(data: bytes) -> Content:
    """The text of an OpenDocument text, its title, date and headings.

    Raises UnreadableFile if it is locked, damaged, too large or another kind of file.
    """
    archive = Archive(data, ".odt")
    root = archive.root("content.xml")
    body = child(root, "body", "text")
    if body is None:
        raise UnreadableFile("holds no OpenDocument text, whatever its name says; save it as .odt")
    reader = _Reader()
    lines = [*reader.lines(body), *reader.take_notes()]
    meta = archive.root("meta.xml")
    title = "" if meta is None else meta.findtext(".//{*}title") or ""
    dates = (
        () if meta is None else (meta.findtext(".//{*}date"), meta.findtext(".//{*}creation-date"))
    )
    day = next((day for date in dates if (day := iso_day(date or ""))), None)
    name = (
        ""
        if meta is None
        else meta.findtext(".//{*}initial-creator") or meta.findtext(".//{*}creator")
    )
    tag_ = None if meta is None else meta.findtext(".//{*}language")
    return compose(title or reader.title, lines, day, author(name), language(tag_))


class _Reader:
    """Where in the document we are, and the notes that wait for their paragraph's end."""

    def __init__(self) -> None:
        self.title = ""
        self.tables = 0
        self.notes: list[Line] = []
        self.apart: list[Line] = []  # of text boxes inside a paragraph

    def lines(self, parent: Element, marker: str = "") -> list[Line]:
        """The lines of the paragraphs, lists and tables below the element."""
        lines: list[Line] = []
        for element in parent.iterchildren("{*}*"):
            name = tag(element)
            if name in ("p", "h"):
                lines += self._paragraph(element, marker)
                marker = ""
            elif name == "list":
                lines += [*self._list(element), *self.take_notes()]
            elif name == "table":
                lines += [*self._table(element), *self.take_notes()]
            elif name in _INDEXES:
                lines += [replace(line, navigation=True, level=0) for line in self.lines(element)]
            elif name not in _SKIPPED:
                lines += self.lines(element)
        return lines

    def take_notes(self) -> list[Line]:
        notes, self.notes = self.notes, []
        return notes

    def _paragraph(self, element: Element, marker: str) -> list[Line]:
        pieces = "".join(self._words(element)).split("\n")
        texts = [text for piece in pieces if (text := " ".join(piece.split()))]
        level = (number(element, "outline-level") or 1) if tag(element) == "h" else 0
        if attribute(element, "style-name") == "Title":
            level, self.title = 1, self.title or " ".join(texts)
        level = level if sum(map(len, texts)) <= MAX_TITLE_CHARACTERS else 0
        if level and texts:
            texts = [" ".join(texts)]
        lines = [
            Line(text=marker + text if not i else text, level=level, close=i > 0)
            for i, text in enumerate(texts)
        ]
        apart, self.apart = self.apart, []
        return [*lines, *apart, *([] if marker else self.take_notes())]

    def _words(self, element: Element) -> Iterator[str]:
        yield element.text or ""
        for part in element.iterchildren("{*}*"):
            name = tag(part)
            if name == "s":
                yield " "
            elif name == "tab":
                yield "\t"
            elif name == "line-break":
                yield "\n"
            elif name == "note":
                body = child(part, "note-body")
                self.notes += [] if body is None else self.lines(body)
            elif name in ("text-box", "table"):
                self.apart += self.lines(part) if name == "text-box" else self._table(part)
            elif name not in _SKIPPED:
                yield from self._words(part)
            yield part.tail or ""

    def _list(self, element: Element) -> list[Line]:
        lines: list[Line] = []
        for item in element.iterchildren("{*}list-item", "{*}list-header"):
            marker = "- " if tag(item) == "list-item" else ""
            lines += [replace(line, close=bool(lines)) for line in self.lines(item, marker)]
        return lines

    def _table(self, table: Element) -> list[Line]:
        rows: list[list[Cell]] = []
        head_rows = 0
        for row in table.iter("{*}table-row"):
            if next(row.iterancestors("{*}table")) is not table:
                continue  # of a table in a cell, which reads as the cell's words
            is_head = tag(row.getparent()) == "table-header-rows"
            head_rows += is_head and head_rows == len(rows)
            rows.append(list(self._cells(row)))
        if not any(cell.text for row in rows for cell in row):
            return []
        self.tables += 1
        head_rows = head_rows or int(begins_with_heads(rows, likely=False))
        return table_lines(rows, head_rows, partial(in_table, self.tables))

    def _cells(self, row: Element) -> Iterator[Cell]:
        column = 1
        for cell in islice(row.iterchildren("{*}table-cell", "{*}covered-table-cell"), MAX_REPEATS):
            inside = self.lines(cell) if tag(cell) == "table-cell" else []
            text = " ".join(line.text for line in inside)
            span = min(number(cell, "number-columns-spanned") or 1, MAX_REPEATS)
            repeats = min(number(cell, "number-columns-repeated") or 1, MAX_REPEATS)
            if text:
                for i in range(repeats):
                    yield Cell(text=text, column=column + i, span=span)
            column += repeats
