"""Where a section that is too long for one passage is cut.

Between sentences, rather between paragraphs, and not after what announces the rest: a colon, a
short line that may be a title.
"""

from collections.abc import Iterator
from itertools import zip_longest

from index.outline import LIST_MARKER
from index.sentences import sentences
from index.types import Range

# Pieces of a long section aim at this share of the maximum. What a cut costs is on the scale of
# the square of a piece's distance from that aim, as a share of it: 0.25 is a piece off by half.
_AIM = 0.75
_CUT_INSIDE_PARAGRAPH = 0.25
_CUT_INSIDE_LIST = 0.1
_CUT_AFTER_TITLE = 0.25  # a short line that stands alone and doesn't end as a sentence does
_CUT_AFTER_COLON = 0.5
_MAX_TITLE_CHARACTERS = 80
COLONS = (":", "：")


def pieces(text: str, section: tuple[Range, ...], max_characters: int) -> list[Range]:
    """Cuts a section between sentences so that pieces are even and end where a thought does.

    The cheapest way to cut is found by dynamic programming over the ends of sentences.
    """
    if section[-1].end - section[0].start <= max_characters:
        return [Range(start=section[0].start, end=section[-1].end)]
    units: list[Range] = []
    cuts: list[float] = []  # what a cut after each unit costs
    for block, following in zip_longest(section, section[1:]):
        inside = [
            unit
            for sentence in sentences(text, block.start, block.end)
            for unit in _bounded(text, sentence, max_characters)
        ]
        units += inside
        cuts += [_cost_inside(text, unit) for unit in inside[:-1]]
        cuts.append(_cost_between(text, block, following) if following else 0.0)
    aim = _AIM * max_characters
    best: list[tuple[float, int]] = [(0.0, 0)]  # (cost of cutting units[:n], start of the last)
    for last in range(len(units)):
        options = []
        for first in range(last, -1, -1):
            length = units[last].end - units[first].start
            if length > max_characters and first < last:
                break
            options.append((best[first][0] + cuts[last] + ((length - aim) / aim) ** 2, first))
        best.append(min(options))
    found = []
    end = len(units)
    while end > 0:
        first = best[end][1]
        found.append(Range(start=units[first].start, end=units[end - 1].end))
        end = first
    return found[::-1]


def _cost_inside(text: str, unit: Range) -> float:
    after_colon = text.endswith(COLONS, unit.start, unit.end)
    return _CUT_INSIDE_PARAGRAPH + (_CUT_AFTER_COLON if after_colon else 0.0)


def _cost_between(text: str, block: Range, following: Range) -> float:
    """Of a cut between two blocks: none, unless the first announces what follows."""
    if text.endswith(COLONS, block.start, block.end):
        return _CUT_AFTER_COLON
    gap = text[block.end : following.start].count("\n")
    if LIST_MARKER.match(text, block.start):
        goes_on = gap == 1 and LIST_MARKER.match(text, following.start)
        return _CUT_INSIDE_LIST if goes_on else 0.0
    is_short = block.end - block.start <= _MAX_TITLE_CHARACTERS
    stands_alone = gap > 1 and text[max(0, block.start - 2) : block.start] in ("", "\n\n")
    is_title = is_short and stands_alone and text[block.end - 1].isalnum()
    return _CUT_AFTER_TITLE if is_title else 0.0


def _bounded(text: str, sentence: Range, max_characters: int) -> Iterator[Range]:
    """A sentence longer than a passage, cut between words; a longer word is cut anywhere."""
    start = sentence.start
    while sentence.end - start > max_characters:
        limit = start + max_characters
        space = max(text.rfind(" ", start + 1, limit), text.rfind("\n", start + 1, limit))
        end = space if space > start else limit
        if piece := stripped(text, start, end):
            yield piece
        start = end
    if piece := stripped(text, start, sentence.end):
        yield piece


def stripped(text: str, start: int, end: int) -> Range | None:
    """`text[start:end]` without surrounding white space; None where nothing else is there."""
    words = text[start:end].strip()
    if not words:
        return None
    first = text.index(words, start)
    return Range(start=first, end=first + len(words))
