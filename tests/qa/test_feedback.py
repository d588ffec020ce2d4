"""What people said of answers: kept, purged, and turned into gold questions."""

import json
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from index.errors import CollectionError, InputError
from qa.feedback import Feedback
from qa.feedback_gold import gold_from_feedback
from qa.gold import GoldQuestion, gold_line, read_gold
from qa.note import Note, Place, Verdict, note_from_json, note_on
from qa.types import Turn
from tests.qa.test_evaluate import DOCUMENTS, FakeAssistant

CITED = Place(document="one.txt", start=6, end=15, quote="Reykjavik")
NOTE = Note(
    verdict="up",
    question="after north?",
    history=(Turn(question="after what?", answer=None),),
    status="answered",
    answer="Reykjavik",
    citations=(CITED,),
    found=("one.txt", "two.txt"),
    person="Ann",
    generation=3,
)
REFUSED = replace(NOTE, status="abstained", answer=None, citations=(), history=())


def test_notes_are_kept_in_their_order(tmp_path: Path) -> None:
    feedback = Feedback(tmp_path)
    assert feedback.entries() == ()
    assert not list(tmp_path.iterdir())
    other = replace(NOTE, verdict="correction", correction="Oslo ☃", person=None)
    assert [feedback.add(NOTE), feedback.add(other)] == [1, 2]
    entries = Feedback(tmp_path).entries()
    assert [entry.note for entry in entries] == [NOTE, other]
    assert [entry.reviewed for entry in entries] == [False, False]
    assert all(entry.time.endswith("+00:00") for entry in entries)
    feedback.keep(1)
    feedback.mend(2, "no_answer", None)
    assert [(e.reviewed, e.note.verdict) for e in feedback.entries()] == [
        (True, "up"),
        (True, "no_answer"),
    ]
    feedback.drop(1)
    assert [entry.id for entry in feedback.entries()] == [2]
    assert feedback.add(NOTE) == 3


def test_no_more_notes_are_kept_than_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.feedback.MAX_NOTES", 2)
    feedback = Feedback(tmp_path)
    assert [feedback.add(NOTE), feedback.add(NOTE)] == [1, 2]
    with pytest.raises(InputError, match="2 notes on answers are kept at most, and as many are"):
        feedback.add(NOTE)
    feedback.drop(1)
    assert feedback.add(NOTE) == 3


def test_a_note_on_an_answer_is_about_its_best_candidate() -> None:
    assistant = FakeAssistant(DOCUMENTS)
    note = note_on(assistant.ask("after both?"), "wrong_place", generation=7, person="Ann")
    assert note.answer == "Alexandria"
    assert [place.document for place in note.citations] == ["one.txt", "two.txt"]
    for place in note.citations:
        assert DOCUMENTS[place.document][place.start : place.end] == place.quote == "Alexandria"
    assert (note.found, note.generation, note.status) == (("one.txt", "two.txt"), 7, "answered")
    refused = note_on(assistant.ask("after west?"), "down", generation=7)
    assert (refused.answer, refused.citations) == (None, ())  # a candidate that wasn't shown


def test_json_reads_back_and_is_checked() -> None:
    record = json.loads(json.dumps(asdict(NOTE)))
    assert note_from_json(record) == NOTE
    spoils: tuple[dict[str, object], ...] = (
        {"verdict": "great"},
        {"verdict": None},
        {"status": "asked"},
        {"question": " "},
        {"citations": [{"document": "one.txt", "start": 5, "end": 5, "quote": ""}]},
        {"citations": [{"document": "one.txt", "quote": "x"}]},
        {"found": [3]},
        {"history": "none"},
    )
    for spoil in spoils:
        with pytest.raises(InputError, match="feedback can't be read"):
            note_from_json({**record, **spoil})
    with pytest.raises(InputError):
        note_from_json(["up"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"question": "x" * 2001}, "The question has 2,001 characters"),
        ({"answer": "x" * 2001}, "The answer has 2,001"),
        ({"citations": (replace(CITED, quote="x" * 2001),)}, "The quote has 2,001"),
        ({"found": ("x" * 2001,)}, "The document's name has 2,001"),
        ({"history": (Turn(question="x" * 2001, answer=None),)}, "The earlier turn has"),
        ({"person": "x" * 101}, "The name has 101 characters, more than the 100"),
        ({"verdict": "correction", "correction": "x" * 2001}, "The answer has 2,001"),
        ({"verdict": "correction", "correction": " "}, "needed for a correction only"),
        ({"verdict": "up", "correction": "x"}, "needed for a correction only"),
    ],
)
def test_texts_are_bounded(tmp_path: Path, change: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Feedback(tmp_path).add(replace(NOTE, **change))  # type: ignore[arg-type]
    assert Feedback(tmp_path).entries() == ()


def test_lists_are_bounded(tmp_path: Path) -> None:
    turns = tuple(Turn(question=f"turn {number}", answer=None) for number in range(30))
    Feedback(tmp_path).add(replace(NOTE, history=turns, citations=(CITED,) * 30))
    (entry,) = Feedback(tmp_path).entries()
    assert entry.note.history == turns[-10:]
    assert len(entry.note.citations) == 10


def test_removing_a_document_takes_its_words_out_of_the_file_too(tmp_path: Path) -> None:
    feedback = Feedback(tmp_path)
    feedback.add(NOTE)
    turns = (Turn(question="Where?", answer="east Ankara"), Turn(question="Who?", answer="Lima"))
    feedback.add(replace(REFUSED, history=turns))
    assert feedback.remove_document("one.txt", DOCUMENTS["one.txt"]) == 1
    (kept,) = feedback.entries()
    assert kept.note.history == (Turn(question="Where?", answer=None), turns[1])
    assert kept.note.found == ("two.txt",)
    raw = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"Lima" in raw
    assert b"Reykjavik" not in raw
    assert b"Ankara" not in raw
    assert feedback.remove_document("one.txt", DOCUMENTS["one.txt"]) == 0
    assert Feedback(tmp_path / "none").remove_document("one.txt", "") == 0


def add_many(directory: Path) -> None:
    for number in range(20):
        Feedback(directory).add(replace(NOTE, question=f"Question {number}?"))


def test_several_processes_may_write(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=spawn) as processes:
        list(processes.map(add_many, [tmp_path] * 2))
    assert [entry.id for entry in Feedback(tmp_path).entries()] == list(range(1, 41))


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "feedback.sqlite3").write_bytes(b"no database at all" * 99)
    with pytest.raises(CollectionError, match=r"feedback.sqlite3 can't be read or written"):
        Feedback(tmp_path).entries()
    with pytest.raises(CollectionError, match="move that file away"):
        Feedback(tmp_path).add(NOTE)


# --- gold ------------------------------------------------------------------------------------


def gold(tmp_path: Path, *notes: Note) -> tuple[list[GoldQuestion], list[str]]:
    feedback = Feedback(tmp_path)
    for note in notes:
        feedback.add(note)
    return gold_from_feedback(feedback.entries(), DOCUMENTS.get)


@pytest.mark.parametrize(
    ("note", "answers", "documents", "place"),
    [
        (NOTE, ("Reykjavik",), ("one.txt",), (6, 15)),
        (replace(NOTE, verdict="no_answer"), (), (), None),
        (REFUSED, (), (), None),  # rightly not answered
        # "Lima" stands once, in a document that was found.
        (
            replace(REFUSED, verdict="correction", correction="Lima"),
            ("Lima",),
            ("two.txt",),
            (5, 9),
        ),
        # "both" is in two documents: the first one's place.
        (
            replace(REFUSED, verdict="correction", correction="both"),
            ("both",),
            ("one.txt", "two.txt"),
            (33, 37),
        ),
        # "lies" is a word of its own, "li" isn't one.
        (replace(REFUSED, verdict="correction", correction="li"), ("li",), (), None),
        (replace(REFUSED, verdict="correction", correction="Oslo"), ("Oslo",), (), None),
        # The right words, but not where they were cited from.
        (
            replace(
                NOTE,
                verdict="wrong_place",
                answer="Alexandria",
                citations=(Place(document="one.txt", start=38, end=48, quote="Alexandria"),),
            ),
            ("Alexandria",),
            ("two.txt",),
            (37, 47),
        ),
    ],
)
def test_notes_become_gold_questions(
    tmp_path: Path,
    note: Note,
    answers: tuple[str, ...],
    documents: tuple[str, ...],
    place: tuple[int, int] | None,
) -> None:
    (question,), left_out = gold(tmp_path, note)
    assert left_out == []
    assert (question.answers, question.documents) == (answers, documents)
    assert (question.start, question.end) == (place or (None, None))
    assert (question.id, question.kind) == ("feedback-1", "feedback")
    if place:
        assert DOCUMENTS[documents[0]][slice(*place)] == answers[0]


def test_words_that_stand_more_than_once_have_no_place(tmp_path: Path) -> None:
    feedback = Feedback(tmp_path)
    feedback.add(replace(REFUSED, verdict="correction", correction="sea"))
    (question,), _ = gold_from_feedback(feedback.entries(), {"two.txt": "sea to sea"}.get)
    assert (question.documents, question.start) == (("two.txt",), None)


@pytest.mark.parametrize(
    ("note", "why"),
    [
        (replace(NOTE, verdict="down"), "note 1: it was wrong, and no answer was given"),
        (replace(REFUSED, verdict="down"), "note 1: it answered nothing, and no answer was given"),
        (
            replace(NOTE, citations=(replace(CITED, start=7, end=16),)),
            "note 1: the documents have changed, and its words don't stand where they did",
        ),
        (
            replace(NOTE, verdict="correction", correction="the"),
            "note 1: 'the' has no word that can be scored",
        ),
    ],
)
def test_some_notes_give_none(tmp_path: Path, note: Note, why: str) -> None:
    assert gold(tmp_path, note) == ([], [why])


def test_the_last_note_that_says_something_counts(tmp_path: Path) -> None:
    verdicts: tuple[Verdict, ...] = ("up", "no_answer", "down")
    other = replace(NOTE, history=())
    questions, left_out = gold(
        tmp_path, *(replace(NOTE, verdict=verdict) for verdict in verdicts), other
    )
    assert [(question.id, question.answers) for question in questions] == [
        ("feedback-2", ()),
        ("feedback-4", ("Reykjavik",)),
    ]
    assert left_out == []


def test_gold_lines_read_back(tmp_path: Path) -> None:
    questions, _ = gold(tmp_path, NOTE, REFUSED)
    path = tmp_path / "gold.jsonl"
    path.write_text("".join(map(gold_line, questions)), "utf-8")
    assert list(read_gold(path).questions) == questions
