import pytest

from index.types import Passage
from qa.plausible import is_quantity, plausible
from qa.question_type import QuestionType
from qa.types import Hit, Span

TEXT = "How many ferries were there? Nine ferries served Bern, in red paint."
HIT = Hit(
    passage=Passage(
        id=1, document_id=1, document="a.txt", title="", start=5, end=5 + len(TEXT), text=TEXT,
        heading=None, page=None,
    ),
    score=0.0,
    rank=1,
)  # fmt: skip


def spans(*texts: str) -> list[Span]:
    starts = [5 + TEXT.index(text) for text in texts]
    return [
        Span(hit=HIT, start=start, end=start + len(text), score=0.0)
        for start, text in zip(starts, texts, strict=True)
    ]


@pytest.mark.parametrize(
    ("type_", "question", "found", "kept"),
    [
        ("count", "How many ferries?", ["How many", "Nine", "Bern"], ["Nine"]),
        ("count", "How many ferries?", ["How many", "Bern"], ["Bern"]),
        ("words", "What colour is Bern?", ["Bern", "red"], ["red"]),
        ("words", "What colour is Bern?", ["Bern"], ["Bern"]),
        ("words", "Was Bern red or blue?", ["Bern", "red"], ["Bern", "red"]),
        ("list", "Which ferries?", ["ferries", "Nine"], ["Nine"]),
        ("yes_no", "Is Bern red?", ["Bern", "red"], ["Bern", "red"]),
        ("why", "Why is Bern red?", ["Bern", "red"], ["Bern", "red"]),
        ("words", "Who?", [], []),
    ],
)
def test_plausible(type_: QuestionType, question: str, found: list[str], kept: list[str]) -> None:
    assert [span.text for span in plausible(type_, question, spans(*found))] == kept


@pytest.mark.parametrize("text", ["9", "some 3,000", "Nine", "twenty-one", "half", "no ferry"])
def test_quantities(text: str) -> None:
    assert is_quantity(text)


@pytest.mark.parametrize("text", ["a tonne", "Bern", "nobody", ""])
def test_no_quantities(text: str) -> None:
    assert not is_quantity(text)
