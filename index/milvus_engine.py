"""A collection in Milvus: many machines index into it, and many answer from it.

Its tables: index/milvus_tables.py. Its truth: index/milvus_store.py. Who indexes what:
index/milvus_claims.py.
"""

import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from index.address import MilvusAddress
from index.engine import Found
from index.errors import CollectionBusy
from index.milvus_claims import Claims
from index.milvus_client import Milvus
from index.milvus_filter import condition_of
from index.milvus_rows import key_of, stems_text
from index.milvus_store import MilvusStore
from index.scope import Scope, none_in, require_known
from index.store import StoredFile


class MilvusEngine:
    """Safe to use from several threads, of which one writes at a time.

    Uploads aren't taken: their files would lie on the one machine that took them, and the next
    `qa index` on another would miss them.
    """

    takes_uploads = False

    def __init__(self, address: MilvusAddress, *, create: bool = False) -> None:
        """Raises CollectionError if the engine is away, or holds no collection of this version."""
        self.directory = address.directory
        self._milvus = Milvus(address, create=create)
        worker = uuid.uuid4().hex
        self._store = MilvusStore(self._milvus, writer=worker)
        self._claims = Claims(self._store, worker)

    @property
    def store(self) -> MilvusStore:
        return self._store

    def close(self) -> None:
        self._milvus.close()

    def search(
        self, row: NDArray[np.float32], stems: Sequence[str], limit: int, scope: Scope
    ) -> Found:
        condition = self._condition(scope)
        dense = self._milvus.search("vector", row, limit, condition)
        lexical = []
        if stems:
            text = stems_text(dict.fromkeys(stems))
            # Milvus Lite gives BM25 as a distance below 0 (3.2.2), Milvus as a score above.
            hits = self._milvus.search("sparse", text, limit, condition)
            lexical = [(id_, abs(score)) for id_, score in hits]
        return Found(dense=dense, lexical=lexical)

    def _condition(self, scope: Scope) -> str:
        condition = condition_of(scope)
        if scope.documents:
            rows = self._milvus.rows_of("documents", "name", scope.documents, ["name"])
            require_known(scope, {row["name"] for row in rows})
        if condition and self._milvus.first("documents", condition) is None:
            raise none_in(scope)
        return condition

    @contextmanager
    def writing(self, wait_seconds: float = 0) -> Iterator[None]:  # noqa: ARG002
        """Any number of processes may write: files are claimed one by one, so nobody waits."""
        with self._claims.beating():
            yield

    def require_alone(self) -> None:
        self._claims.require_alone()

    def claim(self, root_id: int, paths: Sequence[str]) -> dict[str, StoredFile | None]:
        # By path, without the root: two files that might be given the same name aren't named at
        # the same time.
        slots = {_key(path): key_of(root_id, path) for path in paths}
        mine = self._claims.claim(slots)
        claimed = [path for path in paths if _key(path) in mine]
        known = self._store.files(root_id, claimed)
        return {path: known.get(path) for path in claimed}

    @contextmanager
    def committing(self, paths: Sequence[str]) -> Iterator[None]:
        with self._store.transaction():
            yield
            if not self._claims.still_mine([_key(path) for path in paths]):
                raise CollectionBusy(
                    "This process stood still for so long that others took over its files: run"
                    " `qa index` again"
                )

    def release(self, paths: Sequence[str]) -> None:
        self._claims.release([_key(path) for path in paths])

    def wait(self) -> None:
        self._claims.wait()

    def follow(self) -> None:
        """Takes out what processes that died left half done; all else is searched as it is put."""
        for slot in self._claims.unfinished():
            rows = self._milvus.rows_of("documents", "slot", [slot], ["id"])
            self._store.clear({slot: rows[0]["id"] if rows else 0})

    def problems(self) -> Iterator[str]:
        names = Counter(row["name"] for row in self._milvus.rows("documents", "slot > 0", ["name"]))
        for name, count in sorted(names.items()):
            if count > 1:
                yield f"{count} documents have the name {name}: `qa remove` it, then run `qa index`"
        held = Counter(
            row["document_id"] for row in self._milvus.rows("passages", "id > 0", ["document_id"])
        )
        for row in self._milvus.rows("documents", "slot > 0", ["id", "name", "passages"]):
            if held.pop(row["id"], 0) != row["passages"]:
                yield f"{row['name']} hasn't all its passages: `qa remove` it, then run `qa index`"
        if held:
            yield (
                f"{held.total()} passages belong to no document, and are never shown: run"
                " `qa index`, which takes out what a process that died left behind"
            )


def _key(path: str) -> str:
    return str(key_of("path", path))
