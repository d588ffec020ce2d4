"""Scores against hand-made expectations of the official rules, and against brute force."""

import itertools
import math
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa import metrics


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Eiffel Tower!", "eiffel tower"),
        ("a", ""),
        ("An   apple\ta\nday", "apple day"),
        ("another theatre", "another theatre"),
        ("U.S.A.", "usa"),  # punctuation goes first, so this "A." is no article
        ("vitamin A.", "vitamin"),
        ("A-ha", "aha"),
        ("the-end", "theend"),
        ("6,000", "6000"),
        ("$24.8 billion", "248 billion"),
        ("hot-line", "hotline"),
        ("“quoted”", "“quoted”"),  # only ASCII punctuation is removed
        ("North Korea’s", "north korea’s"),
        ("‘the end’", "‘ end’"),
        ("1990–1991", "1990–1991"),
        ("snake_case", "snakecase"),
        ("THE the The", ""),
        ("?!", ""),
        ("", ""),
        ("non\u00a0breaking", "non breaking"),
        ("Ärzte", "ärzte"),
    ],
)
def test_normalise_follows_the_official_order(text: str, expected: str) -> None:
    assert metrics.normalise(text) == expected


@pytest.mark.parametrize(
    ("prediction", "answers", "em", "f1"),
    [
        ("The Normans", ["Normans"], 1, 1),
        ("1,140", ["1140"], 1, 1),
        ("in 1992", ["1992"], 0, 2 / 3),
        ("cat sat mat", ["cat on mat"], 0, 2 / 3),
        ("cat cat", ["cat"], 0, 2 / 3),  # a multiset: the second cat matches nothing
        ("new york city", ["York", "New York", "Boston"], 0, 0.8),  # the best of the golds
        ("", [], 1, 1),
        ("the", [], 1, 1),  # nothing is left of it
        ("something", [], 0, 0),
        ("", ["something"], 0, 0),
        ("", ["a", "..."], 1, 1),  # golds of which nothing is left count as no answer
        ("x", ["a"], 0, 0),
        ("the", ["the", "x"], 0, 0),  # "the" is dropped, "x" is not
        ("", ["the", "x"], 0, 0),
        ("“Norse”", ["Norse"], 0, 0),  # Unicode quotes stay
        ("'Norse'", ["Norse"], 1, 1),
    ],
)
def test_official_scores(prediction: str, answers: list[str], em: float, f1: float) -> None:
    assert metrics.exact_match(prediction, answers) == em
    assert metrics.f1(prediction, answers) == pytest.approx(f1)


def test_raw_exact_match_is_character_for_character() -> None:
    assert metrics.raw_exact_match("May 17", ["on May 17", "May 17"]) == 1
    assert metrics.raw_exact_match("may 17", ["May 17"]) == 0
    assert metrics.raw_exact_match("the end", ["end"]) == 0
    assert metrics.raw_exact_match("", []) == 1
    assert metrics.raw_exact_match("x", []) == 0


@pytest.mark.parametrize(
    ("text", "answer", "holds"),
    [
        ("Darwin’s book", "Darwin", True),
        ("in 1986[2] and", "1986", True),
        ("signed a 1990—1991 treaty", "1990", True),
        ("worth US$1.7 billion", "$1.7 billion", True),
        ("fourteen men", "four", False),
        ("some 1,140 people", "140", False),
        ("some 1,140, or so", "1,140", True),
        ("The End", "the end", True),
        ("anything", "?", False),
    ],
)
def test_holds_answer_as_whole_words(text: str, answer: str, holds: bool) -> None:
    assert metrics.holds_answer(metrics.words(text), [answer]) is holds
    assert metrics.holds_answer(metrics.words(text), ["zebra", answer]) is holds
    assert not metrics.holds_answer(metrics.words(text), [])


@given(
    st.lists(
        st.tuples(
            st.sampled_from([-3.0, -1.0, 0.0, 0.5, 2.0]),  # few values, so that there are ties
            st.booleans(),
            st.sampled_from([0.0, 0.25, 1.0]),
        ),
        min_size=1,
        max_size=7,
    )
)
def test_best_threshold_is_what_every_cut_gives_at_most(
    rows: list[tuple[float, bool, float]],
) -> None:
    """Brute force: answer the first n questions by no-answer score, refuse the others."""
    no_answer = [row[0] for row in rows]
    has_answer = [row[1] for row in rows]
    scores = [row[2] if row[1] else 0.0 for row in rows]
    order = sorted(range(len(rows)), key=lambda row: no_answer[row])
    cuts = [
        sum(scores[row] for row in order[:n]) + sum(not has_answer[row] for row in order[n:])
        for n in range(len(rows) + 1)
    ]
    best, threshold = metrics.best_threshold(scores, no_answer, has_answer, [True] * len(rows))
    assert best == pytest.approx(max(cuts) / len(rows))
    first = cuts.index(max(cuts))
    assert threshold == (no_answer[order[first - 1]] if first else 0.0)


def test_best_threshold_does_not_punish_an_empty_prediction() -> None:
    assert metrics.best_threshold([0.0, 1.0], [-2.0, -1.0], [False, True], [False, True]) == (
        1.0,
        -1.0,
    )


@given(st.lists(st.booleans(), max_size=12), st.integers(1, 12), st.integers(0, 3))
def test_ranking_metrics_equal_their_definitions(found: list[bool], k: int, unseen: int) -> None:
    ranks = [rank for rank, relevant in enumerate(found, 1) if relevant and rank <= k]
    assert metrics.recall_at(found, k) == bool(ranks)
    assert metrics.reciprocal_rank_at(found, k) == (1 / ranks[0] if ranks else 0)
    total = sum(found) + unseen
    ideal = sum(1 / math.log2(rank + 1) for rank in range(1, min(total, k) + 1))
    gained = sum(1 / math.log2(rank + 1) for rank in ranks)
    assert metrics.ndcg_at(found, k, total) == pytest.approx(gained / ideal if ideal else 0)


def test_ndcg_by_hand() -> None:
    assert metrics.ndcg_at([False, True], 10, 1) == pytest.approx(1 / math.log2(3))
    assert metrics.ndcg_at([True, True], 10, 2) == 1.0
    assert metrics.ndcg_at([True] * 12, 10, 12) == pytest.approx(1.0)


_judged = st.lists(
    st.tuples(st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0]), st.booleans()), min_size=1, max_size=25
)


@given(_judged)
def test_auroc_counts_pairs_and_half_of_ties(judged: list[tuple[float, bool]]) -> None:
    right = [confidence for confidence, is_right in judged if is_right]
    wrong = [confidence for confidence, is_right in judged if not is_right]
    value = metrics.auroc([c for c, _ in judged], [r for _, r in judged])
    if not right or not wrong:
        assert value is None
        return
    pairs = [(r > w) + (r == w) / 2 for r, w in itertools.product(right, wrong)]
    assert value == pytest.approx(sum(pairs) / len(pairs))


@given(_judged, st.sampled_from([0.5, 0.75, 0.9, 1.0]))
def test_coverage_is_the_best_over_all_thresholds(
    judged: list[tuple[float, bool]], precision: float
) -> None:
    answerable = sum(right for _, right in judged) + 2
    counts = []
    for threshold in {confidence for confidence, _ in judged}:
        answered = [right for confidence, right in judged if confidence >= threshold]
        if sum(answered) / len(answered) >= precision:
            counts.append(sum(answered))
    value = metrics.coverage_at_precision(
        [c for c, _ in judged], [r for _, r in judged], answerable, precision
    )
    assert value == pytest.approx(max(counts, default=0) / answerable)


def test_coverage_takes_a_tie_whole() -> None:
    confidence = [0.9, 0.5, 0.5]
    assert metrics.coverage_at_precision(confidence, [True, True, False], 4, 0.9) == 0.25
    assert metrics.coverage_at_precision(confidence, [True, False, True], 4, 0.9) == 0.25
    assert metrics.coverage_at_precision(confidence, [True, True, True], 4, 0.9) == 0.75
    assert metrics.coverage_at_precision([0.9] * 10, [True] * 9 + [False], 9, 0.9) == 1.0
    assert metrics.coverage_at_precision([], [], 3, 0.9) == 0.0
    assert metrics.coverage_at_precision([0.5], [False], 0, 0.9) is None


def test_calibration_error_by_hand() -> None:
    # Twenty answers, two a bin; each bin is off by 0.1 in one direction or the other.
    confidence = [share / 10 for share in range(10) for _ in range(2)]
    right = [False, False, *([False, True] * 9)]
    bins = [abs(share / 10 - (0.5 if share else 0)) for share in range(10)]
    assert metrics.expected_calibration_error(confidence, right) == pytest.approx(np.mean(bins))
    assert metrics.expected_calibration_error([0.7] * 10, [True] * 7 + [False] * 3) == (
        pytest.approx(0.0)
    )
    assert metrics.expected_calibration_error([1.0, 0.0], [False, True]) == 1.0
    assert metrics.expected_calibration_error([], []) is None


@given(_judged, st.randoms(use_true_random=False))
def test_calibration_error_does_not_depend_on_order(
    judged: list[tuple[float, bool]], random: Random
) -> None:
    shuffled = sorted(judged, key=lambda _: random.random())
    first, second = (
        metrics.expected_calibration_error([c for c, _ in rows], [r for _, r in rows])
        for rows in (judged, shuffled)
    )
    assert first == pytest.approx(second)


def test_brier_mean_and_percentile() -> None:
    assert metrics.brier([1.0, 0.5, 0.0], [True, False, True]) == pytest.approx((0.25 + 1) / 3)
    assert metrics.brier([], []) is None
    assert metrics.mean([True, False, True, True]) == 0.75
    assert metrics.mean([]) is None
    assert metrics.percentile([4.0, 1.0, 3.0, 2.0], 50) == 2.5
    assert metrics.percentile(list(range(101)), 95) == 95
    assert metrics.percentile([], 50) is None
