"""Where documents give different answers to the same question."""

import re
from collections.abc import Sequence

from qa.choose import Choice, evidence
from qa.confidence import Confidence
from qa.question_type import QuestionType


def differing(
    question_type: QuestionType, choices: Sequence[Choice], confidence: Confidence
) -> tuple[int, ...]:
    """The positions of the best choice and of those that other documents give instead.

    A document gives what speaks most of all that it says. Each choice would be answered if it stood
    alone, and none repeats another's words. Empty where there is only one such choice, and for
    questions that are answered by a sentence.
    """
    if question_type not in ("words", "count"):
        return ()
    given = _given_by_documents(choices)
    found: list[int] = []
    for position, choice in enumerate(choices):
        if confidence.of(question_type, choice.score, choice.score) < confidence.answer_from:
            if not found:
                return ()
            continue
        own = position in given or not found
        if own and all(_differ(choice, choices[other]) for other in found):
            found.append(position)
    return tuple(found) if len(found) > 1 else ()


def _given_by_documents(choices: Sequence[Choice]) -> set[int]:
    """The positions of the choices that are some document's best."""
    best: dict[int, tuple[float, int]] = {}
    for position, choice in enumerate(choices):
        for span in choice.spans:
            document = span.hit.passage.document_id
            spoken = (evidence(span), -position)
            best[document] = max(best.get(document, spoken), spoken)
    return {-position for _, position in best.values()}


def _differ(one: Choice, other: Choice) -> bool:
    """Whether neither's words hold the other's."""
    words = [set(re.findall(r"\w+", choice.spans[0].text.casefold())) for choice in (one, other)]
    return not (words[0] <= words[1] or words[1] <= words[0])
