"""Decoding against brute force, and the edges of spans by named case."""

import re
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from qa.decode import ScoredRange, best_spans, span_scores, trim, whole_paths, word_edges

TEXT = "the cats sat unbelievably, on mats"
# Word pieces of TEXT, and the word of each.
PIECES = [(0, 3), (4, 8), (9, 12), (13, 20), (20, 25), (25, 26), (27, 29), (30, 32), (32, 34)]
WORDS = [0, 1, 2, 3, 3, 4, 5, 6, 6]


def _arrays(
    windows: list[tuple[int, int]], seed: int, question_tokens: int = 2
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Random logits; offsets and words of the windows `[first, last)` over PIECES."""
    random = np.random.default_rng(seed)
    length = 1 + question_tokens + max(last - first for first, last in windows) + 1
    start, end = random.normal(-3, 4, size=(2, len(windows), length)).astype(np.float32)
    offsets = np.zeros((len(windows), length, 2), dtype=np.int64)
    words = np.full((len(windows), length), -1, dtype=np.int64)
    for row, (first, last) in enumerate(windows):
        place = slice(1 + question_tokens, 1 + question_tokens + last - first)
        offsets[row, place] = PIECES[first:last]
        words[row, place] = WORDS[first:last]
    return start, end, offsets, words


def _by_brute_force(
    start: NDArray[Any],
    end: NDArray[Any],
    offsets: NDArray[Any],
    words: NDArray[Any],
    count: int,
    max_tokens: int,
) -> list[tuple[int, int, float]]:
    opening = {s for (s, _), w, b in zip(PIECES, WORDS, [-1, *WORDS], strict=False) if w != b}
    closing = {e for (_, e), w, a in zip(PIECES, WORDS, [*WORDS[1:], -1], strict=True) if w != a}
    legal = []
    for row in range(len(start)):
        for first in range(start.shape[1]):
            for last in range(first, min(first + max_tokens, start.shape[1])):
                if min(words[row, first], words[row, last]) < 0:
                    continue
                begin, finish = offsets[row, first, 0], offsets[row, last, 1]
                if begin in opening and finish in closing and TEXT[begin:finish] != ",":
                    score = start[row, first] + end[row, last] - start[row, 0] - end[row, 0]
                    legal.append((score, begin, finish))
    kept: list[tuple[float, int, int]] = []
    for score, begin, finish in sorted(legal, reverse=True):
        if len(kept) < count and all(finish <= b or begin >= f for _, b, f in kept):
            kept.append((score, begin, finish))
    return [(*trim(TEXT, b, f), score) for score, b, f in kept]


@settings(max_examples=150, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    windows=st.sampled_from([[(0, 9)], [(0, 6), (4, 9)], [(0, 4), (3, 7), (4, 9)]]),
    count=st.integers(1, 5),
    max_tokens=st.integers(1, 12),
)
def test_best_spans_equal_brute_force(
    seed: int, windows: list[tuple[int, int]], count: int, max_tokens: int
) -> None:
    start, end, offsets, words = _arrays(windows, seed)
    found = best_spans(TEXT, start, end, offsets, words, count=count, max_tokens=max_tokens)
    expected = _by_brute_force(start, end, offsets, words, count, max_tokens)
    assert [(span.start, span.end) for span in found] == [(s, e) for s, e, _ in expected]
    assert [span.score for span in found] == pytest.approx(
        [score for *_, score in expected], abs=1e-4
    )


def test_a_negative_score_is_legal_and_the_question_is_not() -> None:
    start, end, offsets, words = _arrays([(0, 9)], 0)
    start[:], end[:] = -50.0, -50.0
    start[0, 0], end[0, 0] = 5.0, 5.0  # "no answer"
    start[0, 1], end[0, 2] = 99.0, 99.0  # the question's tokens
    start[0, 4], end[0, 4] = -20.0, -20.0  # "cats"
    assert best_spans(TEXT, start, end, offsets, words, count=1) == [
        ScoredRange(start=4, end=8, score=-50.0)
    ]


def test_start_and_end_are_chosen_together() -> None:
    start, end, offsets, words = _arrays([(0, 9)], 0)
    start[:], end[:] = 0.0, 0.0
    start[0, 9], end[0, 3] = 9.0, 9.0  # apart: from "on" back to "the"
    start[0, 4], end[0, 5] = 5.0, 5.0  # "cats sat"
    (best,) = best_spans(TEXT, start, end, offsets, words, count=1)
    assert TEXT[best.start : best.end] == "cats sat"


def test_illegal_spans_score_minus_infinity_and_never_zero() -> None:
    start, end, offsets, words = _arrays([(0, 9)], 3)
    opens, closes = word_edges(offsets, words)
    scores = span_scores(start, end, opens, closes, max_tokens=4)
    assert scores.shape == (1, 13, 4)
    legal = {
        (token, length)
        for token in range(13)
        for length in range(4)
        if opens[0, token] and token + length < 13 and closes[0, token + length]
    }
    assert {(int(t), int(n)) for _, t, n in np.argwhere(np.isfinite(scores))} == legal
    assert np.isneginf(scores[~np.isfinite(scores)]).all()


def test_a_window_that_begins_inside_a_word_does_not_open_it() -> None:
    _, _, offsets, words = _arrays([(0, 4), (4, 9)], 0)
    opens, closes = word_edges(offsets, words)
    assert not opens[1, 3]  # "evably," of "unbelievably"
    assert closes[1, 3]
    assert not closes[0, 6]  # "unbelie" at the first window's end
    assert opens[0, 6]


def test_of_two_windows_the_better_of_overlapping_spans_is_kept() -> None:
    start, end, offsets, words = _arrays([(0, 6), (2, 9)], 0)
    start[:], end[:] = 0.0, 0.0
    start[0, 5], end[0, 5] = 3.0, 3.0  # "sat", first window
    start[1, 3], end[1, 5] = 4.0, 4.0  # "sat unbelievably", second
    best = best_spans(TEXT, start, end, offsets, words, count=9)
    assert TEXT[best[0].start : best[0].end] == "sat unbelievably"
    taken = sorted((span.start, span.end) for span in best)
    assert all(one[1] <= two[0] for one, two in pairwise(taken))


@pytest.mark.parametrize("text", ["", "...", "( ) ;"])
def test_a_passage_without_words_has_no_spans(text: str) -> None:
    places = [(n, n + 1) for n, character in enumerate(text) if character != " "]
    offsets = np.array([[(0, 0), *places, (0, 0)]], dtype=np.int64)
    words = np.array([[-1, *range(len(places)), -1]], dtype=np.int64)
    logits = np.ones(words.shape, dtype=np.float32)
    assert best_spans(text, logits, logits, offsets, words, count=3) == []


@pytest.mark.parametrize(
    ("span", "trimmed"),
    [
        ("May 17,", "May 17"),
        (" May 17 ", "May 17"),
        ("in Paris.", "in Paris"),
        ("the U.S.", "the U.S."),
        ("Plan B.", "Plan B."),
        ("Cohn, Jr.", "Cohn, Jr."),
        ("(OAPEC)", "(OAPEC)"),
        ("(OAPEC", "OAPEC"),
        ("OAPEC),", "OAPEC"),
        ("oil embargo (1973)", "oil embargo (1973)"),
        ('"shock"', '"shock"'),
        ('"shock', "shock"),
        ("“shock.”", "“shock.”"),
        ("shock.”", "shock"),
        ("$12", "$12"),
        ("-5 °C", "-5 °C"),
        (".", ""),
    ],
)
def test_trim(span: str, trimmed: str) -> None:
    text = f"x {span}"
    start, end = trim(text, 2, len(text))
    assert text[start:end] == trimmed


@pytest.mark.parametrize(
    ("text", "span", "trimmed"),
    [
        ("in Zhongdu (modern-day Beijing). This", "Zhongdu (modern-day Beijing", "{})"),
        ("is f(g(x)) for", "f(g(x", "{}))"),
        ("is “a “b”” for", "a “b", "{}”"),
        ("in (Beijing) there", "Beijing", "{}"),
        ("in Zhongdu (then) or Beijing) there", "Zhongdu (then) or Beijing", "{}"),
    ],
)
def test_a_bracket_of_the_span_is_closed(text: str, span: str, trimmed: str) -> None:
    start = text.index(span)
    found = trim(text, start, start + len(span))
    assert text[slice(*found)] == trimmed.format(span)


@pytest.mark.parametrize("end", ["", "\n", "\n2", "\n2.", "\n2. "])
def test_the_mark_of_the_next_item_is_no_part_of_a_span(end: str) -> None:
    text = "1. The variable $OPTIONS\n2. The file options.ini\n3. 12 lines"
    start = text.index("$")
    assert text[slice(*trim(text, start, text.index("\n2") + len(end)))] == "$OPTIONS"
    assert text[slice(*trim(text, start, text.index("ini") + 3))].endswith(
        "\n2. The file options.ini"
    )
    assert text[slice(*trim(text, text.index("file"), len(text) - 6))].endswith("\n3. 12")


def test_combining_marks_come_along_with_their_letter() -> None:
    text = "a cafe\u0301 here"
    assert trim(text, 2, 6) == (2, 7)


@given(st.text(alphabet='ab.,;:()[]"“” U', max_size=12))
def test_trimming_again_changes_nothing(text: str) -> None:
    start, end = trim(text, 0, len(text))
    assert 0 <= start <= end <= len(text)
    assert trim(text, start, end)[0] == start
    assert trim(text[:end], start, end) == (start, end)


def _best(text: str, wanted: str, count: int = 1, is_row: bool = False) -> list[str]:
    """The best spans where the logits want just these characters; a token is a run of a kind."""
    pieces = [match.span() for match in re.finditer(r"\w+|[^\w\s]", text)]
    offsets = np.array([[(0, 0), *pieces]], dtype=np.int64)
    words = np.array([[-1, *range(len(pieces))]], dtype=np.int64)
    begin = text.index(wanted)
    near = 1.0 + np.arange(words.shape[1]) / 100  # of two equal ends, the later
    start = np.where(offsets[:, :, 0] == begin, 9.0, near).astype(np.float32)
    end = np.where(offsets[:, :, 1] == begin + len(wanted), 9.0, near).astype(np.float32)
    start[0, 0] = end[0, 0] = 0.0
    spans = best_spans(text, start, end, offsets, words, count=count, is_row=is_row)
    return [text[span.start : span.end] for span in spans]


@pytest.mark.parametrize(
    ("text", "wanted", "best"),
    [
        ("It was Moon Jae-in who came", "Moon Jae", "Moon Jae-in"),
        ("before COVID-19 came", "COVID", "COVID-19"),
        ("It cost 1.7 billion", "1", "1.7"),
        ("some 27,000 people", "000", "27,000"),
        ("from 1998-2002 on", "1998", "1998"),
        ("use read.table() here", "table", "read.table"),
        ("in Belarus.On that day", "Belarus", "Belarus"),
        ("in Seoul, Korea", "Seoul", "Seoul"),
        ("in Seoul. Korea", "Seoul", "Seoul"),
    ],
)
def test_a_word_goes_on_behind_its_hyphen_and_a_number_behind_its_point(
    text: str, wanted: str, best: str
) -> None:
    (found,) = _best(text, wanted)
    assert best in found
    assert found.startswith(best) or found.endswith(best)
    if wanted == best:
        assert found == wanted


def test_a_span_stays_in_its_sentence_but_may_cross_a_line() -> None:
    (found,) = _best("We saw Mr. Lee. This note is new.", "Mr. Lee. This note")
    assert ". " not in found.replace("Mr. ", "")
    assert _best("one two\nthree four", "two\nthree") == ["two\nthree"]
    assert _best("- one\n- two\n- three", "one\n- two") == ["one\n- two"]
    (found,) = _best("one two\n \nthree four", "two\n \nthree")
    assert "\n" not in found


@pytest.mark.parametrize(
    "words", ["19.0", "Total: 19.0", "2017 | Total: 19.0 | Note: low", "high: very", "Year"]
)
def test_a_span_stays_in_its_cell_or_its_head(words: str) -> None:
    text = "Year: 2017 | Total: 19.0 | Note: low | Level: high: very"
    parts = ("Year", "2017", "Total", "19.0", "Note", "low", "Level", "high: very")
    (found,) = _best(text, words, is_row=True)
    assert any(found in part for part in parts)
    assert found == words or words not in parts


@pytest.mark.parametrize("words", ["58 metres", "58 metres\nRiver", "Length: 58 metres"])
def test_a_span_stays_in_the_field_of_a_record(words: str) -> None:
    text = "Bridge: Lantern Bridge\nLength: 58 metres\nRiver: Mill Leat"
    (found,) = _best(text, words, is_row=True)
    assert any(found in part for part in ("Length", "58 metres", "River"))


def test_bars_part_cells_in_a_row_only() -> None:
    assert _best("ls | wc -l", "ls | wc -l") == ["ls | wc -l"]
    assert " | " not in _best("ls | wc -l", "ls | wc -l", is_row=True)[0]


@pytest.mark.parametrize(
    ("text", "words", "whole"),
    [
        ("saved to .RData there", "RData", ".RData"),
        ("use the -O option", "O", "-O"),
        ("use --vanilla, please", "vanilla", "--vanilla"),
        ("see /etc/apt/sources.list.", "/etc/", "/etc/apt/sources.list"),
        ("see /etc/apt/sources.list.", "apt/sources", "/etc/apt/sources.list"),
        ("in ~/.ssh (a folder)", "ssh", "~/.ssh"),
        (
            "at https://www.r-project.org/bugs.html now",
            "r-project",
            "https://www.r-project.org/bugs.html",
        ),
        ("it cost $19 billion", "19 billion", "$19 billion"),
        ("at -5 degrees", "5 degrees", "-5 degrees"),
        ("men and/or women", "men and", "men and"),
        ("from 12-13 on", "13", "13"),
        ("end. Next", "Next", "Next"),
        ("a - b", "b", "b"),
    ],
)
def test_paths_addresses_and_options_are_whole(text: str, words: str, whole: str) -> None:
    start = text.index(words)
    start, end = whole_paths(text, start, start + len(words))
    assert text[start:end] == whole


@pytest.mark.parametrize(
    ("text", "words", "left"),
    [
        ("> q()", "> q()", "q()"),
        ("Type:\n>>> import this", ">>> import this", "import this"),
        ("$ ls\n", "$ ls", "ls"),
        ("- the value", "- the value", "the value"),
        ("12. Twelfth", "12. Twelfth", "Twelfth"),
        ("a - b", "- b", "- b"),
        ("$5", "$5", "$5"),
        ("- ", "- ", "-"),
    ],
)
def test_prompts_and_list_marks_go(text: str, words: str, left: str) -> None:
    start = text.index(words)
    start, end = trim(text, start, start + len(words))
    assert text[start:end] == left
