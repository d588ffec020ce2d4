"""The probability that an answer is right, and what to do with it.

A fit is a logistic regression over a few figures (`qa/features.py`; Platt 1999 has it over one).
Questions that ask yes or no have a fit of their own, since their scores are those of sentences.
Both are made for one reader by `python -m tests.benchmarks.fit_confidence` and kept beside its
weights. Another reader's scores mean something else, so they are only used for the reader that
they were made for. `qa tune` moves and stretches the log-odds to fit one collection's gold
questions (`qa/tuning.py`).
"""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from index.errors import InputError
from qa.features import Features
from qa.question_type import QuestionType
from qa.types import Status

# Of fewer answers the share that is right is hardly known.
_MEASURED_ANSWERS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """P(right) = 1 / (1 + exp(-(weights . features + intercept)))."""

    weights: Features
    intercept: float

    def log_odds(self, features: Features) -> float:
        weights: dict[str, float] = asdict(self.weights)
        values: dict[str, float] = asdict(features)
        return self.intercept + sum(weights[name] * values[name] for name in weights)


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatingPoint:
    """Where all with this confidence or more is answered, `precision` of it was right."""

    answer_from: float
    precision: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Confidence:
    """From `answer_from` on it answers, from `unsure_from` on it shows a possibility.

    The log-odds of a fit are stretched by `slope` and moved by `shift`. `curve` is what was
    measured of thresholds, the lowest first.
    """

    words: Fit
    yes_no: Fit
    answer_from: float
    unsure_from: float
    slope: float = 1.0
    shift: float = 0.0
    curve: tuple[OperatingPoint, ...] = ()

    def log_odds(self, type_: QuestionType, features: Features) -> float:
        """Those of the fit, before they are stretched and moved."""
        return (self.yes_no if type_ == "yes_no" else self.words).log_odds(features)

    def of(self, type_: QuestionType, features: Features) -> float:
        """The probability that a choice with these features is right."""
        log_odds = self.slope * self.log_odds(type_, features) + self.shift
        return 1 / (1 + math.exp(-max(-50.0, min(50.0, log_odds))))

    def status(self, confidence: float) -> Status:
        if confidence >= self.answer_from:
            return "answered"
        return "unsure" if confidence >= self.unsure_from else "abstained"

    def at_precision(self, precision: float) -> "Confidence":
        """With the lowest threshold at which that share of answers was right when measured.

        Raises InputError where nothing was measured, or no threshold reached it.
        """
        if not self.curve:
            raise InputError(
                f"The precision {precision} can't be kept: nothing was measured of this reader;"
                " run `qa tune GOLD` first"
            )
        reached = [point.answer_from for point in self.curve if point.precision >= precision]
        if not reached:
            best = max(point.precision for point in self.curve)
            raise InputError(
                f"The precision {precision} was not reached at any threshold when it was measured:"
                f" ask for {math.floor(100 * best) / 100} or less"
            )
        answer_from = min(reached)
        return replace(
            self, answer_from=answer_from, unsure_from=min(self.unsure_from, answer_from)
        )


def operating_points(confidence: ArrayLike, right: ArrayLike) -> tuple[OperatingPoint, ...]:
    """The risk-coverage curve in steps of at least 0.01 of precision, the lowest threshold first.

    Only points at which ten or more are answered, and a higher threshold is kept only where more
    of what it answers is right.
    """
    values, rights = np.asarray(confidence, dtype=float), np.asarray(right, dtype=float)
    points: list[OperatingPoint] = []
    for threshold in np.unique(values):
        answered = values >= threshold
        precision = float(rights[answered].mean())
        if answered.sum() < _MEASURED_ANSWERS:
            break
        if not points or precision >= points[-1].precision + 0.01:
            points.append(OperatingPoint(answer_from=float(threshold), precision=precision))
    return tuple(points)


# For a reader without a fit of its own: its score is taken as log-odds, as it was trained.
_LOG_ODDS = Fit(
    weights=Features(score=1.0, margin=0.0, log_rank=0.0, log_words=0.0, coverage=0.0),
    intercept=0.0,
)
UNFITTED = Confidence(words=_LOG_ODDS, yes_no=_LOG_ODDS, answer_from=0.5, unsure_from=0.3)


def load_confidence(folder: Path, fingerprint: str) -> Confidence | None:
    """The fit beside a reader's weights; None if there is none or it is another reader's.

    One of an earlier version, over other features, is none.
    """
    path = folder / "confidence.json"
    if not path.is_file():
        return None
    kept = json.loads(path.read_text(encoding="utf-8"))
    if kept["reader"] != fingerprint or "weights" not in kept["words"]:
        return None
    return Confidence(
        words=_fit(kept["words"]),
        yes_no=_fit(kept["yes_no"]),
        answer_from=kept["answer_from"],
        unsure_from=kept["unsure_from"],
        curve=curve_from_json(kept["curve"]),
    )


def save_confidence(folder: Path, fingerprint: str, confidence: Confidence) -> None:
    """Writes what `load_confidence` reads."""
    kept = {
        "reader": fingerprint,
        "words": asdict(confidence.words),
        "yes_no": asdict(confidence.yes_no),
        "answer_from": confidence.answer_from,
        "unsure_from": confidence.unsure_from,
        "curve": curve_to_json(confidence.curve),
    }
    path = folder / "confidence.json"
    path.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")


def curve_to_json(curve: Iterable[OperatingPoint]) -> list[list[float]]:
    """[[answer_from, precision], ...]"""
    return [[round(point.answer_from, 4), round(point.precision, 4)] for point in curve]


def curve_from_json(curve: Sequence[Sequence[float]]) -> tuple[OperatingPoint, ...]:
    return tuple(OperatingPoint(answer_from=a, precision=p) for a, p in curve)


def _fit(kept: dict[str, Any]) -> Fit:
    return Fit(weights=Features(**kept["weights"]), intercept=kept["intercept"])
