import math

import pytest

from index.types import Passage
from qa.evidence import as_evidence, list_around
from qa.question_type import QuestionType
from qa.types import Hit, Span

TEXT = (
    "The ferry left late. It waited for the mail, the milk and Mr. Lee, since the road was wet.\n\n"
    "It stops at:\n\n"
    "- Ahlen, in the north\n"
    "- Bern\n"
    "- Celle, which has a bridge, a mill and an inn by the old road to the north\n\n"
    "It has nine cabins."
)
OFFSET = 100  # of the passage in its document
HIT = Hit(
    passage=Passage(
        id=7,
        document_id=1,
        document="a.txt",
        title="Ferry",
        start=OFFSET,
        end=OFFSET + len(TEXT),
        text=TEXT,
        heading=None,
        page=None,
    ),
    score=1.0,
    rank=1,
)


def span(words: str, score: float = 1.0) -> Span:
    start = OFFSET + TEXT.index(words)
    return Span(hit=HIT, start=start, end=start + len(words), score=score)


def widened(type_: QuestionType, words: str) -> str:
    (found,) = as_evidence(type_, [span(words)])
    return found.text


SENTENCE = "It waited for the mail, the milk and Mr. Lee, since the road was wet."
STOPS = TEXT[TEXT.index("It stops") : TEXT.index("\n\nIt has")]


@pytest.mark.parametrize(
    ("type_", "words", "expected"),
    [
        ("words", "the road was wet", "the road was wet"),
        ("why", "the road was wet", SENTENCE),
        ("yes_no", "Mr. Lee", SENTENCE),
        ("yes_no", "late. It", f"The ferry left late. {SENTENCE}"),
        ("yes_no", "in the north", "Ahlen, in the north"),  # without its bullet
        ("list", "the mail, the milk and Mr. Lee", "the mail, the milk and Mr. Lee"),
        ("list", "the milk", "the milk"),
        ("list", "left", "left"),  # its sentence lists nothing
        ("list", "Bern", STOPS),
        ("list", "Ahlen, in the north", STOPS),
        ("list", "Bern\n- Celle", STOPS),
        ("list", "a bridge, a mill and an inn", "a bridge, a mill and an inn"),
        ("count", "nine cabins", "nine cabins"),
        ("count", "cabins", "cabins"),
        ("count", "Celle", STOPS),
    ],
)
def test_what_answers_each_type(type_: QuestionType, words: str, expected: str) -> None:
    assert widened(type_, words) == expected


def test_spans_of_one_sentence_add_their_odds() -> None:
    spans = [span("mail", 1.0), span("cabins", 1.5), span("wet", 1.0)]
    found = as_evidence("yes_no", spans)
    assert [evidence.text for evidence in found] == [SENTENCE, "It has nine cabins."]
    assert [evidence.score for evidence in found] == pytest.approx([1 + math.log(2), 1.5])


def test_a_reason_keeps_the_best_score() -> None:
    found = as_evidence("why", [span("mail", 1.0), span("wet", 2.0)])
    assert [(evidence.text, evidence.score) for evidence in found] == [(SENTENCE, 2.0)]


def test_items_of_one_list_keep_the_best_score() -> None:
    found = as_evidence("list", [span("Bern", 2.0), span("Celle", 3.0)])
    assert [(evidence.text, evidence.score) for evidence in found] == [(STOPS, 3.0)]


def test_a_sentence_that_follows_on_the_best_is_shown_with_it() -> None:
    found = as_evidence("yes_no", [span("wet", 2.0), span("late", 1.0), span("cabins", 0.0)])
    assert [evidence.text for evidence in found] == [
        f"The ferry left late. {SENTENCE}",
        "It has nine cabins.",
    ]
    assert found[0].score == pytest.approx(2 + math.log(1 + math.exp(-1)))
    apart = as_evidence("yes_no", [span("wet", 2.0), span("late", -0.1)])
    assert [evidence.text for evidence in apart] == [SENTENCE, "The ferry left late."]
    other = as_evidence("yes_no", [span("wet", 2.0), span("cabins", 1.9), span("late", 1.0)])
    assert [evidence.text for evidence in other][:2] == [SENTENCE, "It has nine cabins."]


def test_high_scores_do_not_overflow() -> None:
    (found,) = as_evidence("yes_no", [span("wet", 1e4), span("road", -1e4)])
    assert found.score == 1e4


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("1. one\n2. two", "one", "1. one\n2. two"),
        ("Ports:\n• one\n• two\nEnd", "two", "Ports:\n• one\n• two"),
        ("Ports:\n\na | 1\nb | 2", "2", "Ports:\n\na | 1\nb | 2"),
        ("- alone", "alone", None),
        ("- alone\nnot an item", "alone", None),
        ("No list\n- one\n- two", "No list", None),
        ("-5 degrees\n-6 degrees", "-5", None),
        ("", "", None),
    ],
)
def test_list_around(text: str, words: str, expected: str | None) -> None:
    start = text.index(words)
    found = list_around(text, start, start + len(words))
    assert (found and text[found.start : found.end]) == expected
