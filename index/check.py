"""Whether a collection keeps its promises, looked at row by row."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from index.collection import Collection
from index.errors import InputError
from index.original import misplaced, original
from index.store import BEING_CHANGED, StoredPassages
from index.types import Document, Passage
from index.upload_folders import UPLOADS

_INDEX_AGAIN = "run `qa index`"


def problems(collection: Collection, settings: Mapping[str, str]) -> Iterator[str]:
    """What is wrong, one line each with what mends it; nothing if all is well.

    Indexes that have only fallen behind are brought in line by it.
    """
    damaged = False
    for line in collection.store.problems():
        damaged = True
        yield line
    try:
        yield from _truth_problems(collection, settings)
        yield from collection.engine.problems()
    except Exception:
        # What was damaged may break any rule of what can be read.
        if not damaged:
            raise


def _truth_problems(collection: Collection, settings: Mapping[str, str]) -> Iterator[str]:
    store = collection.store
    made = store.settings()
    for name, value in settings.items():
        if made and made.get(name) != value:
            yield f"The passages were made with another {name}: {_INDEX_AGAIN}"
    ids = store.passage_ids()
    for name in sorted(store.names()):
        yield from _document_problems(store.document(name))
    documents: dict[str, Document] = {}
    passages: list[Passage] = []  # of the document
    for batch in store.stored_passages(ids.tolist()):
        for passage in batch.passages:
            if passage.document not in documents:
                # Passages come by id, so those of one document are neighbours.
                yield from _page_problems(collection, documents.values(), passages)
                documents = {passage.document: store.document(passage.document)}
                passages = []
            passages.append(passage)
            text = documents[passage.document].text
            if text[passage.start : passage.end] != passage.text:
                yield (
                    f"Passage {passage.id} of {passage.document} doesn't read back from"
                    f" {passage.start}-{passage.end}: {_INDEX_AGAIN} on a new collection"
                )
        yield from _row_problems(batch)
    yield from _page_problems(collection, documents.values(), passages)
    yield from _upload_problems(collection)


def _upload_problems(collection: Collection) -> Iterator[str]:
    """Files that were added on the page: the collection keeps the only copy."""
    uploads = collection.directory.resolve() / UPLOADS
    for root, id_ in collection.store.roots().items():
        if root.parent != uploads:
            continue
        for path, file in sorted(collection.store.files(id_).items()):
            if file.state.modified_ns == BEING_CHANGED:
                continue
            try:
                sha256 = hashlib.sha256((root / path).read_bytes()).hexdigest()
            except OSError:
                sha256 = ""
            if sha256 != file.state.sha256:
                yield (
                    f"The file of {file.name}, which was added on the page, is gone or damaged:"
                    " `qa remove` it and add it again"
                )


def _document_problems(document: Document) -> Iterator[str]:
    content = document.content
    bounds = [
        (range_.start, range_.end)
        for ranges in (content.pages, content.headings, content.navigation, content.places)
        for range_ in ranges
    ]
    for start, end in bounds:
        if not 0 <= start <= end <= len(content.text):
            yield (
                f"{document.name} has a range {start}-{end}, which lies outside its text:"
                f" {_INDEX_AGAIN} on a new collection"
            )


def _page_problems(
    collection: Collection, documents: Iterable[Document], passages: Sequence[Passage]
) -> Iterator[str]:
    """Passages that their pages don't show; files that are gone or changed aren't looked at."""
    for document in documents:
        if document.content.page_runs:
            try:
                data = original(collection, document.name)
            except InputError:
                continue
            try:
                wrong = misplaced(document, data, passages)
            except InputError as error:
                yield str(error)
                continue
            for passage in wrong:
                yield (
                    f"Passage {passage.id} of {passage.document} isn't seen on its page where it"
                    f" should be: {_INDEX_AGAIN} on a new collection"
                )


def _row_problems(batch: StoredPassages) -> Iterator[str]:
    lengths = np.linalg.norm(batch.rows, axis=1)
    for passage, length in zip(batch.passages, lengths, strict=True):
        if not abs(length - 1) < 0.01:
            yield f"The vector of passage {passage.id} has length {length:.3f}: {_INDEX_AGAIN}"
