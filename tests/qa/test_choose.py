from dataclasses import replace

from index.types import Passage
from qa.choose import choices, reranked, same_words, support
from qa.types import Hit, Span


def span(text: str, score: float, *, found: float = 0.0, document: str = "a") -> Span:
    passage = Passage(
        id=1,
        document_id=1,
        document=document,
        title="",
        start=0,
        end=len(text),
        text=text,
        heading=None,
        page=None,
    )
    hit = Hit(passage=passage, score=found, rank=1)
    return Span(hit=hit, start=0, end=len(text), score=score)


def test_the_same_words_are_one_choice_with_all_their_places() -> None:
    found = choices([span("May 17", 3, document="a"), span("may 17.", 5, document="b")])
    assert [[one.hit.passage.document for one in choice.spans] for choice in found] == [["b", "a"]]


def test_the_most_evidence_comes_first_and_the_search_counts() -> None:
    weak, strong = span("one", 3.0, found=2.0), span("two", 4.0, found=0.0)
    assert support(weak) > support(strong)
    assert [choice.spans[0].text for choice in choices([strong, weak])] == ["one", "two"]


def test_the_margin_is_over_the_best_span_with_other_words() -> None:
    found = choices([span("one", 7), span("one", 6), span("two", 4), span("three", 1)])
    assert [(choice.score, choice.margin) for choice in found] == [(7, 3), (4, -3), (1, -6)]


def test_alone_the_margin_is_over_no_answer() -> None:
    assert choices([span("one", 7)])[0].margin == 7


def test_spans_without_words_are_no_choice() -> None:
    assert choices([span("…", 9)]) == []


def test_same_words() -> None:
    assert same_words("The “K-Pop” wave!") == same_words("the k pop Wave") == "the k pop wave"


def test_hits_are_ranked_anew_by_their_best_span_and_the_unread_stay_behind() -> None:
    hits = []
    for id_ in (1, 2, 3, 4):
        passage = replace(span("one", 0).hit.passage, id=id_)
        hits.append(Hit(passage=passage, score=-id_, rank=id_))
    spans = [Span(hit=hits[n], start=0, end=3, score=s) for n, s in ((0, 1), (1, 9), (1, 2))]
    order = reranked(hits, spans)
    assert [(hit.passage.id, hit.rank, hit.score) for hit in order] == [
        (2, 1, -2),
        (1, 2, -1),
        (3, 3, -3),
        (4, 4, -4),
    ]
