"""Fits the confidence of the shipped reader to gold questions, and writes it beside the weights.

    python -m tests.benchmarks.squad_collection SQUAD.json --missing-half --out DIR
    qa index DIR/documents --collection DIR/collection
    python -m tests.benchmarks.fit_confidence DIR/collection DIR/gold.jsonl

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
from qa.answer import FOUND, READ, evidence, ranked, reader_folder
from qa.gold import read_gold
from qa.metrics import f1
from qa.read import ExtractiveReader
from qa.retrieve import retrieve

# An answer is given where this share of all that is answered would be right.
PRECISION = 0.9

# Below that, what is right in at least one case of so many is shown as a possibility.
UNSURE_FROM = 0.3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("collection", type=Path)
    parser.add_argument("gold", type=Path)
    options = parser.parse_args()
    collection, embedder = Collection(options.collection), open_embedder()
    reader = ExtractiveReader.load(reader_folder())
    scores, right = [], []
    for gold in tqdm(read_gold(options.gold).questions):
        hits = retrieve(collection, embedder, gold.question, limit=FOUND)
        if spans := ranked(reader.read(gold.question, hits[:READ])):
            scores.append(evidence(spans[0]))
            right.append(bool(gold.answers) and f1(spans[0].text, gold.answers) >= 0.5)
    fit = LogisticRegression(C=1e6).fit(np.array(scores)[:, np.newaxis], np.array(right))
    slope, intercept = float(fit.coef_[0, 0]), float(fit.intercept_[0])
    order = np.argsort(scores)[::-1]
    precision = np.cumsum(np.array(right)[order]) / np.arange(1, len(order) + 1)
    last = int(np.flatnonzero(precision >= PRECISION)[-1])
    answer_from = 1 / (1 + np.exp(-(slope * scores[order[last]] + intercept)))
    confidence = {
        "reader": reader.fingerprint,
        "slope": round(slope, 5),
        "intercept": round(intercept, 5),
        "answer_from": round(float(answer_from), 3),
        "unsure_from": UNSURE_FROM,
    }
    path = reader_folder() / "confidence.json"
    path.write_text(json.dumps(confidence, indent=2) + "\n", encoding="utf-8")
    print(f"{len(scores)} questions, {sum(right)} right; {path}: {confidence}")


if __name__ == "__main__":
    main()
