"""What a collection takes in bytes and seconds a passage, and what more passages would take.

    python -m tests.benchmarks.scale_arithmetic DIR/collection [milvus+file:FILE.db]

Measures the collection's files, the embedding of some of its passages, and an exact search over
rows made up; prints these, and the same multiplied up. With a second collection of the same
passages, in Milvus Lite, its bytes as well.
"""

import argparse
import os
import time
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from index.address import MilvusAddress, parse_address
from index.collection import Collection
from index.context import passage_context
from index.embed import open_embedder
from index.vector_segment import NewRows
from index.vectors import VectorIndex

SCALES = (1_000_000, 10_000_000, 100_000_000)
_EMBEDDED = 256
_ROWS = 50_000  # few enough that all are compared
_SEARCHES = 20

# Of an HNSW graph with M = 16: 2 M neighbours on the lowest level, the only one that counts.
_LINK_BYTES = 2 * 16 * 4


def size_bytes(path: Path) -> int:
    if path.is_file():
        return path.stat().st_size
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())


def embedding_seconds(collection: Collection, ids: list[int]) -> float:
    """Processor seconds a passage, loading left out; of this process, all its threads together."""
    passages = collection.passages(ids[:_EMBEDDED]).values()
    texts = [passage_context(passage) for passage in passages]
    embedder = open_embedder()
    embedder.encode(texts[:32])
    started = time.process_time()
    embedder.encode(texts)
    return (time.process_time() - started) / len(texts)


def search_seconds(width: int) -> float:
    """Processor seconds of one exact search, a row."""
    random = np.random.default_rng(0)
    rows = random.normal(size=(_ROWS, width)).astype(np.float32)
    with TemporaryDirectory() as folder, closing(NewRows(Path(folder))) as new:
        new.add(np.arange(_ROWS, dtype=np.int64), rows)
        nothing = np.empty(0, np.int64)
        index = VectorIndex.empty().updated(Path(folder), 1, nothing, new)
        index.search(rows[0], 100)
        started = time.process_time()
        for row in rows[:_SEARCHES]:
            index.search(row, 100)
        return (time.process_time() - started) / _SEARCHES / _ROWS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("collection", type=Path)
    parser.add_argument("milvus", nargs="?")
    options = parser.parse_args()
    collection = Collection(options.collection)
    ids = collection.store.passage_ids().tolist()
    characters = sum(summary.characters for summary in collection.documents())
    (first,) = collection.store.stored_passages(ids[:1])
    width = first.rows.shape[1]
    seconds = embedding_seconds(collection, ids)
    search = search_seconds(width)
    sides = {
        "SQLite": size_bytes(options.collection / "collection.sqlite3") / len(ids),
        "FAISS": sum(map(size_bytes, options.collection.glob("vectors-*"))) / len(ids),
        "Tantivy": size_bytes(options.collection / "lexical") / len(ids),
    }
    print(
        f"{len(ids)} passages, {characters / len(ids):.0f} characters each, {width} numbers a row"
    )
    for side, number in sides.items():
        print(f"{side}: {number:.0f} bytes a passage")
    if options.milvus:
        address = parse_address(options.milvus)
        assert isinstance(address, MilvusAddress)
        held = size_bytes(Path(address.uri)) / len(ids)
        print(f"Milvus Lite's file: {held:.0f} bytes a passage")
    print(f"embedding: {1000 * seconds:.0f} ms of one core a passage ({os.cpu_count()} cores)")
    print(f"exact search: {1e9 * search:.0f} ns of one core a passage")
    disk = sum(sides.values())
    for scale in SCALES:
        print(
            f"{scale:>11,} passages:"
            f" text {scale * characters / len(ids) / 1e9:.1f} GB,"
            f" disk {scale * disk / 1e9:.0f} GB,"
            f" embedding {scale * seconds / 3600:,.0f} core hours,"
            f" exact search {scale * search:.2f} s;"
            f" rows in memory: fp16 {scale * width * 2 / 1e9:.0f} GB,"
            f" HNSW over fp32 {scale * (width * 4 + _LINK_BYTES) / 1e9:.0f} GB,"
            f" IVF_SQ8 {scale * (width + 8) / 1e9:.0f} GB"
        )
    collection.close()


if __name__ == "__main__":
    main()
