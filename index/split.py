"""A document's text into passages: stretches that are found, read and cited as one.

A passage begins and ends with a sentence where sentences are short enough, stays under one
heading, is at most `MAX_CHARACTERS` long and covers no navigation. Every other character that
isn't white space lies in exactly one passage.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from index.outline import blocks
from index.sentences import sentences
from index.types import Content, Heading, PassageRange, Range

# Part of a collection's settings: passages made by another version are made anew.
VERSION = 1

# The embedder reads 256 word pieces: about 1,000 characters of English, context included.
MAX_CHARACTERS = 700

# Pieces of a long section aim at this share of the maximum, and a cut inside a paragraph costs as
# much as a piece that is off that aim by half.
_AIM = 0.75
_CUT_INSIDE_PARAGRAPH = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class _Section:
    """Neighbouring blocks under the same headings, with no navigation between them."""

    blocks: tuple[Range, ...]
    path: tuple[Heading, ...]


def split(content: Content, *, max_characters: int = MAX_CHARACTERS) -> list[PassageRange]:
    """The passages of a document, in the order of its text."""
    page_starts = [page.start for page in content.pages]
    passages = []
    for section in _sections(content):
        heading = " > ".join(content.text[above.start : above.end] for above in section.path)
        for piece in _pieces(content.text, section.blocks, max_characters):
            page = bisect_right(page_starts, piece.start) - 1
            passages.append(
                PassageRange(
                    start=piece.start,
                    end=piece.end,
                    heading=heading or None,
                    page=content.pages[page].number if page >= 0 else None,
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
            if stretch := _stripped(content.text, start, end):
                kept.append(stretch)
            start = max(end, min(block.end, gap.end)) if end < block.end else end
    return kept


def _stripped(text: str, start: int, end: int) -> Range | None:
    words = text[start:end].strip()
    if not words:
        return None
    first = text.index(words, start)
    return Range(start=first, end=first + len(words))


def _sections(content: Content) -> Iterator[_Section]:
    headings = {heading.start: heading for heading in content.headings}
    navigation_starts = [gap.start for gap in content.navigation]
    path: tuple[Heading, ...] = ()
    section: list[Range] = []
    for block in prose(content):
        heading = headings.get(block.start)
        opens = heading is not None and any(part.start not in headings for part in section)
        if section and (opens or _between(navigation_starts, section[-1].end, block.start)):
            yield _Section(blocks=tuple(section), path=path)
            section = []
        if heading is not None:
            path = (*(above for above in path if above.level < heading.level), heading)
        section.append(block)
    if section:
        yield _Section(blocks=tuple(section), path=path)


def _between(starts: list[int], low: int, high: int) -> bool:
    """Whether one of the sorted `starts` lies in `[low, high)`."""
    return bisect_right(starts, high - 1) > bisect_right(starts, low - 1)


def _pieces(text: str, section: tuple[Range, ...], max_characters: int) -> list[Range]:
    """Cuts a section between sentences so that pieces are even and end with paragraphs.

    The cheapest way to cut is found by dynamic programming over the ends of sentences.
    """
    if section[-1].end - section[0].start <= max_characters:
        return [Range(start=section[0].start, end=section[-1].end)]
    units = [
        unit
        for block in section
        for sentence in sentences(text, block.start, block.end)
        for unit in _bounded(text, sentence, max_characters)
    ]
    paragraph_ends = {block.end for block in section}
    aim = _AIM * max_characters
    best: list[tuple[float, int]] = [(0.0, 0)]  # (cost of cutting units[:n], start of the last)
    for last in range(len(units)):
        cut = 0.0 if units[last].end in paragraph_ends else _CUT_INSIDE_PARAGRAPH
        options = []
        for first in range(last, -1, -1):
            length = units[last].end - units[first].start
            if length > max_characters and first < last:
                break
            options.append((best[first][0] + cut + ((length - aim) / aim) ** 2, first))
        best.append(min(options))
    pieces = []
    end = len(units)
    while end > 0:
        first = best[end][1]
        pieces.append(Range(start=units[first].start, end=units[end - 1].end))
        end = first
    return pieces[::-1]


def _bounded(text: str, sentence: Range, max_characters: int) -> Iterator[Range]:
    """A sentence longer than a passage, cut between words; a longer word is cut anywhere."""
    start = sentence.start
    while sentence.end - start > max_characters:
        limit = start + max_characters
        space = max(text.rfind(" ", start + 1, limit), text.rfind("\n", start + 1, limit))
        end = space if space > start else limit
        if piece := _stripped(text, start, end):
            yield piece
        start = end
    if piece := _stripped(text, start, sentence.end):
        yield piece
