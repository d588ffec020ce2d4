"""The gold questions over docs/sample keep to what is said of them."""

from collections import Counter
from functools import cache
from itertools import groupby
from pathlib import Path

import pytest

from index.load import load
from index.types import Content
from qa.gold import GoldQuestion, read_gold

ROOT = Path(__file__).parent.parent
SAMPLE = read_gold(ROOT / "tests/gold/sample.jsonl")
CONVERSATIONS = read_gold(ROOT / "tests/gold/conversations.jsonl")
QUESTIONS = (*SAMPLE.questions, *CONVERSATIONS.questions)
ANSWERABLE = [question for question in QUESTIONS if question.answers]


@cache
def content(name: str) -> Content:
    return load(name, (ROOT / "docs" / name).read_bytes())


def test_every_line_is_read() -> None:
    assert (SAMPLE.problems, CONVERSATIONS.problems) == ((), ())
    assert len({question.id for question in QUESTIONS}) == len(QUESTIONS)
    asked = [question.question for question in SAMPLE.questions]
    assert len(set(asked)) == len(asked)


def test_a_quarter_has_no_answer_and_half_of_these_are_near() -> None:
    kinds = Counter(question.kind for question in SAMPLE.questions if not question.answers)
    assert len(SAMPLE.questions) >= 160
    assert sum(kinds.values()) >= len(SAMPLE.questions) / 4
    assert set(kinds) == {"unanswerable_near", "unanswerable_far"}
    assert kinds["unanswerable_near"] >= sum(kinds.values()) / 2


@pytest.mark.parametrize("question", ANSWERABLE, ids=lambda question: question.id)
def test_the_characters_that_are_named_are_the_answer(question: GoldQuestion) -> None:
    first = content(question.documents[0])
    assert question.start is not None
    assert question.end is not None
    assert first.text[question.start : question.end] == question.answers[0]
    pages = [page.number for page in first.pages if page.start <= question.start < page.end]
    assert pages == ([question.page] if question.page else [])
    assert not any(
        range_.start < question.end and question.start < range_.end for range_ in first.navigation
    )


@pytest.mark.parametrize("question", ANSWERABLE, ids=lambda question: question.id)
def test_every_answer_stands_in_a_document_that_is_named(question: GoldQuestion) -> None:
    texts = [content(name).text for name in question.documents]
    for answer in question.answers:
        assert any(answer in text for text in texts), answer


def test_conversations_are_whole() -> None:
    conversations = [
        list(turns)
        for _, turns in groupby(CONVERSATIONS.questions, lambda turn: turn.id.partition("-")[0])
    ]
    assert len(conversations) >= 40
    for turns in conversations:
        assert 2 <= len(turns) <= 4
        for number, turn in enumerate(turns):
            said = [(earlier.question, earlier.answer) for earlier in turn.history]
            before = turns[:number]
            assert said == [(t.question, t.answers[0] if t.answers else None) for t in before]
