"""Start and end logits of a passage's windows -> its best legal spans, without torch.

A span stays inside the passage and one of its sentences, holds whole words only, is at most
`MAX_TOKENS` long and says more than punctuation. Everything else scores -inf, never 0, which would
be legal for negative scores. Start and end are chosen together, not each by its own maximum.
"""

import itertools
import re
import unicodedata
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from index.sentences import sentences

MAX_TOKENS = 30

# A span doesn't begin or end with these (white space aside).
_SEPARATORS = ",;:"
# A word goes on after these: "Moon Jae-in", "COVID-19" (not "12-13"), "1.7", "read.table",
# "read_csv"; in "Belarus.On" only a space is missing.
_INSIDE_WORD = re.compile(
    r"(?<=[^\W_])[-\u2010\u2011](?=[^\W\d_])|(?<=[^\W\d_])[-\u2010\u2011](?=\d)"
    r"|(?<=\d)[.,](?=\d)|(?<=[^\W\d_])\.(?=[a-z])|(?<=\w)_(?=\w)"
)
# A path, an address or an option is one word, with the mark that it begins with.
_PATH = re.compile(
    r"(?<![^\s(\[\"'“‘])(?:(?:~|\.{1,2})?/(?=[\w.])|https?://|www\.|--?(?=\w)|\.(?=\w)|[$€£¥₩](?=\d))"
    r"[^\s<>\"“”]*[\w/]"
)
# What parts the cells of a table's row or a record, with the head of the next cell.
_CELL_EDGE = re.compile(r" \| |\n|(?:(?<= \| )|^)[^|\n]{1,60}?: ", re.MULTILINE)
# What stands before the words of a line: a prompt, a bullet, the number of an item.
_LINE_MARK = re.compile(r"(?:>>>|[>$#*•–-]|\d{1,2}[.)])[ \t]+(?=\S)")

_FULL_STOP = re.compile(r"[.!?…。！？][\"'”’)\]]*\Z")
_BLANK_LINE = re.compile(r"\n\s*\n")
_PAIRS = {"(": ")", "[": "]", "{": "}", "“": "”", "«": "»"}
_ABBREVIATIONS = frozenset(["Jr", "Sr", "Inc", "Ltd", "Co", "Corp", "Bros", "etc"])
_EDGES = frozenset(_SEPARATORS + ".\"'" + "".join(_PAIRS) + "".join(_PAIRS.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredRange:
    """The characters `[start, end)` of a passage and how well they answer."""

    start: int
    end: int
    score: float


def best_spans(
    text: str,
    start_logits: NDArray[np.float32],
    end_logits: NDArray[np.float32],
    offsets: NDArray[np.int64],
    words: NDArray[np.int64],
    *,
    count: int,
    max_tokens: int = MAX_TOKENS,
    is_row: bool = False,
) -> list[ScoredRange]:
    """The best spans of one passage that don't overlap, best first; at most `count`.

    Logits are (windows, tokens), `offsets` (windows, tokens, 2) characters of `text`, `words`
    (windows, tokens) the number of a token's word in the passage, -1 for tokens that aren't the
    passage's. Of overlapping spans, from one window or two, the better one is kept. `is_row`: the
    text is a table's row, so a span stays inside a cell.
    """
    opens, closes = word_edges(offsets, words)
    inside_words = _inside_words(text)
    opens &= ~np.isin(offsets[:, :, 0], inside_words)
    closes &= ~np.isin(offsets[:, :, 1], inside_words)
    scores = span_scores(start_logits, end_logits, opens, closes, max_tokens=max_tokens)
    scores[~_says_something(text, offsets, words, max_tokens)] = -np.inf
    scores[_crosses_sentences(text, offsets, max_tokens, is_row)] = -np.inf
    starts = offsets[:, :, None, 0]
    ends = _ahead(offsets[:, :, 1], max_tokens, fill=0)
    spans: list[ScoredRange] = []
    while len(spans) < count and scores.size:
        best = np.unravel_index(scores.argmax(), scores.shape)
        score = float(scores[best])
        if not np.isfinite(score):
            break
        start, end = int(offsets[best[0], best[1], 0]), int(ends[best])
        scores[(starts < end) & (ends > start)] = -np.inf
        start, end = trim(text, *whole_paths(text, start, end))
        spans.append(ScoredRange(start=start, end=end, score=score))
    return spans


def span_scores(
    start_logits: NDArray[np.float32],
    end_logits: NDArray[np.float32],
    may_start: NDArray[np.bool_],
    may_end: NDArray[np.bool_],
    *,
    max_tokens: int = MAX_TOKENS,
) -> NDArray[np.float32]:
    """(windows, tokens, max_tokens): the score of the span from token t to token t + length - 1.

    Start and end logit less those of the window's first token, which stands for "no answer"
    (Devlin et al. 2019, section 4.3). -inf where a span can't start, end or reach.
    """
    null = start_logits[:, :1] + end_logits[:, :1]
    starts = np.where(may_start, start_logits - null, -np.inf).astype(np.float32)
    ends = np.where(may_end, end_logits, -np.inf).astype(np.float32)
    scores: NDArray[np.float32] = starts[:, :, None] + _ahead(ends, max_tokens, fill=-np.inf)
    return scores


def word_edges(
    offsets: NDArray[np.int64], words: NDArray[np.int64]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which tokens open a word and which close one; both (windows, tokens).

    A window can begin inside a word, so a word's edges are looked up over all windows.
    """
    inside = words >= 0
    size = int(words.max(initial=-1)) + 1
    first = np.full(size, np.iinfo(np.int64).max)
    last = np.full(size, -1)
    np.minimum.at(first, words[inside], offsets[inside, 0])
    np.maximum.at(last, words[inside], offsets[inside, 1])
    opens, closes = np.zeros_like(inside), np.zeros_like(inside)
    opens[inside] = offsets[inside, 0] == first[words[inside]]
    closes[inside] = offsets[inside, 1] == last[words[inside]]
    return opens, closes


def _inside_words(text: str) -> list[int]:
    """The positions before and after the hyphens, points and commas that stand inside words."""
    return [edge for mark in _INSIDE_WORD.finditer(text) for edge in mark.span()]


def _crosses_sentences(
    text: str, offsets: NDArray[np.int64], max_tokens: int, is_row: bool
) -> NDArray[np.bool_]:
    """(windows, tokens, max_tokens): the span begins in one sentence or cell and ends in another.

    The items of a list, which have no full stops, are one.
    """
    paragraphs = [0, *(gap.end() for gap in _BLANK_LINE.finditer(text)), len(text)]
    ends = [
        sentence.end
        for start, end in itertools.pairwise(paragraphs)
        for sentence in sentences(text, start, end)
        if _FULL_STOP.search(text, sentence.start, sentence.end)
    ]
    cells = [p for edge in _CELL_EDGE.finditer(text) for p in edge.span()] if is_row else []
    bounds = sorted(paragraphs + ends + cells)
    numbers = np.searchsorted(bounds, offsets[:, :, 0], side="right")
    crosses: NDArray[np.bool_] = _ahead(numbers, max_tokens, fill=-1) != numbers[:, :, None]
    return crosses


def whole_paths(text: str, start: int, end: int) -> tuple[int, int]:
    """`[start, end)` with the rest of a path, address or option that it begins or ends in."""
    for path in _PATH.finditer(text):
        if path.start() < start < path.end():
            start = path.start()
        if path.start() < end < path.end():
            end = path.end()
    return start, end


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """`[start, end)` without white space, separators and unpaired marks at its edges.

    Nor with a prompt or a list's mark, where it begins a line, its own first one or the last.

    A full stop goes unless it ends an abbreviation: one with another full stop, a lone letter or
    a name's usual ending ("U.S.", "Plan B.", "Cohn, Jr." stay). Brackets and quotation marks go
    where their partner isn't in the span. Combining marks of the last letter come in, and so does
    a bracket that closes one of the span's right behind it.
    """
    while end < len(text) and unicodedata.category(text[end]).startswith("M"):
        end += 1
    start += line_mark(text, start, end)
    while start < end:
        span = text[start:end]
        if _stray(span[0], span):
            start += 1
        elif last_mark := _mark_at_end(text, start, end):
            end = last_mark
        elif _stray(span[-1], span) or (span[-1] == "." and not _abbreviation(span)):
            end -= 1
        else:
            break
    while start < end and _closes(text[end : end + 1], text[start:end]):
        end += 1
    return start, end


def line_mark(text: str, start: int, end: int) -> int:
    """How many characters of `[start, end)` are a prompt or a list's mark at a line's start."""
    mark = _LINE_MARK.match(text, start, end)
    return mark.end() - start if mark and text[:start].rstrip(" \t")[-1:] in ("", "\n") else 0


def _mark_at_end(text: str, start: int, end: int) -> int | None:
    """Where the last line of `[start, end)` begins, if it goes no further than that line's mark."""
    line = text.rfind("\n", start, end) + 1
    words = end - len(text[line:end].lstrip(" \t"))
    mark = _LINE_MARK.match(text, words) if line and words < end else None
    return line if mark and mark.end() >= end else None


def _stray(mark: str, span: str) -> bool:
    if mark.isspace() or mark in _SEPARATORS:
        return True
    if mark == '"':
        return span.count(mark) % 2 == 1
    return any(
        mark in pair and span.count(pair[0]) != span.count(pair[1]) for pair in _PAIRS.items()
    )


def _closes(mark: str, span: str) -> bool:
    return any(
        mark == last and span.count(first) > span.count(last) for first, last in _PAIRS.items()
    )


def _abbreviation(span: str) -> bool:
    last = span.split()[-1][:-1]
    return "." in last or last in _ABBREVIATIONS or (len(last) == 1 and last.isalpha())


def _says_something(
    text: str, offsets: NDArray[np.int64], words: NDArray[np.int64], max_tokens: int
) -> NDArray[np.bool_]:
    """(windows, tokens, max_tokens): the span holds more than marks that `trim` may take off."""
    says = np.zeros(words.shape, dtype=np.int64)
    for window, token in zip(*np.nonzero(words >= 0), strict=True):
        start, end = offsets[window, token]
        says[window, token] = any(
            character not in _EDGES and not character.isspace() for character in text[start:end]
        )
    before = np.cumsum(says, axis=1) - says
    some: NDArray[np.bool_] = _ahead(before + says, max_tokens, fill=0) > before[:, :, None]
    return some


def _ahead(values: NDArray[Any], width: int, *, fill: float) -> NDArray[Any]:
    """(windows, tokens) -> (windows, tokens, width): each token's own value and those after it."""
    padding = np.full((len(values), width - 1), fill, dtype=values.dtype)
    return sliding_window_view(np.concatenate([values, padding], axis=1), width, axis=1)
