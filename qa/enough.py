"""Reads the passages that were found best, and the others only where these could matter."""

from collections.abc import Sequence

from index.language import other_language
from qa.choose import choose, score_needed, support
from qa.disagree import may_differ
from qa.question_type import QuestionType, question_type
from qa.types import Hit, Reader, Span

# Passages of a question that are read at most, and those of them that are read first.
READ = 8
_READ_FIRST = 3
# A reader's score that few right answers have. Where another passage would need as much to have its
# words chosen instead, it isn't read (docs/decisions.md).
_OUT_OF_REACH = 10.0


def spans_of(reader: Reader, question: str, hits: Sequence[Hit]) -> list[Span]:
    """What the reader marks in the best hits, best first.

    Nothing where it can't read the language.
    """
    if other_language(question):
        return []
    hits = [hit for hit in hits[:READ] if not other_language(hit.passage.text)]
    first, others = hits[:_READ_FIRST], hits[_READ_FIRST:]
    spans = reader.read(question, first, hits)
    if others and not _is_settled(question_type(question), question, spans, others):
        spans = [*spans, *reader.read(question, others, hits)]
    return sorted(spans, key=lambda span: -span.score)


def _is_settled(
    type_: QuestionType, question: str, spans: Sequence[Span], others: Sequence[Hit]
) -> bool:
    """Whether the others are most unlikely to say anything better, and can't contradict it."""
    best = next(iter(choose(type_, question, spans)), None)
    return (
        best is not None
        and score_needed(others[0], support(best.spans[0])) >= _OUT_OF_REACH
        and not may_differ(type_, question, best, [hit.passage for hit in others])
    )
