"""What people said of answers, kept beside the collection in DIR/feedback.sqlite3.

Questions, answers and quotes are kept with the documents' names, so that removing a document takes
its words out of here too.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from index.errors import CollectionError, InputError
from qa.note import Note, Verdict, note_from_json, require_bounded
from qa.records import record_of

MAX_NOTES = 10_000
_MAX_TURNS = 10
_MAX_PLACES = 10

_SCHEMA = """
CREATE TABLE IF NOT EXISTS notes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    time TEXT NOT NULL,         -- UTC, 2026-01-31T12:00:00+00:00
    reviewed INTEGER NOT NULL,
    verdict TEXT NOT NULL,
    question TEXT NOT NULL,
    history TEXT NOT NULL,      -- JSON [{"question", "answer"}, ...]
    status TEXT NOT NULL,
    answer TEXT,
    citations TEXT NOT NULL,    -- JSON [{"document", "start", "end", "quote"}, ...]
    found TEXT NOT NULL,        -- JSON, the names of the documents found
    correction TEXT,
    person TEXT,
    generation INTEGER NOT NULL
)
"""
# In a table of its own, which files made before get.
_CHECKSUMS = "CREATE TABLE checksums (note_id INTEGER PRIMARY KEY, sha256 TEXT NOT NULL)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A note as it is kept, with the time it was given. `reviewed`: somebody has looked at it."""

    id: int
    time: str
    reviewed: bool
    note: Note


class Feedback:
    """The notes of one collection. Safe to use from several threads and processes."""

    def __init__(self, directory: Path) -> None:
        """`directory` is the collection's; nothing is made in it before the first note."""
        self._path = directory / "feedback.sqlite3"

    def add(self, note: Note) -> int:
        """Keeps a note and returns its id. Raises InputError where a text is too long or lacking,

        or too many notes are kept.

        Of citations and documents found the first ten are kept, of earlier turns the last ten.
        """
        require_bounded(note)
        columns = {
            "time": datetime.now(UTC).isoformat(timespec="seconds"),
            "reviewed": 0,
            "verdict": note.verdict,
            "question": note.question,
            "history": _json([asdict(turn) for turn in note.history[-_MAX_TURNS:]]),
            "status": note.status,
            "answer": note.answer,
            "citations": _json([asdict(place) for place in note.citations[:_MAX_PLACES]]),
            "found": _json(note.found[:_MAX_PLACES]),
            "correction": note.correction,
            "person": note.person,
            "generation": note.generation,
        }
        marks = ", ".join(f":{name}" for name in columns)
        with self._open(create=True) as db:
            (kept,) = db.execute("SELECT count(*) FROM notes").fetchone()
            if kept >= MAX_NOTES:
                raise InputError(
                    f"{MAX_NOTES:,} notes on answers are kept at most, and as many are there:"
                    " whoever runs this chat can look through them with `qa feedback review`"
                )
            cursor = db.execute(
                f"INSERT INTO notes ({', '.join(columns)}) VALUES ({marks})",  # noqa: S608
                columns,
            )
            id_ = int(cursor.lastrowid or 0)
            _set_checksum(db, id_)
        return id_

    def entries(self) -> tuple[Entry, ...]:
        """All, the oldest first."""
        if not self._path.exists():
            return ()
        with self._open() as db:
            rows = db.execute("SELECT * FROM notes ORDER BY id").fetchall()
        return tuple(_entry(row) for row in rows)

    def mend(self, id_: int, verdict: Verdict, correction: str | None) -> None:
        """Changes what a note says, and marks it as reviewed."""
        with self._open() as db:
            db.execute(
                "UPDATE notes SET verdict = ?, correction = ?, reviewed = 1 WHERE id = ?",
                (verdict, correction, id_),
            )
            _set_checksum(db, id_)

    def keep(self, id_: int) -> None:
        """Marks a note as reviewed."""
        with self._open() as db:
            db.execute("UPDATE notes SET reviewed = 1 WHERE id = ?", (id_,))
            _set_checksum(db, id_)

    def drop(self, id_: int) -> None:
        """Takes a note out. Does nothing if there is none of that id."""
        with self._open() as db:
            db.execute("DELETE FROM notes WHERE id = ?", (id_,))

    def remove_document(self, name: str, text: str) -> int:
        """Takes out the words of a document, whose text is given; returns how many notes went.

        A note that cites it goes as a whole, since its answer is the document's words. Earlier
        answers in other notes' histories that stand in the text are left blank.
        """
        if not self._path.exists():
            return 0
        with self._open() as db:
            gone = db.execute(
                "DELETE FROM notes WHERE id IN (SELECT notes.id FROM notes, json_each(citations)"
                " WHERE json_extract(json_each.value, '$.document') = ?)",
                (name,),
            ).rowcount
            for row in db.execute("SELECT id, history, found FROM notes").fetchall():
                turns = json.loads(row["history"])
                for turn in turns:
                    if turn["answer"] and turn["answer"] in text:
                        turn["answer"] = None
                found = [document for document in json.loads(row["found"]) if document != name]
                db.execute(
                    "UPDATE notes SET history = ?, found = ? WHERE id = ?",
                    (_json(turns), _json(found), row["id"]),
                )
                _set_checksum(db, row["id"])
        with self._open() as db:
            # What was deleted would stay readable in the log until SQLite needs the room.
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return gone

    def problems(self) -> Iterator[str]:
        """What is wrong with the file, one line each with what mends it."""
        if not self._path.exists():
            return
        try:
            with self._open() as db:
                lines = [line for (line,) in db.execute("PRAGMA integrity_check") if line != "ok"]
                kept = dict(db.execute("SELECT note_id, sha256 FROM checksums").fetchall())
                rows = db.execute("SELECT * FROM notes").fetchall()
                changed = [row["id"] for row in rows if kept.get(row["id"]) != _checksum(row)]
                lines += [f"note {id_} isn't what was kept" for id_ in changed]
        except CollectionError as error:
            yield str(error)
            return
        for line in lines:
            yield (
                f"The feedback in {self._path} is damaged ({line.splitlines()[-1]}): restore that"
                " file from a backup, or move it away"
            )

    @contextmanager
    def _open(self, *, create: bool = False) -> Iterator[sqlite3.Connection]:
        """A connection of its own for each call, which several threads may make."""
        mode = "rwc" if create else "rw"
        uri = f"{self._path.absolute().as_uri()}?mode={mode}"
        try:
            with closing(sqlite3.connect(uri, uri=True, timeout=10)) as db, db:
                db.row_factory = sqlite3.Row
                db.execute("PRAGMA secure_delete=ON")
                if create:
                    db.execute("PRAGMA journal_mode=WAL")
                    db.execute(_SCHEMA)
                _add_missing_checksums(db)
                yield db
        except sqlite3.DatabaseError as error:
            raise CollectionError(
                f"The feedback in {self._path} can't be read or written ({error}): look for room"
                " on the disk and permissions, or move that file away"
            ) from error


def _add_missing_checksums(db: sqlite3.Connection) -> None:
    """Files made before they were kept get them once, of what is there now."""
    is_there = "SELECT count(*) FROM sqlite_master WHERE name = 'checksums'"
    if db.execute(is_there).fetchone()[0]:
        return
    db.execute("BEGIN IMMEDIATE")
    if not db.execute(is_there).fetchone()[0]:  # another process may have been faster
        db.execute(_CHECKSUMS)
        for (id_,) in db.execute("SELECT id FROM notes").fetchall():
            _set_checksum(db, id_)
    db.commit()


def _set_checksum(db: sqlite3.Connection, id_: int) -> None:
    row = db.execute("SELECT * FROM notes WHERE id = ?", (id_,)).fetchone()
    if row is not None:
        db.execute("INSERT OR REPLACE INTO checksums VALUES (?, ?)", (id_, _checksum(row)))


def _checksum(row: sqlite3.Row) -> str:
    return hashlib.sha256(json.dumps(tuple(row)).encode()).hexdigest()


def _entry(row: sqlite3.Row) -> Entry:
    record: dict[str, Any] = {name: row[name] for name in row.keys()}  # noqa: SIM118
    for name in ("history", "citations", "found"):
        record[name] = record_of(record[name].encode())
    return Entry(
        id=record["id"],
        time=record["time"],
        reviewed=bool(record["reviewed"]),
        note=note_from_json(record),
    )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
