"""A SQuAD file as a folder of documents, one an article, with gold questions over them.

    python -m tests.benchmarks.squad_collection SQUAD.json --out DIR [--missing-half]

writes DIR/documents/*.txt and DIR/gold.jsonl, and DIR/yes_no.jsonl with those of the questions that
can be turned into ones for yes or no. With `--missing-half` every second article, by name, is left
out of the documents, and what is asked about it can't be answered.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from index.errors import InputError
from qa.squad import SquadContext, SquadQuestion, read_squad
from tests.benchmarks.yes_no_questions import yes_no_questions

Record = dict[str, object]
_SEPARATOR = "\n\n"


def write_collection(squad: Path, out: Path, missing_half: bool = False) -> tuple[int, int]:
    """Writes the documents and the gold questions; gives the number of each.

    Raises InputError where the file isn't SQuAD, or the folder already holds documents.
    """
    articles: dict[str, list[SquadContext]] = {}
    for context in read_squad(squad):
        articles.setdefault(_file_name(context.title), []).append(context)
    names = sorted(articles)
    kept = names[::2] if missing_half else names
    folder = out / "documents"
    if folder.exists() and any(folder.iterdir()):
        raise InputError(f"{folder} is not empty; give --out a new folder")
    folder.mkdir(parents=True, exist_ok=True)
    records: list[Record] = []
    yes_no: list[Record] = []
    for name in names:
        document = name if name in kept else None
        if document:
            (folder / document).write_bytes(_text(articles[name]).encode("utf-8"))
        records += _gold(articles[name], document)
        yes_no += _yes_no(articles[name], document)
    for file_name, written in (("gold.jsonl", records), ("yes_no.jsonl", yes_no)):
        lines = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in written)
        (out / file_name).write_text(lines, encoding="utf-8")
    return len(kept), len(records)


def _file_name(title: str) -> str:
    return re.sub(r'^\.|[\x00-\x1f/\\:*?"<>|]', "_", title or "untitled") + ".txt"


def _heading(article: Sequence[SquadContext]) -> str:
    return article[0].title.replace("_", " ")


def _text(article: Sequence[SquadContext]) -> str:
    return _SEPARATOR.join((_heading(article), *(context.text for context in article))) + "\n"


def _gold(article: Sequence[SquadContext], document: str | None) -> Iterator[Record]:
    """The gold questions of an article; `document` is None where it was left out."""
    position = len(_heading(article))
    for context in article:
        position += len(_SEPARATOR)
        for question in context.questions:
            yield _record(context, question, position, document)
        position += len(context.text)


def _yes_no(article: Sequence[SquadContext], document: str | None) -> Iterator[Record]:
    """The gold questions of an article that can be asked for yes or no, asked so."""
    questions = [question for context in article for question in context.questions]
    answerable = [question for question in questions if question.answers]
    asked = [(question.question, question.answers[0].text) for question in answerable]
    made = {
        question.id: words
        for question, words in zip(answerable, yes_no_questions(asked), strict=True)
        if words
    }
    for record in _gold(article, document):
        if record["id"] in made:
            yield {**record, "question": made[str(record["id"])]}


def _record(
    context: SquadContext, question: SquadQuestion, position: int, document: str | None
) -> Record:
    asked: Record = {"id": question.id, "question": question.question}
    if document is None or not question.answers:
        kind = "article left out" if document is None else "unanswerable"
        return {**asked, "answers": [], "documents": [], "kind": kind}
    answers = list(dict.fromkeys(answer.text for answer in question.answers))
    record = {**asked, "answers": answers, "documents": [document], "kind": "answerable"}
    first = question.answers[0]
    if first.start is not None and context.text.startswith(first.text, first.start):
        start = position + first.start
        record |= {"start": start, "end": start + len(first.text)}
    return record


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; exit status 0, or 2 where the input is wrong."""
    parser = argparse.ArgumentParser(description="A SQuAD file as documents and gold questions.")
    parser.add_argument("squad", type=Path, metavar="SQUAD.json")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument(
        "--missing-half", action="store_true", help="leave every second article out"
    )
    options = parser.parse_args(arguments)
    try:
        documents, questions = write_collection(options.squad, options.out, options.missing_half)
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{documents} documents, {questions} gold questions in {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
