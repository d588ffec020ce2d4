"""What somebody said of an answer, with what it was said of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from index.errors import InputError
from qa.records import Malformed, is_text, list_at, number_at, text_at, words_at
from qa.types import Answer, Status, Turn

Verdict = Literal["up", "down", "wrong_place", "no_answer", "correction"]

MAX_CHARACTERS = 2000  # of a question, an answer, a quote, a correction
_MAX_PERSON_CHARACTERS = 100


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


def require_bounded(note: Note) -> None:
    """Raises InputError where a text is too long, or a correction is lacking."""
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


def _require_short(name: str, text: str | None, most: int) -> None:
    if text and len(text) > most:
        raise InputError(
            f"The {name} has {len(text):,} characters, more than the {most:,} that are kept:"
            " shorten it"
        )
