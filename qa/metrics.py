"""Numbers that say how good answers, rankings and confidences are. Pure functions.

A rate is a fraction of 1. None stands for what is undefined, such as the mean of nothing.
"""

import re
import string
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

_PUNCTUATION = str.maketrans("", "", string.punctuation)
_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_WORD = re.compile(r"\d+(?:[.,]\d+)+(?!\w)|\w+")  # "1,140" is one word and doesn't hold "140"

# Sums of floats that are equal on paper may differ in the last digits.
_TOLERANCE = 1e-9


def normalise(text: str) -> str:
    """Lower case without ASCII punctuation, articles and needless space.

    Source: `normalize_answer` of SQuAD's evaluate-v2.0.py, in its order of steps.
    """
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())


def scorable(answers: Sequence[str]) -> tuple[str, ...]:
    """The gold answers of which normalising leaves something; SQuAD 2.0 drops the others."""
    return tuple(answer for answer in answers if normalise(answer))


def exact_match(prediction: str, answers: Sequence[str]) -> float:
    """1.0 where the prediction equals a gold answer after normalising, else 0.0.

    Where no gold answer is left, the right prediction is "". Source: evaluate-v2.0.py.
    """
    predicted = normalise(prediction)
    return float(any(predicted == normalise(answer) for answer in scorable(answers) or ("",)))


def raw_exact_match(prediction: str, answers: Sequence[str]) -> float:
    """1.0 where the prediction is a gold answer, character for character, else 0.0."""
    return float(prediction in (answers or ("",)))


def f1(prediction: str, answers: Sequence[str]) -> float:
    """The best token F1 with a gold answer: 2PR / (P + R) over multisets of normalised words.

    Where either side has no words it is 1.0 if neither has. Source: evaluate-v2.0.py.
    """
    predicted = normalise(prediction).split()
    golds = [normalise(answer).split() for answer in scorable(answers) or ("",)]
    return max(_overlap(predicted, gold) for gold in golds)


def _overlap(predicted: list[str], gold: list[str]) -> float:
    if not predicted or not gold:
        return float(predicted == gold)
    same = (Counter(predicted) & Counter(gold)).total()
    return 2 * same / (len(predicted) + len(gold))


def best_threshold(
    scores: Sequence[float],
    no_answer_scores: Sequence[float],
    has_answer: Sequence[bool],
    has_prediction: Sequence[bool],
) -> tuple[float, float]:
    """The best mean score that a threshold on "no answer" can give, and that threshold.

    Questions with a no-answer score up to the threshold are answered. `scores` are those of the
    predictions, had all been given. Source: `find_best_thresh` of evaluate-v2.0.py.
    """
    best = current = float(sum(not answerable for answerable in has_answer))
    threshold = 0.0
    for row in sorted(range(len(scores)), key=lambda row: no_answer_scores[row]):
        if has_answer[row]:
            current += scores[row]
        elif has_prediction[row]:
            current -= 1
        if current > best:
            best, threshold = current, no_answer_scores[row]
    return best / len(scores), threshold


def words(text: str) -> str:
    """The words of a text in lower case, a space on either side of each; see `holds_answer`."""
    return f" {' '.join(_WORD.findall(text.lower()))} "


def holds_answer(text_words: str, answers: Sequence[str]) -> bool:
    """Whether one of the answers stands, as whole words, in a text given by its `words`.

    As in DrQA's `has_answer`, punctuation parts words here: SQuAD's normalising deletes it, and
    would not find "Darwin" in "Darwin's" or "1986" in "1986[2]".
    """
    found = (words(answer) for answer in answers)
    return any(answer.strip() and answer in text_words for answer in found)


def recall_at(relevant: Sequence[bool], k: int) -> float:
    """1.0 where one of the first k results is relevant, else 0.0 (success@k of trec_eval)."""
    return float(any(relevant[:k]))


def reciprocal_rank_at(relevant: Sequence[bool], k: int) -> float:
    """1 / rank of the first relevant result, 0.0 where none of the first k is: its mean is MRR."""
    return next((1 / rank for rank, is_so in enumerate(relevant[:k], 1) if is_so), 0.0)


def ndcg_at(relevant: Sequence[bool], k: int, relevant_count: int) -> float:
    """DCG of the first k results over that of the best order; `relevant_count` are to be found.

    DCG is the sum of relevance / log2(rank + 1), relevance 0 or 1 (Järvelin and Kekäläinen 2002).
    """
    if relevant_count == 0:
        return 0.0
    discounts = 1 / np.log2(np.arange(2, k + 2))
    gains = np.asarray(relevant[:k], dtype=float)
    return float(gains @ discounts[: len(gains)] / discounts[:relevant_count].sum())


def auroc(confidence: ArrayLike, right: ArrayLike) -> float | None:
    """The chance that a right answer has more confidence than a wrong one; ties count half.

    The Mann-Whitney U of the right over (right x wrong). None unless there are both.
    """
    values, rights = np.asarray(confidence, dtype=float), np.asarray(right, dtype=bool)
    positives, negatives = int(rights.sum()), int((~rights).sum())
    if not positives or not negatives:
        return None
    _, tie, count = np.unique(values, return_inverse=True, return_counts=True)
    mid_rank = np.cumsum(count) - (count - 1) / 2
    u = mid_rank[tie][rights].sum() - positives * (positives + 1) / 2
    return float(u / (positives * negatives))


def expected_calibration_error(
    confidence: ArrayLike, right: ArrayLike, bins: int = 10
) -> float | None:
    """ECE with bins of equal mass: the mean of |confidence - share right| weighted by bin size.

    (Nguyen and O'Connor 2015.) Answers of one confidence count with their common share right, so
    the order of the input doesn't matter where a tie spreads over bins.
    """
    values, rights = np.asarray(confidence, dtype=float), np.asarray(right, dtype=float)
    if not len(values):
        return None
    _, tie, count = np.unique(values, return_inverse=True, return_counts=True)
    shares = (np.bincount(tie, weights=rights) / count)[tie]
    gaps = (values - shares)[np.argsort(values, kind="stable")]
    return float(sum(abs(part.sum()) for part in np.array_split(gaps, bins)) / len(values))


def brier(confidence: ArrayLike, right: ArrayLike) -> float | None:
    """The mean squared difference of confidence and right, as 0 or 1 (Brier 1950)."""
    values, rights = np.asarray(confidence, dtype=float), np.asarray(right, dtype=float)
    return float(np.mean((values - rights) ** 2)) if len(values) else None


def coverage_at_precision(
    confidence: ArrayLike, right: ArrayLike, answerable_count: int, precision: float
) -> float | None:
    """The largest share of answerable questions answered rightly at that precision.

    Over all thresholds at which at least `precision` of what is answered is right, with every
    question of the threshold's confidence answered. 0.0 where there is no such threshold.
    """
    if not answerable_count:
        return None
    values, rights = np.asarray(confidence, dtype=float), np.asarray(right, dtype=int)
    order = np.argsort(-values, kind="stable")
    values, right_so_far = values[order], np.cumsum(rights[order])
    ends_tie = np.append(values[1:] != values[:-1], True)[: len(values)]
    enough = right_so_far >= precision * np.arange(1, len(values) + 1) - _TOLERANCE
    return float(right_so_far[ends_tie & enough].max(initial=0) / answerable_count)


def mean(values: Sequence[float]) -> float | None:
    """The arithmetic mean; None of nothing."""
    return float(np.mean(values)) if len(values) else None


def percentile(values: Sequence[float], percent: float) -> float | None:
    """The value that `percent` % lie below, between neighbours linearly; None of nothing."""
    return float(np.percentile(values, percent)) if len(values) else None
