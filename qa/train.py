"""`qa train`: files of questions in, a reader's folder with its model card out."""

import hashlib
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from index.address import MilvusAddress
from index.collection import Collection, settings_of
from index.embed import open_embedder
from index.errors import InputError
from qa.evaluate_reader import evaluate_reader
from qa.fine_tune import Recipe, fine_tune
from qa.gold import read_gold
from qa.model_card import model_card
from qa.read import ExtractiveReader
from qa.reader_folder import fingerprint
from qa.squad import SquadContext, read_squad
from qa.training_data import TrainingFile, has_contexts, read_training_file
from qa.training_gold import gold_examples


def train(
    paths: Sequence[Path],
    *,
    start: Path,
    out: Path,
    recipe: Recipe,
    dev: Path | None,
    collection: Path | MilvusAddress,
    progress: bool = False,
) -> list[str]:
    """Trains from the reader in `start`; gives a line for each record that could not be used.

    Gold questions, which have no contexts, are asked of the collection. Raises InputError where a
    file, the start or `out` won't do; CollectionError where a collection is needed and isn't there.
    """
    squad = read_squad(dev) if dev else ()
    files = [
        read_training_file(path) if has_contexts(path) else _gold_file(path, collection)
        for path in paths
    ]
    fine_tune(
        [example for file in files for example in file.examples],
        start=start,
        out=out,
        recipe=recipe,
        progress=progress,
    )
    card = model_card(
        start=fingerprint(start),
        files=files,
        recipe=recipe,
        command=["qa", *sys.argv[1:]],
        scores={dev.name: (_scores(start, squad), _scores(out, squad))} if dev else {},
    )
    (out / "README.md").write_text(card, encoding="utf-8")
    return [f"{file.name}, {problem}" for file in files for problem in file.problems]


def _scores(reader: Path, squad: Sequence[SquadContext]) -> Mapping[str, float | None]:
    return evaluate_reader(ExtractiveReader.load(reader), squad, progress=True)


def _gold_file(path: Path, address: Path | MilvusAddress) -> TrainingFile:
    gold = read_gold(path)
    embedder = open_embedder()
    collection = Collection(address)
    collection.require(settings_of(embedder))
    examples, problems = gold_examples(gold.questions, collection, embedder)
    collection.close()
    if not examples:
        why = problems[0] if problems else "the collection has no passages for its questions"
        raise InputError(
            f"{path} holds nothing to train on ({why}): name the collection that it was"
            " written for with --collection"
        )
    return TrainingFile(
        name=path.name,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        licences=(),
        examples=examples,
        problems=(*gold.problems, *problems),
    )
