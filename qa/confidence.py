"""The probability that an answer is right, and what to do with it.

A fit is a logistic regression over two figures (Platt 1999 has it over one): the score of the best
choice, and its margin over the best one with other words. Questions that ask yes or no have a fit
of their own, since their scores are those of sentences. Both are made for one reader by
`python -m tests.benchmarks.fit_confidence` and kept beside its weights. Another reader's scores
mean something else, so they are only used for the reader that they were made for.
"""

import json
import math
from dataclasses import dataclass
from pathlib import Path

from qa.question_type import QuestionType
from qa.types import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """P(right) = 1 / (1 + exp(-(score_weight * score + margin_weight * margin + intercept)))."""

    score_weight: float
    margin_weight: float
    intercept: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Confidence:
    """From `answer_from` on it answers, from `unsure_from` on it shows a possibility."""

    words: Fit
    yes_no: Fit
    answer_from: float
    unsure_from: float

    def of(self, question_type: QuestionType, score: float, margin: float) -> float:
        """The probability that a choice with this score and margin is right."""
        fit = self.yes_no if question_type == "yes_no" else self.words
        log_odds = fit.score_weight * score + fit.margin_weight * margin + fit.intercept
        return 1 / (1 + math.exp(-max(-50.0, min(50.0, log_odds))))

    def status(self, confidence: float) -> Status:
        if confidence >= self.answer_from:
            return "answered"
        return "unsure" if confidence >= self.unsure_from else "abstained"


# For a reader without a fit of its own: its score is taken as log-odds, as it was trained.
_LOG_ODDS = Fit(score_weight=1.0, margin_weight=0.0, intercept=0.0)
UNFITTED = Confidence(words=_LOG_ODDS, yes_no=_LOG_ODDS, answer_from=0.5, unsure_from=0.3)


def load_confidence(folder: Path, fingerprint: str) -> Confidence | None:
    """The fit beside a reader's weights; None if there is none or it is another reader's."""
    path = folder / "confidence.json"
    if not path.is_file():
        return None
    kept = json.loads(path.read_text(encoding="utf-8"))
    if kept["reader"] != fingerprint:
        return None
    return Confidence(
        words=Fit(**kept["words"]),
        yes_no=Fit(**kept["yes_no"]),
        answer_from=kept["answer_from"],
        unsure_from=kept["unsure_from"],
    )
