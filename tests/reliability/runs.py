"""What is killed and made to fail: commands and uploads over a small collection.

Each function can run in a child of tests/reliability/steps.py, so it takes and gives plain values.
"""

import contextlib
import io
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

from tqdm import tqdm

import index.embed
import index.load.isolated
import index.store
import index.sync
import qa.answer  # noqa: F401  # imported once, for all children
from index.collection import Collection
from index.errors import QAError
from index.scope import EVERYTHING
from index.terms import terms
from index.upload_folders import EVERYBODY, UPLOADS
from qa.cli import main
from qa.turns import Turns
from qa.uploads import Uploads
from tests.fakes import WordEmbedder

# tqdm makes a semaphore with its first bar: once here, not in each child that is killed.
tqdm.get_lock()  # type: ignore[no-untyped-call]

PASSAGES_A_COMMIT = 3  # several commits in a small run

QUESTION = "How deep is the well of the plan in feet, and how many steps?"

Run = tuple[int, str, str]
"""Status, what is printed, errors."""

Found = tuple[Any, ...]
"""Document, start and text of what the dense side finds, and the lexical one."""

Contents = dict[str, Any]
"""Documents by name: all that is kept of each, and of its passages, but ids and times."""


def command(noted: Path | None, *arguments: str) -> Run:
    """A `qa` command: its status, what it prints, and its errors.

    A line in the file `noted` tells of each transaction that was committed.
    """
    out, errors = io.StringIO(), io.StringIO()
    with _small_commits(noted), contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
        status = main(arguments)
    return status, out.getvalue(), errors.getvalue()


def command_in_one_commit(*arguments: str) -> Run:
    """As `command`; all documents are committed together."""
    with mock.patch(f"{__name__}.PASSAGES_A_COMMIT", 256):
        return command(None, *arguments)


def upload(noted: Path | None, directory: Path, name: str, text: str) -> Run:
    """A file as the server takes it in; as `command`."""
    try:
        with contextlib.closing(Collection(directory)) as collection, _small_commits(noted):
            file = io.BytesIO(text.encode())
            added = Uploads(collection, WordEmbedder(), Turns()).add(file, name, EVERYBODY)
    except QAError as error:
        return 2, "", f"qa: {error}\n"
    return 0, added.name, ""


def while_open(
    directory: Path, run: Callable[..., Run], *arguments: Any
) -> tuple[Run, Found, tuple[str, ...]]:
    """A run, and what somebody finds after it who has asked the collection before, and goes on.

    Nothing is found where it couldn't be opened to begin with, which is told as the run's errors.
    Whoever is refused asks once more; the last are the lines that refuse.
    """
    try:
        collection = Collection(directory)
        _found(collection)
    except QAError as error:
        return (2, "", f"qa: {error}\n"), (), ()
    try:
        ran = run(*arguments)
        try:
            return ran, _found(collection), ()
        except QAError as error:
            return ran, _found(collection), (str(error),)
    finally:
        collection.close()


def found(directory: Path) -> Found:
    """What a question finds on both sides; indexes that have fallen behind are brought in line."""
    collection = Collection(directory)
    try:
        return _found(collection)
    finally:
        collection.close()


def _found(collection: Collection) -> Found:
    row = WordEmbedder().encode([QUESTION])[0]
    sides = collection.search(row, terms(QUESTION), 1000, EVERYTHING)
    passages = collection.passages([id_ for side in sides for id_, _ in side])
    # BM25 counts passages that were taken out until they are merged away: its scores may differ.
    return tuple(
        sorted(
            (passages[id_].document, passages[id_].start, passages[id_].text)
            for id_, _ in side
            if id_ in passages
        )
        for side in sides
    )


def contents(directory: Path) -> Contents:
    """All that a collection holds. Nothing is brought in line by that."""
    collection = Collection(directory)
    try:
        return _contents(collection.store)
    finally:
        collection.close()


def uploaded(directory: Path) -> dict[str, bytes]:
    """The files that were uploaded, by their path among the uploads."""
    uploads = directory / UPLOADS
    return {
        path.relative_to(uploads).as_posix(): path.read_bytes()
        for path in sorted(uploads.rglob("[!.]*"))
        if path.is_file()
    }


def states(noted: Path) -> list[Contents]:
    """What the collection held after each transaction that `noted` tells of."""
    return [eval(line) for line in noted.read_text().splitlines()]  # noqa: S307  # our own


def _contents(store: Any) -> Contents:
    held: Contents = {}
    ids = store.passage_ids().tolist()
    rows = {
        passage.id: row.tobytes()
        for batch in store.stored_passages(ids)
        for passage, row in zip(batch.passages, batch.rows, strict=True)
    }
    for summary in store.summaries():
        document = store.document(summary.name)
        held[summary.name] = (
            document.sha256,
            repr(replace(document.content, places=tuple(document.content.places))),
            summary.upload_folder,
            [
                (p.start, p.end, p.text, p.heading, p.page, p.location, rows[p.id])
                for p in store.passages_of(summary.name)
            ],
        )
    return held


@contextlib.contextmanager
def _small_commits(noted: Path | None) -> Iterator[None]:
    transaction = index.store.Store.transaction

    @contextlib.contextmanager
    def noting(self: index.store.Store) -> Iterator[None]:
        with transaction(self):
            yield
        if noted is not None:
            with noted.open("a") as file:
                file.write(f"{_contents(self)!r}\n")

    with (
        mock.patch.object(index.embed, "open_embedder", WordEmbedder),
        mock.patch.object(index.sync, "_PASSAGES_A_COMMIT", PASSAGES_A_COMMIT),
        mock.patch.object(index.store.Store, "transaction", noting),
    ):
        yield


def remove(folder: Path) -> None:
    """Also where a thread of Tantivy's that ends makes a lock file in it meanwhile."""
    while folder.exists():
        shutil.rmtree(folder, ignore_errors=True)
