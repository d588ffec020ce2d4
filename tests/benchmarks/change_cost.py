"""What one added and removed file costs those who ask: seconds of a core, and counts.

    qa index docs
    python -m tests.benchmarks.change_cost DIR

Files of the same passages are added to a copy of the collection and removed again, one after the
other. A search is made while each change is committed and the indexes haven't followed, and again
right after it: two of each a round. Then a file of somebody's own is added, and another person,
who may not see it, searches. Embedding is counted by itself. One thread computes.
"""

import argparse
import hashlib
import io
import shutil
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import tantivy
from numpy.typing import NDArray

from index.collection import Collection
from index.embed import open_embedder
from index.scope import EVERYTHING, Scope
from index.types import Embedder
from index.upload_folders import EVERYBODY, folder_of
from qa.turns import Turns
from qa.uploads import Uploads
from tests.benchmarks.clients import ADDED

ROUNDS = 10
_STEMS = ("herring", "fleet", "treaty")


class Costs:
    """Seconds of a core and counts, by what they were spent on."""

    def __init__(self) -> None:
        self.kind = "before"
        self.counts: defaultdict[str, defaultdict[str, list[float]]] = defaultdict(
            lambda: defaultdict(lambda: [0.0])
        )

    def add(self, name: str, amount: float) -> None:
        self.counts[self.kind][name][-1] += amount

    def of(self, kind: str, work: Callable[[], object]) -> None:
        """What `work` costs is noted under `kind`, and not under what it is a part of."""
        outer, self.kind = self.kind, kind
        started = time.process_time()
        try:
            work()
        finally:
            spent = time.process_time() - started
            self.add("ms", 1000 * spent)
            self.kind = outer
            self.add("ms", -1000 * spent)

    def next_round(self) -> None:
        for counts in self.counts.values():
            for amounts in counts.values():
                amounts.append(0.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("collection", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "collection"
        shutil.copytree(options.collection, copy)
        _measure(copy)


def _measure(directory: Path) -> None:
    import torch

    torch.set_num_threads(1)
    costs = Costs()
    _count_calls(costs)
    collection, embedder = Collection(directory), open_embedder()
    row = embedder.encode(["How many boats had the herring fleet?"])[0]
    collection.search(row, _STEMS, 100, EVERYTHING)
    uploads = Uploads(collection, _Counted(embedder, costs), Turns())
    collection.store._db._connection.set_trace_callback(lambda _: costs.add("statements", 1))  # type: ignore[attr-defined]
    follow, others = collection.follow, ThreadPoolExecutor(1)

    def search() -> None:
        collection.search(row, _STEMS, 100, EVERYTHING)

    def search_as_another() -> None:
        collection.search(row, _STEMS, 100, Scope(reader=folder_of("another")))

    def ask_and_follow() -> None:
        # By another thread: this one holds the writer's lock.
        costs.of("a search meanwhile", lambda: others.submit(search).result())
        follow()

    collection.follow = ask_and_follow  # type: ignore[method-assign]
    for number in range(ROUNDS):
        name, data = f"herring-{number}.txt", io.BytesIO(ADDED.encode())
        costs.of("adding", lambda: uploads.add(data, name, EVERYBODY))  # noqa: B023
        costs.of("the first search after it", search)
        costs.of("removing", lambda: uploads.remove(name, EVERYBODY))  # noqa: B023
        costs.of("the first search after it", search)
        costs.of("a search after that", search)
        uploads.add(io.BytesIO(ADDED.encode()), name, folder_of("somebody"))
        costs.of("another person's first search", search_as_another)
        costs.of("another person's next search", search_as_another)
        uploads.remove(f"{folder_of('somebody')}/{name}", folder_of("somebody"))
        costs.next_round()
    print(f"{len(collection.store.passage_ids())} passages; medians of {ROUNDS} rounds")
    del costs.counts["before"]
    for kind, counts in costs.counts.items():
        medians = {name: statistics.median(amounts[:ROUNDS]) for name, amounts in counts.items()}
        print(f"{kind:26}", *(f"{median:10.1f} {name}" for name, median in medians.items()))


class _Counted:
    def __init__(self, embedder: Embedder, costs: Costs) -> None:
        self._embedder, self._costs = embedder, costs
        self.fingerprint = embedder.fingerprint

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows: list[NDArray[np.float32]] = []
        self._costs.of("embedding", lambda: rows.append(self._embedder.encode(texts)))
        return rows[0]


def _count_calls(costs: Costs) -> None:
    digest, read, index = hashlib.file_digest, faiss.read_index, tantivy.Index

    def counted_digest(file: Any, name: str) -> Any:
        costs.add("MB hashed", Path(file.name).stat().st_size / 1e6)
        return digest(file, name)

    def counted_read(*arguments: Any) -> Any:
        costs.add("segments opened", 1)
        return read(*arguments)

    def counted_index(*arguments: Any, **named: Any) -> Any:
        costs.add("Tantivy opened", 1)
        return index(*arguments, **named)

    hashlib.file_digest = counted_digest  # type: ignore[assignment]
    faiss.read_index = counted_read  # type: ignore[assignment]
    tantivy.Index = counted_index  # type: ignore[assignment,misc]


if __name__ == "__main__":
    main()
