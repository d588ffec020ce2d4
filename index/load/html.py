"""HTML: what a browser would show, block by block.

Each block is a line; a table's row is one line with its cells between bars, each after the heads
of its column, which are `<th>` or in `<thead>` (see `table_grid.py`). What a page hides
(`hidden`, `display: none`) isn't in the text, for nobody could find it on the page; what a click
opens (`<details>`, `hidden="until-found"`) is. What belongs to the site around the document stays
in the text as navigation (see `site.py`).
"""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from index.boilerplate import is_interface_phrase
from index.load.compose import Line, compose
from index.load.definitions import Definitions
from index.load.markup import decode, names, nodes, parse
from index.load.metadata import PERMALINK, author_of, date_of, language_of, title_of
from index.load.site import Block, is_footer, is_part_of_site, part_site_from_document
from index.load.table import BAR, Cell
from index.load.table_grid import TableGrid
from index.types import Content, Place

_BLOCKS = names(
    "address article aside blockquote body caption center dd details dialog dir div dl dt "
    "fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li "
    "main menu nav ol optgroup option p pre search section select summary table tbody td tfoot th "
    "thead tr ul"
)
_HEADING = re.compile(r"h[1-6]")
_INVISIBLE = str.maketrans("", "", "\u00ad\u200b\ufeff")
_CODE = ("pre", "code", "kbd", "samp", "tt")


def read(data: bytes) -> Content:
    """The text of a page, its title, date, headings and navigation."""
    page = parse(decode(data))
    return compose(title_of(page), lines(page), date_of(page), author_of(page), language_of(page))


def read_fragment(html: str) -> list[Line]:
    """The lines of a piece of HTML inside another format."""
    return lines(parse(html))


def lines(page: LexborHTMLParser) -> list[Line]:
    """The blocks that the page shows, in order."""
    if page.body is None:
        return []
    walk = _Walk(total_characters=len(page.body.text()))
    for opens, node in nodes(page.body):
        if not opens:
            walk.close(node)
        elif node.is_text_node:
            walk.write(node.text_content or "")
        else:
            walk.open(node)
    walk.end_block()
    return part_site_from_document(walk.blocks)


class _Walk:
    """What has been read so far, and where in the page we are."""

    def __init__(self, total_characters: int) -> None:
        self.blocks: list[Block] = []
        self.total_characters = total_characters
        self.words: list[str] = []  # of the block that is being read
        self.links = self.linked_characters = self.phrases = 0
        self.link_start = 0  # the number of words before the link that is open
        self.after_link = False  # with no text since
        self.inside: dict[str, int] = {}  # how many elements of a tag are open
        self.site = 0  # the identity of the open element that isn't the document's, or 0
        self.in_footer = False  # of the site
        self.cells: list[Cell] | None = None  # of the table row that is being read
        self.grids: list[TableGrid] = []  # of the tables that are open
        self.tables = 0  # so far that hold data
        self.lists: list[int | None] = []  # the next number of each open list; None: bullets
        self.marker = ""
        self.after_item = False  # of the outermost open list
        self.close_to_last = False
        self.definitions = Definitions()

    def open(self, node: LexborNode) -> None:
        tag = node.tag or ""
        self.inside[tag] = self.inside.get(tag, 0) + 1
        if tag in ("a", "button"):
            self._part_from_last_link()
        if tag == "a":
            self.links += 1
            self.link_start = len(self.words)
        if not self.site and is_part_of_site(node, self.inside, self.total_characters):
            self._leave_row()
            self.end_block()
            self.site = node.mem_id
            self.in_footer = is_footer(node)
        if tag == "br":
            self._break_line()
        elif tag in ("td", "th"):
            self._open_cell()
        elif tag == "tr":
            self.end_block()
            self.cells = []
            if self.grids:
                self.grids[-1].open_row()
        elif tag in _BLOCKS:
            self._open_block(tag, node)

    def close(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag in ("td", "th") and self.cells is not None:
            self.cells.append(self._close_cell(node))
        elif tag == "tr" and self.cells is not None:
            self._end_row()
        elif tag in _BLOCKS or node.mem_id == self.site:
            if self.cells is None:
                self.end_block(level=int(tag[1]) if _HEADING.fullmatch(tag) else 0)
            else:
                self.words.append(" ")
        if tag == "a":
            self._close_link()
        elif tag == "table" and self.grids:
            self.grids.pop()
        elif tag == "dt":
            self.definitions.close_term(self.blocks)
        elif tag in ("ul", "ol") and self.lists:
            self.lists.pop()
        elif tag == "li":
            self.marker = ""
        self.inside[tag] -= 1
        self.after_link = self.after_link or tag in ("a", "button")
        if node.mem_id == self.site:
            self.site = 0
            self.in_footer = False

    def write(self, text: str) -> None:
        self.words.append(text.translate(_INVISIBLE))
        self.after_link = False
        if self.inside.get("a"):
            self.linked_characters += len("".join(text.split()))

    def end_block(self, level: int = 0, cells: tuple[Place, ...] = ()) -> None:
        """What has been read since the last block becomes a block."""
        verbatim = bool(self.inside.get("pre"))
        links, linked, phrases = self.links, self.linked_characters, self.phrases
        text = self._take(verbatim=verbatim)
        if not text.strip():
            return
        line = Line(
            text=self.marker + text,
            level=level,
            navigation=bool(self.site),
            close=self.close_to_last,
            depth=self.inside.get("dd", 0),
            cells=() if self.marker else cells,
        )
        inside_main = bool(self.inside.get("main") or self.inside.get("article"))
        only_links = linked >= 0.9 * len("".join(text.split()))
        self.blocks.append(
            Block(
                line=line,
                links=links if only_links else 0,
                phrases=max(phrases, is_interface_phrase(text)),
                in_main=inside_main,
                in_footer=self.in_footer,
            )
        )
        self.marker, self.close_to_last = "", False

    def _take(self, verbatim: bool = False) -> str:
        text = "".join(self.words)
        self.words, self.links, self.linked_characters, self.phrases = [], 0, 0, 0
        self.link_start = 0
        return text if verbatim else " ".join(text.split())

    def _part_from_last_link(self) -> None:
        """Links and buttons stand apart, though nothing but the page's style keeps them so."""
        if self.after_link and not any(self.inside.get(tag) for tag in _CODE):
            self.words.append(" ")

    def _close_link(self) -> None:
        text = "".join(self.words[self.link_start :])
        if PERMALINK.fullmatch(text):
            del self.words[self.link_start :]
            self.links = max(0, self.links - 1)
            self.linked_characters = max(0, self.linked_characters - len(text.strip()))
        elif is_interface_phrase(text):
            self.phrases += 1

    def _break_line(self) -> None:
        if self.inside.get("pre"):
            self.words.append("\n")
        elif self.cells is not None:
            self.words.append(" ")
        elif "".join(self.words).strip():
            self.end_block()
            self.close_to_last = True

    def _open_cell(self) -> None:
        if self.cells is None:
            self.end_block()
        else:
            self.words = []

    def _open_block(self, tag: str, node: LexborNode) -> None:
        if self.cells is not None:
            # A cell of paragraphs, lists or tables lays out a page; it doesn't hold data.
            layout = tag in ("p", "ul", "ol", "table", "pre") or _HEADING.fullmatch(tag)
            if layout and (tag != "p" or "".join(self.words).strip()):
                self._leave_row()
            else:
                self.words.append(" ")
                return
        self.end_block()
        self.close_to_last = self.close_to_last and bool(self.marker)
        if tag in ("ul", "ol") and not self.lists:
            self.after_item = False
        if tag == "table":
            self.grids.append(TableGrid())
        elif tag == "ul":
            self.lists.append(None)
        elif tag == "ol":
            start = node.attributes.get("start") or ""
            self.lists.append(int(start) if re.fullmatch(r"\d{1,9}", start) else 1)
        elif tag == "li":
            self._open_item()
        elif tag == "dl":
            self.definitions.open_list()
        elif tag == "dt":
            self.definitions.open_term(self.blocks)
        elif tag == "dd":
            self.definitions.open_definition(self.blocks)

    def _open_item(self) -> None:
        number = self.lists[-1] if self.lists else None
        self.marker = "- " if number is None else f"{number}. "
        if self.lists and number is not None:
            self.lists[-1] = number + 1
        self.close_to_last = self.after_item
        self.after_item = True

    def _close_cell(self, node: LexborNode) -> Cell:
        text = self._take()
        return self.grids[-1].cell(node, text) if self.grids else Cell(text=text, column=1)

    def _end_row(self) -> None:
        """The row becomes a block, with the places of its cells if there are two or more."""
        cells, self.cells = self.cells or [], None
        if not self.grids:  # a row without a table
            self.words = [BAR.join(cell.text for cell in cells).strip(BAR)]
            self.end_block()
            return
        grid = self.grids[-1]
        if not grid.number and not self.site and sum(bool(cell.text) for cell in cells) > 1:
            self.tables += 1
            grid.number = self.tables
        line = grid.line(cells, in_head=bool(self.inside.get("thead")))
        self.words = [line.text]
        self.close_to_last = line.close
        self.end_block(cells=line.cells)

    def _leave_row(self) -> None:
        """The row that is being read turns out not to be data: its cells become blocks."""
        if self.cells is None:
            return
        rest, cells = self._take(), self.cells
        self.cells = None
        for text in (*(cell.text for cell in cells), rest):
            self.words = [text]
            self.end_block()
