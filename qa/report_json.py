"""A report as JSON: for programs, and to compare later ones with."""

import math
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from index.errors import InputError
from qa.evaluate import Report
from qa.records import Malformed, id_of, list_at, read_bytes, record_of, text_at, value_at
from qa.report import GROUP_COLUMNS
from qa.result import Outcome, Result, outcomes
from qa.summary import Figures, by_document, by_kind

_TRUTHS = ("answerable", "answered", "right", "correct")
_SCORES = ("confidence", "em", "f1", "best_f1")


def report_to_json(report: Report) -> dict[str, Any]:
    """The object that `qa evaluate --json` prints."""
    return {
        **report.metrics,
        "intervals": report.intervals,
        "kinds": _groups(by_kind(report.results)),
        "by_document": _groups(by_document(report.results)),
        "problems": report.problems,
    }


def report_with_results_to_json(report: Report) -> dict[str, Any]:
    """The same, and what came of each question: report.json."""
    rows = zip(report.results, outcomes(report.results), strict=True)
    return {
        **report_to_json(report),
        "results": [{**asdict(outcome), **_details(result)} for result, outcome in rows],
    }


def _groups(groups: dict[str, Figures]) -> dict[str, Figures]:
    return {
        group: {name: figures[name] for name in GROUP_COLUMNS} for group, figures in groups.items()
    }


def _details(result: Result) -> dict[str, Any]:
    return {
        "kind": result.kind,
        "answers": result.answers,
        "documents": result.documents,
        "status": result.status,
        "best": result.best,
        "cause": result.cause,
        "relevant_rank": result.relevant_rank,
        "gold_passage_best": result.gold_passage_best,
        "passages": [
            {"document": passage.document, "start": passage.start, "end": passage.end}
            for passage in result.passages
        ],
        "latency_ms": result.latency_ms,
    }


def read_outcomes(path: Path) -> list[Outcome]:
    """What came of each question in an earlier report.json. Raises InputError if it isn't one."""
    remedy = "give the report.json that `qa evaluate --report DIR` wrote"
    try:
        record = record_of(read_bytes(path))
        if isinstance(record, dict) and "questions" in record and "results" not in record:
            raise InputError(f"{path} has the figures but not what came of each question; {remedy}")
        return [_outcome(row) for row in list_at(record, "results")]
    except Malformed as malformed:
        raise InputError(f"{path} is not an earlier report ({malformed}); {remedy}") from None


def _outcome(row: object) -> Outcome:
    found = value_at(row, "passage_found")
    in_gold = value_at(row, "gold_passage_f1")
    values: dict[str, Any] = {
        "id": id_of(row),
        "question": text_at(row, "question"),
        "answer": text_at(row, "answer"),
        "passage_found": None if found is None else _truth_at(row, "passage_found"),
        "gold_passage_f1": None if in_gold is None else _score_at(row, "gold_passage_f1"),
        **{name: _truth_at(row, name) for name in _TRUTHS},
        **{name: _score_at(row, name) for name in _SCORES},
    }
    assert values.keys() == {field.name for field in fields(Outcome)}  # noqa: S101
    return Outcome(**values)


def _truth_at(row: object, key: str) -> bool:
    value = value_at(row, key)
    if not isinstance(value, bool):
        raise Malformed(f'"{key}" must be true or false')
    return value


def _score_at(row: object, key: str) -> float:
    value = value_at(row, key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Malformed(f'"{key}" must be a number')
    return float(value)
