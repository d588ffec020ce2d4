"""Gold questions: what was asked, and what a person found to be the answer."""

import json
from dataclasses import dataclass
from pathlib import Path

from index.errors import InputError
from qa.metrics import scorable
from qa.types import Turn

_SHAPE = 'one JSON object a line with "id", "question", "answers" and "documents"'


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldQuestion:
    """A question with its answers; none where the collection does not say.

    `documents` are names of documents that say it. `page` and the characters `[start, end)` are
    those of the first of them; None where they aren't known.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Gold:
    """The questions of a gold file, and a line for each of its lines that could not be read."""

    questions: tuple[GoldQuestion, ...]
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SquadAnswer:
    """An answer and its first character in the context; None where the file doesn't tell."""

    text: str
    start: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SquadQuestion:
    """A question about a context; without answers where the context does not say."""

    id: str
    question: str
    answers: tuple[SquadAnswer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SquadContext:
    """A paragraph of the article `title` ("Super_Bowl_50") with the questions about it."""

    title: str
    text: str
    questions: tuple[SquadQuestion, ...]


class _Malformed(ValueError):
    """What is wrong with a record; becomes a problem or an InputError."""


def read_gold(path: Path) -> Gold:
    """The questions of a JSON lines file; lines that can't be read are listed as problems.

    Raises InputError where there is no such file, or no question in it.
    """
    questions: dict[str, GoldQuestion] = {}
    problems: list[str] = []
    for number, line in enumerate(_bytes(path).split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            record = _record(line)
            if not questions and not problems:
                _refuse_other_formats(path, record)
            question = _gold_question(record)
        except _Malformed as malformed:
            problems.append(f"line {number}: {malformed}")
            continue
        if question.id in questions:
            problems.append(f"line {number}: an earlier question has the id {question.id!r} too")
        else:
            questions[question.id] = question
    if not questions:
        why = problems[0] if problems else "it is empty"
        raise InputError(f"{path} is not a gold set I can read ({why}); I read {_SHAPE}")
    return Gold(questions=tuple(questions.values()), problems=tuple(problems))


def read_squad(path: Path) -> tuple[SquadContext, ...]:
    """The contexts of a SQuAD 1.1 or 2.0 file. Raises InputError where it is none."""
    try:
        contexts = tuple(
            _squad_context(_text(article, "title", default=""), paragraph)
            for article in _list(_record(_bytes(path)), "data")
            for paragraph in _list(article, "paragraphs")
        )
    except _Malformed as malformed:
        raise InputError(f"{path} is not SQuAD JSON: {malformed}") from None
    if not any(context.questions for context in contexts):
        raise InputError(f"{path} holds no questions; give a SQuAD file that does")
    return contexts


def _bytes(path: Path) -> bytes:
    if path.is_dir():
        raise InputError(f"{path} is a folder, not a gold set I can read; give a file")
    try:
        return path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    except OSError as error:
        raise InputError(f"{path} can't be read ({error.strerror}); give a gold file") from None


def _record(line: bytes) -> object:
    try:
        return json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        raise _Malformed("it is not UTF-8") from None
    except (ValueError, RecursionError):
        raise _Malformed("it is not JSON") from None


def _refuse_other_formats(path: Path, first: object) -> None:
    if not isinstance(first, dict):
        return
    if "data" in first:
        raise InputError(f"{path} is SQuAD JSON, not a gold set I can read; add --reader-only")
    if "header" in first:
        raise InputError(f"{path} is MRQA, not a gold set I can read yet; I read {_SHAPE}")


def _gold_question(record: object) -> GoldQuestion:
    answers = tuple(_is_text(answer, "an answer") for answer in _list(record, "answers"))
    if answers and not scorable(answers):
        raise _Malformed(f"SQuAD's scoring leaves nothing of the answers {list(answers)}")
    documents = tuple(
        _is_text(name, "a document") for name in _list(record, "documents", default=[])
    )
    start, end = _number(record, "start", 0), _number(record, "end", 1)
    if (start is None) != (end is None) or (start is not None and end is not None and start >= end):
        raise _Malformed(f"start {start} and end {end} must come together, start before end")
    if start is not None and not documents:
        raise _Malformed("start and end need the document that they are of")
    return GoldQuestion(
        id=_id(record),
        question=_words(record, "question"),
        answers=answers,
        documents=documents,
        page=_number(record, "page", 1),
        start=start,
        end=end,
        kind=_text(record, "kind", default="") or None,
        history=tuple(
            Turn(
                question=_words(turn, "question"),
                answer=_text(turn, "answer", default="") or None,
            )
            for turn in _list(record, "history", default=[])
        ),
    )


def _squad_context(title: str, paragraph: object) -> SquadContext:
    return SquadContext(
        title=title,
        text=_words(paragraph, "context"),
        questions=tuple(
            SquadQuestion(
                id=_id(question),
                question=_words(question, "question"),
                answers=tuple(
                    SquadAnswer(
                        text=_text(answer, "text"), start=_number(answer, "answer_start", 0)
                    )
                    for answer in _list(question, "answers", default=[])
                ),
            )
            for question in _list(paragraph, "qas")
        ),
    )


def _value(record: object, key: str) -> object:
    if not isinstance(record, dict):
        raise _Malformed(f"{_short(record)} stands where a JSON object should")
    return record.get(key)


def _text(record: object, key: str, default: str | None = None) -> str:
    """The text at `key`; the default, where there is one, if it is null or not there."""
    value = _value(record, key)
    return default if value is None and default is not None else _is_text(value, f'"{key}"')


def _is_text(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise _Malformed(f"{name} must be text, not {_short(value)}")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise _Malformed(f"{name} holds half a character, {_short(value)}")
    return value


def _words(record: object, key: str) -> str:
    value = _text(record, key)
    if not value.strip():
        raise _Malformed(f'"{key}" is empty')
    return value


def _id(record: object) -> str:
    value = _value(record, "id")
    return str(value) if type(value) is int else _words(record, "id")


def _list(record: object, key: str, default: list[object] | None = None) -> list[object]:
    value = _value(record, key)
    if value is None and default is not None:
        return default
    if not isinstance(value, list):
        raise _Malformed(f'"{key}" must be a list, not {_short(value)}')
    return value


def _number(record: object, key: str, lowest: int) -> int | None:
    """The whole number at `key`; None where it is null or not there."""
    value = _value(record, key)
    if value is None:
        return None
    if type(value) is not int or value < lowest:
        raise _Malformed(f'"{key}" must be a whole number from {lowest}, not {_short(value)}')
    return value


def _short(value: object) -> str:
    written = "nothing" if value is None else json.dumps(value)
    return written if len(written) <= 40 else f"{written[:39]}…"
