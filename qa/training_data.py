"""Files of questions with their contexts -> examples that a reader is trained on.

SQuAD JSON, MRQA's JSON lines, and JSON lines of one question each ("context", "question",
"answers" as SQuAD has them, "licence" if known); all of them also gzipped.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.errors import InputError
from index.types import Range
from qa.records import Malformed, list_at, read_bytes, record_of, text_at, value_at
from qa.squad import SquadContext, SquadQuestion, squad_context


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingExample:
    """A question, and where its context answers it: nowhere, or in any one of `answers`.

    `above` is what stands above the context in its document, title and headings.
    """

    question: str
    context: str
    answers: tuple[Range, ...]
    above: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingFile:
    """What a file gives, and a line for each of its records that could not be used."""

    name: str
    sha256: str
    licences: tuple[str, ...]
    examples: tuple[TrainingExample, ...]
    problems: tuple[str, ...]


def has_contexts(path: Path) -> bool:
    """Whether the file's questions come with contexts; else they are gold questions."""
    _, first = next(_paragraphs(read_bytes(path)), ("", None))
    return not (isinstance(first, dict) and "question" in first and "context" not in first)


def read_training_file(path: Path) -> TrainingFile:
    """The examples of a file. Raises InputError where it holds none."""
    data = read_bytes(path)
    examples: list[TrainingExample] = []
    problems: list[str] = []
    licences: dict[str, None] = {}
    for name, record in _paragraphs(data):
        try:
            if isinstance(record, Malformed):
                raise record
            if licence := text_at(record, "licence", default=""):
                licences[licence] = None
            context = squad_context("", _as_squad(record))
        except Malformed as malformed:
            problems.append(f"{name}: {malformed}")
            continue
        for question in context.questions:
            try:
                examples.append(_example(context, question))
            except Malformed as malformed:
                problems.append(f"{name}, question {question.id}: {malformed}")
    if not examples:
        why = problems[0] if problems else "it is empty"
        raise InputError(
            f"{path} holds nothing to train on ({why}); give SQuAD JSON, MRQA's lines, or JSON"
            ' lines with "id", "context", "question" and "answers"'
        )
    return TrainingFile(
        name=path.name,
        sha256=hashlib.sha256(data).hexdigest(),
        licences=tuple(licences),
        examples=tuple(examples),
        problems=tuple(problems),
    )


def _paragraphs(data: bytes) -> Iterator[tuple[str, object]]:
    """Each record that has a context, with a name for messages; Malformed where it isn't one."""
    try:
        whole = record_of(data)
    except Malformed:
        whole = None
    if isinstance(whole, dict) and "data" in whole:
        yield from _squad_paragraphs(whole)
        return
    for number, line in enumerate(data.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            record = record_of(line)
        except Malformed as malformed:
            yield f"line {number}", malformed
        else:
            if not (isinstance(record, dict) and "header" in record):
                yield f"line {number}", record


def _squad_paragraphs(whole: object) -> Iterator[tuple[str, object]]:
    try:
        for number, article in enumerate(list_at(whole, "data"), 1):
            for place, paragraph in enumerate(list_at(article, "paragraphs"), 1):
                yield f"article {number}, paragraph {place}", paragraph
    except Malformed as malformed:
        yield "the file", malformed


def _as_squad(record: object) -> object:
    """A record as one of SQuAD's paragraphs."""
    context = value_at(record, "context")
    if value_at(record, "qas") is None:
        return {"context": context, "qas": [record]}
    questions = list_at(record, "qas")
    if all(value_at(question, "detected_answers") is None for question in questions):
        return record
    return {"context": context, "qas": [_from_mrqa(question) for question in questions]}


def _from_mrqa(question: object) -> object:
    answers = []
    for answer in list_at(question, "detected_answers"):
        for span in list_at(answer, "char_spans"):
            if not (isinstance(span, list) and span):
                raise Malformed('"char_spans" must be lists of a first and a last character')
            answers.append({"text": value_at(answer, "text"), "answer_start": span[0]})
    return {
        "id": value_at(question, "qid"),
        "question": value_at(question, "question"),
        "answers": answers,
    }


def _example(context: SquadContext, question: SquadQuestion) -> TrainingExample:
    answers: dict[Range, None] = {}
    for answer in question.answers:
        start = context.text.find(answer.text) if answer.start is None else answer.start
        if not answer.text.strip() or start < 0 or not context.text.startswith(answer.text, start):
            place = "" if answer.start is None else f" at {answer.start}"
            raise Malformed(f"its context doesn't say {answer.text!r}{place}")
        answers[Range(start=start, end=start + len(answer.text))] = None
    return TrainingExample(question=question.question, context=context.text, answers=tuple(answers))


def unanswerable(examples: Sequence[TrainingExample]) -> int:
    """How many of the examples have no answer."""
    return sum(not example.answers for example in examples)
