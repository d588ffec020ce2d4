"""Where documents give different answers to the same question."""

import re
from collections.abc import Sequence

from qa.choose import Choice, evidence
from qa.confidence import Confidence
from qa.question_type import question_type

_NUMBER = re.compile(r"\d[\d,.]*")
_FIGURE = re.compile(r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b")


def differing(question: str, choices: Sequence[Choice], confidence: Confidence) -> tuple[int, ...]:
    """The positions of the best choice and of those that other documents give instead.

    A document gives what speaks most of all that it says. Each choice is a figure or date that
    would be answered if it stood alone and shown as a possibility beside the others, in a passage
    with the question's own numbers (a year, mostly), and none repeats another's words. Empty where
    there is only one such choice.
    """
    type_ = question_type(question)
    if type_ not in ("words", "count"):
        return ()
    asked = set(_NUMBER.findall(question))
    likely = [
        position
        for position, choice in enumerate(choices)
        if _is_figure(choice, asked)
        and confidence.of(type_, choice.score, choice.score) >= confidence.answer_from
    ]
    if likely[:1] != [0]:
        return ()
    given = _given_by_documents(choices)
    found = [0]
    for position in likely[1:]:
        choice = choices[position]
        possible = confidence.of(type_, choice.score, choice.margin) >= confidence.unsure_from
        differs = all(_differ(choice, choices[other]) for other in found)
        if position in given and possible and differs:
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


def _is_figure(choice: Choice, asked: set[str]) -> bool:
    """Whether it is a figure or date, and its passage holds the numbers that were asked about."""
    text, passage = choice.spans[0].text, choice.spans[0].hit.passage
    around = " ".join((passage.title, passage.heading or "", passage.text))
    return bool(_FIGURE.search(text.casefold())) and asked <= set(_NUMBER.findall(around))


def _differ(one: Choice, other: Choice) -> bool:
    """Whether neither's words hold the other's."""
    words = [set(re.findall(r"\w+", choice.spans[0].text.casefold())) for choice in (one, other)]
    return not (words[0] <= words[1] or words[1] <= words[0])
