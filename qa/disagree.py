"""Where documents give different answers to the same question."""

import re
from collections.abc import Sequence

from index.context import passage_context
from index.terms import terms
from index.types import Passage
from qa.choose import Choice, support
from qa.confidence import Confidence
from qa.features import features_alone
from qa.question_type import QuestionType

_NUMBER = re.compile(r"\d[\d,.]*")
# Narrower than a quantity: "a few" contradicts nothing.
_FIGURE = re.compile(r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b")
# The types of question of which documents may give different figures or dates.
_DIFFER = ("words", "count")


def differing(
    type_: QuestionType, question: str, choices: Sequence[Choice], confidence: Confidence
) -> tuple[int, ...]:
    """The positions of the best choice and of those that other documents give instead.

    A document gives what speaks most of all that it says. Each choice is a figure or date that
    would be answered if it stood alone, in a passage with the question's own numbers (a year,
    mostly), and on the same subject as the best; and none repeats another's words. Empty where
    there is only one such choice.
    """
    if type_ not in _DIFFER:
        return ()
    asked = set(_NUMBER.findall(question))
    likely = [
        position
        for position, choice in enumerate(choices)
        if _is_figure(choice.spans[0].text)
        and _holds(choice.spans[0].hit.passage, asked)
        and confidence.of(type_, features_alone(type_, question, choice.spans[0]))
        >= confidence.answer_from
    ]
    if likely[:1] != [0]:
        return ()
    given = _given_by_documents(choices)
    found = [0]
    for position in likely[1:]:
        choice = choices[position]
        differs = all(_differ(choice, choices[earlier]) for earlier in found)
        own, other = choices[0].spans[0].hit.passage, choice.spans[0].hit.passage
        same = _is_on_the_subject(question, own, other)
        if position in given and differs and same:
            found.append(position)
    return tuple(found) if len(found) > 1 else ()


def may_differ(
    type_: QuestionType, question: str, best: Choice, passages: Sequence[Passage]
) -> bool:
    """Whether some of these passages, which weren't read, could hold what `differing` finds."""
    if type_ not in _DIFFER or not _is_figure(best.spans[0].text):
        return False
    asked = set(_NUMBER.findall(question))
    own = best.spans[0].hit.passage
    return any(
        passage.document_id != own.document_id
        and _holds(passage, asked)
        and _is_on_the_subject(question, own, passage)
        for passage in passages
    )


def _given_by_documents(choices: Sequence[Choice]) -> set[int]:
    """The positions of the choices that are some document's best."""
    best: dict[int, tuple[float, int]] = {}
    for position, choice in enumerate(choices):
        for span in choice.spans:
            document = span.hit.passage.document_id
            spoken = (support(span), -position)
            best[document] = max(best.get(document, spoken), spoken)
    return {-position for _, position in best.values()}


def _is_on_the_subject(question: str, own: Passage, other: Passage) -> bool:
    """Whether the other passage holds what the best answer's own does of the question's terms.

    One in five may be missing: "Which port does Webmin use?" isn't answered by Apache's. Short
    terms are left out, as most of them are no names of anything.
    """
    asked = {term for term in terms(question) if len(term) > 3}
    shared = asked & set(terms(passage_context(own)))
    return len(shared - set(terms(passage_context(other)))) <= len(shared) // 5


def _holds(passage: Passage, numbers: set[str]) -> bool:
    return numbers <= set(_NUMBER.findall(passage_context(passage)))


def _is_figure(text: str) -> bool:
    return bool(_FIGURE.search(text.casefold()))


def _differ(one: Choice, other: Choice) -> bool:
    """Whether neither's words hold the other's."""
    words = [set(re.findall(r"\w+", choice.spans[0].text.casefold())) for choice in (one, other)]
    return not (words[0] <= words[1] or words[1] <= words[0])
