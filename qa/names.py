"""Names and noun phrases in a question, told by capital letters and small words (English)."""

import re
from dataclasses import dataclass

_WORD = re.compile(r"[^\W_][\w'’.-]*[\w]|[^\W_]")


def _words(line: str) -> frozenset[str]:
    return frozenset(line.split())


_JOINS = _words("of on de la van von der den al the for")
# What begins a sentence with a capital letter without being a name.
_NO_NAMES = _words(
    """a an the and but so or in on at by from to for of with during after before under since until
    about what which who whom whose when where why how is are was were am do does did has have had
    can could will would shall should may might must if as than not no yes i you he she it they we
    his her its their our your my this that these those there then also please tell give show list
    name explain describe find compare let according many much any some all both each every ok okay
    well else exactly long often far soon"""
)
# After these mostly a place is named.
_PLACE_BEFORE = _words(
    """in at to from near into around across through via towards between visit visits visited
    visiting leave left reach reached enter entered"""
)
_NATIONALITY = re.compile(
    r"the|North|South|East|West|Soviet|French|Dutch|Greek|Danish|Welsh|Swiss|Czech|German|Thai"
    r"|[A-Z]\w+(?:ian|ean|ican|ese|ish)"
)
_MONTHS = _words(
    "january february march april may june july august september october november december"
    " monday tuesday wednesday thursday friday saturday sunday"
)
_PHRASE_ENDS = _words(
    """of in on at by from to for with during after before under since until about between into over
    that which who whom whose when where why how and or but is are was were do does did has have had
    can could will would shall should may might must be been not as than"""
)
_VERBS = _words(
    """start started begin began end ended take took go went come came open opened cost run make
    made get got leave left happen become became work stop"""
)
_ARTICLES = _words("the a an")


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A name at `[start, end)`. `is_place`: it stands after "in", "to", "near" or the like."""

    text: str
    start: int
    end: int
    is_place: bool
    has_article: bool

    def is_like(self, other: "Name") -> int:
        """How much two names look alike: one word or several, with an article, with a hyphen."""
        return (
            ((" " in self.text) == (" " in other.text))
            + (self.has_article == other.has_article)
            + (("-" in self.text) == ("-" in other.text))
        )

    @property
    def is_nationality(self) -> bool:
        """Whether it tells of which people or land something is: "South Korean", "Soviet"."""
        return all(_NATIONALITY.fullmatch(word) for word in self.text.split())

    @property
    def is_date(self) -> bool:
        return any(word.casefold() in _MONTHS for word in self.text.split())


def names(text: str) -> tuple[Name, ...]:
    """The names in a text, in its order: "the Treaty on Basic Relations", "KAL flight 007"."""
    words = list(_WORD.finditer(text))
    found: list[Name] = []
    place = 0
    while place < len(words):
        if not _is_capital(words[place], text):
            place += 1
            continue
        last = place
        ahead = place + 1
        while ahead < len(words) and _together(text, words[ahead - 1], words[ahead]):
            word = words[ahead][0]
            if word[0].isupper() or word[0].isdigit():
                last = ahead
            elif not (
                word in _JOINS or (ahead + 1 < len(words) and words[ahead + 1][0][0].isdigit())
            ):
                break
            ahead += 1
        start, end = words[place].start(), words[last].end()
        if text[end - 2 : end] in ("'s", "’s"):
            end -= 2
        before = words[place - 1][0].casefold() if place else ""
        article = before == "the"
        lead = words[place - 2][0].casefold() if article and place > 1 else before
        found.append(
            Name(
                text=("the " if article else "") + text[start:end],
                start=words[place - 1].start() if article else start,
                end=end,
                is_place=lead in _PLACE_BEFORE,
                has_article=article,
            )
        )
        place = last + 1
    return tuple(found)


def content_words(text: str) -> list[str]:
    """The words that say what a text is about: no small words, no numbers."""
    words = (word[0] for word in _WORD.finditer(text))
    return [
        word
        for word in words
        if word.casefold() not in _NO_NAMES | _PHRASE_ENDS and not word[0].isdigit()
    ]


def noun_phrase(question: str) -> str | None:
    """The first thing that a question is about by an article: "the ferry", "a work permit".

    With the phrase that follows it on "of", "to", "for", "between": "the ferry to Vladivostok".
    """
    words = list(_WORD.finditer(question))
    for place, word in enumerate(words):
        if word[0].casefold() not in _ARTICLES or place + 1 >= len(words):
            continue
        last = place
        for ahead in range(place + 1, min(place + 5, len(words))):
            text = words[ahead][0]
            if text.casefold() in _PHRASE_ENDS | _VERBS or (last > place and text.endswith("ed")):
                break
            last = ahead
        ends_question = last + 1 == len(words) or words[last + 1][0].casefold() not in _VERBS
        supported = place and words[place - 1][0].casefold() in ("do", "does", "did")
        if supported and ends_question and last > place + 1 and words[last][0].islower():
            last -= 1  # "What did the ministry say about ...": the verb
        if last == place:
            continue
        end = words[last].end()
        if last + 1 < len(words):
            joint = words[last + 1][0].casefold()
            following = [n for n in names(question) if n.start == words[last + 1].end() + 1]
            if joint in ("of", "to", "for", "between", "on", "from") and following:
                end = following[0].end
        return question[word.start() : end]
    return None


def _is_capital(word: re.Match[str], text: str) -> bool:
    if not word[0][0].isupper():
        return False
    begins = not text[: word.start()].strip() or text[: word.start()].rstrip()[-1] in '.!?:"“'
    return not (
        word[0].casefold() in _NO_NAMES and (begins or word[0] != word[0].upper())
    ) and word[0] not in ("I", "A")


def _together(text: str, left: re.Match[str], right: re.Match[str]) -> bool:
    return text[left.end() : right.start()] == " "
