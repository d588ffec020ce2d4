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
_WH = re.compile(r"\b(?:who|whom|whose|what|which|when|where|why|how)\b")
_WHERE_OR_WHO = ("where", "who", "whom", "whose")
_YEAR = re.compile(r"\b(?:what|which) years?\b")
_MONTHS = (
    r"january|february|march|april|may|june|july|august|september|october|november|december"
    r"|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec"
)
# Nothing but figures, months and the words of dates: no place, and nobody.
_FIGURES = re.compile(
    rf"(?:(?:in|on|at|by|since|around|about|circa|early|late|mid|the|of|to|and|ad|bc|ce|bce|am|pm"
    rf"|centur(?:y|ies)|(?:mon|tues|wednes|thurs|fri|satur|sun)day|{_MONTHS}|\d+(?:s|st|nd|rd|th)?)\b"
    r"\W*)+",
    re.IGNORECASE,
)
# Figures with what they count, unless it is time: no place, nobody, and no date.
_MEASURE = re.compile(
    r"(?:(?:about|around|some|nearly|almost|over|only|just|up to|more than|less than)\s+)?"
    r"(?:[$€£¥₩]\s?\d[\d,.]*(?:\s*(?:thousand|million|billion|trillion))?"
    r"|\d[\d,.]*(?:\s*(?:thousand|million|billion|trillion))?[\s-]*(?:%|per ?cent|°\s?[cf]"
    r"|(?:square |cubic )?(?:k?m|cm|mm|(?:kilo)?met(?:re|er)s?|miles?|feet|foot|inch(?:es)?)"
    r"|kg|(?:kilo|milli)?gram(?:me)?s?|ton(?:ne)?s?|pounds?|lit(?:re|er)s?|gallons?|hectares?|acres?"
    r"|dollars?|euros?|won|yen|roubles?|rubles?|people|times"
    r"|[kmgt]i?b|(?:kilo|mega|giga)?(?:bytes?|watts?|hertz|volts?)))",
    re.IGNORECASE,
)


def is_quantity(text: str) -> bool:
    """Whether the words hold a figure or a word for one."""
    return bool(_QUANTITY.search(text))


def plausible(question_type: QuestionType, question: str, spans: Sequence[Span]) -> list[Span]:
    """The spans without those that only repeat the question, or aren't of the kind asked for.

    The question's own words answer it only where it gives a choice ("Was it older or younger?").
    Of the questions of half of SQuAD 1.1's dev set 0.3 % have such an answer besides. "How many"
    wants a quantity, "which year" a figure, "where" and "who" more than figures (of the 135 and
    904 such questions of that half none has another answer); neither they nor "when" want
    a measure ("110 kilometres"; none of 1,384). A hint to a sentence (yes or no, why)
    may be of any kind. Where nothing would be left, all spans stay.
    """
    if question_type in ("yes_no", "why"):
        return list(spans)
    asked = _words(question)
    kept = list(spans)
    if "or" not in asked:
        kept = [span for span in kept if not _words(span.text) <= asked] or kept
    if question_type == "count":
        kept = [span for span in kept if is_quantity(span.text)] or kept
    elif _YEAR.search(question.casefold()):
        kept = [span for span in kept if re.search(r"\d", span.text)] or kept
    elif asks_where_or_who(question):
        kept = [span for span in kept if not is_date_or_figure(span.text)] or kept
    if _first_wh(question) in ("when", *_WHERE_OR_WHO):
        kept = [span for span in kept if not is_measure(span.text)] or kept
    return kept


def asks_where_or_who(question: str) -> bool:
    """Whether the question's first word for what it asks is "where" or "who"."""
    return _first_wh(question) in _WHERE_OR_WHO


def _first_wh(question: str) -> str:
    first = _WH.search(question.casefold())
    return first[0] if first else ""


def is_date_or_figure(text: str) -> bool:
    """Whether the words are a date, a time or figures, and nothing besides.

    A month alone may be somebody's name.
    """
    return bool(re.search(r"\d", text) and _FIGURES.fullmatch(text))


def is_measure(text: str) -> bool:
    """Whether the words are figures with what they count, and nothing besides."""
    return bool(_MEASURE.fullmatch(text))


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))
