"""A collection in a folder: SQLite holds the truth, FAISS and Tantivy follow it.

DIR/collection.sqlite3     documents, passages, vectors      (index/store.py)
DIR/vectors-<n>.faiss      the same vectors, to search       (index/vectors.py)
DIR/segments-<n>.json      which of them make up the whole
DIR/lexical/               the same passages' stems          (index/lexical.py)
DIR/index.json             what both were when written       (index/manifest.py)
DIR/writer.lock            held by the one process that writes
"""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from index import terms
from index.context import passage_context
from index.engine import Found
from index.errors import CollectionBusy, CollectionError, LexicalFailed
from index.manifest import Manifest
from index.passage_index import IndexedPassages, PassageIndex, forget_lost
from index.scope import EVERYTHING, Scope, chosen
from index.store import Store, StoredFile
from index.types import EVERY_PASSAGE, Selection
from index.upload_folders import remove_unfinished

_SCOPES_KEPT = 16  # each 8 MB of a million passages

_FOLLOW = "run `qa search` with any words, which makes the indexes anew"
_MAKE_ANEW = (
    "delete the folder lexical and the files vectors-* in it, then run `qa search` with any words,"
    " which makes them anew"
)


class FolderEngine:
    """One machine, one process that writes at a time. Safe to use from several threads."""

    takes_uploads = True

    def __init__(self, directory: Path, *, create: bool = False) -> None:
        """Raises CollectionError if there is no collection of this version in `directory`."""
        if create:
            try:
                directory.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise CollectionError(
                    f"{directory} can't be made ({error.strerror}): name another --collection"
                ) from error
        self.directory = directory
        self.store = Store(directory / "collection.sqlite3", create=create)
        self._manifest = Manifest(directory)
        self._index: PassageIndex | None = None
        self._opening = threading.Lock()
        # By generation and scope: read once after each change, not with each question.
        self._selections: dict[tuple[int, Scope], Selection] = {}
        self._lock = FileLock(directory / "writer.lock")
        self._threads = ThreadPoolExecutor(thread_name_prefix="lexical search")

    def close(self) -> None:
        self._threads.shutdown()
        self.store.close()

    def search(
        self, row: NDArray[np.float32], stems: Sequence[str], limit: int, scope: Scope
    ) -> Found:
        index = self.index()  # one generation for both sides
        selection = self.selection(scope)
        # Both at once: FAISS and Tantivy let go of Python's lock, and each keeps one core busy.
        lexical = self._threads.submit(index.search_lexical, stems, limit, selection)
        return Found(dense=index.search_dense(row, limit, selection), lexical=lexical.result())

    def selection(self, scope: Scope) -> Selection:
        """The passages of the documents in scope.

        Raises InputError where no document is, though some were asked for. To be called after
        `index`, so that nothing private has come into that since it was looked for.
        """
        if scope == EVERYTHING:
            return EVERY_PASSAGE
        key = self.store.generation, scope  # before the rows, which may be those of a later one
        kept = self._selections  # never changed in place: others may be looking into it
        if key in kept:
            return kept[key]
        selection = self._select(scope)
        others = {other: selected for other, selected in kept.items() if other[0] == key[0]}
        self._selections = {**(others if len(others) < _SCOPES_KEPT else {}), key: selection}
        return selection

    def _select(self, scope: Scope) -> Selection:
        """By the fewer ids, as each that is named costs time."""
        if scope.is_everything:
            assert scope.reader is not None  # noqa: S101
            hidden = self.store.passage_ids_hidden_from(scope.reader)
            if not len(hidden):
                return EVERY_PASSAGE
            if 2 * len(hidden) <= self.store.passage_count():
                return Selection(without=hidden)
        return Selection(among=self.store.passage_ids_of(chosen(scope, self.store.summaries())))

    def index(self) -> PassageIndex:
        """The passage index at the store's generation; to be kept for one whole question.

        It is brought in line first where it has fallen behind, or been damaged. While another
        process or thread writes or does this, or nothing can be written, the last whole one serves.
        """
        index = self._index
        if index is not None and index.generation == self.store.generation:
            return index
        # One opens it; the others wait for that only where there is none yet.
        if not self._opening.acquire(blocking=index is None):
            assert index is not None  # noqa: S101
            return index
        try:
            self._index = index = self._in_line()
        finally:
            self._opening.release()
        return index

    def _in_line(self) -> PassageIndex:
        generation, index = self.store.generation, self._index
        if index is None or index.is_superseded:
            index = self._opened()
        # Without a manifest, it was being written when that was stopped.
        if index.generation != generation or not self._manifest.is_there():
            try:
                with self.writing():
                    index = self._followed()
            except CollectionError:
                if index.generation < 0:  # its files were changed while they were opened
                    index = self._index or self._opened()
                if index.generation < 0:
                    raise
        return index

    def _opened(self) -> PassageIndex:
        return PassageIndex.open(self.directory, self._manifest)

    @contextmanager
    def writing(self, wait_seconds: float = 0) -> Iterator[None]:
        """Holds the writer's lock, which the same thread may take once more.

        Raises CollectionBusy if another process or thread still has it after `wait_seconds`,
        CollectionError if the collection is gone or may not be written.
        """
        self.store.require_there()  # the lock would make its folder anew
        try:
            self._lock.acquire(timeout=wait_seconds)
        except Timeout:
            raise CollectionBusy(
                f"Another process is writing to the collection in {self.directory}:"
                " try again when it has finished"
            ) from None
        except OSError as error:
            raise self._unwritable(error.strerror or str(error)) from error
        try:
            forget_lost(self.directory, self._manifest, self.store.generation)
            yield
        finally:
            self._lock.release()

    def require_alone(self) -> None:
        """Who holds the writer's lock is."""

    def claim(self, root_id: int, paths: Sequence[str]) -> dict[str, StoredFile | None]:
        known = self.store.files(root_id, paths)
        return {path: known.get(path) for path in paths}

    def committing(self, paths: Sequence[str]) -> AbstractContextManager[None]:  # noqa: ARG002
        return self.store.transaction()

    def release(self, paths: Sequence[str]) -> None:
        """Nobody else could have them."""

    def wait(self) -> None:
        """Nobody else could have any."""

    def follow(self) -> None:
        """Brings FAISS and Tantivy in line with the store; the caller holds the lock.

        Who asks next has the index as it was written, and opens nothing.
        """
        index = self._followed()
        with self._opening:
            self._index = index

    def _followed(self) -> PassageIndex:
        index = self._opened()
        generation = self.store.generation
        try:
            if index.generation != generation:
                updated = self._updated(index) if index.generation >= 0 else None
                index = updated or self._made_afresh()
            index.tidy()
            remove_unfinished(self.directory)
        except OSError as error:
            raise self._unwritable(error.strerror or str(error)) from error
        return index

    def _made_afresh(self) -> PassageIndex:
        index = self._updated(PassageIndex(self.directory, self._manifest), last=True)
        assert index is not None  # noqa: S101
        return index

    def _updated(self, index: PassageIndex, *, last: bool = False) -> PassageIndex | None:
        """None where Tantivy can't go on, as from files that a killed process left behind."""
        wanted = self.store.passage_ids()
        held = index.ids
        removed = np.setdiff1d(held, wanted, assume_unique=True)
        added = np.setdiff1d(wanted, held, assume_unique=True)
        try:
            return index.updated(self.store.generation, removed, self._indexed(added))
        except LexicalFailed:
            if last:
                raise
            return None

    def _unwritable(self, reason: str) -> CollectionError:
        return CollectionError(
            f"The collection in {self.directory} can't be written ({reason}): look for room on the"
            " disk and permissions, then run `qa index`"
        )

    def _indexed(self, ids: NDArray[np.int64]) -> Iterator[IndexedPassages]:
        for batch in self.store.stored_passages(ids.tolist()):
            yield IndexedPassages(
                ids=np.array([passage.id for passage in batch.passages], np.int64),
                rows=batch.rows,
                stems=[terms.terms(passage_context(passage)) for passage in batch.passages],
            )

    def problems(self) -> Iterator[str]:
        manifest = Manifest(self.directory)  # a new one hashes all
        index = PassageIndex.open(self.directory, manifest)
        if index.generation < 0 and manifest.is_there():
            yield f"The indexes are missing or damaged: {_FOLLOW}"
            return
        if index.generation > self.store.generation:
            yield (
                "The newest changes of documents are lost, as with a damaged log of SQLite, and the"
                " indexes still have them: run `qa index`"
            )
            return
        try:
            self.index()  # what has only fallen behind is brought in line, as by a question
        except CollectionBusy:
            return
        except CollectionError as error:
            yield str(error)
            return
        index = PassageIndex.open(self.directory, manifest)
        if index.generation != self.store.generation:
            return  # another process is writing
        ids = self.store.passage_ids()
        for side, held in (("FAISS", index.ids), ("Tantivy", index.lexical_ids())):
            if not np.array_equal(np.sort(held), ids):
                yield f"{side} holds {len(held)} passages, SQLite {len(ids)}: {_MAKE_ANEW}"
        for held, rows in index.rows() if np.array_equal(np.sort(index.ids), ids) else ():
            if not np.array_equal(rows, self._stored_rows(held)):
                yield f"FAISS holds other vectors than SQLite: {_MAKE_ANEW}"
                break

    def _stored_rows(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """(n, width) the rows of passages that are there, in the order of their ids (n,)."""
        row_of = {
            passage.id: row
            for batch in self.store.stored_passages(ids.tolist())
            for passage, row in zip(batch.passages, batch.rows, strict=True)
        }
        return np.stack([row_of[id_] for id_ in ids.tolist()])
