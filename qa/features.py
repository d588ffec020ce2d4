"""What tells right answers from wrong ones, as figures: the confidence is fitted to these."""

import math
from dataclasses import dataclass

from index.terms import terms
from qa.choose import Choice
from qa.evidence import sentence_around
from qa.question_type import QuestionType
from qa.types import Span

# In place of its own length, for a choice that is a whole sentence or list whatever it says.
_USUAL_WORDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """Figures of one choice for one question.

    `score`: the reader's score of the first span. `margin`: how far that is above the best span
    with other words, or above "no answer". `log_rank`: logarithm of the place of its passage in the
    search. `log_words`: logarithm of the number of its words. `coverage`: the share of the
    question's stems that stand in the sentence around it, or in the title or headings above.
    """

    score: float
    margin: float
    log_rank: float
    log_words: float
    coverage: float


def features(type_: QuestionType, question: str, choice: Choice) -> Features:
    span = choice.spans[0]
    is_evidence = type_ == "why" or "\n" in span.text
    words = _USUAL_WORDS if is_evidence else max(1, len(span.text.split()))
    return Features(
        score=span.score,
        margin=choice.margin,
        log_rank=math.log(span.hit.rank),
        log_words=math.log(words),
        coverage=_coverage(question, span),
    )


def features_alone(type_: QuestionType, question: str, span: Span) -> Features:
    """Those of a span as if nothing with other words had been found."""
    return features(type_, question, Choice(spans=(span,), margin=span.score))


def _coverage(question: str, span: Span) -> float:
    asked = set(terms(question))
    passage = span.hit.passage
    sentence = sentence_around(passage.text, span.start - passage.start, span.end - passage.start)
    above = f"{passage.title} {passage.heading or ''}"
    around = {*terms(passage.text[sentence.start : sentence.end]), *terms(above)}
    return len(asked & around) / max(1, len(asked))
