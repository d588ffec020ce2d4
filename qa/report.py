"""Metrics for people to read, and thresholds for them to fail."""

import math
from collections.abc import Iterable, Mapping

from index.errors import InputError
from qa.bootstrap import Interval
from qa.evaluate import Metrics, Report
from qa.summary import by_document, by_kind

MEANINGS = {
    "questions": "asked",
    "answerable": "to which the collection has an answer",
    "unanswerable": "to which it has none",
    "em": "exact match of what was answered, all questions",
    "f1": "token F1 of what was answered, all questions",
    "raw_em": "the same characters as a gold answer, all questions",
    "answerable_em": "exact match, the answerable",
    "answerable_f1": "token F1, the answerable",
    "forced_em": "exact match had it always answered, the answerable",
    "forced_f1": "token F1 had it always answered, the answerable",
    "document_recall@1": "first passage is of a named document",
    "document_recall@5": "one in five is",
    "document_recall@20": "one in twenty is",
    "passage_recall@1": "first passage holds the answer",
    "passage_recall@5": "one in five does",
    "passage_recall@20": "one in twenty does",
    "mrr@10": "1 / rank of the first passage that holds it",
    "ndcg@10": "how near the order of passages is to the best",
    "passage_characters": "mean length of passages found",
    "gold_passage_em": "exact match in the passage that holds the answer, read alone",
    "gold_passage_f1": "token F1 in the passage that holds the answer, read alone",
    "refused": "of the unanswerable, not answered",
    "false_answers": "of the unanswerable, answered; lower is better",
    "unsure": "shown as a possibility, all questions",
    "coverage_at_90_precision": "of the answerable, answered rightly when 90 % of answers are",
    "auroc": "right above wrong by confidence; 0.5 is chance",
    "ece": "confidence against share right; lower is better",
    "brier": "squared error of confidence; lower is better",
    "citation_exact": "citations and passages that read back from their document",
    "citation_document": "of right answers, citing a named document",
    "citation_page": "of right answers, citing the gold page",
    "latency_ms_p50": "milliseconds, half of the questions took less",
    "latency_ms_p95": "milliseconds, 95 % of the questions took less",
    "exact": "exact match",
    "total": "questions",
    "HasAns_exact": "exact match, questions with an answer",
    "HasAns_f1": "token F1, questions with an answer",
    "HasAns_total": "questions with an answer",
    "NoAns_exact": "questions without an answer, not answered",
    "NoAns_f1": "the same",
    "NoAns_total": "questions without an answer",
    "best_exact": "exact match at the best threshold",
    "best_exact_thresh": "that threshold on the score of no answer",
    "best_f1": "token F1 at the best threshold",
    "best_f1_thresh": "that threshold on the score of no answer",
}
COUNTS = frozenset(
    {"questions", "answerable", "unanswerable", "total", "HasAns_total", "NoAns_total"}
    | {"passage_characters", "latency_ms_p50", "latency_ms_p95"}
)
SCORES = frozenset(
    {"mrr@10", "ndcg@10", "auroc", "ece", "brier", "best_exact_thresh", "best_f1_thresh"}
)
LOWER_IS_BETTER = frozenset(
    {"false_answers", "unsure", "ece", "brier", "latency_ms_p50", "latency_ms_p95"}
)
GROUP_COLUMNS = ("questions", "em", "f1", "forced_f1", "passage_recall@5", "refused")
_DOCUMENTS_SHOWN = 20


def metrics_text(figures: Metrics, intervals: Mapping[str, Interval] | None = None) -> str:
    """Metrics for people, a line each: name, value, 95 % interval if any, and what it means."""
    ranges = {name: interval_text(name, interval) for name, interval in (intervals or {}).items()}
    rows = [[name, shown(name, figures[name]), ranges.get(name, "")] for name in figures]
    names, values, widest = (max(len(row[column]) for row in rows) for column in range(3))
    widest += 2 * bool(widest)
    return "\n".join(
        f"{name:<{names}}  {value:>{values}}{between:>{widest}}  {MEANINGS[name]}"
        for name, value, between in rows
    )


def report_text(report: Report) -> str:
    """A report for people: the metrics, those of each kind and document, and the problems."""
    parts = [metrics_text(report, report.intervals)]
    if kinds := by_kind(report.results):
        parts.append(_groups_text("kind", kinds))
    if documents := by_document(report.results):
        worst = sorted(documents.items(), key=lambda item: (item[1]["answerable_f1"], item[0]))
        parts.append(_groups_text("document", dict(worst[:_DOCUMENTS_SHOWN])))
        if len(worst) > _DOCUMENTS_SHOWN:
            parts[-1] += f"\nand {len(worst) - _DOCUMENTS_SHOWN:,} more documents, which do better"
    if report.problems:
        parts.append("\n".join(("problems:", *report.problems)))
    return printable("\n\n".join(parts))


def printable(text: str) -> str:
    """The lines without what could steer a terminal: names and answers come from files."""
    lines = text.split("\n")
    return "\n".join("".join(c if c.isprintable() else "?" for c in line) for line in lines)


def _groups_text(what: str, groups: Mapping[str, Metrics]) -> str:
    width = max(len(what), *map(len, groups))
    rows = [f"{what:<{width}}" + "".join(f"  {name:>7}" for name in GROUP_COLUMNS)]
    for group, figures in groups.items():
        cells = (f"  {shown(name, figures[name]):>{max(7, len(name))}}" for name in GROUP_COLUMNS)
        rows.append(f"{group:<{width}}" + "".join(cells))
    return "\n".join(rows)


def interval_text(name: str, interval: Interval) -> str:
    """For example "61.2 – 72.0 %"."""
    low, high = (shown(name, bound) for bound in interval)
    return f"{low.removesuffix(' %')} – {high}"


def shown(name: str, value: float | None) -> str:
    """A metric's value as people read it: a count, a score, or a percentage."""
    if value is None:
        return "-"
    if name in COUNTS:
        return f"{value:.0f}"
    return f"{value:.3f}" if name in SCORES else f"{100 * value:.1f} %"


def fail_under(figures: Metrics, thresholds: str) -> list[str]:
    """What falls under thresholds given as "f1=0.8,auroc=0.9", a line each; nothing if all hold.

    An undefined metric fails. Raises InputError for other forms and for unknown metrics.
    """
    failures = []
    for part in thresholds.split(","):
        name, least = _threshold(part, figures)
        value = figures[name]
        if value is None:
            failures.append(f"{name} is undefined on this gold set, and must be at least {least:g}")
        elif value < least:
            failures.append(f"{name} is {value:.6g}, and must be at least {least:g}")
    return failures


def check_thresholds(thresholds: str) -> None:
    """Raises InputError as `fail_under` does, before a long run."""
    for part in thresholds.split(","):
        _threshold(part, MEANINGS)


def _threshold(part: str, figures: Iterable[str]) -> tuple[str, float]:
    name, _, number = (piece.strip() for piece in part.partition("="))
    try:
        least = float(number)
    except ValueError:
        least = math.nan
    if not math.isfinite(least):
        raise InputError(f"{part!r} is not a threshold; write metric=number, such as f1=0.8")
    if name not in figures:
        raise InputError(f"{name!r} is not a metric; the metrics are {', '.join(figures)}")
    if name in LOWER_IS_BETTER:
        raise InputError(f"{name!r} can't be checked: lower is better, and this is a least value")
    return name, least
