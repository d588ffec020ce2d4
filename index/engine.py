"""What a collection stands on: its truth, how it is searched, and who may write when.

A folder on one machine (index/folder_engine.py) and Milvus (index/milvus_engine.py) are the two.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from index.scope import Scope
from index.store import FileState, StoredFile, StoredPassages
from index.types import Content, Document, DocumentSummary, Passage, PassageRange


class Found(NamedTuple):
    """(passage's id, score) of either side, best first: cosine, and BM25."""

    dense: list[tuple[int, float]]
    lexical: list[tuple[int, float]]


class Truth(Protocol):
    """Documents, passages and their vectors; `index.store.Store` says what each method does."""

    @property
    def generation(self) -> int: ...
    def settings(self) -> dict[str, str]: ...
    def roots(self) -> dict[Path, int]: ...
    def names(self) -> set[str]: ...
    def files(self, root_id: int, paths: Sequence[str] | None = None) -> dict[str, StoredFile]: ...
    def file_of(self, name: str) -> tuple[Path, str]: ...
    def summaries(self) -> tuple[DocumentSummary, ...]: ...
    def document(self, name: str) -> Document: ...
    def passage_ids(self) -> NDArray[np.int64]: ...
    def passages_of(self, document: str) -> tuple[Passage, ...]: ...
    def passages(self, ids: Sequence[int]) -> dict[int, Passage]: ...
    def stored_passages(self, ids: Sequence[int]) -> Iterator[StoredPassages]: ...
    def problems(self) -> list[str]: ...
    def transaction(self) -> AbstractContextManager[None]: ...
    def set_settings(self, settings: Mapping[str, str]) -> None: ...
    def add_root(self, path: Path) -> int: ...
    def put_document(
        self, root_id: int, path: str, name: str, state: FileState, content: Content
    ) -> int: ...
    def put_passages(
        self,
        document_id: int,
        content: Content,
        ranges: Sequence[PassageRange],
        rows: NDArray[np.float32],
    ) -> None: ...
    def set_modified(self, name: str, modified_ns: int) -> None: ...
    def remove_document(self, name: str) -> None: ...


class Engine(Protocol):
    """Where a collection lies. `directory` is the folder of what is kept on this machine.

    `takes_uploads`: whether the files that people bring along can be kept there, and are left out
    of what others ask.
    """

    directory: Path
    takes_uploads: bool

    @property
    def store(self) -> Truth: ...

    def close(self) -> None: ...

    def search(
        self, row: NDArray[np.float32], stems: Sequence[str], limit: int, scope: Scope
    ) -> Found:
        """At most `limit` passages a side, of the documents in scope, for a row (width,) and stems.

        Raises CollectionBusy if none can be searched yet, InputError if no document is in scope.
        """
        ...

    def writing(self, wait_seconds: float = 0) -> AbstractContextManager[None]:
        """Stands around everything that writes.

        Raises CollectionBusy if that can't be now, nor within `wait_seconds`.
        """
        ...

    def require_alone(self) -> None:
        """Raises CollectionBusy if another process is writing, too."""
        ...

    def claim(self, root_id: int, paths: Sequence[str]) -> dict[str, StoredFile | None]:
        """Those of a root's files that are now this process's to do, and what is known of each."""
        ...

    def committing(self, paths: Sequence[str]) -> AbstractContextManager[None]:
        """A transaction that puts in files which were claimed.

        Raises CollectionBusy if they were given to others meanwhile; then nothing is put in.
        """
        ...

    def release(self, paths: Sequence[str]) -> None:
        """Gives claimed files back."""
        ...

    def wait(self) -> None:
        """Until files that others had claimed may be free."""
        ...

    def follow(self) -> None:
        """Brings what is searched in line with the truth; the caller is `writing`."""
        ...

    def problems(self) -> Iterator[str]:
        """What is wrong with the engine itself, one line each with what mends it."""
        ...
