"""A collection on disk: SQLite holds the truth, FAISS and Tantivy follow it.

DIR/collection.sqlite3     documents, passages, vectors      (index/store.py)
DIR/vectors-<n>.faiss      the same vectors, to search       (index/vectors.py)
DIR/lexical/               the same passages' stems          (index/lexical.py)
DIR/writer.lock            held by the one process that writes
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from index import split, terms
from index.context import with_context
from index.errors import CollectionBusy, CollectionError
from index.passage_index import IndexedPassages, PassageIndex
from index.scope import Scope, chosen
from index.store import Store
from index.types import Document, DocumentSummary, Embedder, Passage


def settings_of(embedder: Embedder) -> dict[str, str]:
    """What passages depend on besides their files: where it changes, they are made anew."""
    return {
        "embedder": embedder.fingerprint,
        "splitter": f"{split.VERSION}, at most {split.MAX_CHARACTERS} characters",
        "stems": str(terms.VERSION),
    }


class Collection:
    """Documents and passages that can be found. Safe to use from several threads."""

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
        self._index: PassageIndex | None = None
        self._lock = FileLock(directory / "writer.lock")

    def close(self) -> None:
        self.store.close()

    # --- reading ---

    def documents(self) -> tuple[DocumentSummary, ...]:
        """By name."""
        return self.store.summaries()

    def document(self, name: str) -> Document:
        """Raises InputError if the collection has no document of that name."""
        return self.store.document(name)

    def passages(self, ids: Sequence[int]) -> dict[int, Passage]:
        """Those of the passages that are still there, by id."""
        return self.store.passages(ids)

    def passage_ids_in(self, scope: Scope) -> NDArray[np.int64] | None:
        """(n,) the ids of the passages of the documents in scope; None where all are.

        Raises InputError where no document is, though some were asked for. To be called after
        `index`, so that nothing private has come into that since it was looked for.
        """
        if scope.is_everything and (scope.reader is None or not self.store.has_private_uploads()):
            return None
        return self.store.passage_ids_of(chosen(scope, self.documents()))

    def passages_of(self, document: str) -> tuple[Passage, ...]:
        """The passages of the document of that name, in its order."""
        return self.store.passages_of(document)

    def require(self, settings: Mapping[str, str]) -> None:
        """Raises CollectionError, naming the remedy, if passages were made with other settings."""
        made = self.store.settings()
        changed = [name for name, value in settings.items() if made.get(name, value) != value]
        if changed:
            raise CollectionError(
                f"The collection in {self.directory} was made with another"
                f" {' and '.join(changed)}: run `qa index`, which makes its passages anew"
            )

    def index(self) -> PassageIndex:
        """The passage index at the store's generation; to be kept for one whole question.

        It is brought in line first where it has fallen behind, or been damaged. While another
        process writes, the last whole one serves.
        """
        generation = self.store.generation
        if self._index is None or self._index.generation != generation:
            index = PassageIndex(self.directory)
            if index.generation != generation:
                try:
                    with self.writing():
                        index = self.follow()
                except CollectionBusy:
                    if index.generation < 0:  # its files were changed while they were opened
                        if self._index is None:
                            raise
                        return self._index
            self._index = index
        return self._index

    # --- writing ---

    @contextmanager
    def writing(self, wait_seconds: float = 0) -> Iterator[None]:
        """Holds the writer's lock, which the same thread may take once more.

        Raises CollectionBusy if another process or thread still has it after `wait_seconds`.
        """
        try:
            self._lock.acquire(timeout=wait_seconds)
        except Timeout:
            raise CollectionBusy(
                f"Another process is writing to the collection in {self.directory}:"
                " try again when it has finished"
            ) from None
        try:
            yield
        finally:
            self._lock.release()

    def follow(self) -> PassageIndex:
        """Brings FAISS and Tantivy in line with the store; the caller holds the lock."""
        index = PassageIndex(self.directory)
        if index.generation == self.store.generation:
            return index
        if not self._update(index):
            index = PassageIndex(self.directory, empty=True)
            if not self._update(index):
                raise CollectionError(
                    f"The index in {self.directory} can't be written: look for room on the disk"
                    " and permissions, then run `qa index` again"
                )
        return index

    def _update(self, index: PassageIndex) -> bool:
        """False where Tantivy can't go on, as from files that a killed process left behind."""
        wanted = self.store.passage_ids()
        removed = np.setdiff1d(index.ids, wanted)
        added = np.setdiff1d(wanted, index.ids)
        try:
            index.update(self.store.generation, removed, self._indexed(added))
        except ValueError:
            return False
        return True

    def _indexed(self, ids: NDArray[np.int64]) -> Iterator[IndexedPassages]:
        for batch in self.store.stored_passages(ids.tolist()):
            yield IndexedPassages(
                ids=np.array([passage.id for passage in batch.passages], np.int64),
                rows=batch.rows,
                stems=[terms.terms(passage_context(passage)) for passage in batch.passages],
            )


def passage_context(passage: Passage) -> str:
    """A passage with what stands before it for the embedder and for BM25."""
    return with_context(passage.title, passage.heading, passage.text)
