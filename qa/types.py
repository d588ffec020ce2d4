"""The shapes that the question path passes on. Scores: higher is better. Ranks start at 1."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from index.types import Location, Passage
from qa.question_type import QuestionType

Status = Literal["answered", "unsure", "abstained"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A passage that the search found. `rank` is its place, the reader's say included if it read.

    `score` is the search's alone.
    """

    passage: Passage
    score: float
    rank: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Words of a hit's passage that may answer. Offsets are the document's, not the passage's.

    `score` is the span's start and end logits less those of "no answer" in the same window, so
    spans of different passages compare; above zero the reader prefers the span.
    """

    hit: Hit
    start: int
    end: int
    score: float

    @property
    def text(self) -> str:
        passage = self.hit.passage
        return passage.text[self.start - passage.start : self.end - passage.start]


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """Where an answer stands: `document.text[start:end] == quote`, checked when it is made.

    `sentence` is the sentence around the quote; it starts at `sentence_start` of the document,
    whose version `version` is.
    """

    document: str
    title: str
    date: str | None
    page: int | None
    heading: str | None
    start: int
    end: int
    quote: str
    sentence: str
    sentence_start: int
    location: Location = ()
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One possible answer with every place that gives it; `citations` index `Answer.citations`.

    `evidence`: a few words can't answer the question ("Did ...?", "Why ...?", a list), and the text
    is the whole sentence or list that settles it.
    """

    text: str
    confidence: float
    evidence: bool
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timings:
    """Milliseconds spent."""

    retrieve_ms: float
    read_ms: float
    total_ms: float

    def __add__(self, other: "Timings") -> "Timings":
        return Timings(
            retrieve_ms=self.retrieve_ms + other.retrieve_ms,
            read_ms=self.read_ms + other.read_ms,
            total_ms=self.total_ms + other.total_ms,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the collection says to a question.

    `candidates` are best first and are there when it abstains too, as `hits` are (best first).
    `standalone_question` is what was understood: the question itself, or what a follow-up means
    after the turns before it. `confidence` is the probability that the best candidate is right,
    whatever the status; 0.0 where there is no candidate. `text` is None when it abstains.
    `disagreement` are the positions of candidates that different documents give, each likely if it
    stood alone; mostly empty. `unread_language` is set where it abstains because the question, or
    the passage nearest to it, is in a language that the reader can't read: its code, as "ko".
    """

    question: str
    standalone_question: str
    question_type: QuestionType
    status: Status
    confidence: float
    candidates: tuple[Candidate, ...]
    citations: tuple[Citation, ...]
    disagreement: tuple[int, ...]
    hits: tuple[Hit, ...]
    timings: Timings
    unread_language: str | None = None

    @property
    def text(self) -> str | None:
        return None if self.status == "abstained" else self.candidates[0].text


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """An earlier question of the conversation, and what was answered; None where it abstained."""

    question: str
    answer: str | None


class Reader(Protocol):
    """Marks the words of passages that answer a question."""

    @property
    def fingerprint(self) -> str: ...

    def read(self, question: str, hits: Sequence[Hit], among: Sequence[Hit] = ()) -> list[Span]:
        """The best spans of every hit, best first over all; several a hit, none overlapping.

        `among` are all the hits of the question, if these are only some of them.
        """
        ...
