"""Which passages are read: the first few, and the others only where these could matter."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from index.types import Passage
from qa.choose import choose
from qa.enough import READ, spans_of
from qa.question_type import question_type
from qa.types import Hit, Span

QUESTION = "How many keepers lived in the lighthouse?"


def hit(rank: int, text: str, score: float | None = None, document: int | None = None) -> Hit:
    document = rank if document is None else document
    passage = Passage(
        id=rank, document_id=document, document=f"{document}.txt", title="", start=0,
        end=len(text), text=text, heading=None, page=None,
    )  # fmt: skip
    return Hit(passage=passage, score=5.0 - rank if score is None else score, rank=rank)


class Marking:
    """Marks the first word of a passage, with the score that stands after it."""

    fingerprint = "marking"

    def __init__(self) -> None:
        self.read_ranks: list[int] = []
        self.among: list[int] = []

    def read(self, question: str, hits: Sequence[Hit], among: Sequence[Hit] = ()) -> list[Span]:
        self.read_ranks += [hit.rank for hit in hits]
        self.among += [len(among)]
        spans = []
        for hit in hits:
            word, score = hit.passage.text.split()[:2]
            spans.append(Span(hit=hit, start=0, end=len(word), score=float(score)))
        return spans


def ranks_read(question: str, hits: list[Hit]) -> list[int]:
    reader = Marking()
    spans = spans_of(reader, question, hits)
    assert [span.score for span in spans] == sorted((s.score for s in spans), reverse=True)
    assert {span.hit.rank for span in spans} == set(reader.read_ranks)
    return reader.read_ranks


def hits(*texts: str) -> list[Hit]:
    return [hit(rank, text) for rank, text in enumerate(texts, 1)]


UNLIKELY = ["Nobody -9 is said to."] * 9


@pytest.mark.parametrize(
    ("best", "read"),
    [
        ("Anna 4.1 wrote it.", [1, 2, 3]),  # the fourth would need 4.1 + 2 (4 - 1) = 10.1
        ("Anna 3.9 wrote it.", [1, 2, 3, 4, 5, 6, 7, 8]),
        ("Nobody -9 did.", [1, 2, 3, 4, 5, 6, 7, 8]),
    ],
)
def test_the_others_are_read_where_they_could_be_chosen(best: str, read: list[int]) -> None:
    assert ranks_read("Who wrote it?", hits(best, *UNLIKELY)) == read


def test_no_more_than_eight_are_read() -> None:
    assert len(ranks_read("Who wrote it?", hits(*UNLIKELY, *UNLIKELY))) == READ


def test_what_is_left_out_could_not_have_been_chosen() -> None:
    found = hits("Anna 4.1 wrote it.", "Berta 3 did.", "Carl 2 did.", "Dora 9.9 did.", *UNLIKELY)
    asked = "Who wrote it?"
    some, every = spans_of(Marking(), asked, found), Marking().read(asked, found[:READ])
    assert len(some) < len(every)
    for spans in (some, every):
        assert choose(question_type(asked), asked, spans)[0].spans[0].text == "Anna"


@pytest.mark.parametrize(
    ("fourth", "is_read"),
    [
        ("9 -9 keepers lived in the lighthouse.", True),
        ("9 -9 keepers lived in the mill.", False),  # of something else
        ("Few -9 lived in the harbour.", False),
    ],
)
def test_a_figure_is_compared_with_what_other_documents_may_say(fourth: str, is_read: bool) -> None:
    told = ["7 12 keepers lived in the lighthouse.", "Nobody -9 did.", "Nobody -9 did."]
    read = ranks_read(QUESTION, hits(*told, fourth, *UNLIKELY[:4]))
    assert (4 in read) is is_read


def test_a_figure_is_not_compared_with_its_own_document() -> None:
    told = hits("7 12 keepers lived in the lighthouse.", *UNLIKELY[:2])
    fourth = hit(4, "9 -9 keepers lived in the lighthouse.", document=1)
    assert ranks_read(QUESTION, [*told, fourth]) == [1, 2, 3]


def test_words_are_not_compared_as_figures_are() -> None:
    told = hits("Anna 12 lived in the lighthouse.", *UNLIKELY[:2])
    fourth = hit(4, "Berta -9 lived in the lighthouse.")
    assert ranks_read("Who lived in the lighthouse?", [*told, fourth]) == [1, 2, 3]


def test_the_reader_is_told_of_all_that_may_be_read() -> None:
    reader = Marking()
    spans_of(reader, "Who wrote it?", hits(*UNLIKELY))
    assert reader.among == [READ, READ]


def test_what_is_in_a_language_that_is_not_read_is_passed_over() -> None:
    korean = "등대는 1874년에 두 형제가 바닷가 언덕 위에 지었고 지금도 그 자리에 서 있다. " * 3
    found = [hit(1, korean), *(replace(h, rank=h.rank + 1) for h in hits("Anna 1 wrote it."))]
    assert ranks_read("Who wrote it?", found) == [2]
    assert ranks_read("누가 등대를 지었습니까?", found) == []
