"""Fits the search and the confidence to the gold questions of one collection.

Little is fitted, because gold sets are small: the weight of the dense side, where another one is
better than what ships beyond chance, and a straight line through the log-odds of being right
(Platt 1999), held near what ships by a prior. What it comes to is measured on questions that were
left out of the fit.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from index.collection import Collection
from index.errors import InputError
from index.types import Embedder
from qa import metrics
from qa.answer import FOUND
from qa.choose import choose
from qa.confidence import Confidence, operating_points
from qa.converse import stand_alone
from qa.enough import spans_of
from qa.evaluate import RIGHT_F1, is_relevant
from qa.features import features
from qa.gold import GoldQuestion
from qa.question_type import question_type
from qa.retrieve import DENSE_WEIGHT, fuse, retrieve, search
from qa.tuning import Tuning
from qa.types import Reader

LEAST_QUESTIONS = 30
LEAST_OF_A_KIND = 5  # answered rightly, and not

_WEIGHTS = tuple(number / 10 for number in range(11))
_RESAMPLES = 2000
_FOLDS = 5
# The prior: slope 1 and shift 0, with these standard deviations.
_SLOPE_DEVIATION, _SHIFT_DEVIATION = 0.5, 1.0

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuned:
    """The tuning, and what it does: each figure as it ships and tuned, on questions left out.

    Of the search all questions count: only eleven weights were tried.
    """

    tuning: Tuning
    questions: int
    before: Mapping[str, float | None]
    after: Mapping[str, float | None]


def tune(
    collection: Collection,
    embedder: Embedder,
    reader: Reader,
    confidence: Confidence,
    gold: Sequence[GoldQuestion],
    *,
    precision: float | None = None,
    progress: bool = False,
) -> Tuned:
    """`confidence` is the reader's own; at `precision` the collection is to answer from now on.

    Raises InputError where the gold questions are too few, or the precision can't be kept.
    """
    hidden = None if progress else True  # None: shown on a terminal only
    ranks = _reciprocal_ranks(collection, embedder, tqdm(gold, "searching", disable=hidden))
    weight = _best_weight(ranks)
    log_odds, right = _read(
        collection, embedder, reader, confidence, tqdm(gold, "reading", disable=hidden), weight
    )
    _require_enough(right)
    slope, shift = fit_line(log_odds, right)
    values = _probability(slope * log_odds + shift)
    tuning = Tuning(
        reader=reader.fingerprint,
        embedder=embedder.fingerprint,
        dense_weight=weight,
        slope=slope,
        shift=shift,
        curve=operating_points(values, right),
        answer_from=None,
    )
    if precision is not None:
        at = tuning.applied_to(confidence).at_precision(precision)
        tuning = replace(tuning, answer_from=at.answer_from)
    answerable = sum(bool(question.answers) for question in gold)
    return Tuned(
        tuning=tuning,
        questions=len(right),
        before=_figures(ranks, DENSE_WEIGHT, _probability(log_odds), right, answerable),
        after=_figures(ranks, weight, _left_out(log_odds, right), right, answerable),
    )


def fit_line(log_odds: Floats, right: NDArray[np.bool_]) -> tuple[float, float]:
    """(slope, shift): those most likely after the questions, by Newton's method.

    P(right) = 1 / (1 + exp(-(slope * log_odds + shift))); the prior is normal around (1, 0).
    """
    columns = np.column_stack([log_odds, np.ones_like(log_odds)])
    centre = np.array([1.0, 0.0])
    certainty = np.diag([_SLOPE_DEVIATION**-2, _SHIFT_DEVIATION**-2])

    def loss(line: Floats) -> float:
        away = line - centre
        signed = np.where(right, columns @ line, -(columns @ line))
        return float(np.logaddexp(0, -signed).sum() + away @ certainty @ away / 2)

    line = centre
    for _ in range(100):
        chance = _probability(columns @ line)
        gradient = columns.T @ (chance - right) + certainty @ (line - centre)
        curvature = columns.T @ (columns * (chance * (1 - chance))[:, None]) + certainty
        step = np.linalg.solve(curvature, gradient)
        # A full step overshoots where the line is certain of what is wrong.
        while loss(line - step) > loss(line):
            step = step / 2
        line = line - step
        if np.abs(step).max() < 1e-9:
            break
    return float(line[0]), float(line[1])


def _reciprocal_ranks(
    collection: Collection, embedder: Embedder, gold: Iterable[GoldQuestion]
) -> Floats:
    """(questions, weights): 1 / rank of the first passage that holds the answer.

    Of the answerable questions of which some passage found holds it; the others tell no weight
    from another.
    """
    rows = []
    for question in gold:
        if not question.answers:
            continue
        query = stand_alone(question.question, question.history).query
        dense, lexical = search(collection, embedder, query)
        passages = collection.passages(list({id_ for id_, _ in (*dense, *lexical)}))
        relevant = {id_ for id_, passage in passages.items() if is_relevant(question, passage)}
        if relevant:
            orders = (fuse(dense, lexical, dense_weight=weight) for weight in _WEIGHTS)
            rows.append(
                [
                    metrics.reciprocal_rank_at([id_ in relevant for id_, _ in order], FOUND)
                    for order in orders
                ]
            )
    return np.array(rows).reshape(-1, len(_WEIGHTS))


def _best_weight(ranks: Floats) -> float:
    """The weight with the best mean, if it beats what ships in 97.5 % of resamples."""
    if not len(ranks):
        return DENSE_WEIGHT
    best = int(ranks.mean(axis=0).argmax())
    gains = ranks[:, best] - ranks[:, _WEIGHTS.index(DENSE_WEIGHT)]
    drawn = np.random.default_rng(0).integers(len(gains), size=(_RESAMPLES, len(gains)))
    is_better = np.percentile(gains[drawn].mean(axis=1), 2.5) > 0
    return _WEIGHTS[best] if is_better else DENSE_WEIGHT


def _read(
    collection: Collection,
    embedder: Embedder,
    reader: Reader,
    confidence: Confidence,
    gold: Iterable[GoldQuestion],
    weight: float,
) -> tuple[Floats, NDArray[np.bool_]]:
    """Of each question that finds a choice: its log-odds as they ship, and whether it is right."""
    log_odds, right = [], []
    for question in gold:
        meant = stand_alone(question.question, question.history)
        hits = retrieve(collection, embedder, meant.query, limit=FOUND, dense_weight=weight)
        type_ = question_type(meant.question)
        found = choose(type_, meant.question, spans_of(reader, meant.question, hits))
        if found:
            log_odds.append(confidence.log_odds(type_, features(type_, meant.question, found[0])))
            best = metrics.f1(found[0].spans[0].text, question.answers)
            right.append(bool(question.answers) and best >= RIGHT_F1)
    return np.array(log_odds, dtype=float), np.array(right, dtype=bool)


def _require_enough(right: NDArray[np.bool_]) -> None:
    rightly = int(right.sum())
    if len(right) < LEAST_QUESTIONS or min(rightly, len(right) - rightly) < LEAST_OF_A_KIND:
        raise InputError(
            f"Of {len(right)} gold questions the best candidate is right for {rightly}: it takes"
            f" {LEAST_QUESTIONS} questions, with {LEAST_OF_A_KIND} right and as many wrong among"
            " them; add some, also ones that the documents don't answer"
        )


def _left_out(log_odds: Floats, right: NDArray[np.bool_]) -> Floats:
    """The tuned probability of each question, fitted to the other folds."""
    folds = np.random.default_rng(0).permutation(len(right)) % _FOLDS
    values = np.empty(len(right))
    for fold in range(_FOLDS):
        slope, shift = fit_line(log_odds[folds != fold], right[folds != fold])
        values[folds == fold] = _probability(slope * log_odds[folds == fold] + shift)
    return values


def _figures(
    ranks: Floats, weight: float, values: Floats, right: NDArray[np.bool_], answerable: int
) -> dict[str, float | None]:
    return {
        "mrr@20": float(ranks[:, _WEIGHTS.index(weight)].mean()) if len(ranks) else None,
        "ece": metrics.expected_calibration_error(values, right),
        "brier": metrics.brier(values, right),
        "coverage_at_90_precision": metrics.coverage_at_precision(values, right, answerable, 0.9),
    }


def _probability(log_odds: Floats) -> Floats:
    chances: Floats = 1 / (1 + np.exp(-np.clip(log_odds, -50, 50)))
    return chances
