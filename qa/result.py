"""What came of one gold question, and why it went wrong where it did."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from index.types import Passage
from qa.types import Citation, Status

Cause = Literal["not_retrieved", "not_read", "wrongly_refused", "wrongly_answered"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of one question.

    `prediction` is the answer given, "" if none was; `best` is the best candidate, whatever the
    status, and `right` and the `best_` scores are about it; `citation` is its first. `relevant` has
    a value a hit, best first, and is None where there is no answer; `in_named_document` alike, and
    None too where no document is named. The first `read_count` hits were read, of which `passages`
    are the first few. `gold_passage_best` is what is read in the passages that hold the answer, had
    only they been found; None where no passage does. `cites_document` and `cites_page` are None
    where there is none to cite.
    """

    id: str
    question: str
    kind: str | None
    answers: tuple[str, ...]
    documents: tuple[str, ...]
    status: Status
    prediction: str
    best: str
    citation: Citation | None
    confidence: float
    em: float
    f1: float
    raw_em: float
    best_em: float
    best_f1: float
    right: bool
    gold_passage_best: str | None
    gold_passage_em: float | None
    gold_passage_f1: float | None
    relevant: tuple[bool, ...] | None
    in_named_document: tuple[bool, ...] | None
    read_count: int
    passages: tuple[Passage, ...]
    passage_characters: tuple[int, ...]
    quotes: int
    quotes_exact: int
    cites_document: bool | None
    cites_page: bool | None
    latency_ms: float

    @property
    def answerable(self) -> bool:
        return bool(self.answers)

    @property
    def relevant_rank(self) -> int | None:
        """The rank of the first relevant passage; None where none was found."""
        ranks = enumerate(self.relevant or (), 1)
        return next((rank for rank, relevant in ranks if relevant), None)

    @property
    def cause(self) -> Cause | None:
        """Why it went wrong, by the first stage that failed; None where it went right.

        Right is a right answer, or none where there is none. `not_retrieved`: no passage that holds
        the answer was among those read. `not_read`: one was, and the reader preferred other words.
        """
        if not self.answerable:
            return "wrongly_answered" if self.status == "answered" else None
        if self.right:
            return None if self.status == "answered" else "wrongly_refused"
        rank = self.relevant_rank
        return "not_read" if rank is not None and rank <= self.read_count else "not_retrieved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What of a result two evaluations are compared by; a line of report.json.

    `answer` is the prediction. `passage_found` is whether one of the first five passages is
    relevant; None where the question names no document.
    """

    id: str
    question: str
    answerable: bool
    answered: bool
    answer: str
    confidence: float
    right: bool
    correct: bool
    em: float
    f1: float
    best_f1: float
    gold_passage_f1: float | None
    passage_found: bool | None


def outcomes(results: Sequence[Result]) -> list[Outcome]:
    """An outcome a result."""
    return [
        Outcome(
            id=result.id,
            question=result.question,
            answerable=result.answerable,
            answered=result.status == "answered",
            answer=result.prediction,
            confidence=result.confidence,
            right=result.right,
            correct=result.cause is None,
            em=result.em,
            f1=result.f1,
            best_f1=result.best_f1,
            gold_passage_f1=result.gold_passage_f1,
            passage_found=(
                None if result.in_named_document is None else any((result.relevant or ())[:5])
            ),
        )
        for result in results
    ]
