"""What kind of answer a question asks for, told by its words (English)."""

import re
from typing import Literal

QuestionType = Literal["words", "yes_no", "why", "list", "count"]

_AUXILIARY = (
    r"(?:is|are|was|were|am|do|does|did|has|have|had|can|could|will|would|shall|should|may|might"
    r"|must)(?:n['’]t)?"
)
_START = r"(?:(?:and|but|so|or|well|then|also|please)\b,?\s+)*"
# "Can you tell me when ...", "Do you know who ...": a question inside a polite one.
_POLITE = re.compile(
    _START + r"(?:(?:can|could|would|will) you(?: please)? (?:tell|explain|show|say|give|list|name)"
    r"|do you know|i(?:'d| would) like to know|i want to know|tell|explain|show)"
    r"(?: to)?(?: me| us)?(?: please)?(?: about)?:?\s+"
)
_LIST_VERB = re.compile(
    r"(?:list|name|enumerate|give(?: me| us)?|mention)\s+(?:all|the|some|every|\w+s\b)"
)
_EARLIER_SENTENCES = re.compile(r"\A.*[.!?] (?=\S.*\?)")  # "I live in Seoul. Is there ...?"
_YES_NO = re.compile(_AUXILIARY + r"\s+\S")
_LATE_YES_NO = re.compile(r"[^,?]{1,60},\s*" + _AUXILIARY + r"\s+\S")  # "In 2017, did ..."
_TAG = re.compile(r",\s*" + _AUXILIARY + r"\s+(?:he|she|it|they|we|you|there)\s*\?$")
_WH = re.compile(r"\b(?:who|whom|whose|what|which|when|where|why|how)\b")
_WHY = re.compile(
    r"(?:\S+\s+){0,4}?(?:why\b|how come\b)|(?:for )?what (?:\w+ )?(?:\w+ )?reasons?\b"
)
_COUNT = re.compile(r"(?:[^,?]{0,40}[, ])?how many\b|what (?:is|was|were|are) the number of\b")
# "What are the ...", "Which ports ...", "In which cities ...". A noun is taken for a plural by its
# last letter; "which is" and "what was" aren't nouns. After "what" a verb may end so, too ("What
# happens ..."), so there, and after an adjective, what follows has to fit a noun.
_KINDS = (
    r"(?:(?:other|two|three|four|five|six|seven|eight|nine|ten|\d+|different|main|major|kinds? of"
    r"|types? of|sorts? of|of the) )*"
)
_NO_NOUN = r"(?!(?:is|was|does|has|this|class|process|business|status|basis|year's|across|plus)\b)"
_NOUNS = r"(?:\w+(?:[^\Wsui]|[^\Wsu]e)s|people|men|women|children)\b"
_GOES_ON = (
    r"(?= (?:of|are|were|do|did|have|had|can|could|will|would|may|should|must|took|came|there|in|on"
    r"|at|from|for|with|to be|\w+ed)(?![\w-]))"
)
# "What were the exports in 2017?": one figure, that of a year, and no list.
_FIGURE_OF_A_YEAR = re.compile(
    r"what (?:are|were) (?:\S+ ){1,4}?(?:(?:ex|im)ports|sales|costs|earnings|revenues"
    r"|incomes|profits|losses|expenses|wages|savings|takings|reserves|births|deaths|arrivals)\b.*\b(?:1[5-9]|20)\d\d\b"
)
_PLURAL = re.compile(
    r"(?:what|who) (?:are|were) (?:the|all|some)\b"
    rf"|(?:\w+ )?which {_KINDS}{_NO_NOUN}{_NOUNS}"
    rf"|(?:\w+ )?what {_KINDS}{_NO_NOUN}{_NOUNS}{_GOES_ON}"
    rf"|(?:\w+ )?(?:what|which) {_KINDS}(?:[\w-]+ ){{1,2}}{_NO_NOUN}{_NOUNS}{_GOES_ON}"
)


def question_type(question: str) -> QuestionType:
    """`words` for all that a few words of a document can answer."""
    words = " ".join(question.casefold().replace("’", "'").split())
    words = _EARLIER_SENTENCES.sub("", words)
    polite = _POLITE.match(words)
    listing = re.match(_START, words)
    rest = words[polite.end() :] if polite else words[listing.end() if listing else 0 :]
    if polite and rest.startswith(("if ", "whether ")):
        return "yes_no"
    if polite and not _WH.match(rest) and not _YES_NO.match(rest):
        return "list" if re.search(r"\b(?:list|name)\b", polite[0]) else "words"
    if _LIST_VERB.match(rest):
        return "list"
    if _WHY.match(rest):
        return "why"
    if _COUNT.match(rest):
        return "count"
    if _asks_yes_or_no(rest):
        return "yes_no"
    return "list" if _PLURAL.match(rest) and not _FIGURE_OF_A_YEAR.match(rest) else "words"


def _asks_yes_or_no(words: str) -> bool:
    """An alternative ("Was it signed in 1990 or 1991?") is answered by words, not by yes."""
    if _TAG.search(words):
        return True
    starts = _YES_NO.match(words) or (_LATE_YES_NO.match(words) and not _WH.match(words))
    return bool(starts) and " or " not in words
