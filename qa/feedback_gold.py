"""Notes on answers as gold questions."""

import re
from collections.abc import Callable, Sequence

from qa.feedback import Entry
from qa.gold import GoldQuestion
from qa.metrics import scorable
from qa.note import Note, Place

Text = Callable[[str], str | None]  # a document's text by its name; None where there is none


def gold_from_feedback(
    entries: Sequence[Entry], text: Text
) -> tuple[list[GoldQuestion], list[str]]:
    """A gold question for each question asked, of the last note that gives one.

    And a line for each that gives none. With another history, it is another question.
    """
    questions: dict[tuple[object, ...], GoldQuestion] = {}
    left_out: dict[tuple[object, ...], str] = {}
    for entry in entries:
        asked = (entry.note.question, entry.note.history)
        found = gold_of(entry, text)
        if isinstance(found, str):
            left_out[asked] = f"note {entry.id}: {found}"
        else:
            questions[asked] = found
    return list(questions.values()), [why for key, why in left_out.items() if key not in questions]


def gold_of(entry: Entry, text: Text) -> GoldQuestion | str:
    """The gold question that a note gives, or why it gives none."""
    note = entry.note
    if note.verdict == "no_answer" or (note.verdict == "up" and note.answer is None):
        return _gold(entry, (), ())
    words = note.correction if note.verdict == "correction" else note.answer
    if words and not scorable([words]):
        return f"{words!r} has no word that can be scored"
    if note.verdict == "correction":
        return _corrected(entry, note.correction or "", text)
    if note.answer is None:
        return "it answered nothing, and no answer was given"
    if note.verdict == "wrong_place":
        return _corrected(entry, note.answer, text)
    if note.verdict == "down":
        return "it was wrong, and no answer was given"
    return _confirmed(entry, note.answer, text)


def _confirmed(entry: Entry, answer: str, text: Text) -> GoldQuestion | str:
    """With its place, if the document still says so there."""
    places = [place for place in entry.note.citations if _reads_back(place, text)]
    if not places:
        return "the documents have changed, and its words don't stand where they did"
    documents = tuple(dict.fromkeys(place.document for place in places))
    return _gold(entry, (answer,), documents, places[0].start, places[0].end)


def _corrected(entry: Entry, answer: str, text: Text) -> GoldQuestion:
    """With the documents that hold the words, and the place where they stand only once."""
    note = entry.note
    names = dict.fromkeys([*(place.document for place in note.citations), *note.found])
    wrong = _wrong_places(note)
    found: dict[str, list[int]] = {}
    for name in names:
        content = text(name)
        if content is not None and (starts := _starts(content, answer)):
            found[name] = [start for start in starts if (name, start) not in wrong]
    documents = tuple(name for name, starts in found.items() if starts)
    if not documents:
        return _gold(entry, (answer,), ())
    starts = found[documents[0]]
    if len(starts) != 1:
        return _gold(entry, (answer,), documents)
    return _gold(entry, (answer,), documents, starts[0], starts[0] + len(answer))


def _wrong_places(note: Note) -> set[tuple[str, int]]:
    if note.verdict != "wrong_place":
        return set()
    return {(place.document, place.start) for place in note.citations}


def _starts(text: str, words: str) -> list[int]:
    """Where the words stand in a text as whole words."""
    pattern = rf"(?<!\w){re.escape(words)}(?!\w)"
    return [found.start() for found in re.finditer(pattern, text)] if words else []


def _reads_back(place: Place, text: Text) -> bool:
    return (text(place.document) or "")[place.start : place.end] == place.quote


def _gold(
    entry: Entry,
    answers: tuple[str, ...],
    documents: tuple[str, ...],
    start: int | None = None,
    end: int | None = None,
) -> GoldQuestion:
    return GoldQuestion(
        id=f"feedback-{entry.id}",
        question=entry.note.question,
        answers=answers,
        documents=documents,
        start=start,
        end=end,
        kind="feedback",
        history=entry.note.history,
    )
