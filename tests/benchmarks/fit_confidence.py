"""Fits the confidence of the shipped reader to gold questions, and writes it beside the weights.

    python -m tests.benchmarks.squad_collection SQUAD.json --missing-half --out DIR
    qa index DIR/documents --collection DIR/collection
    python -m tests.benchmarks.fit_confidence DIR/collection DIR/gold.jsonl --every 2

Half of the questions should have no answer in the collection: what is learned is when to be quiet.
To be run again after any change to the reader, to what it reads or to how spans are chosen.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from tqdm import tqdm

from index.collection import Collection
from index.embed import open_embedder
from qa.answer import FOUND, READ, reader_folder
from qa.choose import choices
from qa.gold import read_gold
from qa.metrics import f1
from qa.read import ExtractiveReader
from qa.retrieve import retrieve

# An answer is given where it is more likely right than wrong, and a possibility is shown where it
# is about half as likely right as wrong. The last line printed says what that comes to.
ANSWER_FROM = 0.5
UNSURE_FROM = 0.3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("collection", type=Path)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--every", type=int, default=1, metavar="N", help="every Nth question")
    options = parser.parse_args()
    collection, embedder = Collection(options.collection), open_embedder()
    reader = ExtractiveReader.load(reader_folder())
    figures, right, has_answer = [], [], []
    questions = read_gold(options.gold).questions[:: options.every]
    answerable = sum(bool(gold.answers) for gold in questions)
    for gold in tqdm(questions):
        hits = retrieve(collection, embedder, gold.question, limit=FOUND)
        if found := choices(reader.read(gold.question, hits[:READ])):
            figures.append((found[0].score, found[0].margin))
            has_answer.append(bool(gold.answers))
            right.append(bool(gold.answers) and f1(found[0].spans[0].text, gold.answers) >= 0.5)
    fit = LogisticRegression(C=1e6).fit(np.array(figures), np.array(right))
    probability = fit.predict_proba(np.array(figures))[:, 1]
    answered = probability >= ANSWER_FROM
    confidence = {
        "reader": reader.fingerprint,
        "score_weight": round(float(fit.coef_[0, 0]), 4),
        "margin_weight": round(float(fit.coef_[0, 1]), 4),
        "intercept": round(float(fit.intercept_[0]), 4),
        "answer_from": ANSWER_FROM,
        "unsure_from": UNSURE_FROM,
    }
    path = reader_folder() / "confidence.json"
    path.write_text(json.dumps(confidence, indent=2) + "\n", encoding="utf-8")
    print(f"{len(right)} questions; {path}: {confidence}")
    falsely = int((answered & ~np.array(has_answer)).sum())
    rightly = int((answered & np.array(right)).sum())
    print(
        f"answered {answered.sum()}, of these right {rightly / answered.sum():.3f};"
        f" of the {answerable} answerable, answered rightly {rightly / answerable:.3f};"
        f" of the others, refused {1 - falsely / (len(questions) - answerable):.3f}"
    )


if __name__ == "__main__":
    main()
