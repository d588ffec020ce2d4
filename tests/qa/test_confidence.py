import itertools
import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index.errors import InputError
from qa.answer import reader_folder
from qa.confidence import (
    UNFITTED,
    Confidence,
    Fit,
    OperatingPoint,
    load_confidence,
    operating_points,
    save_confidence,
)
from qa.features import Features
from qa.read import ExtractiveReader


def figures(score: float = 0.0, margin: float = 0.0, others: float = 0.0) -> Features:
    return Features(score=score, margin=margin, log_rank=others, log_words=others, coverage=others)


CURVE = (
    OperatingPoint(answer_from=0.1, precision=0.62),
    OperatingPoint(answer_from=0.4, precision=0.8),
    OperatingPoint(answer_from=0.7, precision=0.93),
)
FIT = Confidence(
    words=Fit(
        weights=Features(score=0.5, margin=0.25, log_rank=-1, log_words=-2, coverage=4),
        intercept=-1,
    ),
    yes_no=Fit(weights=figures(score=1), intercept=2),
    answer_from=0.6,
    unsure_from=0.3,
    curve=CURVE,
)


def test_it_is_the_logistic_curve() -> None:
    for score, margin, others in ((-3.0, 0.0, 0.0), (0.0, -2.0, 1.0), (7.5, 3.0, 0.5)):
        log_odds = 0.5 * score + 0.25 * margin + (-1 - 2 + 4) * others - 1
        found = figures(score, margin, others)
        assert FIT.of("words", found) == pytest.approx(1 / (1 + math.exp(-log_odds)))
        assert FIT.of("why", found) == FIT.of("words", found)
        tuned = replace(FIT, slope=2.0, shift=0.5)
        expected = 1 / (1 + math.exp(-(2 * log_odds + 0.5)))
        assert tuned.of("words", found) == pytest.approx(expected)


def test_questions_for_yes_or_no_have_a_fit_of_their_own() -> None:
    assert FIT.of("yes_no", figures(-2.0, 9.0)) == 0.5


@pytest.mark.parametrize("score", [-1e9, 1e9, math.inf, -math.inf])
def test_extreme_scores_stay_probabilities(score: float) -> None:
    assert 0 <= FIT.of("words", figures(score, score)) <= 1


def test_without_a_fit_the_score_is_the_log_odds() -> None:
    assert UNFITTED.of("words", figures(1.0, 9.0, 9.0)) == pytest.approx(1 / (1 + math.exp(-1)))


@pytest.mark.parametrize(
    ("precision", "answer_from", "unsure_from"),
    [(0.5, 0.1, 0.1), (0.62, 0.1, 0.1), (0.7, 0.4, 0.3), (0.93, 0.7, 0.3)],
)
def test_a_precision_takes_the_lowest_threshold_that_kept_it(
    precision: float, answer_from: float, unsure_from: float
) -> None:
    at = FIT.at_precision(precision)
    assert (at.answer_from, at.unsure_from) == (answer_from, unsure_from)


def test_a_precision_that_was_not_reached_is_refused() -> None:
    with pytest.raises(InputError, match=r"0\.95 was not reached.*ask for 0\.93 or less"):
        FIT.at_precision(0.95)
    with pytest.raises(InputError, match="run `qa tune GOLD` first"):
        UNFITTED.at_precision(0.9)


def test_operating_points_are_the_shares_right_above_each_threshold() -> None:
    generator = np.random.default_rng(3)
    values = generator.random(300)
    right = generator.random(300) < values
    points = operating_points(values, right)
    assert len(points) > 10
    for point in points:
        answered = values >= point.answer_from
        assert point.precision == right[answered].mean()
        assert answered.sum() >= 10
    assert all(b.answer_from > a.answer_from for a, b in itertools.pairwise(points))
    assert all(b.precision >= a.precision + 0.01 for a, b in itertools.pairwise(points))
    assert points[0].answer_from == values.min()


def test_of_few_answers_nothing_is_measured() -> None:
    assert operating_points([0.9] * 9, [True] * 9) == ()
    assert operating_points([0.9] * 10, [True] * 10) == (
        OperatingPoint(answer_from=0.9, precision=1.0),
    )
    assert operating_points([], []) == ()


@pytest.mark.parametrize(
    ("confidence", "status"),
    [(0.6, "answered"), (0.599, "unsure"), (0.3, "unsure"), (0.299, "abstained"), (0, "abstained")],
)
def test_the_status_changes_at_its_bounds(confidence: float, status: str) -> None:
    assert FIT.status(confidence) == status


def test_a_fit_is_read_back_and_refused_for_another_reader(tmp_path: Path) -> None:
    save_confidence(tmp_path, "abc", FIT)
    assert load_confidence(tmp_path, "abc") == FIT
    assert load_confidence(tmp_path, "abd") is None


def test_a_fit_of_an_earlier_version_is_none(tmp_path: Path) -> None:
    old = {"score_weight": 0.5, "margin_weight": 0.25, "intercept": -1}
    kept = {"reader": "abc", "words": old, "yes_no": old, "answer_from": 0.5, "unsure_from": 0.3}
    (tmp_path / "confidence.json").write_text(json.dumps(kept))
    assert load_confidence(tmp_path, "abc") is None


def test_without_a_fit_there_is_none(tmp_path: Path) -> None:
    assert load_confidence(tmp_path, "abc") is None


def test_the_shipped_fit_is_the_shipped_readers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QA_READER", raising=False)
    reader = ExtractiveReader.load(reader_folder())
    fit = load_confidence(reader_folder(), reader.fingerprint)
    assert fit is not None
    assert fit != UNFITTED
    assert 0 < fit.unsure_from <= fit.answer_from < 1
    assert 0 < fit.at_precision(0.9).answer_from < 1
