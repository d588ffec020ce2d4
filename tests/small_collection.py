"""A real collection of a few small files, asked with the fakes in place of the models."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.collection import Collection
from index.sync import sync
from qa.answer import Assistant
from qa.confidence import UNFITTED
from tests.fakes import NumberReader, WordEmbedder, write

FILES = {
    "bridge.txt": "The iron bridge was opened in 1901 by the mayor.",
    "town/ferry.txt": "The old ferry sank in 1888 near the pier.",
}


@contextmanager
def small_collection(folder: Path, files: dict[str, str] = FILES) -> Iterator[Assistant]:
    """Over `folder`/collection, indexed from `folder`/papers."""
    collection = Collection(folder / "collection", create=True)
    embedder = WordEmbedder()
    sync(collection, [write(folder / "papers", files)], embedder)
    assistant = Assistant(collection, embedder, NumberReader(), UNFITTED)
    yield assistant
    assistant.close()
