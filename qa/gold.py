"""Gold questions: what was asked, and what a person found to be the answer."""

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from index.errors import InputError
from qa.metrics import scorable
from qa.records import (
    Malformed,
    id_of,
    is_text,
    list_at,
    number_at,
    read_bytes,
    record_of,
    text_at,
    words_at,
)
from qa.types import Turn

_SHAPE = 'one JSON object a line with "id", "question", "answers" and "documents"'


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldQuestion:
    """A question with its answers; none where the collection does not say.

    `documents` are names of documents that say it. `page` and the characters `[start, end)` are
    those of the first of them; None where they aren't known. `line` is its line in a file.
    """

    id: str
    question: str
    answers: tuple[str, ...]
    documents: tuple[str, ...]
    page: int | None = None
    start: int | None = None
    end: int | None = None
    kind: str | None = None
    history: tuple[Turn, ...] = ()
    line: int | None = field(default=None, compare=False)

    @property
    def label(self) -> str:
        """What problems with it are listed under: its line, if it has one, and its id."""
        return self.id if self.line is None else f"line {self.line} ({self.id})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gold:
    """The questions of a gold file, and a line for each of its lines that could not be read."""

    questions: tuple[GoldQuestion, ...]
    problems: tuple[str, ...] = ()


def gold_line(question: GoldQuestion) -> str:
    """The line of a gold file that reads back as this question, with its line end."""
    record: dict[str, object] = {
        "id": question.id,
        "question": question.question,
        "answers": question.answers,
        "documents": question.documents,
    }
    for name in ("page", "start", "end", "kind"):
        if (value := getattr(question, name)) is not None:
            record[name] = value
    if question.history:
        record["history"] = [asdict(turn) for turn in question.history]
    return json.dumps(record, ensure_ascii=False) + "\n"


def read_gold(path: Path) -> Gold:
    """The questions of a JSON lines file; lines that can't be read are listed as problems.

    Raises InputError where there is no such file, or no question in it.
    """
    questions: dict[str, GoldQuestion] = {}
    problems: list[str] = []
    for number, line in enumerate(read_bytes(path).split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            record = record_of(line)
            if not questions and not problems:
                _refuse_other_formats(path, record)
            question = _gold_question(record)
        except Malformed as malformed:
            problems.append(f"line {number}: {malformed}")
            continue
        if question.id in questions:
            problems.append(f"line {number}: an earlier question has the id {question.id!r} too")
        else:
            questions[question.id] = replace(question, line=number)
    if not questions:
        why = problems[0] if problems else "it is empty"
        raise InputError(f"{path} is not a gold set I can read ({why}); I read {_SHAPE}")
    return Gold(questions=tuple(questions.values()), problems=tuple(problems))


def _refuse_other_formats(path: Path, first: object) -> None:
    if not isinstance(first, dict):
        return
    if "data" in first:
        raise InputError(f"{path} is SQuAD JSON, not a gold set I can read; add --reader-only")
    if "header" in first:
        raise InputError(f"{path} is MRQA, not a gold set I can read yet; I read {_SHAPE}")


def _gold_question(record: object) -> GoldQuestion:
    answers = tuple(is_text(answer, "an answer") for answer in list_at(record, "answers"))
    if answers and not scorable(answers):
        raise Malformed(f"SQuAD's scoring leaves nothing of the answers {list(answers)}")
    documents = tuple(
        is_text(name, "a document") for name in list_at(record, "documents", default=[])
    )
    start, end = number_at(record, "start", 0), number_at(record, "end", 1)
    if (start is None) != (end is None) or (start is not None and end is not None and start >= end):
        raise Malformed(f"start {start} and end {end} must come together, start before end")
    if start is not None and not documents:
        raise Malformed("start and end need the document that they are of")
    return GoldQuestion(
        id=id_of(record),
        question=words_at(record, "question"),
        answers=answers,
        documents=documents,
        page=number_at(record, "page", 1),
        start=start,
        end=end,
        kind=text_at(record, "kind", default="") or None,
        history=tuple(
            Turn(
                question=words_at(turn, "question"),
                answer=text_at(turn, "answer", default="") or None,
            )
            for turn in list_at(record, "history", default=[])
        ),
    )
