"""Word documents (.docx): what one would read on the screen, in the document's order.

List items and headings carry the numbers that Word puts in front of them. Tracked insertions are
read, deletions and comments aren't, nor is hidden text; of a field its result is read. A note
follows the paragraph (or list, or table) that refers to it, without its mark, so that it is found
with what it explains; text boxes do the same. Tables of contents are navigation, and so are
headers and footers: each different one stands once, before and after the rest, for it isn't
known which pages it would be on. There are no pages: their breaks are up to the program that
shows the document.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from index.errors import UnreadableFile
from index.load.archive import Archive, Element
from index.load.compose import MAX_TITLE_CHARACTERS, Line, compose
from index.load.numbering import BULLET, Numbering
from index.load.office import Package, attribute, child, children, is_on, number, tag
from index.load.runs import Runs, alternative
from index.load.styles import Style, Styles
from index.load.table import Cell, begins_with_heads, in_table, table_lines
from index.outline import is_prose
from index.types import Content

_CONTENTS_TITLE = re.compile(
    r"(table of )?contents|목차|차례|содержание|оглавление|inhalt(sverzeichnis)?|inhoud(sopgave)?|"
    r"sommaire|table des matières|índice|indice|sumário|spis treści|obsah|innehåll|目次|目[录錄]",
    re.IGNORECASE,
)
# What stands around paragraphs and tables, rows or cells.
_WRAPPERS = frozenset(("body", "sdt", "sdtContent", "customXml", "ins", "moveTo"))


def read(data: bytes) -> Content:
    """The text of a Word document, its title, date, headings and navigation.

    Raises UnreadableFile if it is locked, damaged, too large or another kind of file.
    """
    package = Package(Archive(data, ".docx"))
    main = next(iter(package.related("", "officeDocument").values()), "word/document.xml")
    root = package.root(main)
    if child(root, "body") is None or tag(root) != "document":
        raise UnreadableFile("holds no Word document, whatever its name says; save it as .docx")
    reader = _Reader(package, main, root)
    lines = reader.all_lines(root)
    shown_title = reader.title or _title_heading(lines, reader.headings)
    headers, footers = (reader.running_lines(root, kind) for kind in ("header", "footer"))
    title, date = package.title_and_date()
    author, language = package.author_and_language()
    return compose(title or shown_title, [*headers, *lines, *footers], date, author, language)


class _Reader:
    """Where in the document we are, and what is put off until a place for it comes."""

    def __init__(self, package: Package, main: str, root: Element) -> None:
        self.package = package
        self.main = main
        styles, lists = (
            next(package.related_roots(main, kind), None) for kind in ("styles", "numbering")
        )
        self.styles = Styles(styles)
        self.numbering = Numbering(lists)
        marks = [attribute(mark, "fldCharType") for mark in root.iter("{*}fldChar")]
        self.runs = Runs(self.styles, fields_end=marks.count("begin") == marks.count("end"))
        self.notes = {
            (f"{kind}Reference", attribute(note, "id")): note
            for kind in ("footnote", "endnote")
            for notes in package.related_roots(main, f"{kind}s")
            for note in notes.findall("{*}" + kind)
        }
        self.title = ""  # of the first paragraph that is styled as one
        self.headings: list[str] = []  # of level 1, without their numbers
        self.tables = 0  # so far that hold data
        self.depth = 0  # of the cells, notes and text boxes that are open
        self.contents = 0  # how many tables of contents are open
        self.last = ""  # what the last paragraph was: an "item", in the "contents", or ""
        self.carried = ""  # the words of a paragraph that go on in the next one
        self.apart: list[Line] = []  # of notes and text boxes, until a list or table ends

    def all_lines(self, parent: Element) -> list[Line]:
        """The lines of the document, of a header or of a footer."""
        lines = [*self.lines(parent), *self._take_apart()]
        rest, self.carried = " ".join(self.carried.split()), ""
        return [*lines, Line(text=rest)]

    def running_lines(self, root: Element, kind: str) -> list[Line]:
        """The lines of the different headers or footers, without bare page numbers."""
        parts = self.package.related(self.main, kind)
        names = [parts.get(attribute(e, "id"), "") for e in root.iter("{*}" + f"{kind}Reference")]
        found: dict[str, list[Line]] = {}
        for name in dict.fromkeys(names):
            part = self.package.root(name)
            lines = self.all_lines(part) if part is not None else []
            lines = [line for line in lines if any(letter.isalpha() for letter in line.text)]
            found.setdefault("\n".join(line.text for line in lines), lines)
        every = (line for lines in found.values() for line in lines)
        return [replace(line, navigation=True, level=0) for line in every]

    def lines(self, parent: Element) -> list[Line]:
        """The lines of the paragraphs and tables below the element."""
        lines: list[Line] = []
        for element in children(parent):
            name = tag(element)
            if name == "p":
                lines += self._paragraph(element)
            elif name == "tbl":
                lines += [*self._take_apart(), *self._table(element)]
            elif name == "AlternateContent":
                lines += self.lines(alternative(element))
            elif name in _WRAPPERS:
                gallery = child(element, "sdtPr", "docPartObj", "docPartGallery")
                is_contents = attribute(gallery, "val") == "Table of Contents"
                self.contents += is_contents
                lines += self.lines(element)
                self.contents -= is_contents
        return lines

    def _inside(self, parent: Element) -> list[Line]:
        """The lines of a cell, a note or a text box."""
        last, self.last = self.last, ""
        self.depth += 1
        lines = self.lines(parent)
        self.depth -= 1
        self.last = last
        return lines

    def _take_apart(self) -> list[Line]:
        if self.depth:
            return []
        lines, self.apart = self.apart, []
        return lines

    def _paragraph(self, element: Element) -> list[Line]:
        properties = child(element, "pPr")
        style = self.styles.of_paragraph(properties)
        words = self.runs.read(element, hidden=bool(style.hidden))
        text, self.carried = self.carried + words.text, ""
        in_contents = bool(
            self.contents
            or words.in_contents
            or style.is_contents
            or (style.level and _CONTENTS_TITLE.fullmatch(text.strip()))
        )
        lines: list[Line] = []
        if _is_end_removed(properties):
            self.carried = text + " "
        elif attribute(child(properties, "framePr"), "dropCap") in ("drop", "margin"):
            self.carried = text  # the paragraph's first letter, raised or hanging
        else:
            marker = self._marker(properties, style)
            if self.depth and marker != BULLET and not text.strip():
                text, marker = marker, ""  # a cell with nothing but its row's number
            lines = self._write(text, marker, style, in_contents)
        for part in words.apart:
            note = self.notes.pop((tag(part), attribute(part, "id")), None)
            self.apart += self._inside(part if note is None else note)
        return lines

    def _marker(self, properties: Element | None, style: Style) -> str:
        """The paragraph's number or bullet."""
        if style.list_id is None:
            return ""
        level = style.list_level
        if level is None:
            style_id = attribute(child(properties, "pStyle"), "val")
            level = self.numbering.level_of(style.list_id, style_id)
        return self.numbering.marker(style.list_id, level)

    def _write(self, text: str, marker: str, style: Style, in_contents: bool) -> list[Line]:
        words = " ".join(text.split())
        if not words:
            return []
        level = (style.level or 0) if len(words) <= MAX_TITLE_CHARACTERS else 0
        if level and not in_contents:
            self.last = ""
            self.title = self.title or (words if style.is_title else "")
            self.headings += [words] if level == 1 else []
            number = "" if marker == BULLET else marker
            return [*self._take_apart(), Line(text=number + words, level=level)]
        kind = "contents" if in_contents else "item" if marker else ""
        close = kind != "" and kind == self.last
        lines = [] if close else self._take_apart()
        self.last = kind
        for piece in filter(None, (" ".join(piece.split()) for piece in text.split("\n"))):
            lines.append(Line(text=marker + piece, navigation=in_contents, close=close))
            marker, close = "", True
        return lines

    def _table(self, table: Element) -> list[Line]:
        self.last = ""
        rows = [r for r in _parts(table, "tr") if child(r, "trPr", "del") is None]
        cells = [[self._cell(cell) for cell in _parts(row, "tc")] for row in rows]
        layout = [_lays_out(*pair) for pair in zip(rows, cells, strict=True)]
        data = [
            [] if lays_out else _data(row, inside)
            for row, inside, lays_out in zip(rows, cells, layout, strict=True)
        ]
        self.tables += any(data)
        locate = partial(in_table, self.tables)
        lines: list[Line] = []
        close = False
        for i, line in enumerate(table_lines(data, _head_rows(rows, data), locate)):
            if layout[i]:
                lines += [inner for cell in cells[i] for inner in cell]
                close = False
            elif line.text:
                navigation = any(inner.navigation for cell in cells[i] for inner in cell)
                lines.append(replace(line, navigation=navigation, close=close))
                close = True
        return lines

    def _cell(self, cell: Element) -> list[Line]:
        """The lines of a cell; none if it goes on a merged one or was deleted."""
        properties = child(cell, "tcPr")
        merged = [child(properties, name) for name in ("vMerge", "hMerge")]
        goes_on = any(m is not None and attribute(m, "val") != "restart" for m in merged)
        lines = self._inside(cell)  # read in any case: a field may begin or end in it
        return [] if goes_on or child(properties, "cellDel") is not None else lines


def _parts(parent: Element, name: str) -> Iterator[Element]:
    """The rows of a table or the cells of a row."""
    for element in children(parent):
        if tag(element) == name:
            yield element
        elif tag(element) in _WRAPPERS:
            yield from _parts(element, name)


def _data(row: Element, cells: Sequence[Sequence[Line]]) -> list[Cell]:
    """The cells of a row that holds data."""
    found: list[Cell] = []
    column = 1
    for element, lines in zip(_parts(row, "tc"), cells, strict=True):
        span = max(1, number(child(element, "tcPr", "gridSpan")) or 1)
        found.append(Cell(text=" ".join(line.text for line in lines), column=column, span=span))
        column += span
    return found


def _head_rows(rows: Sequence[Element], data: Sequence[Sequence[Cell]]) -> int:
    """How many rows hold the heads of the others: those that Word repeats on each page, or else
    the first if it looks like it.
    """
    marked = 0
    while marked < len(rows) and is_on(child(rows[marked], "trPr", "tblHeader")):
        marked += 1
    if 0 < marked < len(rows):
        return marked
    return int(begins_with_heads(data, likely=max(map(len, data), default=0) > 2))


def _lays_out(row: Element, cells: Sequence[Sequence[Line]]) -> bool:
    """Whether a row lays out a page instead of holding data, so that its cells become blocks.

    It does if it is one cell with more than a plain line, or if a cell of several lines holds a
    heading, a table or prose.
    """
    if len(cells) == 1:
        return len(cells[0]) > 1 or any(line.level for line in cells[0])
    long = [cell for cell in cells if len(cell) > 1]
    nested = len(long) > 0 and next(row.iterdescendants("{*}tbl"), None) is not None
    return nested or any(line.level or is_prose(line.text) for cell in long for line in cell)


def _title_heading(lines: Sequence[Line], headings: Sequence[str]) -> str:
    """The first heading of level 1 if the document opens with it or has no other, else ""."""
    first = next((line for line in lines if not line.navigation), None)
    opens = first is not None and first.level == 1
    return headings[0] if headings and (opens or len(headings) == 1) else ""


def _is_end_removed(properties: Element | None) -> bool:
    """Whether a tracked change makes one paragraph of this one and the next."""
    mark = child(properties, "rPr")
    return child(mark, "del") is not None or child(mark, "moveFrom") is not None
