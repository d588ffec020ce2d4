"""Scores against expectations written by hand, and rankings against trec_eval."""

import json
from fractions import Fraction
from pathlib import Path

import pytest
import pytrec_eval
from hypothesis import given
from hypothesis import strategies as st

from qa import metrics

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "scoring_cases.jsonl").read_text("utf-8").splitlines()
]


def test_there_are_two_hundred_cases() -> None:
    assert len(CASES) >= 200
    assert len({json.dumps([case["prediction"], case["answers"]]) for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: ascii(case["prediction"]))
def test_odd_cases_follow_the_official_rules(case: dict[str, object]) -> None:
    """Lower case, ASCII punctuation away, then whole articles, then spaces; the best of the golds
    of which something is left, or "" where nothing is (evaluate-v2.0.py)."""
    prediction, answers = str(case["prediction"]), case["answers"]
    assert isinstance(answers, list)
    assert metrics.exact_match(prediction, answers) == case["em"]
    assert metrics.f1(prediction, answers) == pytest.approx(float(Fraction(str(case["f1"]))))


@given(st.lists(st.booleans(), min_size=1, max_size=25), st.integers(0, 3))
def test_rankings_are_scored_as_trec_eval_scores_them(found: list[bool], unseen: int) -> None:
    relevant = {f"p{rank}": 1 for rank, is_relevant in enumerate(found) if is_relevant}
    relevant |= {f"unseen{number}": 1 for number in range(unseen)}
    total = len(relevant)
    judged = {"q": {**relevant, "irrelevant": 0}}
    run = {"q": {f"p{rank}": -float(rank) for rank in range(len(found))}}
    names = {"success.1,5,10", "ndcg_cut.10"}  # trec_eval's success is our recall of one answer
    theirs = pytrec_eval.RelevanceEvaluator(judged, names).evaluate(run)["q"]
    for k in (1, 5, 10):
        assert metrics.recall_at(found, k) == theirs[f"success_{k}"]
    assert metrics.ndcg_at(found, 10, total) == pytest.approx(theirs["ndcg_cut_10"])
    # recip_rank has no depth of its own: the run is cut.
    first_ten = {"q": dict(list(run["q"].items())[:10])}
    cut = pytrec_eval.RelevanceEvaluator(judged, {"recip_rank"}).evaluate(first_ten)["q"]
    assert metrics.reciprocal_rank_at(found, 10) == pytest.approx(cut["recip_rank"])
