"""A follow-up question and the turns before it -> a question that stands alone. By rules, English.

Three kinds of follow-up are told by their words (`stand_alone`):

* a fragment puts something new into the last question ("And in 2017?", "What about Busan?");
* a bare question word asks the last question once more, for something else ("Why?", "When was
  that?");
* words point back ("he", "its", "there", "that bridge") and what they point to takes their place.

A question that names nothing may lean on the turns before it without a word that says so ("Did
anybody survive?"). `with_topic` puts before it what was talked about; whether that is meant shows
only when it is asked both ways.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa.names import Name, content_words, names, noun_phrase
from qa.types import Turn

_AUXILIARY = (
    r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|shall|should|may|might|must)"
)
_WH = r"(?:who|whom|whose|what|which|when|where|why|how)"
_LEAD = re.compile(r"(?:(?:and|but|so|or|ok|okay|then|also|well)\b[\s,]*)+", re.IGNORECASE)
_ABOUT = re.compile(r"(?:what|how) about\s+", re.IGNORECASE)
# "What about the second group: how many people were in it?", "As for Moon, where did he ...?"
_FIRST_ABOUT = re.compile(
    rf"(?:(?:what|how) about|now about|as for|about|regarding)\s+(?P<topic>[^:?]{{2,80}}?)"
    rf"\s*[,:?-]\s*(?P<question>(?:\w+ )?(?:{_WH}|{_AUXILIARY})\b.*)",
    re.IGNORECASE,
)
_ORDINAL = re.compile(
    r"\b(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|last|next|\d+(?:st|nd|rd"
    r"|th))\b",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"\b(?:(?:\d{1,2} )?(?:January|February|March|April|May|June|July|August|September|October"
    r"|November|December)(?: \d{1,2},?)?(?: \d{4})?|\d{4}s?)\b"
)
_ASKS = re.compile(rf"(?:\w+ )?{_WH}\b|{_AUXILIARY}\b", re.IGNORECASE)
# "In 2018, was it higher?"
_ASKS_LATER = re.compile(rf"[^,?]{{1,60}},\s*(?:{_WH}|{_AUXILIARY})\b", re.IGNORECASE)
# "Why?", "Since when?", "How many?", "When was that?", "How did this happen?"
_BARE = re.compile(
    rf"""(?P<wh>(?:(?:since|until|till|from|by|with|for|to|at|in)\ )?
      (?:why|when|where|how|who|whom|how\ (?:long|often|much|many)|(?:what|which)\ (?:year|day)))
      (?:\ exactly)?(?:\ not|\ so)?\s*\?*
    |(?P<wh_that>(?:(?:since|until|till)\ )?(?:why|when|where|how))(?:\ exactly)?
      (?:\ {_AUXILIARY}\ (?:that|this)|(?<=when)\ (?:was|is)\ it|(?<=why)'s\ that)
      (?:\ (?:happen(?:ed)?|be|done|come\ about))?\s*\?*""",
    re.IGNORECASE | re.VERBOSE,
)
_NUMBER = re.compile(r"\b\d{4}s?\b")
_PREPOSITION = re.compile(r"(?:in|on|at|by|from|to|for|of|with|during|after|before|under)\s", re.I)

_PERSON_ASKED = re.compile(
    r"(?:\w+ )?(?:who|whom|whose)\b|(?:what|which) (?:\w+ )*?(?:president|minister|man|woman|person"
    r"|king|queen|emperor|leader|general|author|writer|poet|singer|actor|actress|director|artist"
    r"|scientist|player|composer|conductor|diplomat|ambassador|envoy|cosmonaut|astronaut)\b",
    re.IGNORECASE,
)
_PLACE_ASKED = re.compile(
    r"where\b|(?:\w+ )?(?:what|which) (?:\w+ )*?(?:city|country|town|port|place|state|region|island"
    r"|river|village|station|museum|building)\b",
    re.IGNORECASE,
)
_PERSON_WORDS = frozenset(["he", "she", "him", "her", "his", "hers"])
_PLURAL_WORDS = frozenset(["they", "them", "their", "theirs"])
_POSSESSIVE_WORDS = frozenset(["his", "hers", "its", "their", "theirs"])
_POINTERS = re.compile(
    r"\b(?:(?P<word>he|she|him|his|hers?|it|its|they|them|theirs?)"
    r"|(?P<place>there)"
    r"|(?P<time>(?:at|by|in|since|until|during) (?:that|this) (?:time|year|day|date|month|period)"
    r"|that (?:year|day|month|time)|(?<=\bby )then|(?<=\bsince )then|(?<=\buntil )then)"
    r"|(?P<noun>(?:this|those|these|(?<=\b(?:in|of|on|at|by|to|is) )that"
    r"|(?<=\b(?:for|did|was|are) )that|(?<=\b(?:with|does|from|were) )that) (?-i:[a-z])[\w-]*)"
    r"|(?P<that>(?:(?<=\b(?:is|do) )|(?<=\b(?:was|are|did) )|(?<=\b(?:were|does) ))"
    r"(?:that|this|those|these)))\b",
    re.IGNORECASE,
)
# "Is it true that", "how long does it take", "is there a": words that point to nothing.
_EMPTY_IT = re.compile(
    r"\bit (?:take|mean)s? \w+|\bit (?:is|was) (?:\w+ )?\w+ed that\b|\bwhat time (?:is|was) it\b|"
    r"\bit (?:is |was |be )?(?:possible|true|necessary|allowed|called|raining|clear|known|likely"
    r"|worth|safe|legal|time|important|that)\b|\bit(?: \w+)? to\b"
    r"|\b(?:is|was) it [\w-]+ (?:to|that|who|which)\b",
    re.IGNORECASE,
)
_EMPTY_THERE = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|do|does|did|will|can|could|would) there\b"
    r"|\bthere (?:is|are|was|were|be|been|will|has|have|had)\b",
    re.IGNORECASE,
)
_ASKED_FOR = re.compile(
    rf"(?:\w+ )?(?:{_WH}) (?:[\w'-]+ ){{0,4}}?{_AUXILIARY}(?:n['’]t)? ", re.IGNORECASE
)
_ADVERB = r"(?:when|where|why|how(?: (?:long|often|far|soon|old|much|many|high|big|tall))?)"
_ASKED_WHEN = re.compile(rf"(?:\w+ )?{_ADVERB} ({_AUXILIARY}) (.+)", re.IGNORECASE)
_ASKED_DID = re.compile(rf"(?:\w+ )?{_WH}\b.*? (do|does|did|can|could|will|would) (.+)", re.I)
_ASKED_BE = re.compile(rf"{_WH}\b.*? (is|are|was|were|has|have|had) (.+)", re.IGNORECASE)
_ASKED_SUBJECT = re.compile(r"(?:who|what) (.+)", re.IGNORECASE)
_ASKED_YES = re.compile(rf"({_AUXILIARY}) (.+)", re.IGNORECASE)

# A longer answer is a sentence or a list, which doesn't fit into a question.
_NAME_CHARACTERS = 60
# Earlier turns, and longer questions among them, aren't looked at.
_TURNS = 6
_QUESTION_CHARACTERS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class _Past:
    """An earlier turn: its question as one that stands alone, its answer, and the names of both."""

    question: str
    answer: str
    asked: tuple[Name, ...]
    said: tuple[Name, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """What is meant by a question: `question` stands alone and is read with.

    `query` is searched with: of a follow-up the turn before it, too, because the passages that
    answer it are mostly near those that answered that one.
    """

    question: str
    query: str


def stand_alone(question: str, history: Sequence[Turn]) -> Meant:
    """The question itself, or what it means after the turns before it (oldest first)."""
    past = _past(history)
    resolved = _resolved(question, past) if past else question
    return _after(past[0], resolved) if resolved != question else _itself(question)


def with_topic(question: str, history: Sequence[Turn]) -> Meant | None:
    """The question after what was talked about; None where it says itself what it is about."""
    past = _past(history)
    own = [name for name in names(question) if not name.is_nationality]
    if not past or own or _NUMBER.search(question):
        return None
    topic = _topic(past)
    return _after(past[0], f"{topic}: {_without_lead(question)}") if topic else None


def _itself(question: str) -> Meant:
    return Meant(question=question, query=question)


def _after(last: _Past, question: str) -> Meant:
    return Meant(question=question, query=f"{last.question} {last.answer} {question}")


def _past(history: Sequence[Turn]) -> list[_Past]:
    """The turns, latest first."""
    past: list[_Past] = []
    for turn in history[-_TURNS:]:
        if len(turn.question) > _QUESTION_CHARACTERS:
            continue
        question = _resolved(turn.question, past) if past else turn.question
        answer = (turn.answer or "").strip()
        if len(answer) > _NAME_CHARACTERS or answer.endswith("."):
            answer = ""
        past.insert(
            0, _Past(question=question, answer=answer, asked=names(question), said=names(answer))
        )
    return past


def _resolved(question: str, past: Sequence[_Past]) -> str:
    rest = _without_lead(question)
    leads = bool(_LEAD.match(question.strip()))
    if first := _FIRST_ABOUT.fullmatch(rest):
        topic = first["topic"]
        about_it = _Past(question=topic, answer="", asked=names(topic), said=())
        return _pointed(_without_lead(first["question"]), [about_it, *past])
    if bare := _BARE.fullmatch(rest):
        return _asked_again(bare["wh"] or bare["wh_that"], past[0]) or question
    about = _ABOUT.match(rest)
    asks = _ASKS.match(rest) or _ASKS_LATER.match(rest)
    if about or (leads and not asks):
        fragment = rest[about.end() :] if about else rest
        return _with_fragment(fragment.rstrip(" ?."), past[0])
    pointed = _pointed(rest, past)
    return pointed if pointed != rest else question


def _without_lead(question: str) -> str:
    stripped = question.strip()
    lead = _LEAD.match(stripped)
    rest = stripped[lead.end() :] if lead else stripped
    return rest[:1].upper() + rest[1:] if rest else stripped


def _asked_again(wh: str, last: _Past) -> str | None:
    """The last question, asked for something else: by "why", "when", "where"."""
    asked = last.question.strip().rstrip("?").strip()
    asked = asked[:1].lower() + asked[1:]
    wh = wh[:1].upper() + wh[1:]
    if same := (_ASKED_WHEN.fullmatch(asked) or _ASKED_YES.fullmatch(asked)):
        return f"{wh} {same[1]} {same[2]}?"
    if did := _ASKED_DID.fullmatch(asked):
        return f"{wh} {did[1]} {did[2]}?"
    if last.answer:
        if be := _ASKED_BE.fullmatch(asked):
            return f"{wh} {be[1]} {last.answer} {be[2]}?"
        if subject := _ASKED_SUBJECT.fullmatch(asked):
            return f"{wh} was it that {last.answer} {subject[1]}?"
    topic = _topic([last])
    return f"{topic}: {wh[:1].lower()}{wh[1:]}?" if topic else None


def _with_fragment(fragment: str, last: _Past) -> str:
    """The last question with the fragment in the place of what it is like, or at its end."""
    asked = last.question.strip().rstrip("?").strip()
    for pattern in (_NUMBER, _DATE, _ORDINAL):
        if (new_one := pattern.search(fragment)) and (old_one := pattern.search(asked)):
            return f"{asked[: old_one.start()]}{new_one[0]}{asked[old_one.end() :]}?"
    new = names(fragment)
    if new and last.asked:
        preposition = _PREPOSITION.match(fragment)
        before = preposition[0].casefold() if preposition else ""
        alike = [
            name
            for name in last.asked
            if asked[: name.start].casefold().endswith((before, before + "the "))
        ]
        old = max(reversed(alike or last.asked), key=lambda name: name.is_like(new[0]))
        inside = fragment[preposition.end() :] if preposition and alike else fragment
        return f"{asked[: old.start]}{inside}{asked[old.end :]}?"
    joined = fragment[:1].lower() + fragment[1:]
    return f"{asked}, {joined}?"


def _pointed(question: str, past: Sequence[_Past]) -> str:
    """The question with what its words point to in their place."""
    empty = [m.span() for p in (_EMPTY_IT, _EMPTY_THERE) for m in p.finditer(question)]
    own = [name for name in names(question) if not name.is_nationality]
    parts: list[str] = []
    done = 0
    for pointer in _POINTERS.finditer(question):
        if any(start <= pointer.start() < end for start, end in empty):
            continue
        # What a word after a name or another noun points to is mostly that.
        if any(name.end <= pointer.start() for name in own) or not _may_point(question, pointer):
            continue
        if meant := _meant(question, pointer, past):
            parts += [question[done : pointer.start()], meant]
            done = pointer.end()
    return "".join(parts) + question[done:]


def _may_point(question: str, pointer: re.Match[str]) -> bool:
    """Whether a word points out of its question: no noun, at most a verb, stands before it.

    "Which port did it call at?": what is asked for stands before the verb and isn't meant.
    """
    before = question[: pointer.start()]
    return len(content_words(before)) <= 1 or (
        (pointer["word"] or "").casefold() in ("he", "she", "it", "they")
        and bool(_ASKED_FOR.fullmatch(before))
    )


def _meant(question: str, pointer: re.Match[str], past: Sequence[_Past]) -> str | None:
    if word := pointer["word"]:
        return _meant_by(word.casefold(), question, question[pointer.end() :], past)
    if pointer["place"]:
        place = next(_places(past), None)
        return place and f"in {place}"
    if pointer["time"]:
        time = next((number for p in past for number in _NUMBER.findall(p.answer)), None)
        return time and (
            time
            if question[: pointer.start()].endswith(("by ", "since ", "until "))
            else f"in {time}"
        )
    if pointer["noun"]:
        noun = pointer["noun"].split()[1]
        things = (
            thing
            for thing in _things(past)
            if re.search(rf"\b{re.escape(noun)}", thing, re.IGNORECASE)
        )
        return next(things, None)
    return next(_things(past), None)


def _meant_by(word: str, question: str, after: str, past: Sequence[_Past]) -> str | None:
    """What a personal or possessive pronoun of the question, followed by `after`, stands for."""
    if word in _PERSON_WORDS:
        meant = next(_persons(past), None)
    elif word in _PLURAL_WORDS:
        meant = next(_several(past), None)
        if meant is None and not names(question):
            meant = next(_things(past), None)
    else:
        meant = next(_things(past), None)
    # "her books", but "her in 1990".
    next_word = after.split(maxsplit=1)[:1]
    owns = word in _POSSESSIVE_WORDS or (word == "her" and content_words(" ".join(next_word)))
    if meant is None or not owns:
        return meant
    return f"{meant}'" if meant.endswith("s") else f"{meant}'s"


def _persons(past: Sequence[_Past]) -> Iterator[str]:
    """Names that are likely persons', the likeliest first."""
    for p in past:
        if _PERSON_ASKED.match(p.question) and p.said:
            yield p.said[0].text
        yield from (
            name.text
            for name in p.asked
            if not (name.is_place or name.has_article or name.is_date or name.is_nationality)
        )


def _things(past: Sequence[_Past]) -> Iterator[str]:
    """What was talked about: a named answer, else what the question was about."""
    for p in past:
        if (
            p.said
            and not p.said[0].is_date
            and not _PERSON_ASKED.match(p.question)
            and not _PREPOSITION.match(p.answer)
        ):
            yield p.answer
        if phrase := noun_phrase(p.question):
            yield phrase
        yield from (name.text for name in p.asked)


def _several(past: Sequence[_Past]) -> Iterator[str]:
    for p in past:
        if p.said and re.search(r"\band\b", p.answer):
            yield p.answer
        if (phrase := noun_phrase(p.question)) and re.search(r"s\b|\band\b|people", phrase):
            yield phrase
        yield from (name.text for name in p.asked if name.text.endswith("s"))


def _places(past: Sequence[_Past]) -> Iterator[str]:
    for p in past:
        if _PLACE_ASKED.match(p.question) and p.said:
            yield p.said[0].text
        yield from (name.text for name in reversed(p.asked) if name.is_place)
    for p in past:
        yield from (name.text for name in (*p.said, *reversed(p.asked)) if not name.is_date)


def _topic(past: Sequence[_Past]) -> str | None:
    """What the latest turns were about, in a few words."""
    for p in past:
        named = [name for name in (*p.said, *p.asked) if not name.is_date]
        found = [name for name in named if not name.is_nationality] or named
        phrase = noun_phrase(p.question)
        if phrase and all(name.is_place for name in found):
            return phrase
        if found:
            return ", ".join(list(dict.fromkeys(name.text for name in found))[:3])
    return None
