"""Questions that ask yes or no, made from questions that ask for words.

"When did X happen?" with the answer 1884 becomes "Did X happen in 1884?"; every second one gets
the answer of another question, so that the sentence that settles it says no. There is no corpus
of such questions with sentences that may be shipped or trained on here.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_AUXILIARY = r"(?P<verb>did|does|do|is|are|was|were|has|have|had|can|could|will|would)"
_PREPOSITION = re.compile(r"(?:in|on|at|by|from|to|near|around|after|before|during|since)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pattern:
    question: re.Pattern[str]
    made: str  # of the groups of the question and {answer}


def _pattern(question: str, made: str) -> _Pattern:
    return _Pattern(question=re.compile(question, re.IGNORECASE), made=made)


_PATTERNS = (
    _pattern(
        rf"(?:when|in (?:what|which) year) {_AUXILIARY} (?P<rest>.+?)\?*", "{verb} {rest} {time}?"
    ),
    _pattern(rf"where {_AUXILIARY} (?P<rest>.+?)\?*", "{verb} {rest} {place}?"),
    _pattern(
        r"(?:who|what|which) (?P<verb>is|are|was|were) (?P<rest>.+?)\?*", "{verb} {answer} {rest}?"
    ),
    _pattern(
        rf"how many (?P<noun>\w+) {_AUXILIARY} (?P<rest>.+?)\?*", "{verb} {rest} {answer} {noun}?"
    ),
)


def yes_no_questions(asked: Sequence[tuple[str, str]]) -> list[str | None]:
    """For each question and its answer the question for yes or no; None where no pattern fits."""
    made: list[str | None] = []
    others: dict[int, str] = {}  # the answer last seen to a question of each pattern
    wrong = False
    for question, answer in asked:
        made.append(None)
        for number, pattern in enumerate(_PATTERNS):
            if found := pattern.question.fullmatch(question.strip()):
                shown = others.get(number, answer) if wrong else answer
                others[number], wrong = answer, not wrong
                words = pattern.made.format(
                    **found.groupdict(),
                    answer=shown,
                    time=_with_preposition(shown, "in" if re.fullmatch(r"[\d ]+", shown) else "on"),
                    place=_with_preposition(shown, "in"),
                )
                made[-1] = words[0].upper() + words[1:]
                break
    return made


def _with_preposition(answer: str, preposition: str) -> str:
    return answer if _PREPOSITION.match(answer) else f"{preposition} {answer}"
