"""Which of the reader's spans can be an answer at all, told by their words."""

import re
from collections.abc import Sequence

from qa.question_type import QuestionType
from qa.types import Span

_QUANTITY = re.compile(
    r"\d|\b(?:no|none|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen"
    r"|\w+ty(?:-\w+)?|hundreds?|thousands?|millions?|billions?|dozens?|half|twice|once|both|all"
    r"|single|several|many|few)\b",
    re.IGNORECASE,
)


def is_quantity(text: str) -> bool:
    """Whether the words hold a figure or a word for one."""
    return bool(_QUANTITY.search(text))


def plausible(question_type: QuestionType, question: str, spans: Sequence[Span]) -> list[Span]:
    """The spans without those that only repeat the question; of "How many ...?" the quantities.

    The question's own words answer it only where it gives a choice ("Was it older or younger?").
    Of the questions of half of SQuAD 1.1's dev set 0.3 % have such an answer besides. A hint to a
    sentence (yes or no, why) may be of any kind. Where nothing would be left, all spans stay.
    """
    if question_type in ("yes_no", "why"):
        return list(spans)
    asked = _words(question)
    kept = list(spans)
    if "or" not in asked:
        kept = [span for span in kept if not _words(span.text) <= asked] or kept
    if question_type == "count":
        kept = [span for span in kept if is_quantity(span.text)] or kept
    return kept


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))
