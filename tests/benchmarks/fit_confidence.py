"""Fits the confidence of the shipped reader to gold questions, and writes it beside the weights.

    python -m tests.benchmarks.squad_collection SQUAD.json --missing-half --out DIR
    qa index DIR/documents --collection DIR/collection
    python -m tests.benchmarks.fit_confidence DIR/collection DIR --every 2

DIR holds gold.jsonl, and yes_no.jsonl for the questions that ask yes or no. Half of the questions
should have no answer in the collection: what is learned is when to be quiet. To be run again after
any change to the reader, to what it reads or to how spans are chosen.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from tqdm import tqdm

from index.collection import Collection
from index.embed import open_embedder
from index.types import Embedder
from qa.answer import FOUND, READ, reader_folder
from qa.choose import Choice, choose
from qa.gold import GoldQuestion, read_gold
from qa.metrics import f1
from qa.question_type import QuestionType
from qa.read import ExtractiveReader
from qa.retrieve import retrieve
from qa.types import Reader

# An answer is given where it is more likely right than wrong, and a possibility is shown where it
# is about half as likely right as wrong. The last lines printed say what that comes to.
ANSWER_FROM = 0.5
UNSURE_FROM = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Of each question that found a choice: (score, margin), whether it is right, answerable."""

    figures: NDArray[np.float64]
    right: NDArray[np.bool_]
    answerable: NDArray[np.bool_]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("collection", type=Path)
    parser.add_argument("gold", type=Path, metavar="DIR")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="every Nth question")
    options = parser.parse_args()
    collection, embedder = Collection(options.collection), open_embedder()
    reader = ExtractiveReader.load(reader_folder())
    confidence: dict[str, object] = {"reader": reader.fingerprint}
    files: tuple[tuple[QuestionType, str], ...] = (
        ("words", "gold.jsonl"),
        ("yes_no", "yes_no.jsonl"),
    )
    for type_, name in files:
        questions = read_gold(options.gold / name).questions[:: options.every]
        measured = measure(type_, questions, collection, embedder, reader)
        fit = LogisticRegression(C=1e6).fit(measured.figures, measured.right)
        confidence[type_] = {
            "score_weight": round(float(fit.coef_[0, 0]), 4),
            "margin_weight": round(float(fit.coef_[0, 1]), 4),
            "intercept": round(float(fit.intercept_[0]), 4),
        }
        print(type_, confidence[type_])
        print(_in_words(measured, fit.predict_proba(measured.figures)[:, 1]))
    confidence |= {"answer_from": ANSWER_FROM, "unsure_from": UNSURE_FROM}
    path = reader_folder() / "confidence.json"
    path.write_text(json.dumps(confidence, indent=2) + "\n", encoding="utf-8")


def measure(
    type_: QuestionType,
    questions: Sequence[GoldQuestion],
    collection: Collection,
    embedder: Embedder,
    reader: Reader,
) -> Measured:
    """The figures of the best choice for each question, all asked as questions of that type."""
    figures, right, answerable = [], [], []
    for gold in tqdm(questions, desc=type_):
        hits = retrieve(collection, embedder, gold.question, limit=FOUND)
        spans = reader.read(gold.question, hits[:READ])
        if found := choose(type_, gold.question, spans):
            figures.append((found[0].score, found[0].margin))
            answerable.append(bool(gold.answers))
            right.append(_holds(found[0], gold) if type_ == "yes_no" else _says(found[0], gold))
    return Measured(
        figures=np.array(figures), right=np.array(right), answerable=np.array(answerable)
    )


def _says(choice: Choice, gold: GoldQuestion) -> bool:
    return bool(gold.answers) and f1(choice.spans[0].text, gold.answers) >= 0.5


def _holds(choice: Choice, gold: GoldQuestion) -> bool:
    """Whether the sentence is the one in which the words of the gold answer stand."""
    span = choice.spans[0]
    here = span.hit.passage.document in gold.documents
    known = gold.start is not None and gold.end is not None
    return here and known and span.start <= (gold.start or 0) and (gold.end or 0) <= span.end


def _in_words(measured: Measured, probability: NDArray[np.float64]) -> str:
    answered, right, answerable = probability >= ANSWER_FROM, measured.right, measured.answerable
    return (
        f"{len(right)} questions: answered {answered.sum()}, of these right"
        f" {right[answered].mean():.3f}; of the {answerable.sum()} answerable, answered rightly"
        f" {right[answered].sum() / answerable.sum():.3f}; of the others, refused"
        f" {1 - answered[~answerable].mean():.3f}"
    )


if __name__ == "__main__":
    main()
