"""A part of the vectors: one FAISS file that never changes, mapped into memory.

Rows lie in lists by the nearest of some centres (IVF), in half precision. Few rows are one list,
so that all are compared; of many, the lists nearest to the question are.
"""

import math
import os
import tempfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

# Below so many rows all are compared: that takes 3 ms of one core (docs/performance.md).
EXACT_BELOW = 100_000

# What share of the lists is looked at: recall@10 is above 0.98 (docs/performance.md).
SHARE_SEARCHED = 0.2

_TRAINING_ROWS_A_LIST = 64
_ROWS_AT_ONCE = 16_384


class NewRows:
    """Rows on their way into a segment, on disk: a million would take a gigabyte of memory."""

    def __init__(self, directory: Path) -> None:
        self._file = tempfile.TemporaryFile(dir=directory)  # noqa: SIM115  closed by `close`
        self._ids: list[NDArray[np.int64]] = []
        self._width = 0

    def __len__(self) -> int:
        return sum(map(len, self._ids))

    def close(self) -> None:
        self._file.close()

    def add(self, ids: NDArray[np.int64], rows: NDArray[np.floating]) -> None:
        """`ids` (n,) that no segment holds; `rows` (n, width) of length 1."""
        self._ids.append(ids)
        self._width = rows.shape[1]
        self._file.write(rows.astype("<f2").tobytes())

    def read(self) -> tuple[NDArray[np.int64], NDArray[np.float16]]:
        """(n,) ids and their rows (n, width), n above 0."""
        self._file.flush()
        rows = np.memmap(self._file, "<f2", mode="r", shape=(len(self), self._width))
        return np.concatenate(self._ids), rows


class VectorSegment:
    """Rows of length 1 under the ids of their passages. Safe to search from several threads."""

    def __init__(self, path: Path) -> None:
        """Raises RuntimeError if the file isn't there, or isn't a whole segment."""
        index: Any = faiss.read_index(str(path), faiss.IO_FLAG_MMAP)
        if not isinstance(index, faiss.IndexIVFScalarQuantizer):
            raise RuntimeError(f"{path} holds a {type(index).__name__}, not IVF over fp16")  # noqa: TRY004
        self._index = index
        self._lists = _mapped_lists(index)
        self._searched = max(1, math.ceil(SHARE_SEARCHED * index.nlist))

    def __len__(self) -> int:
        count: int = self._index.ntotal
        return count

    @property
    def ids(self) -> NDArray[np.int64]:
        """(n,) the ids it holds, in no order."""
        return np.concatenate([self._ids_in(number) for number in range(self._index.nlist)])

    def contents(self) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float16]]]:
        """All ids (n,) and rows (n, width), some at a time."""
        for number in range(self._index.nlist):
            ids = self._ids_in(number)
            codes = faiss.rev_swig_ptr(self._lists.get_codes(number), self._codes_bytes(len(ids)))
            rows = codes.view("<f2").reshape(len(ids), self._index.d)
            for start in range(0, len(ids), _ROWS_AT_ONCE):
                end = start + _ROWS_AT_ONCE
                yield ids[start:end], rows[start:end].copy()

    def search(
        self,
        row: NDArray[np.float32],
        limit: int,
        selector: faiss.IDSelector | None,
        *,
        exact: bool,
    ) -> list[tuple[int, float]]:
        """The nearest passages to one row (width,): (id, cosine), best first.

        `selector`: the ids that are looked at; None means all. `exact`: in every list.
        """
        lists = self._index.nlist if exact else self._searched
        parameters = faiss.SearchParametersIVF(sel=selector, nprobe=lists)  # type: ignore[call-arg]
        scores, ids = self._index.search(row[np.newaxis], limit, params=parameters)
        found = zip(ids[0].tolist(), scores[0].tolist(), strict=True)
        return [(id_, score) for id_, score in found if id_ >= 0]  # -1: there were no more

    def _ids_in(self, number: int) -> NDArray[np.int64]:
        size = self._lists.list_size(number)
        ids: NDArray[np.int64] = faiss.rev_swig_ptr(self._lists.get_ids(number), size).copy()
        return ids

    def _codes_bytes(self, count: int) -> int:
        size: int = count * self._lists.code_size
        return size


def write_segment(path: Path, ids: NDArray[np.int64], rows: NDArray[np.float16]) -> None:
    """Makes the segment of `ids` (n,), n above 0, and `rows` (n, width).

    It is written aside, flushed to the disk, then takes the place of `path` at once. Raises OSError
    where that can't be.
    """
    count, width = rows.shape
    centres = _centres(rows, 1 if count < EXACT_BELOW else round(math.sqrt(count)))
    quantizer = faiss.IndexFlatIP(width)
    quantizer.add(centres)
    index: Any = faiss.IndexIVFScalarQuantizer(
        quantizer,
        width,
        len(centres),
        faiss.ScalarQuantizer.QT_fp16,
        faiss.METRIC_INNER_PRODUCT,
        False,  # rows themselves, not what they differ by from their centre
    )
    index.is_trained = True  # half precision has nothing to learn
    nearest = _nearest(quantizer, rows)
    order = np.argsort(nearest, kind="stable")
    bounds = np.searchsorted(nearest[order], np.arange(len(centres) + 1))
    for number, (start, end) in enumerate(pairwise(bounds.tolist())):
        members = order[start:end]
        held, codes = ids[members], np.ascontiguousarray(rows[members]).view(np.uint8)
        # One call a list takes exactly the memory that it needs. The codes are the rows' bytes.
        index.invlists.add_entries(
            number, len(members), faiss.swig_ptr(held), faiss.swig_ptr(codes)
        )
    index.ntotal = count
    aside = path.with_suffix(".partial")
    with aside.open("wb") as file:
        # FAISS, writing to a file itself, doesn't notice that its last bytes find no room.
        faiss.write_index(index, faiss.PyCallbackIOWriter(file.write))  # type: ignore[attr-defined]
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)


def _mapped_lists(index: Any) -> Any:
    lists: Any = faiss.downcast_InvertedLists(index.invlists)
    lists.prefetch_nthread = 0  # 32 threads a search, to read what is in memory mostly
    return lists


def _centres(rows: NDArray[np.float16], lists: int) -> NDArray[np.float32]:
    """(lists, width): where k-means on some of the rows puts them."""
    if lists == 1:
        return rows[:1].astype(np.float32)
    chance = np.random.default_rng(0)
    sample = chance.choice(len(rows), min(len(rows), lists * _TRAINING_ROWS_A_LIST), replace=False)
    means: Any = faiss.Kmeans(rows.shape[1], lists, niter=10, spherical=True, seed=1)
    means.train(rows[np.sort(sample)].astype(np.float32))
    centres: NDArray[np.float32] = means.centroids
    return centres


def _nearest(quantizer: faiss.IndexFlatIP, rows: NDArray[np.float16]) -> NDArray[np.int64]:
    """(n,) the number of each row's list."""
    return np.concatenate(
        [
            quantizer.search(rows[start : start + _ROWS_AT_ONCE].astype(np.float32), 1)[1][:, 0]
            for start in range(0, len(rows), _ROWS_AT_ONCE)
        ]
    )
