"""Spaces of a PDF's row that its characters don't have but the eye sees, and the other way round.

Programs part words by a space's character, by room, or by both. pdfium makes spaces of room that
is wide, but not of all, and sometimes of the end of a row; and it keeps each space's character,
though its room may have been taken back.
"""

from collections.abc import Sequence
from itertools import pairwise

from index.load.pdfium import Place

ROOM = 0.2  # of the size: a word's end; letters have less between them
NO_ROOM = 0.02
OVERLAP = 0.1  # what goes back further begins something else
LOWER = 0.2  # of the height: what a row may share with the one above
SPACED = 3  # a row with room in every third place is a title with its letters apart
_CLOSING = frozenset(map(ord, ".,;:!?)]}\u2019\u201d"))
_WITHOUT_SPACES = 0x2E80  # from here on, East Asian characters


def spacing(
    codes: Sequence[int], places: Sequence[Place], seen: Sequence[int], size: float
) -> tuple[set[int], set[int]]:
    """The characters of a row with a space missing before them, and the spaces without room.

    All are indices of the page's `codes` and `places`; `seen` are the row's that are in print.
    """
    missing: set[int] = set()
    without: set[int] = set()
    wide, none, back = ROOM * size, NO_ROOM * size, -OVERLAP * size
    for before, i in pairwise(seen):
        room = places[i].left - places[before].right
        if i == before + 1:
            east = max(codes[before], codes[i]) >= _WITHOUT_SPACES
            if room > wide and not east and codes[i] not in _CLOSING:
                missing.add(i)
        elif back < room < none:
            without.update(range(before + 1, i))
    if SPACED * len(missing) > len(seen):
        missing.clear()
    return missing, without


def is_next_row(before: Place, after: Place) -> bool:
    """Whether a character stands below another, and back towards where rows begin.

    In a row that runs down the page it stands below, too, but hardly back.
    """
    back = before.left - after.left > before.height
    return back and after.top < before.bottom + LOWER * before.height
