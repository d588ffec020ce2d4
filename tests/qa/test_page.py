"""What the page's events do, without a browser."""

import logging
from typing import Any

import gradio as gr
import pytest
from starlette.requests import Request

from index.errors import InputError
from qa.access import Visitor
from qa.conversation import history
from qa.labels import KOREAN
from qa.page import Page, build_page, turns_of
from qa.page_menu import menu_html
from qa.types import Answer, Turn
from qa.view import View, view_of
from qa.visible import Visible
from tests.event_loop import in_event_loop
from tests.keyword_assistant import KeywordAssistant

KEEPER = "Who was the lighthouse keeper called?"
VIEW = View()
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
    waiting, answered, opened = page.answer(KEEPER, (), VIEW)
    assert "Reading your documents" in waiting[0]
    assert waiting[1:] == (None, "", ())
    said, source, box, turns = opened
    assert answered == (said, None, box, turns)
    assert "<mark>Henrietta Marsh</mark>" in said
    assert source is not None
    assert "<mark>Henrietta Marsh</mark>" in source
    assert box == ""
    assert [exchange.answer.text for exchange in turns] == ["Henrietta Marsh"]


@pytest.mark.parametrize(
    ("query", "precision"),
    [
        ("precision=0.9", 0.9),
        ("lang=ko&precision=0.95", 0.95),
        ("precision=", None),
        ("precision=0.123", None),
        ("precision=nan", None),
        ("", None),
    ],
)
def test_how_sure_an_answer_must_be_comes_with_the_address(
    page: Page, assistant: KeywordAssistant, query: str, precision: float | None
) -> None:
    sent = Request({"type": "http", "query_string": query.encode(), "headers": []})
    sent.state.visitor = Visitor(name=None, address="127.0.0.1", may_write=False)
    view = view_of(gr.Request(request=sent))
    *_, last = page.answer(KEEPER, (), view)
    assert len(last[-1]) == 1
    assert assistant.precisions == [precision]
    shown = f'value="{precision or ""}" checked'
    assert menu_html(view).count(" checked") == menu_html(view).count(shown) == 1


def test_a_second_question_keeps_the_first_and_hands_over_the_turns(
    page: Page, assistant: KeywordAssistant
) -> None:
    *_, (_, _, _, turns) = page.answer(KEEPER, (), VIEW)
    *_, (said, source, _, turns) = page.answer("How do I reset my router?", turns, VIEW)
    assert assistant.histories == [(), (Turn(question=KEEPER, answer="Henrietta Marsh"),)]
    assert said.index("Henrietta Marsh") < said.index("router") < said.index("The nearest places")
    assert source == ""
    assert history(turns)[1] == Turn(question="How do I reset my router?", answer=None)


@pytest.mark.parametrize("question", ["", "  \n", "why " * 300])
def test_a_question_that_cannot_be_asked_stays_in_the_box(page: Page, question: str) -> None:
    *_, (said, source, box, turns) = page.answer(question, (), VIEW)
    assert 'role="alert"' in said
    assert (source, box, turns) == (None, question, ())


def test_a_defect_is_logged_and_not_shown(
    page: Page, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(question: str, *others: object) -> Answer:
        raise ZeroDivisionError(f"secret {question}")

    monkeypatch.setattr(page.assistant, "ask", broken)
    with caplog.at_level(logging.ERROR):
        *_, (said, _, box, _) = page.answer(KEEPER, (), VIEW)
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
        ({"document": "gone.txt", "start": 0, "end": 1}, "isn&#x27;t in the collection"),
    ],
)
def test_opening_a_source(page: Page, wanted: dict[str, object], shown: str) -> None:
    assert shown in page.open(wanted, VIEW)


def test_a_citation_of_another_version_marks_nothing(
    page: Page, assistant: KeywordAssistant
) -> None:
    wanted = {"document": "zoo.txt", "start": 15, "end": 22}
    version = assistant.document("zoo.txt").version
    assert "<mark>" in page.open({**wanted, "version": version}, VIEW)
    for other in ("00000000.1", 7, ["a"]):
        shown = page.open({**wanted, "version": other}, VIEW)
        assert "has changed since it was cited" in shown
        assert "<mark>" not in shown


def test_who_has_a_token_in_the_address_gets_no_link_to_share(page: Page) -> None:
    wanted = {"document": "zoo.txt", "start": 15, "end": 22}
    assert "data-copy" in page.open(wanted, VIEW)
    assert "data-copy" not in page.open(wanted, View(may_share=False))


def test_feedback_is_asked_of_those_who_may_write(page: Page) -> None:
    *_, (reading, _, _, kept) = page.answer(KEEPER, (), VIEW)
    writing = page.conversation(kept, View(may_write=True))
    assert "data-verdict" not in reading
    assert f'data-exchange="{kept[0].id}"' in writing


def test_a_korean_visitor_is_told_in_korean(page: Page) -> None:
    view = View(labels=KOREAN)
    for question in ("", "why " * 300):
        *_, (said, _, _, _) = page.answer(question, (), view)
        assert "질문" in said
    assert KOREAN.removed in page.open({"document": "gone.txt"}, view)


def test_opening_nothing_shows_the_list_of_documents(page: Page) -> None:
    assert page.open({}, VIEW) == ""
    assert page.open({"document": ["zoo.txt"]}, VIEW) == ""


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
