"""The FAISS side: passages' rows by inner product, in half precision.

DIR/vectors-<n>.faiss    a segment: the rows that came in at generation n (index/vector_segment.py)
DIR/segments-<n>.json    which segments make up generation n, and which of their ids count no more

Segments never change. What is new becomes one more, and those that are not much larger are merged
into it, so that a small change is written fast however large the collection is.
"""

import errno
import json
import os
from collections.abc import Iterator
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from index.types import EVERY_PASSAGE, Selection
from index.vector_segment import NewRows, VectorSegment, write_segment

# A segment is merged into a new one that has at least this share of its rows.
_MERGED_FROM = 1 / 8
# And so is one of which this share is gone.
_WASTED = 1 / 2


class VectorIndex:
    """Segments as one. It never changes; `updated` makes the next. Safe to search from threads."""

    def __init__(self, segments: dict[int, VectorSegment], removed: NDArray[np.int64]) -> None:
        """Segments by the generation that they came in at; `removed` (n,) of their ids."""
        self._segments = segments
        self._removed = removed

    @classmethod
    def empty(cls) -> "VectorIndex":
        return cls({}, np.empty(0, np.int64))

    @classmethod
    def open(cls, directory: Path, generation: int) -> "VectorIndex":
        """Raises RuntimeError, ValueError or OSError where a file is missing or damaged."""
        listed = json.loads(_listing(directory, generation).read_text("utf-8"))
        segments = {n: VectorSegment(_segment(directory, n)) for n in listed["segments"]}
        return cls(segments, np.array(listed["removed"], np.int64))

    @property
    def ids(self) -> NDArray[np.int64]:
        """(n,) the ids it holds, in no order."""
        held = [segment.ids for segment in self._segments.values()]
        return self._left(np.concatenate(held) if held else np.empty(0, np.int64))

    def contents(self) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float16]]]:
        """All ids (n,) and rows (n, width), some at a time."""
        for segment in self._segments.values():
            yield from self._contents_left(segment)

    def updated(
        self, directory: Path, generation: int, removed: NDArray[np.int64], added: NewRows
    ) -> "VectorIndex":
        """The index without `removed` (n,) and with `added`, on disk at `generation`.

        Raises OSError where it can't be written, or read back.
        """
        gone = np.union1d(self._removed, removed)
        before = VectorIndex(self._segments, gone)
        kept = dict(self._segments)
        # Those with many that are gone come first, so that what is left of them counts for others.
        for number, segment in sorted(
            self._segments.items(), key=lambda item: (not before._wasteful(item[1]), len(item[1]))
        ):
            if before._wasteful(segment) or len(added) >= _MERGED_FROM * len(segment):
                for ids, rows in before._contents_left(segment):
                    added.add(ids, rows)
                del kept[number]
        if len(added):
            write_segment(_segment(directory, generation), *added.read())
            kept[generation] = _read_back(_segment(directory, generation))
        held = VectorIndex(kept, np.empty(0, np.int64)).ids
        after = VectorIndex(kept, np.intersect1d(gone, held, assume_unique=True))
        _write_listing(directory, generation, list(kept), after._removed)
        return after

    def files(self, directory: Path, generation: int) -> list[Path]:
        """What it consists of, standing at `generation`."""
        return [_listing(directory, generation), *(_segment(directory, n) for n in self._segments)]

    def remove_other_files(self, directory: Path, generation: int) -> None:
        """Deletes what generations before this one, or a killed process, left behind."""
        kept = self.files(directory, generation)
        for path in (*directory.glob("vectors-*"), *directory.glob("segments-*")):
            if path not in kept:
                path.unlink(missing_ok=True)

    def search(
        self, row: NDArray[np.float32], limit: int, selection: Selection = EVERY_PASSAGE
    ) -> list[tuple[int, float]]:
        """The nearest passages to one row (width,): (id, cosine), best first.

        Of those of `selection.among` all are compared; else a large collection may miss some.
        """
        if selection.among is not None and not len(selection.among):
            return []
        selectors = self._selectors(selection)
        found = [
            hit
            for segment in self._segments.values()
            for hit in segment.search(
                row,
                min(limit, len(segment)),
                selectors[-1] if selectors else None,
                exact=selection.among is not None,
            )
        ]
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))[:limit]

    def _selectors(self, selection: Selection) -> list[faiss.IDSelector]:
        """The last one selects; those before are what it stands on, to be kept while it is used."""
        if (among := selection.among) is not None:
            bits = np.zeros(int(among.max()) + 1, np.bool_)
            bits[among] = True
            bits[self._removed[self._removed < len(bits)]] = False
            packed = np.packbits(bits, bitorder="little")
            return [faiss.IDSelectorBitmap(packed)]  # type: ignore[call-arg, arg-type]
        gone = self._removed
        if selection.without is not None:
            gone = np.concatenate([gone, selection.without])
        if len(gone):
            left_out = faiss.IDSelectorBatch(gone)
            return [left_out, faiss.IDSelectorNot(left_out)]
        return []

    def _left(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        return ids[~np.isin(ids, self._removed)] if len(self._removed) else ids

    def _wasteful(self, segment: VectorSegment) -> bool:
        return len(self._left(segment.ids)) <= (1 - _WASTED) * len(segment)

    def _contents_left(
        self, segment: VectorSegment
    ) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float16]]]:
        for ids, rows in segment.contents():
            left = ~np.isin(ids, self._removed)
            if left.any():
                yield ids[left], rows[left]


def _segment(directory: Path, generation: int) -> Path:
    return directory / f"vectors-{generation}.faiss"


def _read_back(path: Path) -> VectorSegment:
    try:
        return VectorSegment(path)
    except RuntimeError as error:  # FAISS says so of a disk that fails, too
        raise OSError(errno.EIO, f"{path.name} can't be read back", str(path)) from error


def _listing(directory: Path, generation: int) -> Path:
    return directory / f"segments-{generation}.json"


def _write_listing(
    directory: Path, generation: int, segments: list[int], removed: NDArray[np.int64]
) -> None:
    path = _listing(directory, generation)
    aside = path.with_suffix(".partial")
    with aside.open("w", encoding="utf-8") as file:
        json.dump({"segments": segments, "removed": removed.tolist()}, file)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
