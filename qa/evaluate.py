"""Gold questions put to an assistant, and what came of it: each stage apart and the whole."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from tqdm import tqdm

from index.errors import InputError
from index.types import Document, Passage
from qa import metrics
from qa.gold import Gold, GoldQuestion
from qa.types import Answer, Status, Turn

# "Right" means at least this token F1 with a gold answer.
_RIGHT_F1 = 0.5

# Contents of documents kept at hand while questions are scored.
_DOCUMENTS_KEPT = 64

Metrics = Mapping[str, float | None]


class Asked(Protocol):
    """What is evaluated; `qa.Assistant` is one."""

    def ask(self, question: str, *, history: Sequence[Turn] = ()) -> Answer: ...

    def document(self, name: str) -> Document:
        """Raises InputError where the collection has no such document."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of one question.

    `prediction` is the answer given, "" if none was; `best` is the best candidate, whatever the
    status, and `right` and the `best_` scores are about it. `relevant` and
    `in_named_document` have a value a hit, best first, and are None where the question names no
    document. `cites_document` and `cites_page` are None where there is none to cite.
    """

    id: str
    question: str
    kind: str | None
    answerable: bool
    status: Status
    prediction: str
    best: str
    confidence: float
    em: float
    f1: float
    raw_em: float
    best_em: float
    best_f1: float
    right: bool
    relevant: tuple[bool, ...] | None
    in_named_document: tuple[bool, ...] | None
    passage_characters: tuple[int, ...]
    quotes: int
    quotes_exact: int
    cites_document: bool | None
    cites_page: bool | None
    latency_ms: float

    @property
    def relevant_rank(self) -> int | None:
        """The rank of the first relevant passage; None where none was found."""
        ranks = enumerate(self.relevant or (), 1)
        return next((rank for rank, relevant in ranks if relevant), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(Mapping[str, float | None]):
    """The metrics of `qa evaluate --json` by name, in its order; None where undefined.

    `problems` has a line for each gold question, or citation, with which something is wrong.
    """

    metrics: dict[str, float | None]
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
        self.text: Callable[[str], str | None] = lru_cache(_DOCUMENTS_KEPT)(self._text)
        self.words: Callable[[str], str] = lru_cache(_DOCUMENTS_KEPT)(self._words)

    def _text(self, name: str) -> str | None:
        try:
            return self._document(name).text
        except InputError:
            return None

    def _words(self, name: str) -> str:
        return metrics.words(self.text(name) or "")

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
            problems.append(f"{question.id}: it can't be asked: {error}")
            continue
        unread = _not_exact(collection, answer)
        if unread:
            more = f" (and {len(unread) - 1} more)" if len(unread) > 1 else ""
            problems.append(f"{question.id}: {unread[0]} doesn't read back{more}")
        results.append(_result(question, answer, len(unread)))
    if not results:
        why = problems[0] if problems else "it is empty"
        raise InputError(f"the gold set has no question that can be asked ({why}); add some")
    return Report(metrics=summary(results), results=tuple(results), problems=tuple(problems))


def _gold_problems(collection: _Collection, question: GoldQuestion) -> Iterator[str]:
    unknown = [name for name in question.documents if collection.text(name) is None]
    for name in unknown:
        yield f"{question.id}: the collection has no document {name!r}"
    if not question.answers or not question.documents or unknown:
        return
    if question.start is not None:
        text = collection.text(question.documents[0]) or ""
        marked = text[question.start : question.end]
        if not metrics.holds_answer(metrics.words(marked), question.answers):
            yield (
                f"{question.id}: characters {question.start} to {question.end} of "
                f"{question.documents[0]!r} are {marked[:40]!r}, which holds none of its answers"
            )
    elif not any(
        metrics.holds_answer(collection.words(name), question.answers)
        for name in question.documents
    ):
        yield f"{question.id}: none of its answers is in {', '.join(question.documents)}"


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


def _result(question: GoldQuestion, answer: Answer, unread: int) -> Result:
    best = answer.candidates[0].text if answer.candidates else ""
    prediction = best if answer.status == "answered" else ""
    best_f1 = metrics.f1(best, question.answers)
    quotes = len(answer.citations) + len(answer.hits)
    cited = [
        answer.citations[number]
        for candidate in answer.candidates[:1]
        for number in candidate.citations
        if not question.documents or answer.citations[number].document in question.documents
    ]
    passages = [hit.passage for hit in answer.hits]
    named = bool(question.answers and question.documents)
    return Result(
        id=question.id,
        question=question.question,
        kind=question.kind,
        answerable=bool(question.answers),
        status=answer.status,
        prediction=prediction,
        best=best,
        confidence=answer.confidence,
        em=metrics.exact_match(prediction, question.answers),
        f1=metrics.f1(prediction, question.answers),
        raw_em=metrics.raw_exact_match(prediction, question.answers),
        best_em=metrics.exact_match(best, question.answers),
        best_f1=best_f1,
        right=bool(question.answers) and best_f1 >= _RIGHT_F1,
        relevant=tuple(_is_relevant(question, passage) for passage in passages) if named else None,
        in_named_document=(
            tuple(passage.document in question.documents for passage in passages) if named else None
        ),
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


def _is_relevant(question: GoldQuestion, passage: Passage) -> bool:
    """Whether it covers the marked answer or, where none is, a named document's passage has one."""
    if question.start is not None and question.end is not None:
        covers = passage.start <= question.start and question.end <= passage.end
        return covers and passage.document == question.documents[0]
    return passage.document in question.documents and metrics.holds_answer(
        metrics.words(passage.text), question.answers
    )


def summary(results: Sequence[Result]) -> dict[str, float | None]:
    """The metrics of these results, in the order of `qa evaluate --json`."""
    mean = metrics.mean
    answerable = [result for result in results if result.answerable]
    unanswerable = [result for result in results if not result.answerable]
    given = [result for result in answerable if result.status == "answered" and result.right]
    confidence = [result.confidence for result in results]
    right = [result.right for result in results]
    latencies = [result.latency_ms for result in results]
    quotes = sum(result.quotes for result in results)
    quotes_exact = sum(result.quotes_exact for result in results)
    return {
        "questions": len(results),
        "answerable": len(answerable),
        "unanswerable": len(unanswerable),
        "em": mean([result.em for result in results]),
        "f1": mean([result.f1 for result in results]),
        "raw_em": mean([result.raw_em for result in results]),
        "answerable_em": mean([result.em for result in answerable]),
        "answerable_f1": mean([result.f1 for result in answerable]),
        "forced_em": mean([result.best_em for result in answerable]),
        "forced_f1": mean([result.best_f1 for result in answerable]),
        **_retrieval(results),
        "refused": mean([result.status != "answered" for result in unanswerable]),
        "false_answers": mean([result.status == "answered" for result in unanswerable]),
        "unsure": mean([result.status == "unsure" for result in results]),
        "coverage_at_90_precision": metrics.coverage_at_precision(
            confidence, right, len(answerable), 0.9
        ),
        "auroc": metrics.auroc(confidence, right),
        "ece": metrics.expected_calibration_error(confidence, right),
        "brier": metrics.brier(confidence, right),
        "citation_exact": quotes_exact / quotes if quotes else None,
        "citation_document": _share(result.cites_document for result in given),
        "citation_page": _share(result.cites_page for result in given),
        "latency_ms_p50": metrics.percentile(latencies, 50),
        "latency_ms_p95": metrics.percentile(latencies, 95),
    }


def _retrieval(results: Sequence[Result]) -> dict[str, float | None]:
    documents = [row for row in (result.in_named_document for result in results) if row is not None]
    passages = [row for row in (result.relevant for result in results) if row is not None]
    characters = [length for result in results for length in result.passage_characters]
    recall = {
        f"{name}_recall@{k}": metrics.mean([metrics.recall_at(row, k) for row in rows])
        for name, rows in (("document", documents), ("passage", passages))
        for k in (1, 5, 20)
    }
    return {
        **recall,
        "mrr@10": metrics.mean([metrics.reciprocal_rank_at(row, 10) for row in passages]),
        "ndcg@10": metrics.mean([metrics.ndcg_at(row, 10, sum(row)) for row in passages]),
        "passage_characters": metrics.mean(characters),
    }


def _share(values: Iterable[bool | None]) -> float | None:
    """The share of true ones among those that aren't None."""
    return metrics.mean([value for value in values if value is not None])


def by_kind(report: Report) -> dict[str, dict[str, float | None]]:
    """The metrics of each kind of question, by name of the kind; empty if none has a kind."""
    kinds = sorted({result.kind for result in report.results if result.kind is not None})
    return {
        kind: summary([result for result in report.results if result.kind == kind])
        for kind in kinds
    }
