"""How far figures may be off by chance: percentile bootstrap over questions.

(Efron and Tibshirani 1993.) A resample draws as many questions as there are, with replacement; it
is held as how often each was drawn, so that a figure of all resamples is a few matrix products.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.result import Outcome

RESAMPLES = 1000
_SEED = 0
_PERCENTS = (2.5, 97.5)
_BINS = 10  # of the calibration error, as in qa/metrics.py
_PRECISION = 0.9
_TOLERANCE = 1e-9
_BLOCK = 2_000_000  # draws held at a time

Floats = NDArray[np.float64]
Interval = tuple[float, float]


def intervals(outcomes: Sequence[Outcome]) -> dict[str, Interval]:
    """The 95 % interval of each headline metric that is defined, by its name.

    Of one question at least.
    """
    figures = _Figures(outcomes)
    draws = [figures.of(counts) for counts in _resamples(len(outcomes))]
    return {
        name: interval
        for name in figures.names
        if (interval := _interval(np.concatenate([draw[name] for draw in draws])))
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How a metric changed, new less old, with the 95 % interval of the change."""

    old: float
    new: float
    interval: Interval


def differences(old: Sequence[Outcome], new: Sequence[Outcome]) -> dict[str, Difference]:
    """The changes of the headline metrics over the same questions in the same order.

    Both sides of a resample hold the same questions, so what makes a question easy or hard for
    both cancels out (paired bootstrap).
    """
    olds, news = _Figures(old), _Figures(new)
    draws = [(olds.of(counts), news.of(counts)) for counts in _resamples(len(old))]
    whole = np.ones((1, len(old)))
    before, after = olds.of(whole), news.of(whole)
    return {
        name: Difference(old=float(before[name][0]), new=float(after[name][0]), interval=interval)
        for name in olds.names
        if np.isfinite(before[name][0]) and np.isfinite(after[name][0])
        if (interval := _interval(np.concatenate([b[name] - a[name] for a, b in draws])))
    }


def _resamples(questions: int) -> Iterator[Floats]:
    """(b, n) how often each of n questions is drawn, a block of b resamples at a time."""
    generator = np.random.default_rng(_SEED)
    left = RESAMPLES
    while left:
        block = min(left, max(1, _BLOCK // questions))
        drawn = generator.integers(questions, size=(block, questions))
        drawn += questions * np.arange(block)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=block * questions)
        yield counts.reshape(block, questions).astype(float)
        left -= block


def _interval(values: Floats) -> Interval | None:
    """None where hardly a resample defines the metric."""
    defined = values[np.isfinite(values)]
    if len(defined) < len(values) / 2 or not len(values):
        return None
    low, high = np.percentile(defined, _PERCENTS)
    return float(low), float(high)


class _Figures:
    """The headline metrics of resamples of some outcomes; nan where undefined."""

    def __init__(self, outcomes: Sequence[Outcome]) -> None:
        answerable = _column([outcome.answerable for outcome in outcomes])
        f1 = _column([outcome.f1 for outcome in outcomes])
        self._means: Mapping[str, tuple[Floats, Floats]] = {
            "em": (_column([outcome.em for outcome in outcomes]), np.ones(len(outcomes))),
            "f1": (f1, np.ones(len(outcomes))),
            "answerable_f1": (f1, answerable),
            "forced_f1": (_column([outcome.best_f1 for outcome in outcomes]), answerable),
            "passage_recall@5": _judged([outcome.passage_found for outcome in outcomes]),
            "gold_passage_f1": _judged([outcome.gold_passage_f1 for outcome in outcomes]),
            "refused": (_column([not outcome.answered for outcome in outcomes]), 1 - answerable),
        }
        self.names = (*self._means, "coverage_at_90_precision", "auroc", "ece")
        self._answerable = answerable
        confidence = _column([outcome.confidence for outcome in outcomes])
        self._order = np.argsort(confidence, kind="stable")
        self._levels, self._starts = np.unique(confidence[self._order], return_index=True)
        self._right = _column([outcome.right for outcome in outcomes])[self._order]

    def of(self, counts: Floats) -> dict[str, Floats]:
        """(b,) values of each metric for counts (b, n)."""
        with np.errstate(invalid="ignore", divide="ignore"):
            values = {
                name: counts @ (column * among) / (counts @ among)
                for name, (column, among) in self._means.items()
            }
            # (b, g): of each level of confidence, ascending, how many are drawn and are right.
            ordered = counts[:, self._order]
            drawn = np.add.reduceat(ordered, self._starts, axis=1)
            right = np.add.reduceat(ordered * self._right, self._starts, axis=1)
            values["coverage_at_90_precision"] = _coverage(drawn, right, counts @ self._answerable)
            values["auroc"] = _auroc(right, drawn - right)
            values["ece"] = self._calibration_error(drawn, right)
        return values

    def _calibration_error(self, drawn: Floats, right: Floats) -> Floats:
        # Within a level all share one gap, so the sum of gaps grows in a straight line there.
        gaps = (drawn * self._levels - right).cumsum(axis=1)
        ends = drawn.cumsum(axis=1)
        total = int(ends[0, -1])
        sizes = [total // _BINS + (number < total % _BINS) for number in range(_BINS)]
        bounds = np.concatenate([[0], np.cumsum(sizes)])
        at_bounds = np.array(
            [
                np.interp(bounds, np.append(0, end), np.append(0, gap))
                for end, gap in zip(ends, gaps, strict=True)
            ]
        )
        error: Floats = np.abs(np.diff(at_bounds, axis=1)).sum(axis=1) / total
        return error


def _coverage(drawn: Floats, right: Floats, answerable: Floats) -> Floats:
    answered, rightly = (side[:, ::-1].cumsum(axis=1) for side in (drawn, right))
    enough = rightly >= _PRECISION * answered - _TOLERANCE
    shares: Floats = (rightly * enough).max(axis=1) / answerable
    return shares


def _auroc(right: Floats, wrong: Floats) -> Floats:
    below = wrong.cumsum(axis=1) - wrong
    pairs = (right * (below + wrong / 2)).sum(axis=1)
    chances: Floats = pairs / (right.sum(axis=1) * wrong.sum(axis=1))
    return chances


def _column(values: Sequence[float]) -> Floats:
    return np.asarray(values, dtype=float)


def _judged(values: Sequence[float | None]) -> tuple[Floats, Floats]:
    """The values, 0 where there is none, and where there is one."""
    return _column([value or 0.0 for value in values]), _column([v is not None for v in values])
