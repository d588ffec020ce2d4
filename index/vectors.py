"""The FAISS side: passages' rows by inner product, exact, in half precision."""

import os
from collections.abc import Sequence
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray


class VectorIndex:
    """Rows of length 1 under the ids of their passages. Search is exact up to rounding to fp16."""

    def __init__(self, index: faiss.IndexIDMap2) -> None:
        self._index = index

    @classmethod
    def empty(cls, width: int) -> "VectorIndex":
        flat = faiss.IndexScalarQuantizer(
            width, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
        )
        return cls(faiss.IndexIDMap2(flat))

    @classmethod
    def load(cls, path: Path) -> "VectorIndex":
        """Raises RuntimeError if the file isn't a whole FAISS index of this kind."""
        index = faiss.read_index(str(path))
        if not isinstance(index, faiss.IndexIDMap2):
            raise RuntimeError(f"{path} holds a {type(index).__name__}, not an IndexIDMap2")  # noqa: TRY004
        return cls(index)

    def save(self, path: Path) -> None:
        """Writes aside, flushes to the disk, then takes the place of `path` at once, or OSError."""
        aside = path.with_suffix(".partial")
        with aside.open("wb") as file:
            # FAISS, writing to a file itself, doesn't notice that its last bytes find no room.
            faiss.write_index(self._index, faiss.PyCallbackIOWriter(file.write))  # type: ignore[attr-defined]
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)

    @property
    def ids(self) -> NDArray[np.int64]:
        """(n,) the ids it holds, in no order."""
        ids: NDArray[np.int64] = faiss.vector_to_array(self._index.id_map)
        return ids

    def add(self, ids: NDArray[np.int64], rows: NDArray[np.float32]) -> None:
        """`ids` (n,), none of them held yet; `rows` (n, width)."""
        self._index.add_with_ids(np.ascontiguousarray(rows, np.float32), ids)

    def remove(self, ids: NDArray[np.int64]) -> None:
        if len(ids):
            self._index.remove_ids(faiss.IDSelectorBatch(ids))

    def rows(self, ids: Sequence[int]) -> NDArray[np.float32]:
        """(n, width) the rows of passages that it holds."""
        rows: NDArray[np.float32] = self._index.reconstruct_batch(np.asarray(ids, np.int64))
        return rows

    def search(
        self, row: NDArray[np.float32], limit: int, among: NDArray[np.int64] | None = None
    ) -> list[tuple[int, float]]:
        """The nearest passages to one row (width,): (id, cosine), best first.

        `among` (n,): the ids that are looked at; None means all.
        """
        limit = min(limit, self._index.ntotal if among is None else len(among))
        if limit == 0:
            return []
        selector = None if among is None else faiss.IDSelectorBatch(among)
        parameters = faiss.SearchParameters(sel=selector) if selector else None  # type: ignore[call-arg]
        scores, ids = self._index.search(row[np.newaxis], limit, params=parameters)
        found = list(zip(ids[0].tolist(), scores[0].tolist(), strict=True))
        return [(id_, score) for id_, score in found if id_ >= 0]  # -1: `among` had no more
