"""Where a position of a text stands, as its format counts: a slide, a cell, a chapter."""

import json
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import overload

import numpy as np

from index.types import Location, Place

_INT_BYTES = 4


def location_at(places: Sequence[Place], position: int) -> Location:
    """The location of the one of the sorted places that holds the position; () if none does."""
    i = bisect_right(places, position, key=lambda place: place.start) - 1
    return places[i].location if i >= 0 and position < places[i].end else ()


def packed(places: Sequence[Place]) -> bytes:
    """The places as bytes, for `PackedPlaces`.

    Their number; the start, the end and the end of the location of each, as int32, little-endian;
    then the locations as JSON, one after the other.
    """
    locations = [
        json.dumps(dict(place.location), ensure_ascii=False, separators=(",", ":")).encode()
        for place in places
    ]
    rows = np.empty((len(places), 3), "<i4")
    rows[:, 0] = [place.start for place in places]
    rows[:, 1] = [place.end for place in places]
    rows[:, 2] = list(accumulate(map(len, locations)))
    return b"".join([np.array([len(places)], "<i4").tobytes(), rows.tobytes(), *locations])


class PackedPlaces(Sequence[Place]):
    """Places of which each is made when it is asked for: a table may have a million."""

    def __init__(self, data: bytes) -> None:
        count = int(np.frombuffer(data, "<i4", 1)[0])
        self._rows = np.frombuffer(data, "<i4", 3 * count, _INT_BYTES).reshape(-1, 3)
        self._locations = memoryview(data)[_INT_BYTES * (1 + 3 * count) :]

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> Place: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Place, ...]: ...
    def __getitem__(self, index: int | slice) -> Place | tuple[Place, ...]:
        if isinstance(index, slice):
            return tuple(self[i] for i in range(*index.indices(len(self))))
        i = range(len(self))[index]
        start, end, last = self._rows[i].tolist()
        first = int(self._rows[i - 1, 2]) if i else 0
        location = json.loads(bytes(self._locations[first:last]))
        return Place(start=start, end=end, location=tuple(location.items()))

    def __iter__(self) -> Iterator[Place]:
        return (self[i] for i in range(len(self)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))
