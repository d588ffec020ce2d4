"""The truth of a collection: documents, passages and their vectors, in SQLite.

Every transaction that changes what can be found counts the generation up. The indexes carry the
generation that they were made from, so it is always known whether they follow. Each document has a
checksum, with its passages, by which `qa check` finds what the disk has changed.
"""

import hashlib
import json
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.content_fields import from_fields, to_fields
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
from index.upload_folders import EVERYBODY, upload_folder

FORMAT_VERSION = 4
_APPLICATION_ID = 0x43_26_56_31  # "C&V1" in SQLite's header: tells our files from others

_SCHEMA = """
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE generation (number INTEGER NOT NULL);
INSERT INTO generation VALUES (0);
CREATE TABLE roots (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE              -- one within the collection's folder: relative to that
);
CREATE TABLE documents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,  -- never given twice, so that no index can mix them up
    root_id INTEGER NOT NULL REFERENCES roots(id),
    path TEXT NOT NULL,                    -- relative to the root, with forward slashes
    name TEXT NOT NULL UNIQUE,
    sha256 TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL,          -- 0: look at the bytes next time, -1: BEING_CHANGED
    loader_version INTEGER NOT NULL,
    title TEXT NOT NULL,
    date TEXT,                             -- YYYY-MM-DD
    author TEXT,
    language TEXT,                         -- ISO 639, as "en"
    characters INTEGER NOT NULL,
    pages TEXT NOT NULL,                   -- JSON [[number, start, end], ...]
    headings TEXT NOT NULL,                -- JSON [[level, start, end], ...], entries with until
    navigation TEXT NOT NULL,              -- JSON [[start, end], ...]
    places BLOB NOT NULL,                  -- see index/places.py
    page_runs BLOB NOT NULL,               -- int32, little-endian [[start, page, index], ...]
    text TEXT NOT NULL,
    added TEXT,                            -- UTC, 2026-01-31T12:00:00+00:00, or NULL
    UNIQUE (root_id, path)
);
CREATE TABLE passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    document_id INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
    "start" INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    heading TEXT,
    page INTEGER,
    location TEXT NOT NULL,                -- JSON {"slide": 2}
    text TEXT NOT NULL,
    vector BLOB NOT NULL                   -- float16, little-endian
);
CREATE INDEX passages_by_document ON passages (document_id);
"""

# In a table of its own, which collections made before get: a document with its passages.
_CHECKSUMS = """
CREATE TABLE IF NOT EXISTS checksums (
    document_id INTEGER PRIMARY KEY REFERENCES documents(id) ON DELETE CASCADE,
    sha256 BLOB NOT NULL
)
"""
# All that is kept of a document, but what is only looked at to save reading its file.
_SUMMED = [
    "roots.path",
    "documents.path",
    "name",
    "sha256",
    "title",
    "date",
    "author",
    "language",
    "characters",
    "pages",
    "headings",
    "navigation",
    "places",
    "page_runs",
    "text",
    "added",
]
_RESTORE = (
    "restore the collection from a backup, or delete that folder and run `qa index PATH` again"
)
_SUMMED_PASSAGES = ["id", '"start"', '"end"', "heading", "page", "location", "text", "vector"]

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
    """One SQLite file. Safe to use from several threads; one process writes at a time."""

    def __init__(self, path: Path, *, create: bool = False) -> None:
        """Raises CollectionError if the file isn't there, or isn't a collection of this version."""
        self._lock = threading.RLock()
        self._folder = path.parent.resolve()
        self._path = path.absolute()
        self._named = path.parent  # as whoever opens it calls it
        self._summaries: tuple[int, tuple[DocumentSummary, ...]] = (-1, ())
        if not path.is_file() and not create:
            raise self._missing()
        try:
            self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            stat = path.stat()
            self._file = stat.st_dev, stat.st_ino
            self._db.executescript(
                "PRAGMA busy_timeout=10000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                "PRAGMA foreign_keys=ON;"
            )
            is_empty = self._value("SELECT count(*) FROM sqlite_master") == 0
            if is_empty and not create:  # it was being made when that was stopped
                raise self._missing()
            if is_empty:
                with self.transaction():
                    for statement in _SCHEMA.split(";"):
                        self._execute(statement)
                    self._execute(f"PRAGMA application_id={_APPLICATION_ID}")
                    self._execute(f"PRAGMA user_version={FORMAT_VERSION}")
            ours = self._value("PRAGMA application_id") == _APPLICATION_ID
            version = self._value("PRAGMA user_version")
            # What is deleted is overwritten; a made file's own schema calls nothing of SQLite's.
            self._db.executescript("PRAGMA secure_delete=ON; PRAGMA trusted_schema=OFF;")
            if ours and version == FORMAT_VERSION:
                self._add_missing_column()
                self._add_missing_checksums()
        except (sqlite3.Error, OSError) as error:
            raise self._failed(error) from error
        if not ours or version != FORMAT_VERSION:
            raise CollectionError(
                f"The collection in {path.parent} is of version {version if ours else 'unknown'};"
                f" this program reads version {FORMAT_VERSION}: index your files into another"
                " folder with --collection DIR"
            )

    def _missing(self) -> CollectionError:
        return CollectionError(
            f"There is no collection in {self._named}: make one with `qa index PATH`"
        )

    def _add_missing_column(self) -> None:
        """Collections made before `added` was kept are brought up to it; old programs read both."""
        columns = {row[1] for row in self._rows("PRAGMA table_info(documents)")}
        if "added" not in columns:
            try:
                self._db.execute("ALTER TABLE documents ADD COLUMN added TEXT")
            except sqlite3.OperationalError as error:
                if "duplicate column" not in str(error):  # another process was faster
                    raise

    def _add_missing_checksums(self) -> None:
        """Collections made before they were kept get them once, of what is there now."""
        is_there = "SELECT count(*) FROM sqlite_master WHERE name = 'checksums'"
        if self._value(is_there):
            return
        with self.transaction():
            if not self._value(is_there):  # another process may have been faster
                self._execute(_CHECKSUMS)
                for (id_,) in self._rows("SELECT id FROM documents"):
                    self._set_checksum(id_)

    def close(self) -> None:
        self._db.close()

    # --- reading ---

    @property
    def generation(self) -> int:
        """Counts the transactions that changed what can be found."""
        return int(self._value("SELECT number FROM generation"))

    def settings(self) -> dict[str, str]:
        """What passages were made with; empty before the first indexing."""
        return dict(self._rows("SELECT name, value FROM settings"))

    def roots(self) -> dict[Path, int]:
        """The folders and files that were indexed, with their ids."""
        return {self._root(path): id_ for id_, path in self._rows("SELECT id, path FROM roots")}

    def _root(self, stored: str) -> Path:
        return self._folder / stored

    def names(self) -> set[str]:
        """The names of all documents."""
        return {name for (name,) in self._rows("SELECT name FROM documents")}

    def files(self, root_id: int, paths: Sequence[str] | None = None) -> dict[str, StoredFile]:
        """The documents of a root by their path in it: all, or those at some paths."""
        rows = self._rows(
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
        rows = self._rows(
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
        rows = self._rows(
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

    def has_private_uploads(self) -> bool:
        """Whether a document is in the collection that not everybody may see."""
        rows = self._rows(
            "SELECT path FROM roots WHERE id IN (SELECT DISTINCT root_id FROM documents)"
        )
        return any(upload_folder(path) not in (None, EVERYBODY) for (path,) in rows)

    def document(self, name: str) -> Document:
        """Raises InputError if the collection has no document of that name."""
        rows = self._rows(
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
        return _ids(self._rows("SELECT id FROM passages ORDER BY id"))

    def passage_ids_of(self, documents: Sequence[str]) -> NDArray[np.int64]:
        """(n,) the ids of the passages of documents given by name, ascending."""
        rows = self._rows(
            "SELECT passages.id FROM passages JOIN documents ON documents.id = document_id"
            " WHERE documents.name IN (SELECT value FROM json_each(?)) ORDER BY passages.id",
            json.dumps(list(documents)),
        )
        return _ids(rows)

    def passages_of(self, document: str) -> tuple[Passage, ...]:
        """The passages of the document of that name, in its order."""
        rows = self._rows(
            f"SELECT {_PASSAGE_COLUMNS} FROM passages JOIN documents"  # noqa: S608
            ' ON documents.id = document_id WHERE documents.name = ? ORDER BY "start"',
            document,
        )
        return tuple(_passage(row) for row in rows)

    def passages(self, ids: Sequence[int]) -> dict[int, Passage]:
        """Those of the passages that are still there, by id."""
        marks = ",".join("?" * len(ids))
        rows = self._rows(
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
                self._rows(f"SELECT id, vector FROM passages WHERE id IN ({marks})", *batch)  # noqa: S608
            )
            if passages:
                rows = np.stack([np.frombuffer(vectors[id_], "<f2") for id_ in passages])
                yield StoredPassages(list(passages.values()), rows.astype(np.float32))

    def problems(self) -> list[str]:
        """What is wrong with the file, one line each with what mends it."""
        try:
            found = [line for (line,) in self._rows("PRAGMA integrity_check") if line != "ok"]
            found += [f"dangling row: {row}" for row in self._rows("PRAGMA foreign_key_check")]
        except CollectionError as error:
            return [str(error)]
        return [
            *(f"SQLite says {line.splitlines()[-1]!r}: {_RESTORE}" for line in found),
            *self._changed_rows(),
        ]

    def _changed_rows(self) -> Iterator[str]:
        """The documents that aren't, with their passages, what was put in."""
        rows = self._rows(
            "SELECT documents.id, CAST(name AS BLOB), checksums.sha256 FROM documents"
            " LEFT JOIN checksums ON document_id = documents.id ORDER BY name"
        )
        for id_, name, checksum in rows:
            if self._checksum(id_) != checksum:
                yield (
                    f"{name.decode(errors='replace')} isn't what was kept of its file: `qa remove`"
                    " it and add it again, or restore the collection from a backup"
                )

    # --- writing; the caller holds the collection's lock ---

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or nothing."""
        with self._lock:
            self._execute("BEGIN IMMEDIATE")
            try:
                yield
                self._execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:  # SQLite ends it by itself where the disk fails
                    self._db.execute("ROLLBACK")
                raise

    def set_settings(self, settings: Mapping[str, str]) -> None:
        with self.transaction():  # some of them alone would be taken for other models
            self._execute_all("INSERT OR REPLACE INTO settings VALUES (?, ?)", settings.items())

    def add_root(self, path: Path) -> int:
        """Takes in a folder or file by its absolute path.

        One in the collection's own folder is kept relative to that: it moves along with it.
        """
        inside = path.is_relative_to(self._folder) and path != self._folder
        stored = path.relative_to(self._folder).as_posix() if inside else str(path)
        cursor = self._execute("INSERT INTO roots (path) VALUES (?)", stored)
        assert cursor.lastrowid is not None  # noqa: S101
        return cursor.lastrowid

    def put_document(
        self, root_id: int, path: str, name: str, state: FileState, content: Content
    ) -> int:
        """Puts a document in the place of the one at that path, if any; returns its id.

        Its passages are put in by `put_passages` in the same transaction.
        """
        fields = to_fields(content)
        with self._lock:
            place = (root_id, path)
            earlier = self._rows(
                "SELECT added FROM documents WHERE root_id = ? AND path = ?", *place
            )
            added = earlier[0][0] if earlier else datetime.now(UTC).isoformat(timespec="seconds")
            self._execute("DELETE FROM documents WHERE root_id = ? AND path = ?", *place)
            cursor = self._execute(
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
        with self._lock:
            self._execute("DELETE FROM passages WHERE document_id = ?", document_id)
            self._execute_all(
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
            self._set_checksum(document_id)
            self._count_up()

    def set_modified(self, name: str, modified_ns: int) -> None:
        """Notes that a file with another time has the same bytes, or that it is BEING_CHANGED."""
        self._execute("UPDATE documents SET modified_ns = ? WHERE name = ?", modified_ns, name)

    def remove_document(self, name: str) -> None:
        """With its passages. Does nothing if there is none of that name."""
        with self.transaction():
            self._execute("DELETE FROM documents WHERE name = ?", name)
            self._count_up()
        if not self._db.in_transaction:
            # What was deleted would stay readable in the log until SQLite needs the room.
            self._rows("PRAGMA wal_checkpoint(TRUNCATE)")

    def _count_up(self) -> None:
        self._execute("UPDATE generation SET number = number + 1")

    def _set_checksum(self, document_id: int) -> None:
        self._execute(
            "INSERT OR REPLACE INTO checksums VALUES (?, ?)",
            document_id,
            self._checksum(document_id),
        )

    def _checksum(self, document_id: int) -> bytes:
        """SHA-256 of a document and its passages as SQLite has them, which needn't be text."""
        digest = hashlib.sha256()
        tables = (
            (_SUMMED, "documents LEFT JOIN roots ON roots.id = root_id WHERE documents.id = ?"),
            (_SUMMED_PASSAGES, "passages WHERE document_id = ? ORDER BY id"),
        )
        for columns, table in tables:
            values = ", ".join(f"CAST({column} AS BLOB)" for column in columns)
            for row in self._each(f"SELECT {values} FROM {table}", document_id):  # noqa: S608
                for value in row:
                    digest.update(b"-" if value is None else b"%d:" % len(value))
                    digest.update(value or b"")
        return digest.digest()

    def require_there(self) -> None:
        """Raises CollectionError if the file that was opened has been removed or replaced."""
        try:
            stat = os.stat(self._path)  # noqa: PTH116  # before each query: three times as fast
        except OSError:
            stat = None
        if stat is None or (stat.st_dev, stat.st_ino) != self._file:
            raise CollectionError(
                f"The collection in {self._named} has been removed or replaced since it was"
                " opened: bring it back, or run `qa index PATH`, and start again"
            )

    def _rows(self, query: str, *values: object) -> list[Any]:
        with self._lock, self._told():
            return self._db.execute(query, values).fetchall()

    def _each(self, query: str, *values: object) -> Iterator[Any]:
        with self._lock, self._told():
            yield from self._db.execute(query, values)

    def _execute(self, query: str, *values: object) -> sqlite3.Cursor:
        with self._lock, self._told():
            return self._db.execute(query, values)

    def _execute_all(self, query: str, rows: Iterable[Sequence[object]]) -> None:
        with self._lock, self._told():
            self._db.executemany(query, rows)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What SQLite says of a disk or a file that fails, as a CollectionError."""
        self.require_there()
        try:
            yield
        except sqlite3.Error as error:
            raise self._failed(error) from error

    def _failed(self, error: Exception) -> CollectionError:
        # Of SQLite's own kinds, those of the disk are below this one, and that of damage isn't.
        damaged = type(error) is sqlite3.DatabaseError
        mends = _RESTORE if damaged else "look for room on the disk and permissions"
        return CollectionError(
            f"The collection in {self._named} can't be read or written ({error}): {mends}"
        )

    def _value(self, query: str) -> Any:
        return self._rows(query)[0][0]
