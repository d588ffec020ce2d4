"""What the page keeps of what people say: its own words, not the browser's."""

from pathlib import Path
from typing import Any

import pytest

from index.errors import InputError
from qa.conversation import Exchange, Exchanges
from qa.feedback_html import feedback_html
from qa.labels import ENGLISH, KOREAN
from qa.page_feedback import Given, note_down, said_of
from qa.types import Turn
from qa.view import View
from tests.keyword_assistant import KeywordAssistant

VIEW = View(may_write=True, person="eira")
KEEPER = "Who was the lighthouse keeper called?"
ROUTER = "How do I reset my router password?"
PENGUINS = "When is the daily penguin feeding?"


@pytest.fixture
def assistant(tmp_path: Path) -> KeywordAssistant:
    return KeywordAssistant(folder=tmp_path)


@pytest.fixture
def exchanges(assistant: KeywordAssistant) -> Exchanges:
    return tuple(Exchange(answer=assistant.ask(q)) for q in (KEEPER, ROUTER, PENGUINS))


def give(
    assistant: KeywordAssistant,
    exchanges: Exchanges,
    at: int,
    verdict: str,
    given: Given | None = None,
    view: View = VIEW,
    **event: Any,
) -> Given:
    said = said_of({"exchange": exchanges[at].id, "verdict": verdict, **event})
    return note_down(assistant, said, exchanges, given or {}, view)


def test_a_note_has_the_answer_and_the_turns_before(
    assistant: KeywordAssistant, exchanges: Exchanges
) -> None:
    give(assistant, exchanges, 2, "up", answer="forged", question="forged", person="forged")
    (entry,) = assistant.feedback.entries()
    assert entry.note.question == PENGUINS
    assert entry.note.answer == exchanges[2].answer.text
    assert entry.note.history == (
        Turn(question=KEEPER, answer="Henrietta Marsh"),
        Turn(question=ROUTER, answer=None),
    )
    assert (entry.note.person, entry.note.generation) == ("eira", 7)
    assert "forged" not in repr(entry)


def test_another_verdict_takes_the_place_of_the_first(
    assistant: KeywordAssistant, exchanges: Exchanges
) -> None:
    given = give(assistant, exchanges, 0, "up")
    given = give(assistant, exchanges, 0, "correction", given, correction=" Henry\n Marsh ")
    give(assistant, exchanges, 1, "down", given)
    notes = [entry.note for entry in assistant.feedback.entries()]
    assert [(note.verdict, note.correction) for note in notes] == [
        ("correction", "Henry Marsh"),
        ("down", None),
    ]


@pytest.mark.parametrize(
    ("event", "why"),
    [
        ({"exchange": "gone", "verdict": "up"}, "isn't part of this conversation"),
        ({"verdict": "up"}, "can't be read"),
        ({"exchange": "gone", "verdict": "great"}, "can't be read"),
        ({"exchange": "gone", "verdict": ["up"]}, "can't be read"),
        ({"exchange": "gone", "verdict": "correction", "correction": " "}, "is empty"),
        ({"exchange": "gone", "verdict": "correction", "correction": 3}, "is empty"),
    ],
)
def test_what_the_browser_makes_up_is_refused(
    assistant: KeywordAssistant, exchanges: Exchanges, event: dict[str, Any], why: str
) -> None:
    with pytest.raises(InputError, match=why):
        note_down(assistant, said_of(event), exchanges, {}, VIEW)
    assert assistant.feedback.entries() == ()


def test_who_may_not_write_is_refused(assistant: KeywordAssistant, exchanges: Exchanges) -> None:
    with pytest.raises(InputError, match="read-only"):
        give(assistant, exchanges, 0, "up", view=View(may_write=False))


def test_a_correction_is_bounded(assistant: KeywordAssistant, exchanges: Exchanges) -> None:
    with pytest.raises(InputError, match="3,000 characters"):
        give(assistant, exchanges, 0, "correction", correction="x" * 3000)


def test_a_removed_documents_words_do_not_come_back(
    assistant: KeywordAssistant, exchanges: Exchanges
) -> None:
    del assistant.kept["town/chronicle.txt"]
    with pytest.raises(InputError, match="has been removed"):
        give(assistant, exchanges, 0, "up")
    give(assistant, exchanges, 2, "up")
    (entry,) = assistant.feedback.entries()
    assert entry.note.history[0] == Turn(question=KEEPER, answer=None)


def test_an_abstention_has_no_place_to_be_wrong(exchanges: Exchanges) -> None:
    answered = feedback_html(exchanges[0].answer, "a", ENGLISH)
    abstained = feedback_html(exchanges[1].answer, "a", KOREAN)
    assert answered.count("data-verdict=") == 5
    assert abstained.count("data-verdict=") == 3
    assert "wrong_place" not in abstained
    assert KOREAN.up in abstained
