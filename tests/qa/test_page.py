"""What the page's events do, without a browser."""

import logging
from typing import Any

import pytest

from index.errors import InputError
from qa.page import Page, build_page, history, turns_of
from qa.types import Answer, Turn
from qa.visible import Visible
from tests.event_loop import in_event_loop
from tests.keyword_assistant import KeywordAssistant

KEEPER = "Who was the lighthouse keeper called?"
EXAMPLES = ((KEEPER, "town/chronicle.txt"), ("Not here?", "elsewhere.txt"))


@pytest.fixture
def assistant() -> KeywordAssistant:
    return KeywordAssistant()


@pytest.fixture
def page(assistant: KeywordAssistant) -> Page:
    return Page(Visible(assistant, ""), EXAMPLES)


def test_an_example_is_shown_only_where_its_document_is(page: Page) -> None:
    head, welcome, documents, adding = page.first_visit()
    assert "3 documents" in head
    assert KEEPER in welcome
    assert "Not here?" not in welcome
    assert "Chronicle of the town" in documents
    assert adding == ""


def test_a_question_waits_then_is_answered_with_its_source_open(page: Page) -> None:
    waiting, answered = page.answer(KEEPER, ())
    assert "Reading your documents" in waiting[0]
    assert waiting[1:] == (None, "", ())
    said, source, box, turns = answered
    assert "<mark>Henrietta Marsh</mark>" in said
    assert source is not None
    assert "<mark>Henrietta Marsh</mark>" in source
    assert box == ""
    assert [answer.text for answer in turns] == ["Henrietta Marsh"]


def test_a_second_question_keeps_the_first_and_hands_over_the_turns(
    page: Page, assistant: KeywordAssistant
) -> None:
    *_, (_, _, _, turns) = page.answer(KEEPER, ())
    *_, (said, source, _, turns) = page.answer("How do I reset my router?", turns)
    assert assistant.histories == [(), (Turn(question=KEEPER, answer="Henrietta Marsh"),)]
    assert said.index("Henrietta Marsh") < said.index("router") < said.index("The nearest places")
    assert source == ""
    assert history(turns)[1] == Turn(question="How do I reset my router?", answer=None)


@pytest.mark.parametrize("question", ["", "  \n", "why " * 300])
def test_a_question_that_cannot_be_asked_stays_in_the_box(page: Page, question: str) -> None:
    *_, (said, source, box, turns) = page.answer(question, ())
    assert 'role="alert"' in said
    assert (source, box, turns) == (None, question, ())


def test_a_defect_is_logged_and_not_shown(
    page: Page, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(question: str, history: object, scope: object) -> Answer:
        raise ZeroDivisionError(f"secret {question}")

    monkeypatch.setattr(page.assistant, "ask", broken)
    with caplog.at_level(logging.ERROR):
        *_, (said, _, box, _) = page.answer(KEEPER, ())
    assert "Something went wrong" in said
    assert "secret" not in said
    assert box == KEEPER
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize(
    ("wanted", "shown"),
    [
        ({"document": "zoo.txt", "start": 15, "end": 22}, "<mark>The zoo</mark>"),
        ({"document": "zoo.txt", "start": "15", "end": None}, "The zoo opens"),
        ({"document": "zoo.txt", "start": 1.5, "end": 2**70}, "The zoo opens"),
        ({"document": "gone.txt", "start": 0, "end": 1}, "no such document"),
    ],
)
def test_opening_a_source(page: Page, wanted: dict[str, object], shown: str) -> None:
    assert shown in page.open(wanted)


def test_opening_nothing_shows_the_list_of_documents(page: Page) -> None:
    assert page.open({}) == ""
    assert page.open({"document": ["zoo.txt"]}) == ""


def test_only_chat_and_ask_are_public(assistant: KeywordAssistant) -> None:
    functions = in_event_loop(lambda: build_page(assistant)).fns.values()
    public = {f.api_name for f in functions if f.api_visibility == "public"}
    assert public == {"chat", "ask"}
    assert all(
        f.concurrency_limit == 4 for f in functions if f.api_visibility == "public" and f.queue
    )


def test_turns_of() -> None:
    turns: list[dict[str, Any]] = [
        {"question": "a", "answer": "b"},
        {"question": "c", "answer": None},
    ]
    assert turns_of(turns) == (
        Turn(question="a", answer="b"),
        Turn(question="c", answer=None),
    )
    with pytest.raises(InputError, match="history: turn 1 must be"):
        turns_of([{"question": 3}])
    broken: list[Any] = [turns[0], "text"]
    with pytest.raises(InputError, match="history: turn 2 must be"):
        turns_of(broken)
