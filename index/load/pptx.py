"""PowerPoint presentations (.pptx): the words of each slide from its title down, then its notes.

A slide's title is a heading. Paragraphs of its body are list items where there are several. Slide
numbers, dates and footers are navigation; hidden slides, charts and pictures aren't read.
"""

import io
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from index.errors import UnreadableFile
from index.load.archive import DAMAGED, Archive
from index.load.compose import MAX_TITLE_CHARACTERS, Line, compose
from index.load.office import Package
from index.load.table import Cell, begins_with_heads, in_table, table_lines
from index.types import Content, Location

_RUNNING = ("DATE", "FOOTER", "SLIDE_NUMBER", "HEADER")
_TITLES = ("TITLE", "CENTER_TITLE", "VERTICAL_TITLE")
_BODIES = ("BODY", "OBJECT", "VERTICAL_BODY", "VERTICAL_OBJECT")
# What python-pptx raises for parts that aren't as the standard has them.
_ERRORS = (KeyError, ValueError, TypeError, AttributeError, IndexError, SyntaxError, OSError)


def read(data: bytes) -> Content:
    """The slides of a presentation, its title and date.

    Raises UnreadableFile if it is locked, damaged, too large or another kind of file.
    """
    Archive(data, ".pptx").check()
    package = Package(Archive(data, ".pptx"))
    main = next(iter(package.related("", "officeDocument").values()), "")
    if not main.startswith("ppt/"):
        raise UnreadableFile("holds no presentation, whatever its name says; save it as .pptx")
    try:
        lines = list(_lines(data))
    except _ERRORS:
        raise UnreadableFile(DAMAGED) from None
    title, day = package.title_and_date()
    author, language = package.author_and_language()
    first = next((line.text for line in lines if line.level == 1), "")
    return compose(title or first, lines, day, author, language)


def _lines(data: bytes) -> Iterator[Line]:
    from pptx import Presentation

    for number, slide in enumerate(Presentation(io.BytesIO(data)).slides, 1):
        if slide.element.get("show") == "0":
            continue
        location: Location = (("slide", number),)
        shapes = list(_shapes(slide.shapes))
        shapes.sort(key=lambda shape: _kind(shape) not in _TITLES)
        tables = 0
        lines: list[Line] = []
        for shape in shapes:
            if getattr(shape, "has_table", False):
                tables += 1
                lines += _table(shape.table, tables)
            elif shape.has_text_frame:
                lines += _frame(shape)
        if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
            notes = slide.notes_slide.notes_text_frame.paragraphs
            lines += [Line(text=_words(paragraph)) for paragraph in notes]
        yield from (replace(line, location=location) for line in lines)


def _shapes(shapes: Any) -> Iterator[Any]:
    """The shapes in order, those of a group in its place."""
    for shape in shapes:
        if hasattr(shape, "shapes"):
            yield from _shapes(shape.shapes)
        else:
            yield shape


def _kind(shape: Any) -> str:
    """The kind of placeholder that a shape is, or ""."""
    kind = shape.placeholder_format.type if shape.is_placeholder else None
    return "" if kind is None else str(kind.name)


def _frame(shape: Any) -> list[Line]:
    kind = _kind(shape)
    texts = [text for text in map(_words, shape.text_frame.paragraphs) if text]
    if kind in _TITLES:
        title = " ".join(texts)
        return [Line(text=title, level=1 if len(title) <= MAX_TITLE_CHARACTERS else 0)]
    is_list = kind in _BODIES and len(texts) > 1
    return [
        Line(text=f"- {text}" if is_list else text, navigation=kind in _RUNNING, close=i > 0)
        for i, text in enumerate(texts)
    ]


def _words(paragraph: Any) -> str:
    """A paragraph on one line; python-pptx writes a vertical tab for a line break."""
    return " ".join(paragraph.text.split())


def _table(table: Any, number: int) -> list[Line]:
    rows = [
        [
            Cell(text=" ".join(cell.text.split()), column=column, span=cell.span_width or 1)
            for column, cell in enumerate(row.cells, 1)
            if not cell.is_spanned
        ]
        for row in table.rows
    ]
    head_rows = int(bool(table.first_row) and begins_with_heads(rows, likely=True))
    return table_lines(rows, head_rows, partial(in_table, number))
