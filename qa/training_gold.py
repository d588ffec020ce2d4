"""Gold questions over a collection -> examples to train a reader on.

A question is asked of the passages that the search really finds for it: those that hold its answer,
and the best that don't.
"""

from collections.abc import Iterator, Sequence

from index.collection import Collection
from index.context import context
from index.types import Embedder, Passage, Range
from qa.gold import GoldQuestion
from qa.retrieve import retrieve
from qa.training_data import TrainingExample

_FOUND = 50  # passages looked at for a question
_ANSWERING = 2  # of those, examples with an answer
_SILENT = 2  # and without one


def gold_examples(
    questions: Sequence[GoldQuestion], collection: Collection, embedder: Embedder
) -> tuple[tuple[TrainingExample, ...], tuple[str, ...]]:
    """The examples, and a line for each question whose answer no passage found holds."""
    examples: list[TrainingExample] = []
    problems: list[str] = []
    for question in questions:
        hits = retrieve(collection, embedder, question.question, limit=_FOUND)
        made = list(_examples(question, [hit.passage for hit in hits]))
        if question.answers and not any(example.answers for example in made):
            problems.append(
                f"question {question.id}: none of the {len(hits)} passages found for it holds its"
                " answer"
            )
            continue
        examples += made
    return tuple(examples), tuple(problems)


def _examples(question: GoldQuestion, passages: Sequence[Passage]) -> Iterator[TrainingExample]:
    answering = silent = 0
    for passage in passages:
        answers = _answers(question, passage)
        if answers and answering < _ANSWERING:
            answering += 1
        elif not answers and silent < _SILENT and not _says_it(question, passage):
            silent += 1
        else:
            continue
        yield TrainingExample(
            question=question.question,
            context=passage.text,
            answers=answers,
            above=context(passage.title, passage.heading, passage.text),
        )


def _answers(question: GoldQuestion, passage: Passage) -> tuple[Range, ...]:
    """Where the passage answers: at the gold offsets, or wherever a named document says it."""
    if passage.document not in question.documents:
        return ()
    if question.start is not None and question.end is not None:
        first = passage.document == question.documents[0]
        if first and passage.start <= question.start and question.end <= passage.end:
            start = question.start - passage.start
            return (Range(start=start, end=start + question.end - question.start),)
        return ()
    places = ((passage.text.find(answer), len(answer)) for answer in question.answers)
    return tuple(Range(start=at, end=at + length) for at, length in places if at >= 0)


def _says_it(question: GoldQuestion, passage: Passage) -> bool:
    """Whether the passage has an answer's words, and so can't stand for silence."""
    text = passage.text.casefold()
    return any(answer.casefold() in text for answer in question.answers)
