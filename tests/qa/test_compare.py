"""What two evaluations of the same questions say of each other."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from index.errors import InputError
from qa.bootstrap import Difference
from qa.compare import (
    Verdict,
    compare,
    comparison_text,
    comparison_to_json,
    require_shared,
    verdict,
)
from qa.evaluate import evaluate
from qa.gold import Gold
from qa.report_json import read_outcomes, report_to_json, report_with_results_to_json
from qa.result import outcomes
from tests.qa.test_bootstrap import even, outcome
from tests.qa.test_evaluate import DOCUMENTS, KEYS, QUESTIONS, FakeAssistant


def test_report_json_reads_back(tmp_path: Path) -> None:
    report = evaluate(FakeAssistant(DOCUMENTS), Gold(questions=QUESTIONS))
    path = tmp_path / "report.json"
    path.write_text(json.dumps(report_with_results_to_json(report)))
    assert read_outcomes(path) == outcomes(report.results)
    written = json.loads(path.read_text())
    assert list(written)[: len(KEYS)] == KEYS
    assert written["intervals"]["em"] == list(report.intervals["em"])
    assert written["kinds"]["none"]["refused"] == 0.5
    assert written["by_document"]["two.txt"]["questions"] == 1
    assert [row["cause"] for row in written["results"]] == [
        None,
        "wrongly_refused",
        "wrongly_refused",
        "not_read",
        "wrongly_answered",
        None,
    ]
    passage = written["results"][0]["passages"][0]
    assert DOCUMENTS[passage["document"]][passage["start"] : passage["end"]] == "north Reykjavik"


def test_an_earlier_report_must_be_one(tmp_path: Path) -> None:
    report = evaluate(FakeAssistant(DOCUMENTS), Gold(questions=QUESTIONS))
    path = tmp_path / "old.json"
    path.write_text(json.dumps(report_to_json(report)))
    with pytest.raises(InputError, match="has the figures but not what came of each question"):
        read_outcomes(path)
    whole = report_with_results_to_json(report)
    spoils: tuple[dict[str, object], ...] = (
        {"em": "1"},
        {"em": True},
        {"confidence": float("nan")},
        {"right": 1},
        {"id": None},
        {"passage_found": "yes"},
        {"gold_passage_f1": []},
    )
    for spoil in spoils:
        path.write_text(json.dumps({**whole, "results": [{**whole["results"][0], **spoil}]}))
        with pytest.raises(InputError, match=re.escape("give the report.json that")):
            read_outcomes(path)
    for other in ("", "[]", "{}", "nonsense", '{"results": 3}'):
        path.write_text(other)
        with pytest.raises(InputError, match=re.escape("give the report.json that")):
            read_outcomes(path)


@pytest.mark.parametrize(
    ("metric", "interval", "expected"),
    [
        ("f1", (0.01, 0.2), "better"),
        ("f1", (-0.2, -0.01), "worse"),
        ("f1", (-0.01, 0.2), "within chance"),
        ("f1", (0.0, 0.0), "within chance"),
        ("ece", (0.01, 0.2), "worse"),
        ("ece", (-0.2, -0.01), "better"),
    ],
)
def test_a_change_is_one_where_its_interval_leaves_out_zero(
    metric: str, interval: tuple[float, float], expected: Verdict
) -> None:
    assert verdict(metric, Difference(old=0.5, new=0.5, interval=interval)) == expected


def test_questions_are_paired_by_id_and_words() -> None:
    old, new = even(), list(reversed(even()))
    new[0] = replace(new[0], question="Another question?")
    comparison = compare(old, new[:40])
    assert (comparison.questions, comparison.left_out) == (39, 62)
    assert comparison.changes["f1"].interval == (0, 0)
    assert comparison.became_right == comparison.became_wrong == ()
    with pytest.raises(InputError, match="none of these questions"):
        compare(old, [])
    gold = Gold(questions=QUESTIONS)
    with pytest.raises(InputError, match="none of these questions"):
        require_shared(old, gold)
    require_shared([replace(old[0], id="right", question="after north?")], gold)


def test_questions_that_changed_are_listed() -> None:
    old = even()
    new = [
        outcome(n, answerable=True, answered=n != 1, confidence=0.5, f1=float(n != 3), found=True)
        for n in range(100)
    ]
    comparison = compare(old, new)
    assert [after.id for _, after in comparison.became_wrong] == ["1", "3"]
    assert len(comparison.became_right) == 50
    as_json = comparison_to_json(comparison)
    assert as_json["became_wrong"] == ["1", "3"]
    assert as_json["changes"]["f1"]["verdict"] == "better"
    assert json.loads(json.dumps(as_json)) == json.loads(json.dumps(as_json))
    lines = comparison_text(comparison).split("\n")
    assert re.fullmatch(r"f1 +50\.0 % +98\.0 %  \+48\.0 \(\+3\d\.0 to \+5\d\.0\) +better", lines[2])
    assert re.fullmatch(r"passage_recall@5 +100\.0 % +100\.0 %  \+0\.0 .* within chance", lines[5])
    assert "over the 100 questions that both have asked" in lines
    assert lines[lines.index("became wrong:") + 1 :] == [
        '1: Question 1? "words" -> no answer',
        '3: Question 3? "words" -> "words"',
    ]


def test_the_text_steers_no_terminal() -> None:
    new = [replace(o, correct=False, answer="\x1b[2J") for o in even()]
    text = comparison_text(compare(even(), new))
    assert "\x1b" not in text
    assert '-> "?[2J"' in text
