"""Gold questions put to an assistant, and what came of it: each stage apart and the whole."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from tqdm import tqdm

from index.errors import InputError
from index.types import Document, Passage
from qa import metrics
from qa.bootstrap import Interval, intervals
from qa.enough import READ
from qa.gold import Gold, GoldQuestion
from qa.result import Result, outcomes
from qa.summary import summary
from qa.types import Answer, Turn

# "Right" means at least this token F1 with a gold answer.
RIGHT_F1 = 0.5

# Contents of documents kept at hand while questions are scored.
_DOCUMENTS_KEPT = 64

# Passages of each question that are kept, to be shown.
_PASSAGES_KEPT = 5

Metrics = Mapping[str, float | None]


class Asked(Protocol):
    """What is evaluated; `qa.Assistant` is one."""

    def ask(self, question: str, *, history: Sequence[Turn] = ()) -> Answer: ...

    def document(self, name: str) -> Document:
        """Raises InputError where the collection has no such document."""
        ...

    def passages(self, document: str) -> Sequence[Passage]: ...

    def best_in(self, question: str, passages: Sequence[Passage]) -> str:
        """The words of these passages that answer best, however unlikely; "" if none do."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(Mapping[str, float | None]):
    """The metrics of `qa evaluate --json` by name, in its order; None where undefined.

    `intervals` are the 95 % bootstrap intervals of the headline ones. `problems` has a line for
    each gold question, or citation, with which something is wrong.
    """

    metrics: dict[str, float | None]
    intervals: dict[str, Interval]
    results: tuple[Result, ...]
    problems: tuple[str, ...]

    def __getitem__(self, key: str) -> float | None:
        return self.metrics[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.metrics)

    def __len__(self) -> int:
        return len(self.metrics)


class _Collection:
    """The documents of an assistant, a few of them kept at hand."""

    def __init__(self, assistant: Asked) -> None:
        self._document = assistant.document
        self._passages = assistant.passages
        self.text: Callable[[str], str | None] = lru_cache(_DOCUMENTS_KEPT)(self._text)
        self.words: Callable[[str], str] = lru_cache(_DOCUMENTS_KEPT)(self._words)

    def _text(self, name: str) -> str | None:
        try:
            return self._document(name).text
        except InputError:
            return None

    def _words(self, name: str) -> str:
        return metrics.words(self.text(name) or "")

    def gold_passages(self, question: GoldQuestion) -> list[Passage]:
        """The passages that hold the answer, as many as are read; of the marked place, if any."""
        found: list[Passage] = []
        for name in dict.fromkeys(question.documents) if question.answers else ():
            found += [p for p in self._passages(name) if is_relevant(question, p)]
        return found[:READ]

    def reads_back(self, document: str, start: int, end: int, quote: str) -> bool:
        text = self.text(document)
        return text is not None and 0 <= start < end and text[start:end] == quote


def evaluate(assistant: Asked, gold: Gold, progress: bool = False) -> Report:
    """Asks every gold question. A question that can't be asked is a problem and isn't counted.

    A question that names a document that isn't there, or that doesn't hold its answers, is a
    problem too, and counts. Raises InputError where no question is left.
    """
    collection = _Collection(assistant)
    problems = list(gold.problems)
    results = []
    for question in tqdm(gold.questions, "asking", delay=2, disable=None if progress else True):
        problems += _gold_problems(collection, question)
        try:
            answer = assistant.ask(question.question, history=question.history)
        except InputError as error:
            problems.append(f"{question.label}: it can't be asked: {error}")
            continue
        unread = _not_exact(collection, answer)
        if unread:
            more = f" (and {len(unread) - 1} more)" if len(unread) > 1 else ""
            problems.append(f"{question.label}: {unread[0]} doesn't read back{more}")
        gold_passages = collection.gold_passages(question)
        in_gold = (
            assistant.best_in(answer.standalone_question, gold_passages) if gold_passages else None
        )
        results.append(_result(question, answer, len(unread), in_gold))
    if not results:
        why = problems[0] if problems else "it is empty"
        raise InputError(f"the gold set has no question that can be asked ({why}); add some")
    return Report(
        metrics=summary(results),
        intervals=intervals(outcomes(results)),
        results=tuple(results),
        problems=tuple(problems),
    )


def _gold_problems(collection: _Collection, question: GoldQuestion) -> Iterator[str]:
    unknown = [name for name in question.documents if collection.text(name) is None]
    for name in unknown:
        yield f"{question.label}: the collection has no document {name!r}"
    if not question.answers or not question.documents or unknown:
        return
    if question.start is not None:
        text = collection.text(question.documents[0]) or ""
        marked = text[question.start : question.end]
        if not metrics.holds_answer(metrics.words(marked), question.answers):
            yield (
                f"{question.label}: characters {question.start} to {question.end} of "
                f"{question.documents[0]!r} are {marked[:40]!r}, which holds none of its answers"
            )
    elif not any(
        metrics.holds_answer(collection.words(name), question.answers)
        for name in question.documents
    ):
        yield f"{question.label}: none of its answers is in {', '.join(question.documents)}"


def _not_exact(collection: _Collection, answer: Answer) -> list[str]:
    """The citations and passages that aren't the document's characters, in words."""
    citations = [
        f"the citation {cited.quote[:40]!r} of {cited.document!r}"
        for cited in answer.citations
        if not collection.reads_back(cited.document, cited.start, cited.end, cited.quote)
    ]
    passages = [
        f"the passage {passage.start} to {passage.end} of {passage.document!r}"
        for passage in (hit.passage for hit in answer.hits)
        if not collection.reads_back(passage.document, passage.start, passage.end, passage.text)
    ]
    return citations + passages


def _result(
    question: GoldQuestion, answer: Answer, unread: int, gold_passage_best: str | None
) -> Result:
    best = answer.candidates[0].text if answer.candidates else ""
    prediction = best if answer.status == "answered" else ""
    best_f1 = metrics.f1(best, question.answers)
    quotes = len(answer.citations) + len(answer.hits)
    citations = [
        answer.citations[number]
        for candidate in answer.candidates[:1]
        for number in candidate.citations
    ]
    cited = [
        citation
        for citation in citations
        if not question.documents or citation.document in question.documents
    ]
    passages = [hit.passage for hit in answer.hits]
    named = bool(question.answers and question.documents)
    return Result(
        id=question.id,
        question=question.question,
        kind=question.kind,
        answers=question.answers,
        documents=question.documents,
        status=answer.status,
        prediction=prediction,
        best=best,
        citation=citations[0] if citations else None,
        confidence=answer.confidence,
        em=metrics.exact_match(prediction, question.answers),
        f1=metrics.f1(prediction, question.answers),
        raw_em=metrics.raw_exact_match(prediction, question.answers),
        best_em=metrics.exact_match(best, question.answers),
        best_f1=best_f1,
        right=bool(question.answers) and best_f1 >= RIGHT_F1,
        gold_passage_best=gold_passage_best,
        gold_passage_em=(
            None
            if gold_passage_best is None
            else metrics.exact_match(gold_passage_best, question.answers)
        ),
        gold_passage_f1=(
            None if gold_passage_best is None else metrics.f1(gold_passage_best, question.answers)
        ),
        relevant=(
            tuple(is_relevant(question, passage) for passage in passages)
            if question.answers
            else None
        ),
        in_named_document=(
            tuple(passage.document in question.documents for passage in passages) if named else None
        ),
        read_count=min(READ, len(passages)),
        passages=tuple(passages[:_PASSAGES_KEPT]),
        passage_characters=tuple(len(passage.text) for passage in passages),
        quotes=quotes,
        quotes_exact=quotes - unread,
        cites_document=bool(cited) if named else None,
        cites_page=(
            any(citation.page == question.page for citation in cited)
            if question.answers and question.page is not None
            else None
        ),
        latency_ms=answer.timings.total_ms,
    )


def is_relevant(question: GoldQuestion, passage: Passage) -> bool:
    """Whether it covers the marked answer or, where none is, holds one in a named document.

    Where no document is named either, every document counts.
    """
    if question.start is not None and question.end is not None:
        covers = passage.start <= question.start and question.end <= passage.end
        return covers and passage.document == question.documents[0]
    if question.documents and passage.document not in question.documents:
        return False
    return metrics.holds_answer(metrics.words(passage.text), question.answers)
