import pytest

from index.types import Passage
from qa.plausible import (
    asks_where_or_who,
    is_date_or_figure,
    is_measure,
    is_quantity,
    plausible,
)
from qa.question_type import QuestionType
from qa.types import Hit, Span

TEXT = (
    "How many ferries were there? Nine ferries served Bern, in red paint. On 2 May 1990 all sank,"
    " 110 kilometres away."
)
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
        ("words", "And where was that?", ["2 May 1990", "Bern"], ["Bern"]),
        ("words", "And where was that?", ["2 May 1990"], ["2 May 1990"]),
        ("words", "When was that?", ["2 May 1990", "Bern"], ["2 May 1990", "Bern"]),
        ("words", "In which year did all sink?", ["Bern", "2 May 1990"], ["2 May 1990"]),
        ("words", "When was that?", ["110 kilometres", "Bern"], ["Bern"]),
        ("words", "When was that?", ["110 kilometres"], ["110 kilometres"]),
        ("words", "Where was that?", ["110 kilometres", "Bern"], ["Bern"]),
        ("words", "What was far?", ["110 kilometres", "Bern"], ["110 kilometres", "Bern"]),
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


@pytest.mark.parametrize(
    "text", ["1990", "2 May 1990", "the 1990s", "the 2nd of May", "9:30 am", "7,000", "12 to 15"]
)
def test_dates_and_figures(text: str) -> None:
    assert is_date_or_figure(text)


@pytest.mark.parametrize("text", ["May", "Bern", "Room 12", "10 Downing Street", "nine", "", "."])
def test_more_than_dates_and_figures(text: str) -> None:
    assert not is_date_or_figure(text)


@pytest.mark.parametrize(
    ("asked", "question"),
    [
        (True, "Where is it?"),
        (True, "And whose ferry was it?"),
        (True, "The man who sank it was from where?"),
        (False, "When did the one who sank it leave?"),
        (False, "Somewhere?"),
        (False, ""),
    ],
)
def test_questions_for_a_place_or_a_person(asked: bool, question: str) -> None:
    assert asks_where_or_who(question) == asked


@pytest.mark.parametrize(
    "text", ["110 kilometres", "about 1,100 km", "$1.5 billion", "40 %", "3 tonnes", "1.2 GB"]
)
def test_measures(text: str) -> None:
    assert is_measure(text)


@pytest.mark.parametrize(
    "text", ["1990", "110 years", "2 May 1990", "17:01", "22 days", "3 p.m.", "the 1990s", "5"]
)
def test_no_measures(text: str) -> None:
    assert not is_measure(text)
