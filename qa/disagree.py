"""Where documents give different answers to the same question."""

import re
from collections.abc import Sequence

from qa.choose import Choice
from qa.confidence import Confidence
from qa.question_type import QuestionType


def differing(
    question_type: QuestionType, choices: Sequence[Choice], confidence: Confidence
) -> tuple[int, ...]:
    """The positions of the best choice and of those that other documents give instead.

    Each would be answered if it stood alone, and none repeats another's words. Empty where there
    is only one such choice, and for questions that are answered by a sentence.
    """
    if question_type not in ("words", "count"):
        return ()
    found: list[int] = []
    for position, choice in enumerate(choices):
        if confidence.of(question_type, choice.score, choice.score) < confidence.answer_from:
            if not found:
                return ()
            continue
        if all(_differ(choice, choices[other]) for other in found):
            found.append(position)
    return tuple(found) if len(found) > 1 else ()


def _differ(one: Choice, other: Choice) -> bool:
    """Whether two choices stand in different documents and neither's words hold the other's."""
    documents = [{span.hit.passage.document_id for span in choice.spans} for choice in (one, other)]
    words = [set(re.findall(r"\w+", choice.spans[0].text.casefold())) for choice in (one, other)]
    apart = documents[0].isdisjoint(documents[1])
    return apart and not (words[0] <= words[1] or words[1] <= words[0])
