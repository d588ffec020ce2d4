"""Results as the figures of `qa evaluate --json`: all, of each kind and of each document."""

from collections.abc import Iterable, Sequence

from qa import metrics
from qa.result import Result

Figures = dict[str, float | None]


def summary(results: Sequence[Result]) -> Figures:
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
        "gold_passage_em": _share(result.gold_passage_em for result in answerable),
        "gold_passage_f1": _share(result.gold_passage_f1 for result in answerable),
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


def _retrieval(results: Sequence[Result]) -> Figures:
    documents = [row for row in (result.in_named_document for result in results) if row is not None]
    passages = [result.relevant or () for result in results if result.in_named_document is not None]
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


def _share(values: Iterable[float | None]) -> float | None:
    """The mean of those that aren't None; of truths, the share of true ones."""
    return metrics.mean([value for value in values if value is not None])


def by_kind(results: Sequence[Result]) -> dict[str, Figures]:
    """The metrics of each kind of question, by name of the kind; empty if none has a kind."""
    groups: dict[str, list[Result]] = {}
    for result in results:
        if result.kind is not None:
            groups.setdefault(result.kind, []).append(result)
    return {kind: summary(groups[kind]) for kind in sorted(groups)}


def by_document(results: Sequence[Result]) -> dict[str, Figures]:
    """The metrics of the answerable questions that name each document, by its name."""
    groups: dict[str, list[Result]] = {}
    for result in results:
        for name in dict.fromkeys(result.documents if result.answerable else ()):
            groups.setdefault(name, []).append(result)
    return {name: summary(groups[name]) for name in sorted(groups)}
