"""Where a position of a text stands, as its format counts: a slide, a cell, a chapter."""

from bisect import bisect_right
from collections.abc import Sequence

from index.types import Location, Place


def location_at(places: Sequence[Place], position: int) -> Location:
    """The location of the one of the sorted places that holds the position; () if none does."""
    i = bisect_right(places, position, key=lambda place: place.start) - 1
    return places[i].location if i >= 0 and position < places[i].end else ()
