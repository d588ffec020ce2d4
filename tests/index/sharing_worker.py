"""One of several processes that index a folder into one collection.

    python -m tests.index.sharing_worker ADDRESS FOLDER [embedding|naming]

Prints a line for each passage that it embeds. With a third argument, it stops for good in the midst
of its third document: while embedding, or after its passages are in and before they are named.
"""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import index.milvus_claims
import index.milvus_engine
import index.sync
from index.address import parse_address
from index.collection import Collection
from index.milvus_client import Milvus
from tests.fakes import WordEmbedder

LEASE_SECONDS = 30.0
DOCUMENTS_BEFORE_STOP = 2


def stop() -> None:
    print("stopped", flush=True)
    sys.stdin.read()


class PrintingEmbedder(WordEmbedder):
    def __init__(self, *, stops: bool) -> None:
        super().__init__()
        self._stops = stops

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        for text in texts:
            print(text.splitlines()[-1], flush=True)
        if self._stops and len(self.encoded) == DOCUMENTS_BEFORE_STOP:
            stop()
        return super().encode(texts)


class StoppingMilvus(Milvus):
    named = 0

    def put(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        if table == "documents":
            if StoppingMilvus.named == DOCUMENTS_BEFORE_STOP:
                stop()
            StoppingMilvus.named += len(rows)
        super().put(table, rows)


def main() -> None:
    address, folder, *where = sys.argv[1:]
    index.milvus_claims.LEASE_SECONDS = LEASE_SECONDS
    index.sync._FILES_A_CLAIM = 3
    index.sync._PASSAGES_A_COMMIT = 1
    if where == ["naming"]:
        vars(index.milvus_engine)["Milvus"] = StoppingMilvus
    collection = Collection(parse_address(address), create=True)
    embedder = PrintingEmbedder(stops=where == ["embedding"])
    report = index.sync.sync(collection, [Path(folder)], embedder)
    assert report.failed == []
    collection.close()


if __name__ == "__main__":
    main()
