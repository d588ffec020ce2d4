"""Fits the confidence of a reader to gold questions, and writes it beside the weights.

    python -m tests.benchmarks.squad_collection SQUAD11.json --missing-half --out HALF
    qa index HALF/documents --collection HALF/collection
    python -m tests.benchmarks.squad_collection SQUAD20.json --out ADVERSARIAL
    qa index ADVERSARIAL/documents --collection ADVERSARIAL/collection
    python -m tests.benchmarks.fit_confidence HALF ADVERSARIAL --every 4

Each folder holds a collection, gold.jsonl, and yes_no.jsonl for the questions that ask yes or no.
Many of the questions should have no answer in the collection: what is learned is when to be quiet.
To be run again after any change to the reader, to what it reads or to how spans are chosen.
"""

import argparse
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from tqdm import tqdm

from index.collection import Collection
from index.embed import open_embedder
from index.types import Embedder
from qa.answer import FOUND, reader_folder
from qa.choose import Choice, choose
from qa.confidence import Confidence, Fit, OperatingPoint, operating_points, save_confidence
from qa.enough import spans_of
from qa.features import Features, features
from qa.gold import GoldQuestion, read_gold
from qa.metrics import auroc, coverage_at_precision, expected_calibration_error, f1
from qa.question_type import QuestionType
from qa.read import ExtractiveReader
from qa.retrieve import retrieve
from qa.types import Reader

# An answer is given where it is more likely right than wrong, and a possibility is shown where it
# is about half as likely right as wrong. The last lines printed say what that comes to.
ANSWER_FROM = 0.5
UNSURE_FROM = 0.3

NAMES = tuple(field.name for field in fields(Features))


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Of each question that found a choice: its features, whether it is right, answerable."""

    figures: NDArray[np.float64]
    right: NDArray[np.bool_]
    answerable: NDArray[np.bool_]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="every Nth question")
    options = parser.parse_args()
    embedder, reader = open_embedder(), ExtractiveReader.load(reader_folder())
    files: tuple[tuple[QuestionType, str], ...] = (
        ("words", "gold.jsonl"),
        ("yes_no", "yes_no.jsonl"),
    )
    fits = {}
    curve: tuple[OperatingPoint, ...] = ()
    for type_, name in files:
        parts = [
            measure(
                type_,
                read_gold(folder / name).questions[:: options.every],
                Collection(folder / "collection"),
                embedder,
                reader,
            )
            for folder in options.folders
        ]
        model = LogisticRegression(C=1e6, max_iter=1000).fit(
            np.concatenate([part.figures for part in parts]),
            np.concatenate([part.right for part in parts]),
        )
        fits[type_] = Fit(
            weights=Features(**dict(zip(NAMES, np.round(model.coef_[0], 4).tolist(), strict=True))),
            intercept=round(float(model.intercept_[0]), 4),
        )
        print(type_, fits[type_])
        values = [model.predict_proba(part.figures)[:, 1] for part in parts]
        for folder, part, value in zip(options.folders, parts, values, strict=True):
            print(f"{folder}: {_in_words(part, value)}")
        if type_ == "words":
            curve = operating_points(
                np.concatenate(values), np.concatenate([part.right for part in parts])
            )
    confidence = Confidence(
        words=fits["words"],
        yes_no=fits["yes_no"],
        answer_from=ANSWER_FROM,
        unsure_from=UNSURE_FROM,
        curve=curve,
    )
    save_confidence(reader_folder(), reader.fingerprint, confidence)


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
        spans = spans_of(reader, gold.question, hits)
        if found := choose(type_, gold.question, spans):
            figures.append(tuple(asdict(features(type_, gold.question, found[0])).values()))
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
    count = int(answerable.sum())
    return (
        f"{len(right)} questions: AUROC {auroc(probability, right):.3f}, ECE"
        f" {expected_calibration_error(probability, right):.3f}, answered rightly at 90 % precision"
        f" {coverage_at_precision(probability, right, count, 0.9):.3f}; answered {answered.sum()},"
        f" of these right {right[answered].mean():.3f}; of the {count} answerable, answered rightly"
        f" {right[answered].sum() / count:.3f}; of the others, refused"
        f" {1 - answered[~answerable].mean():.3f}"
    )


if __name__ == "__main__":
    main()
