"""The command `qa tune`: fits the search and the confidence to gold questions."""

import argparse
import sys
from pathlib import Path

from qa.terminal import DONE, add_precision, print_json

_NAMES = {
    "mrr@20": "1 / rank of the first passage that holds the answer, mean",
    "ece": "confidence against share right; lower is better",
    "brier": "squared error of confidence; lower is better",
    "coverage_at_90_precision": "answered rightly, were 90 % of all answers right",
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options beside `--collection` and `--json`."""
    parser.add_argument("gold", type=Path, metavar="GOLD")
    add_precision(parser)


def tune(options: argparse.Namespace) -> int:
    """Writes the tuning into the collection and says what it changes."""
    from index.collection import Collection, settings_of
    from index.embed import open_embedder
    from index.errors import InputError
    from qa.answer import collection_address, reader_folder
    from qa.confidence import UNFITTED, load_confidence
    from qa.gold import read_gold
    from qa.read import ExtractiveReader
    from qa.tune import tune as fit
    from qa.tuning import save_tuning

    gold = read_gold(options.gold)
    if not gold.questions:
        raise InputError(f"{options.gold} has no question that can be asked: add some")
    folder = reader_folder()
    embedder = open_embedder()
    collection = Collection(collection_address(options.collection))
    collection.require(settings_of(embedder))
    reader = ExtractiveReader.load(folder)
    confidence = load_confidence(folder, reader.fingerprint) or UNFITTED
    tuned = fit(
        collection,
        embedder,
        reader,
        confidence,
        gold.questions,
        precision=options.precision,
        progress=True,
    )
    save_tuning(collection.directory, tuned.tuning)
    if options.json:
        print_json(
            {
                "questions": tuned.questions,
                "dense_weight": tuned.tuning.dense_weight,
                "answer_from": tuned.tuning.answer_from,
                "before": tuned.before,
                "after": tuned.after,
                "problems": gold.problems,
            }
        )
        return DONE
    for problem in gold.problems:
        print(problem, file=sys.stderr)
    print(f"{tuned.questions} questions; the weight of meaning is {tuned.tuning.dense_weight}")
    print(f"{'':24}  as it ships  tuned")
    for name, about in _NAMES.items():
        before, after = (_figure(side[name]) for side in (tuned.before, tuned.after))
        print(f"{name:24}  {before:>11}  {after:>5}  {about}")
    return DONE


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
