from dataclasses import replace

import pytest

from index.types import Passage
from qa.choose import Choice
from qa.confidence import UNFITTED
from qa.disagree import differing
from qa.types import Hit, Span


def choice(words: str, document: int, score: float = 2.0, margin: float = 0.1) -> Choice:
    passage = Passage(
        id=document, document_id=document, document=f"{document}.txt", title="", start=0,
        end=len(words), text=words, heading=None, page=None,
    )  # fmt: skip
    hit = Hit(passage=passage, score=0.0, rank=1)
    return Choice(spans=(Span(hit=hit, start=0, end=len(words), score=score),), margin=margin)


@pytest.mark.parametrize(
    ("choices", "positions"),
    [
        ([choice("43,000", 1), choice("23,498", 2)], (0, 1)),
        ([choice("43,000", 1), choice("about 43,000", 2), choice("9", 3)], (0, 2)),
        ([choice("19 November 1992", 1), choice("November 19, 1992", 2)], ()),
        ([choice("43,000", 1), choice("23,498", 1)], ()),  # one document
        ([choice("43,000", 1), choice("23,498", 2, score=-1.0)], ()),  # unlikely by itself
        ([choice("43,000", 1, score=-1.0), choice("23,498", 2)], ()),
        ([choice("43,000", 1), choice("a few", 2)], ()),  # no figure
        ([choice("nine", 1), choice("Ten", 2)], (0, 1)),
        ([choice("Mr. Lee", 1), choice("43,000", 2), choice("44,000", 3)], ()),
        ([choice("43,000", 1)], ()),
        ([], ()),
    ],
)
def test_differing(choices: list[Choice], positions: tuple[int, ...]) -> None:
    assert differing("count", "How many were there?", choices, UNFITTED) == positions


def test_a_document_that_names_another_answer_gives_its_own() -> None:
    old, new = choice("43,000", 1, score=4.0), choice("23,498", 2, score=3.0)
    quoted = replace(old, spans=(*old.spans, *choice("43,000", 2, score=1.0).spans))
    assert differing("count", "How many were there?", [quoted, new], UNFITTED) == (0, 1)
    believed = replace(old, spans=(*old.spans, *choice("43,000", 2, score=3.5).spans))
    assert differing("count", "How many were there?", [believed, new], UNFITTED) == ()


def test_figures_of_another_year_do_not_contradict() -> None:
    choices = [choice("40 in 1990", 1), choice("50 in 1991", 2)]
    assert differing("count", "How many came?", choices, UNFITTED) == (0, 1)
    assert differing("count", "How many came in 1990?", choices, UNFITTED) == ()


def test_figures_of_another_subject_do_not_contradict() -> None:
    webmin, apache = choice("Webmin: port 10000", 1), choice("Apache: port 80", 2)
    later = choice("Webmin since 2020: port 12000", 3)
    assert differing("words", "Which port does Webmin use?", [webmin, apache], UNFITTED) == ()
    assert differing("words", "Which port does Webmin use?", [webmin, apache, later], UNFITTED) == (
        0,
        2,
    )


def test_sentences_are_not_compared() -> None:
    assert (
        differing("yes_no", "Did 2 come?", [choice("2 came.", 1), choice("3 came.", 2)], UNFITTED)
        == ()
    )
