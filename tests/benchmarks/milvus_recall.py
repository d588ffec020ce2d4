"""Finding in Milvus against finding in a folder: the same passages and vectors, the same questions.

    python -m tests.benchmarks.squad_collection squad11_dev_half.json --out DIR
    qa index DIR/documents --collection DIR/collection
    python -m tests.benchmarks.milvus_recall DIR/collection DIR/gold.jsonl milvus+file:DIR/dev.db

Nothing is embedded again but the questions. Prints, for each side alone and for both fused, the
share of questions whose marked answer lies in the first passage, in five, in twenty.
"""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from index.address import parse_address
from index.collection import Collection, settings_of
from index.embed import open_embedder
from index.scope import EVERYTHING
from index.store import FileState
from index.terms import terms
from index.types import PassageRange
from qa.gold import GoldQuestion, read_gold
from qa.retrieve import DENSE_WEIGHT, fuse

DEPTHS = (1, 5, 20)
_DOCUMENTS_A_TRANSACTION = 5


def copy(source: Collection, target: Collection) -> None:
    """Puts a collection's documents, with passages and vectors as they are, into another one."""
    target.store.set_settings(source.store.settings())
    root_id = target.store.add_root(Path("/copied"))
    names = [summary.name for summary in source.documents()]
    for first in range(0, len(names), _DOCUMENTS_A_TRANSACTION):
        with target.store.transaction():
            for name in names[first : first + _DOCUMENTS_A_TRANSACTION]:
                document = source.document(name)
                passages = source.passages_of(name)
                ids = [passage.id for passage in passages]
                stored = list(source.store.stored_passages(ids))
                rows = {
                    passage.id: row
                    for batch in stored
                    for passage, row in zip(batch.passages, batch.rows, strict=True)
                }
                ranges = [
                    PassageRange(
                        start=p.start,
                        end=p.end,
                        heading=p.heading,
                        page=p.page,
                        location=p.location,
                    )
                    for p in passages
                ]
                state = FileState(document.sha256, len(document.text), 0, 0)
                id_ = target.store.put_document(root_id, name, name, state, document.content)
                vectors = np.stack([rows[i] for i in ids])
                target.store.put_passages(id_, document.content, ranges, vectors)


def rank(question: GoldQuestion, collection: Collection, ids: Sequence[int]) -> int:
    """The place of the first passage that covers what is marked; 10^6 if none does."""
    found = collection.passages(ids)
    for place, id_ in enumerate(ids, start=1):
        passage = found[id_]
        assert question.start is not None
        assert question.end is not None
        if (
            passage.document in question.documents
            and passage.start <= question.start
            and question.end <= passage.end
        ):
            return place
    return 10**6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("collection", type=Path)
    parser.add_argument("gold", type=Path)
    parser.add_argument("milvus")
    parser.add_argument("--every", type=int, default=1)
    options = parser.parse_args()
    embedder = open_embedder()
    folder = Collection(options.collection)
    folder.require(settings_of(embedder))
    milvus = Collection(parse_address(options.milvus), create=True)
    if not milvus.documents():
        started = time.perf_counter()
        copy(folder, milvus)
        print(f"copied in {time.perf_counter() - started:.0f} s")
    questions = read_gold(options.gold).questions[:: options.every]
    rows = embedder.encode([question.question for question in questions])
    for name, collection in (("folder", folder), ("milvus", milvus)):
        ranks: dict[str, list[int]] = {"dense": [], "BM25": [], "fused": []}
        seconds = 0.0
        for question, row in zip(questions, rows, strict=True):
            started = time.perf_counter()
            found = collection.search(row, terms(question.question), 100, EVERYTHING)
            seconds += time.perf_counter() - started
            fused = fuse(found.dense, found.lexical, dense_weight=DENSE_WEIGHT)
            for side, hits in (("dense", found.dense), ("BM25", found.lexical), ("fused", fused)):
                ids = [id_ for id_, _ in hits[: max(DEPTHS)]]
                ranks[side].append(rank(question, collection, ids))
        print(f"{name}: {len(questions)} questions, {1000 * seconds / len(questions):.0f} ms each")
        for side, places in ranks.items():
            shares = " ".join(f"{np.mean(np.array(places) <= depth):.3f}" for depth in DEPTHS)
            print(f"  {side:<6} {shares}")
    milvus.close()
    folder.close()


if __name__ == "__main__":
    main()
