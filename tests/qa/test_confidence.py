import json
import math
from dataclasses import asdict
from pathlib import Path

import pytest

from qa.answer import reader_folder
from qa.confidence import UNFITTED, Confidence, Fit, load_confidence
from qa.read import ExtractiveReader

FIT = Confidence(
    words=Fit(score_weight=0.5, margin_weight=0.25, intercept=-1),
    yes_no=Fit(score_weight=1, margin_weight=0, intercept=2),
    answer_from=0.6,
    unsure_from=0.3,
)


def test_it_is_the_logistic_curve() -> None:
    for score, margin in ((-3.0, 0.0), (0.0, -2.0), (7.5, 3.0)):
        log_odds = 0.5 * score + 0.25 * margin - 1
        assert FIT.of("words", score, margin) == pytest.approx(1 / (1 + math.exp(-log_odds)))
        assert FIT.of("why", score, margin) == FIT.of("words", score, margin)


def test_questions_for_yes_or_no_have_a_fit_of_their_own() -> None:
    assert FIT.of("yes_no", -2.0, 9.0) == 0.5


@pytest.mark.parametrize("score", [-1e9, 1e9, math.inf, -math.inf])
def test_extreme_scores_stay_probabilities(score: float) -> None:
    assert 0 <= FIT.of("words", score, score) <= 1


@pytest.mark.parametrize(
    ("confidence", "status"),
    [(0.6, "answered"), (0.599, "unsure"), (0.3, "unsure"), (0.299, "abstained"), (0, "abstained")],
)
def test_the_status_changes_at_its_bounds(confidence: float, status: str) -> None:
    assert FIT.status(confidence) == status


def test_a_fit_is_read_back_and_refused_for_another_reader(tmp_path: Path) -> None:
    fields = asdict(FIT)
    (tmp_path / "confidence.json").write_text(json.dumps({"reader": "abc", **fields}))
    assert load_confidence(tmp_path, "abc") == FIT
    assert load_confidence(tmp_path, "abd") is None


def test_without_a_fit_there_is_none(tmp_path: Path) -> None:
    assert load_confidence(tmp_path, "abc") is None


def test_the_shipped_fit_is_the_shipped_readers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QA_READER", raising=False)
    reader = ExtractiveReader.load(reader_folder())
    fit = load_confidence(reader_folder(), reader.fingerprint)
    assert fit is not None
    assert fit != UNFITTED
    assert 0 < fit.unsure_from <= fit.answer_from < 1
