"""A document's text into passages: stretches that are found, read and cited as one.

A passage begins and ends with a sentence where sentences are short enough, stays under one
heading (short entries of a definition list may share one), is at most `MAX_CHARACTERS` long and
covers no navigation. Every other character that isn't white space lies in exactly one passage.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from index.cuts import COLONS, pieces, stripped
from index.outline import blocks
from index.places import location_at
from index.types import Content, Heading, PassageRange, Range

# Part of a collection's settings: passages made by another version are made anew.
VERSION = 2

# The embedder reads 256 word pieces: about 1,000 characters of English, context included.
MAX_CHARACTERS = 700

# Entries of a list that are shorter than this share of the maximum needn't stand alone.
_SHORT = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Section:
    """Neighbouring blocks under the same headings, with no navigation between them.

    `joins`: nothing but the bounds of entries parts it from the section before.
    """

    blocks: tuple[Range, ...]
    path: tuple[Heading, ...]
    joins: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """A passage to be. `joins`: it may become one with the piece before.

    `announces`: it ends in a colon.
    """

    start: int
    end: int
    path: tuple[Heading, ...]
    joins: bool
    announces: bool

    @property
    def length(self) -> int:
        return self.end - self.start

    @property
    def opens_entry(self) -> bool:
        return any(above.start == self.start and above.until for above in self.path)


def split(content: Content, *, max_characters: int = MAX_CHARACTERS) -> list[PassageRange]:
    """The passages of a document, in the order of its text."""
    page_starts = [page.start for page in content.pages]
    parts = (
        _Piece(
            start=piece.start,
            end=piece.end,
            path=section.path,
            joins=section.joins and not i,
            announces=content.text.endswith(COLONS, piece.start, piece.end),
        )
        for section in _sections(content)
        for i, piece in enumerate(pieces(content.text, section.blocks, max_characters))
    )
    passages = []
    for piece in _with_short_ones_joined(parts, max_characters):
        heading = " > ".join(content.text[above.start : above.end] for above in piece.path)
        page = bisect_right(page_starts, piece.start) - 1
        passages.append(
            PassageRange(
                start=piece.start,
                end=piece.end,
                heading=heading or None,
                page=content.pages[page].number if page >= 0 else None,
                location=location_at(content.places, piece.start),
            )
        )
    return passages


def prose(content: Content) -> list[Range]:
    """The blocks of a text that aren't navigation; a block that is so in part is cut."""
    cut = iter((*content.navigation, Range(start=len(content.text), end=len(content.text))))
    kept = []
    gap = next(cut)
    for block in blocks(content.text):
        start = block.start
        while start < block.end:
            while gap.end <= start < len(content.text):
                gap = next(cut)
            end = min(block.end, max(start, gap.start))
            if stretch := stripped(content.text, start, end):
                kept.append(stretch)
            start = max(end, min(block.end, gap.end)) if end < block.end else end
    return kept


def _sections(content: Content) -> Iterator[_Section]:
    headings = {heading.start: heading for heading in content.headings}
    navigation_starts = [gap.start for gap in content.navigation]
    path: tuple[Heading, ...] = ()
    section: list[Range] = []
    has_body = joins = False
    for block in prose(content):
        heading = headings.get(block.start)
        above = tuple(h for h in path if h.until is None or block.start < h.until)
        parted = bool(section) and _between(navigation_starts, section[-1].end, block.start)
        opens = heading is not None or above != path
        if parted or (opens and has_body):
            yield _Section(blocks=tuple(section), path=path, joins=joins)
            section, has_body = [], False
            joins = not parted and (heading is None or heading.until is not None)
        if heading is not None:
            above = (*(h for h in above if h.level < heading.level), heading)
        path = above
        section.append(block)
        has_body = has_body or heading is None
    if section:
        yield _Section(blocks=tuple(section), path=path, joins=joins)


def _with_short_ones_joined(pieces: Iterable[_Piece], max_characters: int) -> Iterator[_Piece]:
    """Short entries become one piece, and so do a few words before or after an entry and it."""
    last: _Piece | None = None
    for piece in pieces:
        if last and piece.joins and (joined := _joined(last, piece, max_characters)):
            last = joined
            continue
        if last:
            yield last
        last = piece
    if last:
        yield last


def _joined(piece: _Piece, following: _Piece, max_characters: int) -> _Piece | None:
    """Both under the headings they share, if that fits and they hold the others themselves."""
    shared = tuple(above for above in piece.path if above in following.path)
    own = [above for above in (*piece.path, *following.path) if above not in shared]
    short = [part for part in (piece, following) if part.length < _SHORT * max_characters]
    joins = piece.announces or len(short) == 2 or any(not part.opens_entry for part in short)
    fits = following.end - piece.start <= max_characters
    if not (joins and fits and all(piece.start <= above.start < following.end for above in own)):
        return None
    return replace(piece, end=following.end, path=shared, announces=following.announces)


def _between(starts: list[int], low: int, high: int) -> bool:
    """Whether one of the sorted `starts` lies in `[low, high)`."""
    return bisect_right(starts, high - 1) > bisect_right(starts, low - 1)
