"""Documents that people bring along: they come in and go out through the same sync as folders."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from index.collection import Collection
from index.errors import InputError, UnreadableFile, no_document
from index.load.isolated import load_isolated, stop
from index.store import BEING_CHANGED, StoredFile
from index.sync import remove, sync
from index.types import DocumentSummary, Embedder
from index.upload_folders import UPLOADS, file_name, may_see
from qa.feedback import Feedback
from qa.limits import MAX_UPLOADS
from qa.turns import Turns

# `qa index` may be running in another process, or a question bring the indexes in line.
_WAIT_SECONDS = 30
_EMBEDDED_AT_ONCE = 8


class _GivingWay:
    """An embedder, a few texts at a time: questions come in between."""

    def __init__(self, embedder: Embedder, turns: Turns) -> None:
        self._embedder = embedder
        self._turns = turns

    @property
    def fingerprint(self) -> str:
        return self._embedder.fingerprint

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = []
        for first in range(0, len(texts), _EMBEDDED_AT_ONCE):
            self._turns.let_questions_go_first()
            rows.append(self._embedder.encode(texts[first : first + _EMBEDDED_AT_ONCE]))
        return np.concatenate(rows)


class Uploads:
    """The uploads of a collection. One change at a time; what is asked meanwhile doesn't wait."""

    def __init__(self, collection: Collection, embedder: Embedder, turns: Turns) -> None:
        self._collection = collection
        self._embedder = _GivingWay(embedder, turns)

    @property
    def are_taken(self) -> bool:
        """Whether files can be kept where the collection lies."""
        return self._collection.engine.takes_uploads

    def require_taken(self) -> None:
        """Raises InputError if no uploads are taken."""
        if not self.are_taken:
            raise InputError(
                "A collection in Milvus takes no uploads: put the file into a folder that is"
                " indexed, and run `qa index`"
            )

    def add(self, file: BinaryIO, given_name: str, folder: str) -> DocumentSummary:
        """Puts a file into an upload folder and reads it; one of the same name is replaced.

        Raises InputError where it can't be read or is one too many (all is as it was then), and
        CollectionBusy.
        """
        self.require_taken()
        name = file_name(given_name)
        root = self._collection.directory.resolve() / UPLOADS / folder
        kept = root / name
        with self._collection.writing(_WAIT_SECONDS), _told(name):
            is_new = not kept.exists()
            if is_new:
                self._require_room(root, name)
            else:
                self._require_readable(file, name)
            # First, so that a file that is there when the process is killed isn't forgotten.
            if root not in self._collection.store.roots():
                self._collection.store.add_root(root)
            self._take_in(file, kept)
        return next(
            document
            for document in self._collection.documents()
            if document.upload_folder == folder and document.name.rpartition("/")[2] == name
        )

    def _require_room(self, root: Path, name: str) -> None:
        if root.is_dir() and len(list(root.iterdir())) >= MAX_UPLOADS:
            raise InputError(
                f"{name}: {MAX_UPLOADS} uploads are the most, and as many are there; remove some"
            )

    def _require_readable(self, file: BinaryIO, name: str) -> None:
        """Before an earlier file goes, the new one is tried."""
        try:
            load_isolated(name, file.read())
        except UnreadableFile as error:
            raise InputError(f"{name} {error}") from error
        finally:
            stop()

    def _take_in(self, file: BinaryIO, kept: Path) -> None:
        """Where it fails before it is committed, the file and what it said are as they were.

        A file that can't even be put back is read again by the next `qa index`.
        """
        store = self._collection.store
        root_id = store.roots()[kept.parent]

        def known() -> StoredFile | None:
            return store.files(root_id, [kept.name]).get(kept.name)

        aside, earlier = _copied(file, kept), None
        try:
            sha256 = hashlib.sha256(aside.read_bytes()).hexdigest()
            if kept.exists():
                with kept.open("rb") as replaced:
                    earlier = _copied(replaced, kept)
            if before := known():
                store.set_modified(before.name, BEING_CHANGED)
            aside.replace(kept)
            try:
                self._sync(kept)
            except BaseException:
                after = known()
                if not (after and after.state.sha256 == sha256):
                    with suppress(OSError):  # what went wrong first is told
                        if earlier:
                            earlier.replace(kept)
                        else:
                            kept.unlink(missing_ok=True)
                raise
        finally:
            for path in (aside, earlier):
                if path:
                    _discard(path)

    def _sync(self, kept: Path) -> None:
        report = sync(self._collection, [kept], self._embedder)
        if report.failed:
            raise InputError(f"{kept.name} {report.failed[0].reason}")

    def remove(self, document: str, reader: str) -> None:
        """Takes out an upload of everybody's or of the reader's own: its file and its words.

        Raises InputError where there is none or it came from a folder, and CollectionBusy.
        """
        found = self._collection.document(document)
        if not may_see(found.upload_folder, reader):
            raise no_document(document)
        if found.upload_folder is None:
            raise InputError(
                f"{document} came from a folder: remove its file there, then run `qa index`"
            )
        purge = Feedback(self._collection.directory).remove_document
        remove(self._collection, document, purge=purge, wait_seconds=_WAIT_SECONDS)


@contextmanager
def _told(name: str) -> Iterator[None]:
    """What the disk refuses while a file is taken in, as one line."""
    try:
        yield
    except OSError as error:
        raise InputError(
            f"{name} can't be kept here ({error.strerror}): whoever runs this chat should look for"
            " room on the disk and permissions"
        ) from error


def _copied(file: BinaryIO, kept: Path) -> Path:
    """The whole file beside the folder it is for, readable by this process's owner only."""
    aside = None
    file.seek(0)
    kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with tempfile.NamedTemporaryFile(prefix=".", dir=kept.parent.parent, delete=False) as copy:
            aside = Path(copy.name)
            shutil.copyfileobj(file, copy)
            copy.flush()
            os.fsync(copy.fileno())
    except OSError:
        if aside:
            _discard(aside)
        raise
    return aside


def _discard(aside: Path) -> None:
    """Takes a copy out; one that stays is taken out by the next write, see remove_unfinished."""
    with suppress(OSError):
        aside.unlink(missing_ok=True)
