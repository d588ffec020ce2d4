"""The probability that an answer is right, and what to do with it.

The fit is a logistic regression over two figures (Platt 1999 has it over one): the reader's score
of the best span, and its margin over the best span with other words. It is made for one reader by
`python -m tests.benchmarks.fit_confidence` and kept beside its weights. Another reader's scores
mean something else, so a fit is only used for the reader that it was made for.
"""

import json
import math
from dataclasses import dataclass
from pathlib import Path

from qa.types import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Confidence:
    """P(right) = 1 / (1 + exp(-(score_weight * score + margin_weight * margin + intercept))).

    From `answer_from` on it answers, from `unsure_from` on it shows a possibility.
    """

    score_weight: float
    margin_weight: float
    intercept: float
    answer_from: float
    unsure_from: float

    def of(self, score: float, margin: float) -> float:
        """The probability that a choice with this score and margin is right."""
        log_odds = self.score_weight * score + self.margin_weight * margin + self.intercept
        return 1 / (1 + math.exp(-max(-50.0, min(50.0, log_odds))))

    def status(self, confidence: float) -> Status:
        if confidence >= self.answer_from:
            return "answered"
        return "unsure" if confidence >= self.unsure_from else "abstained"


# For a reader without a fit of its own: its score is taken as log-odds, as it was trained.
UNFITTED = Confidence(
    score_weight=1.0, margin_weight=0.0, intercept=0.0, answer_from=0.5, unsure_from=0.3
)


def load_confidence(folder: Path, fingerprint: str) -> Confidence | None:
    """The fit beside a reader's weights; None if there is none or it is another reader's."""
    path = folder / "confidence.json"
    if not path.is_file():
        return None
    fit = json.loads(path.read_text(encoding="utf-8"))
    if fit.pop("reader") != fingerprint:
        return None
    return Confidence(**fit)
