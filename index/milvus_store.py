"""The truth of a collection in Milvus: the same records as `index.store`, for many machines.

A transaction puts in texts and passages first, then the rows of `documents` that name them, in
a message; last, it takes out what those rows named before. Killed on the way, it leaves what
nobody sees, and what the next one over the same files takes out.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.errors import CollectionError, no_document
from index.milvus_client import Milvus, is_one_of, quoted
from index.milvus_rows import (
    CITED_FIELDS,
    FILE_FIELDS,
    PASSAGE_FIELDS,
    SUMMARY_FIELDS,
    Row,
    content_of,
    document_row,
    key_of,
    passage_of,
    passage_rows,
    summary_of,
    text_rows,
)
from index.milvus_tables import FORMAT_VERSION
from index.store import FileState, StoredFile, StoredPassages
from index.types import Content, Document, DocumentSummary, Passage, PassageRange

_ALL_DOCUMENTS = "slot > 0"
_ALL_PASSAGES = "id > 0"
_TRIES = 3


@dataclass(slots=True, kw_only=True)
class _Staged:
    """What a transaction will put in: a row of `documents`, its texts if new, its passages."""

    document: Row
    texts: list[Row]
    passages: list[Row]


class MilvusStore:
    """Safe to read from several threads; transactions are one thread's at a time."""

    def __init__(self, milvus: Milvus, *, writer: str) -> None:
        """`writer` is a name that no other process has.

        Raises CollectionError if the tables are of another version.
        """
        self._milvus = milvus
        self._writer = writer
        self._changes = 0
        self._lock = threading.RLock()
        self._staged: dict[int, _Staged] | None = None
        version = self.state("format").get("version")
        if version is None:
            self.put_state("format", {"version": FORMAT_VERSION})
        elif version != FORMAT_VERSION:
            raise CollectionError(
                f"The collection in {milvus.address} is of version {version}; this program reads"
                f" version {FORMAT_VERSION}: index your files under another name"
            )

    # --- what is known of the whole: values by name, under a topic ---

    def state(self, topic: str) -> dict[str, str]:
        rows = self._milvus.few("state", f"topic == {quoted(topic)}", ["key", "value"])
        return {row["key"].removeprefix(f"{topic} "): row["value"] for row in rows}

    def put_state(self, topic: str, values: Mapping[str, str]) -> None:
        self._milvus.put(
            "state",
            [
                {"key": f"{topic} {name}", "topic": topic, "value": value}
                for name, value in values.items()
            ],
        )

    def delete_state(self, topic: str, names: Sequence[str]) -> None:
        if names:
            self._milvus.delete("state", is_one_of("key", [f"{topic} {name}" for name in names]))

    # --- reading ---

    @property
    def generation(self) -> int:
        """Counts the transactions that changed what can be found.

        Each writer counts its own, since none could add to a number that others add to as well.
        """
        return sum(map(int, self.state("generation").values()))

    def settings(self) -> dict[str, str]:
        return self.state("setting")

    def roots(self) -> dict[Path, int]:
        return {Path(path): int(id_) for id_, path in self.state("root").items()}

    def names(self) -> set[str]:
        return {row["name"] for row in self._milvus.rows("documents", _ALL_DOCUMENTS, ["name"])}

    def files(self, root_id: int, paths: Sequence[str] | None = None) -> dict[str, StoredFile]:
        if paths is None:
            rows = [*self._milvus.rows("documents", f"root_id == {root_id}", FILE_FIELDS)]
        else:
            slots = [key_of(root_id, path) for path in paths]
            rows = self._milvus.rows_of("documents", "slot", slots, FILE_FIELDS)
        return {
            row["path"]: StoredFile(
                row["name"], FileState(*(row[field] for field in FileState._fields))
            )
            for row in rows
        }

    def file_of(self, name: str) -> tuple[Path, str]:
        row = self._document_row(name, ["root_id", "path", "sha256"])
        (root,) = [path for path, id_ in self.roots().items() if id_ == row["root_id"]]
        return root if root.is_file() else root / row["path"], row["sha256"]

    def summaries(self) -> tuple[DocumentSummary, ...]:
        rows = self._milvus.rows("documents", _ALL_DOCUMENTS, SUMMARY_FIELDS)
        return tuple(sorted(map(summary_of, rows), key=lambda summary: summary.name))

    def document(self, name: str) -> Document:
        for _ in range(_TRIES):
            row = self._document_row(name, ["id", "name", "sha256", "pieces"])
            pieces = [
                *self._milvus.rows(
                    "texts", f"document_id == {row['id']}", ["number", "data"], batch_size=100
                )
            ]
            # Between the two questions it may have been replaced by another.
            if len(pieces) == row["pieces"]:
                content = content_of(pieces)
                return Document(id=row["id"], name=name, sha256=row["sha256"], content=content)
        raise CollectionError(
            f"The text of {name} isn't whole: remove it with `qa remove` and run `qa index`"
        )

    def passage_ids(self) -> NDArray[np.int64]:
        current = self.document_ids()
        rows = self._milvus.rows("passages", _ALL_PASSAGES, ["id", "document_id"])
        return np.array(
            sorted(row["id"] for row in rows if row["document_id"] in current), np.int64
        )

    def document_ids(self) -> set[int]:
        """The ids of all documents."""
        return {row["id"] for row in self._milvus.rows("documents", _ALL_DOCUMENTS, ["id"])}

    def passages_of(self, document: str) -> tuple[Passage, ...]:
        found = self._milvus.rows_of("documents", "name", [document], CITED_FIELDS)
        passages = [
            passage_of(row, found[0])
            for document_row in found[:1]
            for row in self._milvus.rows(
                "passages", f"document_id == {document_row['id']}", PASSAGE_FIELDS
            )
        ]
        return tuple(sorted(passages, key=lambda passage: passage.start))

    def passages(self, ids: Sequence[int]) -> dict[int, Passage]:
        return {row["id"]: passage for row, passage in self._passages(ids, PASSAGE_FIELDS)}

    def stored_passages(
        self, ids: Sequence[int], *, batch_size: int = 1000
    ) -> Iterator[StoredPassages]:
        for first in range(0, len(ids), batch_size):
            found = self._passages(ids[first : first + batch_size], [*PASSAGE_FIELDS, "vector"])
            if found:
                rows = np.array([row["vector"] for row, _ in found], np.float32)
                yield StoredPassages([passage for _, passage in found], rows)

    def problems(self) -> list[str]:
        """None: Milvus keeps checksums of its own."""
        return []

    def _passages(self, ids: Sequence[int], fields: Sequence[str]) -> list[tuple[Row, Passage]]:
        """Rows with the passages in them, by id; without those that no document has any more."""
        rows = self._milvus.rows_of("passages", "id", ids, fields)
        slots = sorted({row["slot"] for row in rows})
        documents = {
            row["id"]: row for row in self._milvus.rows_of("documents", "slot", slots, CITED_FIELDS)
        }
        return [
            (row, passage_of(row, documents[row["document_id"]]))
            for row in sorted(rows, key=lambda row: row["id"])
            if row["document_id"] in documents
        ]

    def _document_row(self, name: str, fields: Sequence[str]) -> Row:
        rows = self._milvus.rows_of("documents", "name", [name], fields)
        if not rows:
            raise no_document(name)
        return rows[0]

    # --- writing ---

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Each document whole or not at all."""
        with self._lock:
            self._staged = {}
            try:
                yield
                self._put(list(self._staged.values()))
            finally:
                self._staged = None

    def set_settings(self, settings: Mapping[str, str]) -> None:
        self.put_state("setting", settings)

    def add_root(self, path: Path) -> int:
        root_id = key_of("root", str(path))
        self.put_state("root", {str(root_id): str(path)})
        return root_id

    def put_document(
        self, root_id: int, path: str, name: str, state: FileState, content: Content
    ) -> int:
        """As in `index.store`. The same file under the same settings has the same id again."""
        assert self._staged is not None  # noqa: S101
        slot = key_of(root_id, path)
        made = sorted(self.settings().values())
        id_ = key_of(slot, name, state.sha256, state.loader_version, *made)
        texts = text_rows(slot, id_, content)
        row = document_row(slot, id_, root_id, path, name, state, content)
        self._staged[id_] = _Staged(
            document={**row, "passages": 0, "pieces": len(texts)}, texts=texts, passages=[]
        )
        return id_

    def put_passages(
        self,
        document_id: int,
        content: Content,
        ranges: Sequence[PassageRange],
        rows: NDArray[np.float32],
    ) -> None:
        assert self._staged is not None  # noqa: S101
        if document_id not in self._staged:
            # Passages made anew: the collection fits no settings until all are, so none is found.
            (document,) = self._milvus.rows_of("documents", "id", [document_id], ["*"])
            self._milvus.delete("passages", f"document_id == {document_id}")
            self._staged[document_id] = _Staged(document=document, texts=[], passages=[])
        staged = self._staged[document_id]
        staged.passages = passage_rows(staged.document, content, ranges, rows)
        staged.document = {**staged.document, "passages": len(ranges)}

    def _put(self, staged: Sequence[_Staged]) -> None:
        if not staged:
            return
        passages = [row for one in staged for row in one.passages]
        if passages:
            self._make_room(len(passages[0]["vector"]))
        self._milvus.put("texts", [row for one in staged for row in one.texts])
        self._milvus.put("passages", passages)
        self._milvus.put("documents", self._as_first_added([one.document for one in staged]))
        self.clear({one.document["slot"]: one.document["id"] for one in staged})
        self._count_up()

    def _as_first_added(self, rows: Sequence[Row]) -> list[Row]:
        """Rows of `documents`, with the time when a document first came into the slot of each."""
        slots = [row["slot"] for row in rows]
        earlier = {
            row["slot"]: row["added"]
            for row in self._milvus.rows_of("documents", "slot", slots, ["slot", "added"])
        }
        return [{**row, "added": earlier.get(row["slot"], row["added"])} for row in rows]

    def clear(self, current: Mapping[int, int]) -> None:
        """Takes out what slots hold besides their documents; `current` is ids by slot."""
        slots, ids = list(current), list(current.values())
        for table in ("texts", "passages"):
            self._milvus.delete(
                table, f"{is_one_of('slot', slots)} and not ({is_one_of('document_id', ids)})"
            )

    def _make_room(self, width: int) -> None:
        """A table for vectors of that width; one of another width is of an earlier embedder."""
        held = self._milvus.width("passages")
        if held is not None and held != width:
            self._milvus.drop("passages")
        if held != width:
            self._milvus.make("passages", width)

    def set_modified(self, name: str, modified_ns: int) -> None:
        row = self._document_row(name, ["*"])
        self._milvus.put("documents", [{**row, "modified_ns": modified_ns}])

    def remove_document(self, name: str) -> None:
        """As in `index.store`. It isn't found any more once its row is gone, which is first."""
        rows = self._milvus.rows_of("documents", "name", [name], ["slot"])
        slots = [row["slot"] for row in rows]
        if slots:
            self._milvus.delete("documents", is_one_of("slot", slots))
            self.clear(dict.fromkeys(slots, 0))
            self._count_up()

    def _count_up(self) -> None:
        self._changes += 1
        self.put_state("generation", {self._writer: str(self._changes)})
