"""A collection of any size, made of the passages of docs/ and of texts put together from them.

    python -m tests.benchmarks.made_collection DIR --passages 100000 [--texts SQUAD.json]

The first documents are those of docs/ (and the articles of a SQuAD file), embedded as they are. The
others are made: each passage is six sentences drawn from those, and its vector that of a passage
drawn from those, with noise, so that its cosine with that is about 0.8. So sizes, words and the
work of searching are those of real texts; what is found means nothing.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.collection import Collection
from index.embed import open_embedder
from index.sentences import sentences
from index.store import FileState
from index.sync import sync
from index.types import Content, Embedder, PassageRange
from qa.squad import read_squad

_SENTENCES_A_PASSAGE = 6
_PASSAGES_A_DOCUMENT = 100
_DOCUMENTS_A_TRANSACTION = 50
_NOISE = 0.75  # the length of what is added to a vector of length 1: a cosine of 0.8


def make(directory: Path, passages: int, sources: Sequence[Path], embedder: Embedder) -> None:
    """Makes a collection of so many passages, or as many as the sources have, if that is more."""
    collection = Collection(directory, create=True)
    sync(collection, sources, embedder, progress=True)
    ids = collection.store.passage_ids().tolist()
    stored = list(collection.store.stored_passages(ids))
    rows = np.concatenate([batch.rows for batch in stored])
    drawn = [
        passage.text[sentence.start : sentence.end]
        for batch in stored
        for passage in batch.passages
        for sentence in sentences(passage.text, 0, len(passage.text))
    ]
    root_id = collection.store.add_root(Path("/made"))
    made = _documents(drawn, rows, passages - len(ids))
    with collection.writing():
        while part := list(islice(made, _DOCUMENTS_A_TRANSACTION)):
            with collection.store.transaction():
                for name, content, ranges, vectors in part:
                    id_ = collection.store.put_document(
                        root_id, name, name, FileState(name, len(content.text), 0, 0), content
                    )
                    collection.store.put_passages(id_, content, ranges, vectors)
        started = time.perf_counter()
        collection.follow()
    print(f"FAISS and Tantivy made in {time.perf_counter() - started:.0f} s")
    collection.close()


def _documents(
    drawn: Sequence[str], rows: NDArray[np.float32], passages: int
) -> Iterator[tuple[str, Content, list[PassageRange], NDArray[np.float32]]]:
    chance = np.random.default_rng(0)
    for first in range(0, passages, _PASSAGES_A_DOCUMENT):
        count = min(_PASSAGES_A_DOCUMENT, passages - first)
        chosen = chance.integers(len(drawn), size=(count, _SENTENCES_A_PASSAGE))
        texts = [" ".join(drawn[one] for one in row)[:700] for row in chosen.tolist()]
        ends = np.cumsum([len(text) + 2 for text in texts]) - 2
        ranges = [
            PassageRange(start=int(end) - len(text), end=int(end), heading=None, page=None)
            for text, end in zip(texts, ends, strict=True)
        ]
        noise = chance.normal(size=(count, rows.shape[1])) * _NOISE / np.sqrt(rows.shape[1])
        vectors = rows[chance.integers(len(rows), size=count)] + noise
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        name = f"made-{first // _PASSAGES_A_DOCUMENT:06}.txt"
        content = Content(text="\n\n".join(texts), title=f"Made {first}")
        yield name, content, ranges, vectors.astype(np.float32)


def write_articles(squad: Path, folder: Path) -> Path:
    """The articles of a SQuAD file as text files."""
    folder.mkdir(parents=True)
    articles: dict[str, list[str]] = {}
    for context in read_squad(squad):
        articles.setdefault(context.title or "untitled", []).append(context.text)
    for number, paragraphs in enumerate(articles.values()):
        (folder / f"{number}.txt").write_text("\n\n".join(paragraphs), encoding="utf-8")
    return folder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("directory", type=Path, metavar="DIR")
    parser.add_argument("--passages", type=int, required=True)
    parser.add_argument("--texts", type=Path, metavar="SQUAD")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        sources = [Path("docs")]
        if options.texts:
            sources.append(write_articles(options.texts, Path(scratch) / "articles"))
        make(options.directory, options.passages, sources, open_embedder())


if __name__ == "__main__":
    main()
