import math

import pytest

from index.types import Passage
from qa.choose import Choice
from qa.features import features, features_alone
from qa.types import Hit, Span

TEXT = "The mill stands. The old well is 40 feet deep, they say. It never ran dry.\n- one\n- two"


def span(words: str, *, score: float = 2.0, rank: int = 1, heading: str | None = None) -> Span:
    passage = Passage(
        id=1, document_id=1, document="a.txt", title="", start=7, end=7 + len(TEXT), text=TEXT,
        heading=heading, page=None,
    )  # fmt: skip
    start = 7 + TEXT.index(words)
    return Span(
        hit=Hit(passage=passage, score=0.5, rank=rank),
        start=start,
        end=start + len(words),
        score=score,
    )


def test_the_figures_of_a_choice() -> None:
    choice = Choice(spans=(span("40 feet deep", rank=4), span("40 feet deep")), margin=1.5)
    found = features("words", "How deep is the well?", choice)
    assert (found.score, found.margin) == (2.0, 1.5)
    assert found.log_rank == pytest.approx(math.log(4))
    assert found.log_words == pytest.approx(math.log(3))
    assert found.coverage == 4 / 5  # all but "how"


def test_the_heading_counts_as_said_and_other_sentences_do_not() -> None:
    question = "How deep was the mill?"
    alone = features_alone("words", question, span("40"))
    under = features_alone("words", question, span("40", heading="The mill"))
    assert (alone.coverage, under.coverage) == (2 / 5, 3 / 5)


def test_the_length_of_a_whole_sentence_or_list_says_nothing() -> None:
    sentence = span("The old well is 40 feet deep, they say.")
    assert features_alone("why", "Why?", sentence).log_words == math.log(3)
    assert features_alone("yes_no", "Is it?", sentence).log_words == math.log(9)
    assert features_alone("list", "Which?", span("The old well")).log_words == math.log(3)
    items = span("- one\n- two")
    assert features_alone("list", "Which?", items).log_words == math.log(3)


def test_alone_a_span_has_its_score_as_margin() -> None:
    assert features_alone("words", "How deep?", span("40", score=-3.0)).margin == -3.0


def test_a_question_without_words_is_covered_by_nothing() -> None:
    assert features_alone("words", "?", span("40")).coverage == 0.0
