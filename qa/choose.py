"""Spans of many passages to the answers that they stand for, best first."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from qa.evidence import as_evidence
from qa.plausible import plausible
from qa.question_type import QuestionType
from qa.types import Hit, Span

# What a passage's place in the search adds to the score of a span in it (docs/decisions.md).
_RETRIEVAL_WEIGHT = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The spans that say the same words, those with the most support first.

    `margin` is how far the reader's score of the first is above that of the best span with other
    words, or above 0, which is "no answer", where there is none.
    """

    spans: tuple[Span, ...]
    margin: float

    @property
    def score(self) -> float:
        """The reader's score of the first span."""
        return self.spans[0].score


def choose(question_type: QuestionType, question: str, spans: Sequence[Span]) -> list[Choice]:
    """What the reader's spans answer to a question, the choice with the most support first."""
    return choices(as_evidence(question_type, plausible(question_type, question, spans)))


def choices(spans: Sequence[Span]) -> list[Choice]:
    """What the spans answer, the one with the most support first."""
    same: dict[str, list[Span]] = {}
    for span in sorted(spans, key=support, reverse=True):
        if words := same_words(span.text):
            same.setdefault(words, []).append(span)
    best = {words: max(span.score for span in group) for words, group in same.items()}
    return [
        Choice(
            spans=tuple(group),
            margin=group[0].score
            - max((score for other, score in best.items() if other != words), default=0.0),
        )
        for words, group in same.items()
    ]


def support(span: Span) -> float:
    """How much speaks for a span: what the reader says of it, and the search of its passage."""
    return span.score + _RETRIEVAL_WEIGHT * span.hit.score


def score_needed(hit: Hit, support: float) -> float:
    """What the reader would have to say of a span in this hit to give it that much support."""
    return support - _RETRIEVAL_WEIGHT * hit.score


def reranked(hits: Sequence[Hit], spans: Sequence[Span]) -> tuple[Hit, ...]:
    """The hits by the support of their best span; those without one stay as they were, after."""
    best: dict[int, float] = {}
    for span in spans:
        id_ = span.hit.passage.id
        best[id_] = max(best.get(id_, -math.inf), support(span))
    order = sorted(hits, key=lambda hit: -best.get(hit.passage.id, -math.inf))
    return tuple(replace(hit, rank=rank) for rank, hit in enumerate(order, 1))


def same_words(text: str) -> str:
    """Equal for answers that differ in case and punctuation only; empty where there is no word."""
    return " ".join(re.findall(r"\w+", text.casefold()))
