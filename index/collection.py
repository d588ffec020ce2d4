"""A collection: documents and passages that can be found, wherever they lie."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index import split, terms
from index.address import MilvusAddress
from index.engine import Engine, Found, Truth
from index.errors import CollectionError
from index.folder_engine import FolderEngine
from index.scope import Scope
from index.types import Document, DocumentSummary, Embedder, Passage


def settings_of(embedder: Embedder) -> dict[str, str]:
    """What passages depend on besides their files: where it changes, they are made anew."""
    return {
        "embedder": embedder.fingerprint,
        "splitter": f"{split.VERSION}, at most {split.MAX_CHARACTERS} characters",
        "stems": str(terms.VERSION),
    }


class Collection:
    """Safe to use from several threads."""

    def __init__(self, address: Path | MilvusAddress, *, create: bool = False) -> None:
        """Raises CollectionError if no collection of this version lies there, or none answers."""
        self.address = address
        self.engine: Engine = _engine(address, create=create)

    def close(self) -> None:
        self.engine.close()

    @property
    def store(self) -> Truth:
        return self.engine.store

    @property
    def directory(self) -> Path:
        """The folder of what is kept on this machine, such as what people said of answers."""
        return self.engine.directory

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

    def passages_of(self, document: str) -> tuple[Passage, ...]:
        """The passages of the document of that name, in its order."""
        return self.store.passages_of(document)

    def search(
        self, row: NDArray[np.float32], stems: Sequence[str], limit: int, scope: Scope
    ) -> Found:
        """At most `limit` passages a side, of the documents in scope, for a row (width,) and stems.

        Raises CollectionBusy if none can be searched yet, InputError if no document is in scope.
        """
        return self.engine.search(row, stems, limit, scope)

    def require(self, settings: Mapping[str, str]) -> None:
        """Raises CollectionError, naming the remedy, if passages were made with other settings."""
        made = self.store.settings()
        changed = [name for name, value in settings.items() if made.get(name, value) != value]
        if changed:
            raise CollectionError(
                f"The collection in {self.address} was made with another"
                f" {' and '.join(changed)}: run `qa index`, which makes its passages anew"
            )

    # --- writing ---

    def writing(self, wait_seconds: float = 0) -> AbstractContextManager[None]:
        """Stands around everything that writes.

        Raises CollectionBusy if that can't be now, nor within `wait_seconds`.
        """
        return self.engine.writing(wait_seconds)

    def follow(self) -> None:
        """Brings what is searched in line with the documents; the caller is `writing`."""
        self.engine.follow()


def _engine(address: Path | MilvusAddress, *, create: bool) -> Engine:
    if isinstance(address, Path):
        return FolderEngine(address, create=create)
    from index.milvus_engine import MilvusEngine

    return MilvusEngine(address, create=create)
