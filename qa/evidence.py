"""What answers a question that a few words can't: the sentence or the list around them.

The reader marks words. For "Did ...?" and "Why ...?" these are a hint to the sentence that settles
the question; for a list they are often one of its items.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import replace

from index.outline import blocks
from index.sentences import sentences
from index.types import Range
from qa.decode import line_mark
from qa.plausible import is_quantity
from qa.question_type import QuestionType
from qa.types import Citation, Span

# An item of a list, or the row of a table.
_ITEM = re.compile(r"(?:[-–•*]|\d{1,3}[.)]) +\S|[^\n]* \| ")
_NEIGHBOUR_SCORE = 2.0  # in log-odds: one is at most seven times as likely as the other
_SEVERAL = re.compile(r",|;|\n|\band\b|\bor\b")


def as_evidence(question_type: QuestionType, spans: Sequence[Span]) -> list[Span]:
    """The spans widened to what answers this type of question, best first.

    Where several widen to the same words these get the best of their scores; for yes or no the sum
    of the odds that the scores stand for, which the fit for these questions is made for.
    """
    if question_type == "words":
        return list(spans)
    wide: dict[tuple[int, int, int], list[Span]] = {}
    for span in spans:
        range_ = _widened(question_type, span)
        key = (span.hit.passage.id, range_.start, range_.end)
        wide.setdefault(key, []).append(replace(span, start=range_.start, end=range_.end))
    together = _sum_of_odds if question_type == "yes_no" else max
    merged = [
        replace(group[0], score=together([span.score for span in group])) for group in wide.values()
    ]
    merged.sort(key=lambda span: -span.score)
    return _with_neighbour(merged) if question_type == "yes_no" else merged


def _with_neighbour(spans: list[Span]) -> list[Span]:
    """The best sentence as one with the next best, if they follow on each other.

    "In 1975 four men sued the state. The case ended without a verdict." settles what neither
    sentence does.
    """
    if len(spans) < 2:
        return spans
    best, next_best, *rest = spans
    first, last = sorted((best, next_best), key=lambda span: span.start)
    passage = best.hit.passage
    between = passage.text[first.end - passage.start : last.start - passage.start]
    near = best.score - next_best.score < _NEIGHBOUR_SCORE and next_best.hit is best.hit
    if not near or between.strip() or "\n" in between:
        return spans
    score = _sum_of_odds([best.score, next_best.score])
    return [replace(best, start=first.start, end=last.end, score=score), *rest]


def sentence_around(text: str, start: int, end: int) -> Range:
    """The sentence, or the few, that `text[start:end]` stands in."""
    first, last = start, end
    for block in blocks(text):
        if block.end <= start or block.start >= end:
            continue
        for sentence in sentences(text, block.start, block.end):
            if sentence.start < end and start < sentence.end:
                first, last = min(first, sentence.start), max(last, sentence.end)
    return Range(start=first, end=last)


def is_whole(citation: Citation) -> bool:
    """Whether the quote is its whole sentence or list, but for a bullet before it."""
    mark = line_mark(citation.sentence, 0, len(citation.sentence))
    return citation.quote in (citation.sentence, citation.sentence[mark:])


def list_around(text: str, start: int, end: int) -> Range | None:
    """The list or table that `text[start:end]` is in, with the line that announces it, if it does.

    None where it stands in no list of two items or more.
    """
    lines = [Range(start=m.start(), end=m.end()) for m in re.finditer(r"[^\n]+", text)]
    here = [i for i, line in enumerate(lines) if line.start < end and start < line.end]
    if not here or not all(_ITEM.match(text, lines[i].start) for i in here):
        return None
    first, last = here[0], here[-1]
    while first > 0 and _ITEM.match(text, lines[first - 1].start):
        first -= 1
    while last + 1 < len(lines) and _ITEM.match(text, lines[last + 1].start):
        last += 1
    if first == last:
        return None
    if first > 0 and text[: lines[first - 1].end].endswith(":"):
        first -= 1
    return Range(start=lines[first].start, end=lines[last].end)


def _widened(question_type: QuestionType, span: Span) -> Range:
    """Offsets of the document, as the span's are."""
    passage = span.hit.passage
    start, end = span.start - passage.start, span.end - passage.start
    sentence = sentence_around(passage.text, start, end)
    mark = line_mark(passage.text, sentence.start, sentence.end)
    sentence = replace(sentence, start=sentence.start + mark)
    if question_type in ("yes_no", "why"):
        wide: Range | None = sentence
    elif question_type == "count" and is_quantity(span.text):
        wide = None
    elif _is_enumeration(span.text) and 2 * (end - start) < sentence.end - sentence.start:
        wide = None  # it stands inside a longer sentence or item
    else:
        wide = list_around(passage.text, start, end)
    if wide is None:
        return Range(start=span.start, end=span.end)
    return Range(start=passage.start + wide.start, end=passage.start + wide.end)


def _is_enumeration(text: str) -> bool:
    return "\n" not in text and bool(_SEVERAL.search(text))


def _sum_of_odds(scores: Sequence[float]) -> float:
    """log(sum(exp(scores))), computed so that nothing overflows."""
    highest = max(scores)
    return highest + math.log(sum(math.exp(score - highest) for score in scores))
