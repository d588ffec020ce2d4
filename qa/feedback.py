"""What people said of answers, kept beside the collection in DIR/feedback.sqlite3.

Questions, answers and quotes are kept with the documents' names, so that removing a document takes
its words out of here too.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, get_args

from index.errors import CollectionError, InputError
from qa.records import Malformed, is_text, list_at, number_at, record_of, text_at, words_at
from qa.types import Answer, Status, Turn

Verdict = Literal["up", "down", "wrong_place", "no_answer", "correction"]

MAX_CHARACTERS = 2000  # of a question, an answer, a quote, a correction
_MAX_PERSON_CHARACTERS = 100
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an answer was cited from: a document's characters, and what they were."""

    document: str
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What somebody said of one answer.

    `up` and `down`: right and wrong. `wrong_place`: the right words, cited from elsewhere.
    `no_answer`: it should have said nothing. `correction`: the answer is `correction`, which only
    this verdict has. `answer` is None where it abstained; `citations` are its places. `found` names
    the documents of the passages that were found; `generation` is the collection's.
    """

    verdict: Verdict
    question: str
    history: tuple[Turn, ...] = ()
    status: Status
    answer: str | None
    citations: tuple[Place, ...]
    found: tuple[str, ...]
    correction: str | None = None
    person: str | None = None
    generation: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A note as it is kept, with the time it was given. `reviewed`: somebody has looked at it."""

    id: int
    time: str
    reviewed: bool
    note: Note


def note_on(
    answer: Answer,
    verdict: Verdict,
    *,
    generation: int,
    history: Sequence[Turn] = (),
    correction: str | None = None,
    person: str | None = None,
) -> Note:
    """A note on the best candidate of an answer."""
    best = answer.candidates[0] if answer.candidates and answer.status != "abstained" else None
    cited = [answer.citations[number] for number in best.citations] if best else []
    return Note(
        verdict=verdict,
        question=answer.question,
        history=tuple(history),
        status=answer.status,
        answer=best.text if best else None,
        citations=tuple(
            Place(document=c.document, start=c.start, end=c.end, quote=c.quote) for c in cited
        ),
        found=tuple(dict.fromkeys(hit.passage.document for hit in answer.hits)),
        correction=correction,
        person=person,
        generation=generation,
    )


def note_from_json(record: object) -> Note:
    """A note from JSON with the names of `Note`'s fields. Raises InputError if it isn't one."""
    try:
        return Note(
            verdict=_one_of(record, "verdict", get_args(Verdict)),
            question=words_at(record, "question"),
            history=tuple(
                Turn(
                    question=words_at(turn, "question"),
                    answer=text_at(turn, "answer", default="") or None,
                )
                for turn in list_at(record, "history", default=[])
            ),
            status=_one_of(record, "status", get_args(Status)),
            answer=text_at(record, "answer", default="") or None,
            citations=tuple(_place(place) for place in list_at(record, "citations", default=[])),
            found=tuple(is_text(name, "found") for name in list_at(record, "found", default=[])),
            correction=text_at(record, "correction", default="") or None,
            person=text_at(record, "person", default="") or None,
            generation=number_at(record, "generation", 0) or 0,
        )
    except Malformed as malformed:
        raise InputError(f"The feedback can't be read: {malformed}") from None


def _one_of(record: object, key: str, choices: tuple[str, ...]) -> Any:
    value = words_at(record, key)
    if value not in choices:
        raise Malformed(f'"{key}" must be one of {", ".join(choices)}')
    return value


def _place(record: object) -> Place:
    start, end = number_at(record, "start", 0), number_at(record, "end", 1)
    if start is None or end is None or start >= end:
        raise Malformed('a citation needs "start" before "end"')
    return Place(
        document=words_at(record, "document"),
        start=start,
        end=end,
        quote=text_at(record, "quote"),
    )


class Feedback:
    """The notes of one collection. Safe to use from several threads and processes."""

    def __init__(self, directory: Path) -> None:
        """`directory` is the collection's; nothing is made in it before the first note."""
        self._path = directory / "feedback.sqlite3"

    def add(self, note: Note) -> int:
        """Keeps a note and returns its id. Raises InputError where a text is too long or lacking.

        Of citations, turns and documents found the first ten, ten and ten are kept.
        """
        note = _checked(note)
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
            cursor = db.execute(
                f"INSERT INTO notes ({', '.join(columns)}) VALUES ({marks})",  # noqa: S608
                columns,
            )
        return int(cursor.lastrowid or 0)

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

    def keep(self, id_: int) -> None:
        """Marks a note as reviewed."""
        with self._open() as db:
            db.execute("UPDATE notes SET reviewed = 1 WHERE id = ?", (id_,))

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
        with self._open() as db:
            # What was deleted would stay readable in the log until SQLite needs the room.
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return gone

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
                yield db
        except sqlite3.DatabaseError as error:
            raise CollectionError(
                f"The feedback in {self._path} can't be read or written ({error}): look for room"
                " on the disk and permissions, or move that file away"
            ) from error


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


def _checked(note: Note) -> Note:
    if (note.verdict == "correction") != bool(note.correction and note.correction.strip()):
        raise InputError("The answer that should have been given is needed for a correction only")
    texts = [("question", note.question), ("answer", note.answer), ("answer", note.correction)]
    texts += [("earlier turn", f"{turn.question}{turn.answer}") for turn in note.history]
    texts += [("quote", place.quote) for place in note.citations]
    texts += [("document's name", place.document) for place in note.citations]
    texts += [("document's name", name) for name in note.found]
    for name, text in texts:
        _require_short(name, text, MAX_CHARACTERS)
    _require_short("name", note.person, _MAX_PERSON_CHARACTERS)
    return note


def _require_short(name: str, text: str | None, most: int) -> None:
    if text and len(text) > most:
        raise InputError(
            f"The {name} has {len(text):,} characters, more than the {most:,} that are kept:"
            " shorten it"
        )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
