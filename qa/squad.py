"""SQuAD's JSON: contexts, each with questions about it."""

from dataclasses import dataclass
from pathlib import Path

from index.errors import InputError
from qa.records import (
    Malformed,
    id_of,
    list_at,
    number_at,
    read_bytes,
    record_of,
    text_at,
    words_at,
)


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


def read_squad(path: Path) -> tuple[SquadContext, ...]:
    """The contexts of a SQuAD 1.1 or 2.0 file. Raises InputError where it is none."""
    try:
        contexts = tuple(
            squad_context(text_at(article, "title", default=""), paragraph)
            for article in list_at(record_of(read_bytes(path)), "data")
            for paragraph in list_at(article, "paragraphs")
        )
    except Malformed as malformed:
        raise InputError(f"{path} is not SQuAD JSON: {malformed}") from None
    if not any(context.questions for context in contexts):
        raise InputError(f"{path} holds no questions; give a SQuAD file that does")
    return contexts


def squad_context(title: str, paragraph: object) -> SquadContext:
    """One of SQuAD's paragraphs. Raises Malformed."""
    return SquadContext(
        title=title,
        text=words_at(paragraph, "context"),
        questions=tuple(
            SquadQuestion(
                id=id_of(question),
                question=words_at(question, "question"),
                answers=tuple(
                    SquadAnswer(
                        text=text_at(answer, "text"), start=number_at(answer, "answer_start", 0)
                    )
                    for answer in list_at(question, "answers", default=[])
                ),
            )
            for question in list_at(paragraph, "qas")
        ),
    )
