"""A question and passages -> windows of tokens, as a reader reads them and as it is trained.

A passage that doesn't fit into `WINDOW_TOKENS` beside its question becomes overlapping windows.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

WINDOW_TOKENS = 384
STRIDE_TOKENS = 128  # how far one window overlaps the next
# So that a passage always has room.
MAX_QUESTION_TOKENS = 64
MAX_CONTEXT_TOKENS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """One window over passage number `passage`; arrays (tokens,), `offsets` (tokens, 2).

    `offsets` are characters of the passage, `words` the number of a token's word in it; -1 for
    tokens that aren't the passage's.
    """

    passage: int
    ids: NDArray[np.int64]
    types: NDArray[np.int64]
    offsets: NDArray[np.int64]
    words: NDArray[np.int64]


def windows(
    tokenizer: "Tokenizer", question: str, passages: Sequence[str], contexts: Sequence[str]
) -> Iterator[Window]:
    """Windows of `[CLS] question [SEP] context passage [SEP]`, passage by passage.

    A passage's context is what stands above it, title and headings: all of its windows have it.
    """
    asked = tokenizer.encode(_encodable(question), add_special_tokens=False)
    asked.truncate(MAX_QUESTION_TOKENS)
    room = WINDOW_TOKENS - len(asked) - tokenizer.num_special_tokens_to_add(is_pair=True)
    for number, (above, encoding) in enumerate(
        zip(_encoded(tokenizer, contexts), _encoded(tokenizer, passages), strict=True)
    ):
        above.truncate(MAX_CONTEXT_TOKENS)
        encoding.truncate(room - len(above), stride=STRIDE_TOKENS)
        for part in (encoding, *encoding.overflowing):
            whole = above.merge([above, part], growing_offsets=False)
            yield _window(number, tokenizer.post_process(asked, whole), len(above))


def padded(arrays: Sequence[NDArray[Any]], *, fill: int) -> NDArray[Any]:
    """Arrays of unlike lengths as one, (arrays, longest, ...)."""
    longest = max(len(array) for array in arrays)
    rows = np.full((len(arrays), longest, *arrays[0].shape[1:]), fill, dtype=arrays[0].dtype)
    for row, array in zip(rows, arrays, strict=True):
        row[: len(array)] = array
    return rows


def _encodable(text: str) -> str:
    """The text, of the same length, without lone surrogates, which tokenizers refuses."""
    return re.sub("[\ud800-\udfff]", "\ufffd", text)


def _encoded(tokenizer: "Tokenizer", texts: Sequence[str]) -> "list[Encoding]":
    found: list[Encoding] = tokenizer.encode_batch(
        [_encodable(text) for text in texts], add_special_tokens=False
    )
    return found


def _window(passage: int, encoding: "Encoding", context_tokens: int) -> Window:
    words = [
        word if sequence == 1 and word is not None else -1
        for word, sequence in zip(encoding.word_ids, encoding.sequence_ids, strict=True)
    ]
    first = encoding.sequence_ids.index(1) if context_tokens else 0
    words[first : first + context_tokens] = [-1] * context_tokens
    return Window(
        passage=passage,
        ids=np.array(encoding.ids, dtype=np.int64),
        types=np.array(encoding.type_ids, dtype=np.int64),
        offsets=np.array(encoding.offsets, dtype=np.int64),
        words=np.array(words, dtype=np.int64),
    )
