"""A collection's SQLite file: shared by threads, with its errors told in one line each."""

import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from index.errors import CollectionError

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

RESTORE = (
    "restore the collection from a backup, or delete that folder and run `qa index PATH` again"
)


class Database:
    """Safe to use from several threads; one process writes at a time."""

    def __init__(self, path: Path, *, create: bool = False) -> None:
        """Raises CollectionError if the file isn't there, or isn't a collection of this version."""
        self.lock = threading.RLock()  # held while several statements belong together
        self._path = path.absolute()
        self._named = path.parent  # as whoever opens it calls it
        if not path.is_file() and not create:
            raise self._missing()
        try:
            self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            stat = path.stat()
            self._file = stat.st_dev, stat.st_ino
            self._connection.executescript(
                "PRAGMA busy_timeout=10000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                "PRAGMA foreign_keys=ON;"
            )
            is_empty = self.value("SELECT count(*) FROM sqlite_master") == 0
            if is_empty and not create:  # it was being made when that was stopped
                raise self._missing()
            if is_empty:
                with self.transaction():
                    for statement in _SCHEMA.split(";"):
                        self.execute(statement)
                    self.execute(f"PRAGMA application_id={_APPLICATION_ID}")
                    self.execute(f"PRAGMA user_version={FORMAT_VERSION}")
            ours = self.value("PRAGMA application_id") == _APPLICATION_ID
            version = self.value("PRAGMA user_version")
            # What is deleted is overwritten; a made file's own schema calls nothing of SQLite's.
            self._connection.executescript("PRAGMA secure_delete=ON; PRAGMA trusted_schema=OFF;")
            if ours and version == FORMAT_VERSION:
                self._add_missing_column()
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
        columns = {row[1] for row in self.rows("PRAGMA table_info(documents)")}
        if "added" not in columns:
            try:
                self._connection.execute("ALTER TABLE documents ADD COLUMN added TEXT")
            except sqlite3.OperationalError as error:
                if "duplicate column" not in str(error):  # another process was faster
                    raise

    def close(self) -> None:
        self._connection.close()

    @property
    def in_transaction(self) -> bool:
        return self._connection.in_transaction

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or nothing."""
        with self.lock:
            self.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # SQLite ends it by itself where the disk fails
                    self._connection.execute("ROLLBACK")
                raise

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

    def rows(self, query: str, *values: object) -> list[Any]:
        with self.lock, self._told():
            return self._connection.execute(query, values).fetchall()

    def each(self, query: str, *values: object) -> Iterator[Any]:
        with self.lock, self._told():
            yield from self._connection.execute(query, values)

    def execute(self, query: str, *values: object) -> sqlite3.Cursor:
        with self.lock, self._told():
            return self._connection.execute(query, values)

    def execute_all(self, query: str, rows: Iterable[Sequence[object]]) -> None:
        with self.lock, self._told():
            self._connection.executemany(query, rows)

    def value(self, query: str) -> Any:
        """The first column of the first row."""
        return self.rows(query)[0][0]

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
        mends = RESTORE if damaged else "look for room on the disk and permissions"
        return CollectionError(
            f"The collection in {self._named} can't be read or written ({error}): {mends}"
        )
