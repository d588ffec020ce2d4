"""Markdown: CommonMark with tables and strikethrough, as its plain words.

Front matter gives title, date, author and language and isn't in the text. Markup is gone: a link
is its text, an image its description, code stands as it is, raw HTML is read as HTML.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache, partial
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.front_matter import front_matter_plugin

from index.load import text as plain
from index.load.about import author, language
from index.load.compose import Line, compose
from index.load.day import iso_day
from index.load.html import read_fragment
from index.load.table import Cell, cells_of, in_table, table_lines
from index.types import Content

_ITEM = re.compile(r"- |\d+\. ")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


def read(data: bytes) -> Content:
    """The text of a Markdown file, its title, date and headings."""
    tokens = _parser().parse(plain.read(data).text)
    lines = _lines(tokens)
    heading = next((line.text for line in lines if line.level == 1), "")
    front = _front_matter(tokens)
    title = front.get("title")
    named = str(title) if isinstance(title, str | int | float) else ""
    return compose(
        named or heading,
        lines,
        iso_day(front.get("date")),
        author(front.get("author")),
        language(front.get("lang") or front.get("language")),
    )


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": 100}).enable(["table", "strikethrough"])
    return parser.use(front_matter_plugin)


def _front_matter(tokens: Sequence[Token]) -> dict[Any, Any]:
    """The fields of the front matter; none if there is none or it isn't sound YAML."""
    if not tokens or tokens[0].type != "front_matter":
        return {}
    try:
        fields: Any = yaml.safe_load(tokens[0].content)
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}
    return fields if isinstance(fields, dict) else {}


class _Writer:
    """The lines so far, and the lists and the table row that are open."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.contents: list[int] = []  # the lines that are nothing but a link within the document
        self.lists: list[int | None] = []  # the next number of each open list; None: bullets
        self.marker = ""
        self.level = 0
        self.cells: list[str] | None = None
        self.rows: list[list[Cell]] = []
        self.head_rows = 0
        self.tables = 0

    def add(self, token: Token) -> None:
        match token.type:
            case "bullet_list_open":
                self.lists.append(None)
            case "ordered_list_open":
                self.lists.append(int(token.attrGet("start") or 1))
            case "bullet_list_close" | "ordered_list_close":
                self.lists.pop()
            case "list_item_open":
                self._open_item()
            case "heading_open":
                self.level = int(token.tag[1])
            case "heading_close":
                self.level = 0
            case "table_open":
                self.rows, self.head_rows = [], 0
            case "tr_open":
                self.cells = []
            case "tr_close":
                self.rows.append(cells_of(self.cells or []))
                self.cells = None
            case "thead_close":
                self.head_rows = len(self.rows)
            case "table_close":
                self._end_table()
            case "code_block" | "fence":
                self._write(token.content, close=False)
            case "html_block":
                # Its tables would be counted apart.
                self.lines += [replace(line, cells=()) for line in read_fragment(token.content)]
            case "inline":
                self._add_inline(token.children or [])
            case _:
                pass

    def _open_item(self) -> None:
        number = self.lists[-1]
        self.marker = "- " if number is None else f"{number}. "
        if number is not None:
            self.lists[-1] = number + 1

    def _end_table(self) -> None:
        self.tables += 1
        locate = partial(in_table, self.tables)
        self.lines += table_lines(self.rows, self.head_rows, locate)

    def _add_inline(self, children: Sequence[Token]) -> None:
        badges = _is_badges(children)
        if self.level and not badges:
            children = _without_badges(children)
        pieces = _words(children).split("\n")
        if self.cells is not None:
            self.cells.append(" ".join(" ".join(pieces).split()))
            return
        if self.marker and _links_within_document(children):
            self.contents.append(len(self.lines))
        for i, piece in enumerate(pieces):
            self._write(" ".join(piece.split()), close=i > 0, navigation=badges)

    def _write(self, text: str, close: bool, navigation: bool = False) -> None:
        if self.marker:
            last = self.lines[-1].text if self.lines else ""
            close = close or bool(_ITEM.match(last))
        line = Line(text=self.marker + text, level=self.level, close=close, navigation=navigation)
        self.lines.append(line)
        self.marker = ""


def _lines(tokens: Sequence[Token]) -> list[Line]:
    writer = _Writer()
    for token in tokens:
        writer.add(token)
    lines = writer.lines
    if len(writer.contents) >= 3:  # a table of contents; it repeats the headings
        for i in writer.contents:
            lines[i] = replace(lines[i], navigation=True)
    return lines


def _words(children: Sequence[Token]) -> str:
    """What a reader sees of a run of text; a line feed where the writer broke the line."""
    words = []
    for token in children:
        if token.type in ("text", "code_inline", "image"):
            words.append(token.content)
        elif token.type == "softbreak":
            words.append(" ")
        elif token.type == "hardbreak" or _BREAK.fullmatch(token.content):
            words.append("\n")
    return "".join(words)


def _links_within_document(children: Sequence[Token]) -> bool:
    """Whether the run is one link to a heading of the same file."""
    if len(children) < 2 or children[0].type != "link_open" or children[-1].type != "link_close":
        return False
    links = [token for token in children if token.type == "link_open"]
    return len(links) == 1 and str(links[0].attrGet("href")).startswith("#")


def _is_badges(children: Sequence[Token]) -> bool:
    """Whether the run is nothing but images that are links (build status, version)."""
    depth = images = 0
    for token in children:
        if token.type == "link_open":
            depth += 1
        elif token.type == "link_close":
            depth -= 1
        elif token.type == "image" and depth:
            images += 1
        elif _words([token]).strip():
            return False
    return images > 0


def _without_badges(children: Sequence[Token]) -> list[Token]:
    """The run without images that are links; a heading has them beside its words."""
    kept, depth = [], 0
    for token in children:
        depth += token.nesting if token.type.startswith("link_") else 0
        if not (token.type == "image" and depth):
            kept.append(token)
    return kept
