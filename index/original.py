"""The file that a document was read from: its pages drawn, with what is cited on them."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from index.collection import Collection
from index.errors import InputError, UnreadableFile
from index.limits import MAX_DRAW_SECONDS, MAX_FILE_BYTES, MAX_LOAD_SECONDS
from index.load import pdf_page
from index.stretches import stretches
from index.types import Box, Content, Document, PageView, Passage
from index.worker import Worker

_WORKER = Worker()


def original(collection: Collection, name: str) -> bytes:
    """The bytes of a document's file, as they were indexed.

    Raises InputError if there is no such document, or if its file is gone or has changed.
    """
    path, sha256 = collection.store.file_of(name)
    try:
        data = path.read_bytes() if path.stat().st_size <= MAX_FILE_BYTES else b""
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(
            f"The file of {name} can't be opened ({reason}): bring it back, or run `qa index`"
        ) from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise InputError(f"{name} has changed since it was indexed: run `qa index`")
    return data


def citation_boxes(collection: Collection, name: str, start: int, end: int) -> tuple[Box, ...]:
    """Where the characters `[start, end)` of a document stand on its pages, one box a row.

    Empty for formats that aren't drawn. Raises InputError as `original` does, or if the file
    can't be opened any more.
    """
    found = stretches(collection.document(name).content, start, end)
    if not found:
        return ()
    data = original(collection, name)
    with _naming(name):
        return _WORKER.call(MAX_DRAW_SECONDS, pdf_page.boxes, data, found)


def page_view(
    collection: Collection, name: str, start: int, end: int, page: int | None = None
) -> PageView:
    """A page of a document, with what it shows of `[start, end)`.

    Without `page`, the one that these characters begin on. Offsets outside of the text are brought
    inside. Raises InputError as `page_png` does.
    """
    content = collection.document(name).content
    _require_drawable(content, name)
    start, end = (max(0, min(at, len(content.text))) for at in (start, end))
    found = stretches(content, start, end)
    if page is None:
        at = next((p.number for p in content.pages if p.start <= start < p.end), 1)
        page = found[0].page if found else at
    data = original(collection, name)
    with _naming(name):
        return _WORKER.call(MAX_DRAW_SECONDS, pdf_page.view, data, page, found)


def page_png(
    collection: Collection, name: str, page: int, boxes: Sequence[Box], *, scale: float = 1.5
) -> bytes:
    """A PNG of a document's page with those of the boxes highlighted that lie on it.

    `scale` is in pixels a point. Pages count from 1. Raises InputError as `original` does, and if
    the document has no such page or isn't of a format that is drawn.
    """
    _require_drawable(collection.document(name).content, name)
    if not scale > 0:
        raise InputError(f"The scale is {scale}: it must be above 0 pixels a point")
    data = original(collection, name)
    with _naming(name):
        return _WORKER.call(MAX_DRAW_SECONDS, pdf_page.draw, data, page, tuple(boxes), scale)


def misplaced(document: Document, data: bytes, passages: Sequence[Passage]) -> list[Passage]:
    """Those of a document's passages that its file doesn't show where they should be.

    `data` is what `original` gave. Raises InputError if it can't be opened any more.
    """
    content = document.content
    traced = [
        (passage.text, stretches(content, passage.start, passage.end)) for passage in passages
    ]
    with _naming(document.name):
        found = _WORKER.call(MAX_LOAD_SECONDS, pdf_page.misplaced, data, traced)
    return [passages[i] for i in found]


def _require_drawable(content: Content, name: str) -> None:
    if not content.page_runs:
        raise InputError(f"{name} has no pages that can be drawn: only those of a PDF can")


@contextmanager
def _naming(name: str) -> Iterator[None]:
    try:
        yield
    except UnreadableFile as error:
        raise InputError(f"{name} {error}") from error
