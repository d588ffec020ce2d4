"""The narrow passage index: add, remove, search over ids. FAISS and Tantivy stand behind it.

It follows the store and can always be made again from it. Both sides carry the generation of the
store that they were last brought in line with.
"""

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.errors import LexicalFailed
from index.lexical import LexicalIndex
from index.manifest import Look, Manifest
from index.types import EVERY_PASSAGE, Selection
from index.vector_segment import NewRows
from index.vectors import VectorIndex

_LEXICAL = "lexical"
_AFRESH = "lexical.new"


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedPassages:
    """Passages as the index takes them: `ids` (n,), unit `rows` (n, width), stems of each."""

    ids: NDArray[np.int64]
    rows: NDArray[np.float32]
    stems: Sequence[Sequence[str]]


def forget_lost(directory: Path, manifest: Manifest, generation: int) -> None:
    """Takes out an index that is ahead of the store, which is to be written to now.

    SQLite's newest transactions were lost, as with a damaged log, or an older copy was put back.
    Those to come will take their generations and ids, and the index would be taken for theirs.
    """
    saved = [path.stem.removeprefix("vectors-") for path in directory.glob("vectors-*.faiss")]
    if any(number.isdecimal() and int(number) > generation for number in saved):
        manifest.remove()
        shutil.rmtree(directory / _LEXICAL, ignore_errors=True)


class PassageIndex:
    """Both sides at one generation; -1 where there is nothing on disk that can be used.

    What it holds never changes, and may be searched from several threads. `updated` makes the next:
    whoever searches this one goes on with the generation that it has.
    """

    def __init__(
        self,
        directory: Path,
        manifest: Manifest,
        vectors: VectorIndex | None = None,
        lexical: LexicalIndex | None = None,
        noted: Look | None = None,
    ) -> None:
        """Without sides, an index that holds nothing, whose `updated` starts afresh."""
        self._directory = directory
        self._manifest = manifest
        self._vectors = vectors
        self._lexical = lexical
        self._noted = noted
        self.generation = lexical.generation if lexical else -1

    @classmethod
    def open(cls, directory: Path, manifest: Manifest) -> "PassageIndex":
        """What is on disk, if the manifest says so; else nothing."""
        noted = manifest.look()  # before its files, so that a change meanwhile is noticed
        nothing = cls(directory, manifest, noted=noted)
        # Tantivy would make an index where there is none.
        if not (directory / _LEXICAL / "meta.json").exists():
            return nothing
        try:
            if not manifest.holds():
                return nothing
            lexical = LexicalIndex.open(directory / _LEXICAL)
            if lexical.generation < 0:
                return nothing
            vectors = VectorIndex.open(directory, lexical.generation)
        except (LexicalFailed, RuntimeError, ValueError, OSError, MemoryError):
            # Missing or damaged: it is made again from the store, which is the truth.
            return nothing
        return cls(directory, manifest, vectors, lexical, noted)

    @property
    def is_superseded(self) -> bool:
        """Whether what is whole on disk is another one."""
        now = self._manifest.look()
        return now is not None and now != self._noted

    @property
    def ids(self) -> NDArray[np.int64]:
        """(n,) the ids of the passages that it holds, in no order."""
        return self._vectors.ids if self._vectors else np.empty(0, np.int64)

    def updated(
        self, generation: int, removed: NDArray[np.int64], added: Iterable[IndexedPassages]
    ) -> "PassageIndex":
        """The index without `removed` and with `added`, on disk at `generation`.

        Vectors are saved under their generation before Tantivy commits it: whoever opens the
        index meanwhile, or after a crash, finds the two that belong together. A whole index that
        is made afresh takes the place of the one before when it is done. Raises OSError or
        LexicalFailed, and all is as it was, where that can't be written.
        """
        lexical = self._lexical
        afresh = lexical is None
        if lexical is None:
            shutil.rmtree(self._directory / _AFRESH, ignore_errors=True)
            lexical = LexicalIndex.open(self._directory / _AFRESH)
        vectors = self._vectors or VectorIndex.empty()
        with closing(NewRows(self._directory)) as rows:
            writer = lexical.stage(removed.tolist(), _staged(added, rows))
            vectors = vectors.updated(self._directory, generation, removed, rows)
        if afresh:
            lexical.commit(writer, generation)
            self._manifest.remove()
            shutil.rmtree(self._directory / _LEXICAL, ignore_errors=True)
            (self._directory / _AFRESH).rename(self._directory / _LEXICAL)
            lexical = LexicalIndex.open(self._directory / _LEXICAL)
        else:
            self._manifest.remove()
            lexical = lexical.commit(writer, generation)
        return PassageIndex(self._directory, self._manifest, vectors, lexical)

    def tidy(self) -> None:
        """Takes out what it no longer needs or a killed process left behind; notes what it has."""
        assert self._lexical is not None  # noqa: S101
        assert self._vectors is not None  # noqa: S101
        self._vectors.remove_other_files(self._directory, self.generation)
        shutil.rmtree(self._directory / _AFRESH, ignore_errors=True)
        for path in (self._directory / _LEXICAL).glob(".tmp*"):  # Tantivy leaves those alone
            path.unlink(missing_ok=True)
        if not self._manifest.is_there():
            self._lexical.collect_garbage()
            self._manifest.write(self._vectors.files(self._directory, self.generation))
            self._noted = self._manifest.look()

    def search_dense(
        self, row: NDArray[np.float32], limit: int, selection: Selection = EVERY_PASSAGE
    ) -> list[tuple[int, float]]:
        """(id, cosine) of the nearest passages to one row (width,), best first."""
        return self._vectors.search(row, limit, selection) if self._vectors else []

    def search_lexical(
        self, stems: Sequence[str], limit: int, selection: Selection = EVERY_PASSAGE
    ) -> list[tuple[int, float]]:
        """(id, BM25) of the passages that hold the stems, best first."""
        return self._lexical.search(stems, limit, selection) if self._lexical else []

    def rows(self) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float16]]]:
        """The ids (n,) and rows (n, width) that it holds, some at a time, in no order."""
        return self._vectors.contents() if self._vectors else iter(())

    def lexical_ids(self) -> NDArray[np.int64]:
        """(n,) the ids that the Tantivy side holds: those of the FAISS side, if all is well."""
        return np.array(self._lexical.ids() if self._lexical else [], np.int64)


def _staged(added: Iterable[IndexedPassages], rows: NewRows) -> Iterator[tuple[int, Sequence[str]]]:
    """What Tantivy takes of the passages; their rows are put aside as they pass."""
    for batch in added:
        rows.add(batch.ids, batch.rows)
        yield from zip(batch.ids.tolist(), batch.stems, strict=True)
