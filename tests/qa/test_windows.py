"""Windows over passages that are longer than a reader reads at once."""

from itertools import pairwise

import numpy as np
import pytest
from tokenizers import Tokenizer

from qa.reader_folder import SHIPPED_READER, load_tokenizer
from qa.windows import (
    MAX_CONTEXT_TOKENS,
    MAX_QUESTION_TOKENS,
    STRIDE_TOKENS,
    WINDOW_TOKENS,
    padded,
    windows,
)

QUESTION = "When was the lighthouse at Skerry Point built?"
TEXT = "Herring were salted on the quay. The lighthouse was built in 1874 by two brothers. "


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return load_tokenizer(SHIPPED_READER)


def test_windows_cover_every_token_and_none_is_too_long(tokenizer: Tokenizer) -> None:
    text = TEXT * 60
    cut = list(windows(tokenizer, QUESTION, [text], [""]))
    whole = tokenizer.encode(text, add_special_tokens=False)
    seen = {tuple(pair) for window in cut for pair in window.offsets[window.words >= 0].tolist()}
    assert seen == set(whole.offsets)
    assert max(len(window.ids) for window in cut) == WINDOW_TOKENS
    ends = [window.offsets[window.words >= 0][[0, -1]] for window in cut]
    for one, two in pairwise(ends):
        shared = [o for o in whole.offsets if two[0][0] <= o[0] and o[1] <= one[1][1]]
        assert len(shared) == STRIDE_TOKENS


def test_each_window_is_the_question_and_a_stretch_of_its_passage(tokenizer: Tokenizer) -> None:
    cut = list(windows(tokenizer, "Who?", ["Ada wrote it.", "Nobody did."], ["", ""]))
    assert [window.passage for window in cut] == [0, 1]
    first = cut[0]
    assert tokenizer.decode(first.ids.tolist(), skip_special_tokens=False) == (
        "[CLS] who? [SEP] ada wrote it. [SEP]"
    )
    assert first.words.tolist() == [-1, -1, -1, -1, 0, 1, 2, 3, -1]
    assert first.types.tolist() == [0, 0, 0, 0, 1, 1, 1, 1, 1]
    assert first.offsets[4:8].tolist() == [[0, 3], [4, 9], [10, 12], [12, 13]]


def test_a_long_question_leaves_room_for_the_passage(tokenizer: Tokenizer) -> None:
    (window,) = windows(tokenizer, "why " * 500, ["Ada wrote it."], [""])
    assert len(window.ids) == MAX_QUESTION_TOKENS + 4 + 3


def test_padded() -> None:
    rows = padded([np.array([1, 2, 3]), np.array([4])], fill=-1)
    assert rows.tolist() == [[1, 2, 3], [4, -1, -1]]
    pairs = padded([np.array([[1, 2]]), np.array([[3, 4], [5, 6]])], fill=0)
    assert pairs.tolist() == [[[1, 2], [0, 0]], [[3, 4], [5, 6]]]


def test_every_window_has_the_context_of_its_passage(tokenizer: Tokenizer) -> None:
    context = "Lights\nSkerry Point\n"
    cut = list(windows(tokenizer, QUESTION, [TEXT * 60, TEXT], [context, ""]))
    alone = tokenizer.encode(TEXT * 60, add_special_tokens=False)
    own = [window for window in cut if window.passage == 0]
    assert len(own) > 2
    for window in own:
        assert "built? lights skerry point" in tokenizer.decode(window.ids.tolist())
        assert len(window.ids) <= WINDOW_TOKENS
        # Its words and offsets are the passage's, as if there were no context.
        inside = window.words >= 0
        first = alone.offsets.index(tuple(window.offsets[inside][0].tolist()))
        assert window.words[inside].tolist() == alone.word_ids[first : first + inside.sum()]
        assert [tuple(o) for o in window.offsets[inside].tolist()] == (
            alone.offsets[first : first + inside.sum()]
        )
    covered = {tuple(o) for w in own for o in w.offsets[w.words >= 0].tolist()}
    assert covered == set(alone.offsets)
    (without,) = windows(tokenizer, QUESTION, [TEXT], [""])
    assert cut[-1].ids.tolist() == without.ids.tolist()


def test_a_long_context_leaves_room_for_the_passage(tokenizer: Tokenizer) -> None:
    (window,) = windows(tokenizer, "why?", ["Ada wrote it."], ["title " * 500])
    assert len(window.ids) == 2 + MAX_CONTEXT_TOKENS + 4 + 3
    assert window.words[-5:].tolist() == [0, 1, 2, 3, -1]
