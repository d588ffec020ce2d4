"""One connection to Milvus: its tables made and opened, and every failure as one clear line."""

import json
import logging
import os
import re
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from index.address import MilvusAddress
from index.errors import CollectionError, InputError
from index.milvus_tables import TABLES, indexes_of, schema_of

if TYPE_CHECKING:
    from pymilvus import MilvusClient

# An engine that takes longer to answer is taken for one that is away. Nobody waits for what is put
# in but `qa index`.
ANSWER_SECONDS = 10.0
_WRITING_SECONDS = 120.0
_LOADING_SECONDS = 300.0
_LOADING_TRIES = 10

# BM25 as a function of a table came with Milvus 2.5; Milvus Lite 3 is the first that has it.
_OLDEST = {"milvus": (2, 5), "milvus_lite": (3, 0)}

_ROWS_A_MESSAGE = 500  # a message of Milvus holds 64 MB; a row of ours is below 100 KB
_KEYS_A_QUERY = 1000


class _Refused(CollectionError):
    """The engine is there, and doesn't do what it is asked."""


class Milvus:
    """The tables of one collection. Safe to use from several threads."""

    def __init__(self, address: MilvusAddress, *, create: bool) -> None:
        """Raises CollectionError if the engine is away, of another version or has no such tables.

        Where `create`, tables that aren't there are made.
        """
        self.address = address
        # Milvus Lite numbers its rows without a lock of its own (3.2.2).
        self._turn = threading.RLock() if address.is_file else nullcontext()
        self._client = self._connect(create=create)
        self._require_version()
        self._open: set[str] = set()
        for table in TABLES:
            if not self.has(table):
                if table == "passages":
                    continue  # made when the vectors' width is known
                if not create:
                    raise CollectionError(
                        f"There is no collection in {address}: make one with `qa index PATH`"
                    )
                self.make(table)
            self._load(table)

    def close(self) -> None:
        self._client.close()
        if self.address.is_file:
            from milvus_lite.server_manager import server_manager_instance

            server_manager_instance.release_server(self.address.uri)

    def has(self, table: str) -> bool:
        return bool(self._call("has_collection", self._name(table)))

    def make(self, table: str, width: int = 2) -> None:
        """Makes a table, of vectors of that width. Another process may do so at the same time."""
        try:
            self._call(
                "create_collection",
                self._name(table),
                schema=schema_of(table, width),
                index_params=indexes_of(table),
                consistency_level="Strong",
                seconds=_WRITING_SECONDS,
            )
        except CollectionError:
            if not self.has(table):
                raise
        self._load(table)

    def drop(self, table: str) -> None:
        self._call("drop_collection", self._name(table))
        self._open.discard(table)

    def width(self, table: str) -> int | None:
        """The width of a table's vectors; None where there is no such table."""
        if not self.has(table):
            return None
        fields = self._call("describe_collection", self._name(table))["fields"]
        return next(int(f["params"]["dim"]) for f in fields if f["name"] == "vector")

    def is_open(self, table: str) -> bool:
        """Whether the table can be searched; another process may just have made it."""
        if table not in self._open and self.has(table):
            self._load(table)
        return table in self._open

    # --- rows ---

    def put(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Puts rows in, in the place of those with the same keys."""
        for first in range(0, len(rows), _ROWS_A_MESSAGE):
            batch = [dict(row) for row in rows[first : first + _ROWS_A_MESSAGE]]
            if table != "passages":
                batch = [{**row, "vector": [1.0, 0.0]} for row in batch]
            self._call("upsert", self._name(table), batch, seconds=_WRITING_SECONDS)

    def delete(self, table: str, condition: str) -> None:
        if self.is_open(table):
            self._call("delete", self._name(table), filter=condition, seconds=_WRITING_SECONDS)

    def rows(
        self, table: str, condition: str, fields: Sequence[str], *, batch_size: int = 1000
    ) -> Iterator[dict[str, Any]]:
        """All rows that meet a condition, however many, in no order."""
        if not self.is_open(table):
            return
        iterator = self._call(
            "query_iterator",
            self._name(table),
            batch_size=batch_size,
            filter=condition,
            output_fields=list(fields),
            consistency_level="Strong",
        )
        while True:
            with self._turn:
                batch = self._guarded(iterator.next)
            if not batch:
                break
            yield from batch
        self._guarded(iterator.close)

    def few(self, table: str, condition: str, fields: Sequence[str]) -> list[dict[str, Any]]:
        """The rows that meet a condition, where they fit into one message."""
        if not self.is_open(table):
            return []
        found: list[dict[str, Any]] = self._call(
            "query",
            self._name(table),
            filter=condition,
            output_fields=list(fields),
            consistency_level="Strong",
        )
        return list(found)

    def rows_of(
        self, table: str, field: str, keys: Sequence[int] | Sequence[str], fields: Sequence[str]
    ) -> list[dict[str, Any]]:
        """The rows whose `field`, which few rows share, is one of the keys."""
        batches = (keys[i : i + _KEYS_A_QUERY] for i in range(0, len(keys), _KEYS_A_QUERY))
        return [
            row for batch in batches for row in self.few(table, is_one_of(field, batch), fields)
        ]

    def first(self, table: str, condition: str) -> dict[str, Any] | None:
        """Any one row that meets a condition."""
        found = self._call(
            "query", self._name(table), filter=condition, limit=1, consistency_level="Strong"
        )
        return found[0] if found else None

    def search(
        self, field: str, query: NDArray[np.float32] | str, limit: int, condition: str
    ) -> list[tuple[int, float]]:
        """(key, score) of the passages nearest to a row or to a text, best first."""
        if not self.is_open("passages"):
            return []
        (hits,) = self._call(
            "search",
            self._name("passages"),
            data=[query if isinstance(query, str) else query.tolist()],
            anns_field=field,
            limit=limit,
            filter=condition,
            consistency_level="Bounded",  # what was indexed seconds ago may be missing
        )
        return [(int(hit["id"]), float(hit["distance"])) for hit in hits]

    # --- the engine ---

    def _connect(self, *, create: bool) -> "MilvusClient":
        try:
            from pymilvus import MilvusClient
        except ImportError as error:
            raise InputError(
                f"{self.address} needs pymilvus: pip install 'chapter-and-verse[milvus]'"
            ) from error
        for name in ("pymilvus", "milvus_lite"):
            # They log each error with a traceback, though they raise it as well.
            logging.getLogger(name).setLevel(logging.CRITICAL)
        if self.address.is_file:
            self._prepare_file(Path(self.address.uri), create=create)
        token = os.environ.get("QA_MILVUS_TOKEN", "")
        client: MilvusClient = self._guarded(
            lambda: MilvusClient(
                self.address.uri,
                token=token,
                timeout=ANSWER_SECONDS,
                dedicated=True,
                # pymilvus asks every ten seconds, which Milvus Lite's server takes for an attack.
                grpc_options={"grpc.keepalive_time_ms": 600_000},
            )
        )
        return client

    def _prepare_file(self, path: Path, *, create: bool) -> None:
        if not create and not path.exists():
            raise CollectionError(
                f"There is no collection in {self.address}: make one with `qa index PATH`"
            )
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CollectionError(
                f"{path.parent} can't be made ({error.strerror}): name another --collection"
            ) from error
        from milvus_lite.server_manager import server_manager_instance

        if server_manager_instance.start_and_get_uri(str(path)) is None:
            raise CollectionError(
                f"{path} can't be opened: another process has it open, or it is damaged. Milvus"
                " Lite is for one process; `milvus-lite server --max-workers 1` shares it"
            )

    def _require_version(self) -> None:
        version = str(self._call("get_server_version"))
        numbers = re.search(r"(\d+)\.(\d+)", version)
        kind = "milvus_lite" if version.startswith("milvus_lite") else "milvus"
        oldest = _OLDEST[kind]
        if numbers is None or (int(numbers[1]), int(numbers[2])) < oldest:
            raise CollectionError(
                f"The engine at {self.address.uri} is of version {version!r}; this program needs"
                f" {kind} {oldest[0]}.{oldest[1]} or later: upgrade the engine"
            )

    def _load(self, table: str) -> None:
        for tries_left in reversed(range(_LOADING_TRIES)):
            try:
                self._call("load_collection", self._name(table), seconds=_LOADING_SECONDS)
                break
            except _Refused:
                # Whoever is making the table hasn't made its indexes yet.
                if not tries_left:
                    raise
                time.sleep(1)
        self._open.add(table)

    def _name(self, table: str) -> str:
        return f"{self.address.name}_{table}"

    def _call(self, method: str, *values: Any, seconds: float | None = None, **options: Any) -> Any:
        function = getattr(self._client, method)
        if seconds is None:
            # In this process, an engine that is slow is a machine that is busy.
            seconds = _WRITING_SECONDS if self.address.is_file else ANSWER_SECONDS
        with self._turn:
            return self._guarded(lambda: function(*values, timeout=seconds, **options))

    def _guarded(self, function: Any) -> Any:
        import grpc
        from pymilvus.exceptions import MilvusException

        try:
            return function()
        except (grpc.RpcError, grpc.FutureTimeoutError, MilvusException) as error:
            raise self._in_words(error) from error

    def _in_words(self, error: Exception) -> CollectionError:
        text = str(error)
        if re.search(r"DEADLINE_EXCEEDED|Deadline Exceeded", text):
            reason = "didn't answer in time"
        elif re.search(r"UNAVAILABLE|Fail connecting|failed to connect|Timeout", text):
            reason = "doesn't answer"
        else:
            words = " ".join(str(getattr(error, "message", text)).split())
            return _Refused(f"The engine at {self.address.uri} refused: {words[:300]}")
        return CollectionError(
            f"The engine at {self.address.uri} {reason}: look whether it runs, and try again"
        )


def quoted(text: str) -> str:
    """A text as Milvus's conditions write it: with JSON's escapes, which it shares."""
    return json.dumps(text, ensure_ascii=False)


def is_one_of(field: str, values: Sequence[int] | Sequence[str]) -> str:
    """The condition that a field is one of some values."""
    items = (quoted(value) if isinstance(value, str) else str(value) for value in values)
    return f"{field} in [{', '.join(items)}]"
