"""Passages that have no question, and the exact place of an answer that somebody types."""

import pytest

from index.types import Passage
from qa.gold_draft import drafted, passages_without_questions, places_of
from tests.qa.test_evaluate import DOCUMENTS, FakeAssistant, asked

PASSAGES = FakeAssistant(DOCUMENTS).passages_


def test_passages_with_a_marked_answer_are_left_out() -> None:
    lima = asked("1", "after west?", "Lima", documents="two.txt", start=5, end=9)
    unmarked = asked("2", "after north?", "Reykjavik", documents="one.txt")
    proposed = list(passages_without_questions(PASSAGES, [lima, unmarked]))
    texts = [passage.text for passage in PASSAGES if passage.text != "west Lima lies"]
    assert sorted(passage.text for passage in proposed) == sorted(texts)
    assert proposed == list(passages_without_questions(PASSAGES, [lima, unmarked]))
    assert proposed != list(passages_without_questions(PASSAGES, [lima, unmarked], seed=1))


@pytest.mark.parametrize(
    ("words", "places"),
    [
        ("Kim Il", [(105, 111)]),
        ("  kim   IL ", [(105, 111)]),
        ("the\nrail", [(119, 127)]),
        ("by", [(102, 104), (112, 114)]),
        ("(1.5)", [(128, 133)]),
        ("Kim.Il", []),
        ("", []),
    ],
)
def test_places_are_the_documents_own_characters(words: str, places: list[tuple[int, int]]) -> None:
    text = "A by Kim Il by rai the rail (1.5)"
    passage = Passage(
        id=1,
        document_id=1,
        document="a.txt",
        title="A",
        start=100,
        end=100 + len(text),
        text=text,
        heading=None,
        page=None,
    )
    assert places_of(passage, words) == places
    for place in places:
        question = drafted(passage, "Who?", place, 4)
        assert question.answers == (text[place[0] - 100 : place[1] - 100],)
        assert (question.id, question.documents, question.start, question.end) == (
            "draft-4",
            ("a.txt",),
            *place,
        )
