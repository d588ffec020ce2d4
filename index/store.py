"""The truth of a collection: documents, passages and their vectors, in SQLite.

Every transaction that changes what can be found counts the generation up. The indexes carry the
generation that they were made from, so it is always known whether they follow.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.checksums import add_missing_checksums, changed_documents, put_checksum
from index.content_fields import from_fields, to_fields
from index.database import RESTORE, Database
from index.errors import CollectionError, no_document
from index.places import packed
from index.types import (
    Content,
    Document,
    DocumentSummary,
    Location,
    Passage,
    PassageRange,
)
from index.upload_folders import may_see, upload_folder

_FIELDS = ("title", "text", "date", "author", "language")
_RANGES = ("pages", "headings", "navigation")
_PASSAGE_COLUMNS = (
    "passages.id, document_id, documents.name, documents.title,"
    ' "start", "end", passages.text, heading, page, location,'
    " substr(sha256, 1, 8) || '.' || characters"  # Document.version
)
_PASSAGE_FIELDS = (
    "id",
    "document_id",
    "document",
    "title",
    "start",
    "end",
    "text",
    "heading",
    "page",
    "location",
    "version",
)


BEING_CHANGED = -1
"""As `modified_ns`: an upload's file is being replaced or removed, and may not be what it was."""


class FileState(NamedTuple):
    """A file as it was when it was loaded. `modified_ns` 0 means: look at its bytes."""

    sha256: str
    size_bytes: int
    modified_ns: int
    loader_version: int


class StoredFile(NamedTuple):
    """The document that a file gave."""

    name: str
    state: FileState


class StoredPassages(NamedTuple):
    """Some passages with their rows (n, width), as they were embedded."""

    passages: Sequence[Passage]
    rows: NDArray[np.float32]


def location_from_json(text: str) -> Location:
    """A passage's location as it is stored."""
    return tuple(json.loads(text).items())


def _ids(rows: Sequence[tuple[int]]) -> NDArray[np.int64]:
    return np.fromiter(chain.from_iterable(rows), np.int64, len(rows))


def _passage(row: Sequence[Any]) -> Passage:
    fields = dict(zip(_PASSAGE_FIELDS, row, strict=True))
    return Passage(**{**fields, "location": location_from_json(fields["location"])})


class Store:
    """In one `Database`. Safe to use from several threads; one process writes at a time."""

    def __init__(self, path: Path, *, create: bool = False) -> None:
        """Raises CollectionError if the file isn't there, or isn't a collection of this version."""
        self._folder = path.parent.resolve()
        self._db = Database(path, create=create)
        self._summaries: tuple[int, tuple[DocumentSummary, ...]] = (-1, ())
        add_missing_checksums(self._db)

    def close(self) -> None:
        self._db.close()

    # --- reading ---

    @property
    def generation(self) -> int:
        """Counts the transactions that changed what can be found."""
        return int(self._db.value("SELECT number FROM generation"))

    def settings(self) -> dict[str, str]:
        """What passages were made with; empty before the first indexing."""
        return dict(self._db.rows("SELECT name, value FROM settings"))

    def roots(self) -> dict[Path, int]:
        """The folders and files that were indexed, with their ids."""
        return {self._root(path): id_ for id_, path in self._db.rows("SELECT id, path FROM roots")}

    def _root(self, stored: str) -> Path:
        return self._folder / stored

    def names(self) -> set[str]:
        """The names of all documents."""
        return {name for (name,) in self._db.rows("SELECT name FROM documents")}

    def files(self, root_id: int, paths: Sequence[str] | None = None) -> dict[str, StoredFile]:
        """The documents of a root by their path in it: all, or those at some paths."""
        rows = self._db.rows(
            "SELECT path, name, sha256, size_bytes, modified_ns, loader_version FROM documents"
            " WHERE root_id = ? AND (? OR path IN (SELECT value FROM json_each(?)))",
            root_id,
            paths is None,
            json.dumps(list(paths or ())),
        )
        return {path: StoredFile(name, FileState(*state)) for path, name, *state in rows}

    def file_of(self, name: str) -> tuple[Path, str]:
        """Where a document's file was when it was indexed, and its sha256 then.

        Raises InputError if the collection has no document of that name.
        """
        rows = self._db.rows(
            "SELECT roots.path, documents.path, sha256 FROM documents"
            " JOIN roots ON roots.id = root_id WHERE name = ?",
            name,
        )
        if not rows:
            raise no_document(name)
        stored, path, sha256 = rows[0]
        root = self._root(stored)
        # A root that is a file itself gives one document of its own name.
        return root if root.is_file() else root / path, sha256

    def summaries(self) -> tuple[DocumentSummary, ...]:
        """All documents without their texts, by name; read once after each change."""
        generation = self.generation  # before the rows, which may be those of a later one
        known, summaries = self._summaries
        if known != generation:
            summaries = self._read_summaries()
            if not self._db.in_transaction:  # which may still be undone, and its number given again
                self._summaries = generation, summaries
        return summaries

    def _read_summaries(self) -> tuple[DocumentSummary, ...]:
        rows = self._db.rows(
            "SELECT name, title, date, author, language, characters, json_array_length(pages),"
            " (SELECT count(*) FROM passages WHERE document_id = documents.id), added, roots.path"
            " FROM documents JOIN roots ON roots.id = root_id ORDER BY name"
        )
        return tuple(
            DocumentSummary(
                name=name,
                title=title,
                date=date,
                author=author,
                language=language,
                characters=characters,
                pages=pages,
                passages=n,
                added=added,
                upload_folder=upload_folder(root),
            )
            for name, title, date, author, language, characters, pages, n, added, root in rows
        )

    def document(self, name: str) -> Document:
        """Raises InputError if the collection has no document of that name."""
        rows = self._db.rows(
            f"SELECT roots.path, documents.id, sha256, {', '.join(_FIELDS)},"  # noqa: S608
            f" {', '.join(_RANGES)}, places, page_runs FROM documents"
            " JOIN roots ON roots.id = root_id WHERE name = ?",
            name,
        )
        if not rows:
            raise no_document(name)
        root, id_, sha256, *fields, places, page_runs = rows[0]
        plain = dict(zip((*_FIELDS, *_RANGES), fields, strict=True))
        plain |= {name: json.loads(plain[name]) for name in _RANGES}
        return Document(
            id=id_,
            name=name,
            sha256=sha256,
            content=from_fields(plain, places, page_runs),
            upload_folder=upload_folder(root),
        )

    def passage_ids(self) -> NDArray[np.int64]:
        """(n,) the ids of all passages, ascending."""
        # In no order SQLite reads them from an index; in theirs, from all pages with all texts.
        return np.sort(_ids(self._db.rows("SELECT id FROM passages")))

    def passage_ids_of(self, documents: Sequence[str]) -> NDArray[np.int64]:
        """(n,) the ids of the passages of documents given by name, ascending."""
        rows = self._db.rows(
            "SELECT passages.id FROM passages JOIN documents ON documents.id = document_id"
            " WHERE documents.name IN (SELECT value FROM json_each(?)) ORDER BY passages.id",
            json.dumps(list(documents)),
        )
        return _ids(rows)

    def passage_ids_hidden_from(self, reader: str) -> NDArray[np.int64]:
        """(n,) the ids of the passages of uploads that aren't for `reader`, ascending.

        `reader` as that of `index.scope.Scope`.
        """
        roots = self._db.rows("SELECT id, path FROM roots")
        hidden = [id_ for id_, path in roots if not may_see(upload_folder(path), reader)]
        rows = self._db.rows(
            "SELECT passages.id FROM passages JOIN documents ON documents.id = document_id"
            " WHERE root_id IN (SELECT value FROM json_each(?)) ORDER BY passages.id",
            json.dumps(hidden),
        )
        return _ids(rows)

    def passage_count(self) -> int:
        return int(self._db.value("SELECT count(*) FROM passages"))

    def passages_of(self, document: str) -> tuple[Passage, ...]:
        """The passages of the document of that name, in its order."""
        rows = self._db.rows(
            f"SELECT {_PASSAGE_COLUMNS} FROM passages JOIN documents"  # noqa: S608
            ' ON documents.id = document_id WHERE documents.name = ? ORDER BY "start"',
            document,
        )
        return tuple(_passage(row) for row in rows)

    def passages(self, ids: Sequence[int]) -> dict[int, Passage]:
        """Those of the passages that are still there, by id."""
        marks = ",".join("?" * len(ids))
        rows = self._db.rows(
            f"SELECT {_PASSAGE_COLUMNS} FROM passages JOIN documents"  # noqa: S608
            f" ON documents.id = document_id WHERE passages.id IN ({marks})",
            *ids,
        )
        return {row[0]: _passage(row) for row in rows}

    def stored_passages(
        self, ids: Sequence[int], *, batch_size: int = 4096
    ) -> Iterator[StoredPassages]:
        """Passages with their rows, a batch at a time."""
        for first in range(0, len(ids), batch_size):
            batch = ids[first : first + batch_size]
            passages = self.passages(batch)
            marks = ",".join("?" * len(batch))
            vectors = dict(
                self._db.rows(f"SELECT id, vector FROM passages WHERE id IN ({marks})", *batch)  # noqa: S608
            )
            if passages:
                rows = np.stack([np.frombuffer(vectors[id_], "<f2") for id_ in passages])
                yield StoredPassages(list(passages.values()), rows.astype(np.float32))

    def problems(self) -> list[str]:
        """What is wrong with the file, one line each with what mends it."""
        try:
            found = [line for (line,) in self._db.rows("PRAGMA integrity_check") if line != "ok"]
            found += [f"dangling row: {row}" for row in self._db.rows("PRAGMA foreign_key_check")]
        except CollectionError as error:
            return [str(error)]
        return [
            *(f"SQLite says {line.splitlines()[-1]!r}: {RESTORE}" for line in found),
            *(
                f"{name} isn't what was kept of its file: `qa remove` it and add it again, or"
                " restore the collection from a backup"
                for name in changed_documents(self._db)
            ),
        ]

    # --- writing; the caller holds the collection's lock ---

    def transaction(self) -> AbstractContextManager[None]:
        """All of it or nothing."""
        return self._db.transaction()

    def set_settings(self, settings: Mapping[str, str]) -> None:
        with self.transaction():  # some of them alone would be taken for other models
            self._db.execute_all("INSERT OR REPLACE INTO settings VALUES (?, ?)", settings.items())

    def add_root(self, path: Path) -> int:
        """Takes in a folder or file by its absolute path.

        One in the collection's own folder is kept relative to that: it moves along with it.
        """
        inside = path.is_relative_to(self._folder) and path != self._folder
        stored = path.relative_to(self._folder).as_posix() if inside else str(path)
        cursor = self._db.execute("INSERT INTO roots (path) VALUES (?)", stored)
        assert cursor.lastrowid is not None  # noqa: S101
        return cursor.lastrowid

    def put_document(
        self, root_id: int, path: str, name: str, state: FileState, content: Content
    ) -> int:
        """Puts a document in the place of the one at that path, if any; returns its id.

        Its passages are put in by `put_passages` in the same transaction.
        """
        fields = to_fields(content)
        with self._db.lock:
            place = (root_id, path)
            earlier = self._db.rows(
                "SELECT added FROM documents WHERE root_id = ? AND path = ?", *place
            )
            added = earlier[0][0] if earlier else datetime.now(UTC).isoformat(timespec="seconds")
            self._db.execute("DELETE FROM documents WHERE root_id = ? AND path = ?", *place)
            cursor = self._db.execute(
                "INSERT INTO documents (root_id, path, name, sha256, size_bytes, modified_ns,"
                " loader_version, title, date, author, language, characters, pages, headings,"
                " navigation, places, page_runs, text, added)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                root_id,
                path,
                name,
                *state,
                content.title,
                content.date,
                content.author,
                content.language,
                len(content.text),
                *(json.dumps(fields[name]) for name in _RANGES),
                packed(content.places),
                content.page_runs,
                content.text,
                added,
            )
            self._count_up()
        assert cursor.lastrowid is not None  # noqa: S101
        return cursor.lastrowid

    def put_passages(
        self,
        document_id: int,
        content: Content,
        ranges: Sequence[PassageRange],
        rows: NDArray[np.float32],
    ) -> None:
        """Puts passages with their rows (len(ranges), width) in the place of a document's own."""
        with self._db.lock:
            self._db.execute("DELETE FROM passages WHERE document_id = ?", document_id)
            self._db.execute_all(
                'INSERT INTO passages (document_id, "start", "end", heading, page, location, text,'
                " vector) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (
                        document_id,
                        range_.start,
                        range_.end,
                        range_.heading,
                        range_.page,
                        json.dumps(dict(range_.location)),
                        content.text[range_.start : range_.end],
                        row.astype("<f2").tobytes(),
                    )
                    for range_, row in zip(ranges, rows, strict=True)
                ],
            )
            put_checksum(self._db, document_id)
            self._count_up()

    def set_modified(self, name: str, modified_ns: int) -> None:
        """Notes that a file with another time has the same bytes, or that it is BEING_CHANGED."""
        self._db.execute("UPDATE documents SET modified_ns = ? WHERE name = ?", modified_ns, name)

    def remove_document(self, name: str) -> None:
        """With its passages. Does nothing if there is none of that name."""
        with self.transaction():
            self._db.execute("DELETE FROM documents WHERE name = ?", name)
            self._count_up()
        if not self._db.in_transaction:
            # What was deleted would stay readable in the log until SQLite needs the room.
            self._db.rows("PRAGMA wal_checkpoint(TRUNCATE)")

    def _count_up(self) -> None:
        self._db.execute("UPDATE generation SET number = number + 1")

    def require_there(self) -> None:
        """Raises CollectionError if the file that was opened has been removed or replaced."""
        self._db.require_there()
