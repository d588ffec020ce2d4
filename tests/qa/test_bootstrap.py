"""Figures of resamples against qa/metrics.py over the same questions, drawn one by one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa import metrics
from qa.bootstrap import RESAMPLES, _Figures, _resamples, differences, intervals
from qa.result import Outcome


def outcome(
    number: int, *, answerable: bool, answered: bool, confidence: float, f1: float, found: bool
) -> Outcome:
    right = answerable and f1 >= 0.5
    given_f1 = f1 if answerable and answered else float(not answerable and not answered)
    return Outcome(
        id=str(number),
        question=f"Question {number}?",
        answerable=answerable,
        answered=answered,
        answer="words" if answered else "",
        confidence=confidence,
        right=right,
        correct=right if answered else not answerable,
        em=float(given_f1 == 1),
        f1=given_f1,
        best_f1=f1 if answerable else 0.0,
        gold_passage_f1=f1 if answerable and found else None,
        passage_found=found if answerable else None,
    )


def by_metrics(outcomes: list[Outcome]) -> dict[str, float | None]:
    """The same figures by qa/metrics.py, which knows nothing of counts."""
    answerable = [o for o in outcomes if o.answerable]
    confidence, right = [o.confidence for o in outcomes], [o.right for o in outcomes]
    return {
        "em": metrics.mean([o.em for o in outcomes]),
        "f1": metrics.mean([o.f1 for o in outcomes]),
        "answerable_f1": metrics.mean([o.f1 for o in answerable]),
        "forced_f1": metrics.mean([o.best_f1 for o in answerable]),
        "passage_recall@5": metrics.mean(
            [o.passage_found for o in outcomes if o.passage_found is not None]
        ),
        "gold_passage_f1": metrics.mean(
            [o.gold_passage_f1 for o in outcomes if o.gold_passage_f1 is not None]
        ),
        "refused": metrics.mean([not o.answered for o in outcomes if not o.answerable]),
        "coverage_at_90_precision": metrics.coverage_at_precision(
            confidence, right, len(answerable), 0.9
        ),
        "auroc": metrics.auroc(confidence, right),
        "ece": metrics.expected_calibration_error(confidence, right),
    }


_outcomes = st.lists(
    st.builds(
        outcome,
        st.integers(0, 99),
        answerable=st.booleans(),
        answered=st.booleans(),
        confidence=st.sampled_from([0.0, 0.1, 0.4, 0.5, 0.9, 1.0]),  # few, so that there are ties
        f1=st.sampled_from([0.0, 0.4, 0.8, 1.0]),
        found=st.booleans(),
    ),
    min_size=1,
    max_size=30,
)


@given(_outcomes, st.data())
def test_figures_of_a_resample_are_those_of_its_questions(
    outcomes: list[Outcome], data: st.DataObject
) -> None:
    size = len(outcomes)
    drawn = data.draw(st.lists(st.integers(0, size - 1), min_size=size, max_size=size))
    counts = np.bincount(drawn, minlength=size).astype(float)
    # Another resample beside it: rows must not mix.
    figures = _Figures(outcomes).of(np.stack([np.ones(size), counts]))
    for row, sample in ((0, outcomes), (1, [outcomes[number] for number in drawn])):
        for name, value in by_metrics(sample).items():
            assert figures[name][row] == pytest.approx(
                np.nan if value is None else value, nan_ok=True
            ), name


def test_a_resample_draws_as_many_questions_as_there_are() -> None:
    counts = np.concatenate(list(_resamples(7)))
    assert counts.shape == (RESAMPLES, 7)
    assert (counts.sum(axis=1) == 7).all()
    assert counts.mean() == 1
    assert counts.max() > 2


def even(confidence: float = 0.5) -> list[Outcome]:
    """A hundred answerable questions, every second one right."""
    return [
        outcome(
            number,
            answerable=True,
            answered=True,
            confidence=confidence,
            f1=float(number % 2),
            found=True,
        )
        for number in range(100)
    ]


def test_the_interval_of_a_share_is_that_of_the_binomial() -> None:
    found = intervals(even())
    # 1.96 * sqrt(0.25 / 100) is 0.098.
    assert found["em"] == pytest.approx((0.402, 0.598), abs=0.015)
    assert found["passage_recall@5"] == (1, 1)
    assert found == intervals(even())
    assert "refused" not in found  # none is unanswerable


def test_what_both_find_hard_cancels_out_of_a_difference() -> None:
    old = even()
    assert differences(old, old)["em"].interval == (0, 0)
    # The new one is right on eight more, and wrong on none: nearly every resample says so.
    new = [
        outcome(n, answerable=True, answered=True, confidence=0.5, f1=float(right), found=True)
        for n, right in enumerate([n % 2 or n < 16 for n in range(100)])
    ]
    change = differences(old, new)["em"]
    assert (change.old, change.new) == (0.5, 0.58)
    low, high = change.interval
    assert 0.01 < low < 0.08 < high < 0.15
