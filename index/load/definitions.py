"""Definition lists, whose terms stand over their definitions as headings do.

Reference manuals are lists of entries: `<dt>json.dumps(obj, *, indent=None)</dt><dd>...</dd>`.
A term without a definition, or as long as a paragraph, lays out a page; it is no entry.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from index.load.site import Block
from index.outline import LIST_MARKER

MAX_NAME_CHARACTERS = 150
MAX_DEPTH = 6  # of lists within lists; deeper terms are read as text
_LOWEST_HEADING = 6
_SIGNATURE = re.compile(r"(?:[^\s(]+ ){0,4}[^\s(]*\w(?=\()")
_LETTER = re.compile(r"[^\W\d_]")


class Definitions:
    """Which blocks are terms that wait for their definition."""

    def __init__(self) -> None:
        self._terms: list[int] = []  # indices of blocks
        self._first = 0  # block of the term that is open

    def open_list(self) -> None:
        self._terms = []

    def open_term(self, blocks: Sequence[Block]) -> None:
        self._first = len(blocks)

    def close_term(self, blocks: Sequence[Block]) -> None:
        if len(blocks) == self._first + 1:
            self._terms.append(self._first)

    def open_definition(self, blocks: list[Block]) -> None:
        """The terms before it become headings."""
        for i in self._terms:
            line = blocks[i].line
            name = name_characters(line.text)
            if name and not line.level and line.depth < MAX_DEPTH:
                line = replace(line, level=_LOWEST_HEADING + 1 + line.depth, name_characters=name)
                blocks[i] = replace(blocks[i], line=line)
        self._terms = []


def name_characters(term: str) -> int:
    """The length of the name that a term begins with, or 0 if it can't be an entry's.

    "json.dumps(obj, indent=None)" has the name "json.dumps"; words have no arguments.
    """
    signature = _SIGNATURE.match(term)
    length = len((signature[0] if signature else term).rstrip(" :"))
    if length > MAX_NAME_CHARACTERS or LIST_MARKER.match(term):
        return 0
    return length if _LETTER.search(term[:length]) else 0
