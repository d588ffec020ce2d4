"""Brings a collection in line with folders and files: what is new, changed, gone, unreadable.

Documents are committed some at a time: a run that is stopped goes on where it was.
"""

import errno
import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from index import load
from index.collection import Collection
from index.context import with_context
from index.errors import CollectionError, InputError, UnreadableFile
from index.folder import Failure, Look, existing, list_folder, look, no_documents
from index.limits import MAX_FILE_BYTES
from index.load.isolated import load_isolated, stop
from index.renew import renew
from index.split import split
from index.store import BEING_CHANGED, FileState, StoredFile
from index.types import Content, Embedder, PassageRange
from index.upload_folders import EVERYBODY, UPLOADS

# Files are claimed this many, or this many bytes, at a time: where several processes index one
# folder, so much is done by one of them.
_FILES_A_CLAIM = 64
_BYTES_A_CLAIM = 1_000_000

# Documents are committed when this many passages have come together: small files are embedded
# together, and a stop loses little.
_PASSAGES_A_COMMIT = 256
# Between two moves of the progress bar; the more, the more alike are the lengths of a batch.
_EMBEDDED_AT_ONCE = 256

# A file written this shortly before it was read may be written again within the clock's tick.
_SETTLED_NS = 2_000_000_000
_TRIES_TO_READ = 3


@dataclass(slots=True, kw_only=True)
class SyncReport:
    """What a sync did, by documents' names. `skipped` counts files of other kinds."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    unchanged: int = 0
    skipped: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What two looks at the folders, one after the other, saw alike (index/watch_folders.py).

    `changed`: the files to be read, and how they looked; one that looks otherwise by now is left
    for later. `moving`: what one look saw otherwise than the other; it is left as it is.
    """

    changed: Mapping[Path, Look]
    moving: AbstractSet[Path]


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """A file of a root, by its path in it, and what the collection has of it.

    Where the root is the file itself, `path` is its name.
    """

    root_id: int
    path: str
    on_disk: Path
    known: StoredFile | None
    is_private: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Loaded:
    """A document that is ready to be embedded."""

    file: _File
    name: str
    state: FileState
    content: Content
    ranges: Sequence[PassageRange]


def sync(
    collection: Collection,
    paths: Sequence[Path],
    embedder: Embedder,
    *,
    progress: bool = False,
    wait_seconds: float = 0,
    settled: Settled | None = None,
) -> SyncReport:
    """Brings the collection in line with `paths`, or with all its roots where none is given.

    Only documents under these paths are ever removed. With `settled`, a path may hold no documents,
    and only what has settled is read or removed. Raises InputError if a path isn't there or
    holds no documents, CollectionBusy if another process is still writing after `wait_seconds`.
    """
    report = SyncReport()
    targets = [existing(path) for path in paths]
    with collection.writing(wait_seconds):
        if not targets:
            targets = _present_roots(collection, report)
        renew(collection, embedder, progress=progress)
        try:
            for target in targets:
                files = _compare(collection, target, report, settled)
                _load_files(collection, files, embedder, report, settled, progress=progress)
        finally:
            stop()
        collection.follow()
    return report


def remove(
    collection: Collection,
    name: str,
    *,
    purge: Callable[[str, str], object] = lambda name, text: None,  # noqa: ARG005
    wait_seconds: float = 0,
) -> bool:
    """Takes one document out; True where its file went too, as that of an upload does.

    `purge` gets its name and text, to take out what is kept of it elsewhere. Raises InputError if
    the collection has none of that name, CollectionBusy as `sync` does.
    """
    with collection.writing(wait_seconds):
        document = collection.document(name)
        # First: once the document is out, nothing would lead back to what is kept elsewhere.
        purge(name, document.text)
        is_upload = document.upload_folder is not None
        if is_upload:  # the file first: left behind, it would come in again
            collection.store.set_modified(name, BEING_CHANGED)
            _delete_upload(collection.store.file_of(name)[0], name)
        collection.store.remove_document(name)
        collection.follow()
    return is_upload


def _delete_upload(path: Path, name: str) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise CollectionError(
            f"The file of {name} can't be deleted ({error.strerror}): look at the permissions of"
            " its folder, then remove it again"
        ) from error


def roots_of(collection: Collection) -> list[Path]:
    """The folders and files that were indexed. Raises InputError if there are none yet."""
    roots = list(collection.store.roots())
    if not roots:
        raise InputError("The collection has no folders yet: name one, as in `qa index PATH`")
    return roots


def _present_roots(collection: Collection, report: SyncReport) -> list[Path]:
    roots = roots_of(collection)
    # A root may be away for a while, as a disk that isn't mounted: its documents stay.
    for root in roots:
        if not root.exists():
            reason = "is not there: bring it back, or remove its documents with `qa remove`"
            report.failed.append(Failure(name=str(root), reason=reason))
    return [root for root in roots if root.exists()]


def _compare(
    collection: Collection, target: Path, report: SyncReport, settled: Settled | None
) -> list[_File]:
    """Removes what is gone under a target and returns the files that are there."""
    store = collection.store
    root, root_id = _root_of(collection, target)
    known = store.files(root_id) if root_id is not None else {}
    uploads = collection.directory.resolve() / UPLOADS
    is_upload = root.parent == uploads
    listing = list_folder(target, leave_out=collection.directory.resolve())
    if not (listing.documents or known or listing.unreached or listing.links_out or is_upload):
        if settled:  # what is followed may be empty for a while
            return []
        raise no_documents(target)
    report.skipped += listing.skipped
    for link in listing.links_out:
        reason = "is a link out of the folder: put the file itself there"
        report.failed.append(Failure(name=_in_root(link, root), reason=reason))
    for folder, error in listing.unreached:
        report.failed.append(Failure(name=_in_root(folder, root), reason=_reason(error)))
    if root_id is None:
        root_id = store.add_root(root)
    owned = _owned_by_others(collection, target, root_id)
    found = {_in_root(path, root): path for path in listing.documents if path not in owned}
    report.unchanged += len(listing.documents) - len(found)
    unreached = [folder for folder, _ in listing.unreached]
    for path, file in known.items():
        on_disk = root / path if root.is_dir() else root
        below = target == on_disk or target in on_disk.parents
        if settled and on_disk in settled.moving:
            continue
        if below and path not in found and not any(away in on_disk.parents for away in unreached):
            store.remove_document(file.name)
            report.removed.append(file.name)
    return [
        _File(
            root_id=root_id,
            path=path,
            on_disk=on_disk,
            known=known.get(path),
            is_private=is_upload and root.name != EVERYBODY,
        )
        for path, on_disk in found.items()
        if settled is None or on_disk in settled.changed
    ]


def _in_root(path: Path, root: Path) -> str:
    return path.name if path == root else path.relative_to(root).as_posix()


def _root_of(collection: Collection, target: Path) -> tuple[Path, int | None]:
    """The root that holds the target, and most closely so; without an id, if none does yet."""
    roots = collection.store.roots()
    holding = [root for root in roots if target == root or root in target.parents]
    if not holding:
        return target, None
    root = max(holding, key=lambda root: len(root.parts))
    return root, roots[root]


def _owned_by_others(collection: Collection, target: Path, root_id: int) -> set[Path]:
    """Files of a target that are in the collection under another root: they aren't doubled."""
    return {
        root / path if root.is_dir() else root
        for root, id_ in collection.store.roots().items()
        if id_ != root_id and (target == root or target in root.parents or root in target.parents)
        for path in collection.store.files(id_)
    }


def _load_files(
    collection: Collection,
    files: Sequence[_File],
    embedder: Embedder,
    report: SyncReport,
    settled: Settled | None,
    *,
    progress: bool,
) -> None:
    todo = [file for file in files if not _is_same(file)]
    report.unchanged += len(files) - len(todo)
    taken = collection.store.names()
    with tqdm(
        total=sum(_size_bytes(file) for file in todo),
        desc="Indexing",
        unit="B",
        unit_scale=True,
        delay=2,
        disable=None if progress else True,
    ) as bar:
        while todo:
            left = _load_claimed(collection, todo, taken, embedder, report, settled, bar)
            if len(left) == len(todo):
                collection.engine.wait()
            todo = left


def _load_claimed(
    collection: Collection,
    files: Sequence[_File],
    taken: set[str],
    embedder: Embedder,
    report: SyncReport,
    settled: Settled | None,
    bar: "tqdm[Any]",
) -> list[_File]:
    """Loads those of the files that no other process has claimed; returns the others."""
    left: list[_File] = []
    waiting: list[_Loaded] = []
    for part in _parts(files):
        known = collection.engine.claim(part[0].root_id, [file.path for file in part])
        left += [file for file in part if file.path not in known]
        for file in part:
            if file.path not in known:
                continue
            # Since the files were compared, another process may have done this one.
            file = replace(file, known=known[file.path])
            loaded = None
            if _is_same(file):
                report.unchanged += 1
            else:
                loaded = _load_file(collection, file, taken, report, settled)
            if loaded is None:
                collection.engine.release([file.path])
                bar.update(_size_bytes(file))
                continue
            waiting.append(loaded)
            if sum(len(document.ranges) for document in waiting) >= _PASSAGES_A_COMMIT:
                _commit(collection, waiting, embedder, bar)
                waiting = []
    _commit(collection, waiting, embedder, bar)
    return left


def _parts(files: Sequence[_File]) -> Iterator[list[_File]]:
    """The files of one root, some at a time."""
    part: list[_File] = []
    size_bytes = 0
    for file in files:
        part.append(file)
        size_bytes += _size_bytes(file)
        if len(part) == _FILES_A_CLAIM or size_bytes >= _BYTES_A_CLAIM:
            yield part
            part, size_bytes = [], 0
    if part:
        yield part


def _size_bytes(file: _File) -> int:
    try:
        return file.on_disk.stat().st_size
    except OSError:
        return 0


def _is_same(file: _File) -> bool:
    """Whether a file's size and time say that it hasn't changed; it isn't opened."""
    if file.known is None:
        return False
    try:
        stat = file.on_disk.stat()
    except OSError:
        return False
    _, size_bytes, modified_ns, loader_version = file.known.state
    seen = (size_bytes, modified_ns, loader_version)
    return seen == (stat.st_size, stat.st_mtime_ns, load.VERSION)


def _load_file(
    collection: Collection,
    file: _File,
    taken: set[str],
    report: SyncReport,
    settled: Settled | None,
) -> _Loaded | None:
    """The document in a file; None if its bytes are those that are known, or can't be read yet."""
    known = file.known
    try:
        state, data = _read(file.on_disk)
        if settled and look(file.on_disk) != settled.changed[file.on_disk]:
            return None  # somebody is writing it
        if known and known.state[:2] == state[:2] and known.state.loader_version == load.VERSION:
            collection.store.set_modified(known.name, state.modified_ns)
            report.unchanged += 1
            return None
        content = load_isolated(file.on_disk.name, data)
    except OSError as error:
        # What the file said is still the last that is known of it.
        report.failed.append(Failure(name=file.path, reason=_reason(error)))
        return None
    except UnreadableFile as error:
        report.failed.append(Failure(name=file.path, reason=str(error)))
        if known:
            # Its earlier text is no longer what the file says.
            collection.store.remove_document(known.name)
            report.removed.append(known.name)
        return None
    name = known.name if known else _free_name(file, taken)
    taken.add(name)
    (report.changed if known else report.added).append(name)
    return _Loaded(file=file, name=name, state=state, content=content, ranges=split(content))


def _read(path: Path) -> tuple[FileState, bytes]:
    """The bytes of a file as it was at one moment. Raises OSError if it doesn't stand still."""
    for _ in range(_TRIES_TO_READ):
        # The time is taken before the bytes: a file that changes in between is looked at again.
        stat = path.stat()
        if stat.st_size > MAX_FILE_BYTES:
            raise UnreadableFile(
                f"has {stat.st_size:,} bytes, more than the {MAX_FILE_BYTES:,} that are read:"
                " split it"
            )
        data = path.read_bytes()
        settled = time.time_ns() - stat.st_mtime_ns > _SETTLED_NS
        after = path.stat()
        same = (stat.st_mtime_ns, len(data)) == (after.st_mtime_ns, after.st_size)
        if same and (settled or path.read_bytes() == data):
            break
    else:
        raise OSError(errno.EBUSY, "is being written to")
    state = FileState(
        sha256=hashlib.sha256(data).hexdigest(),
        size_bytes=len(data),
        modified_ns=stat.st_mtime_ns if settled else 0,
        loader_version=load.VERSION,
    )
    return state, data


def _free_name(file: _File, taken: set[str]) -> str:
    """The path in its root, with as many folders in front as make it the only one.

    A person's upload has its folder in front always: a name that depended on other people's
    uploads would tell of them.
    """
    name = file.path
    folders = list(file.on_disk.parts[: -len(Path(file.path).parts)])
    if file.is_private:
        name = f"{folders.pop()}/{name}"
    while name in taken and folders:
        name = f"{folders.pop()}/{name}"
    return name


def _reason(error: OSError) -> str:
    if error.errno == errno.EBUSY:
        return "is being written to: run `qa index` again when that is done"
    return f"can't be opened ({(error.strerror or str(error)).lower()}): look at its permissions"


def _commit(
    collection: Collection, documents: Sequence[_Loaded], embedder: Embedder, bar: "tqdm[Any]"
) -> None:
    if not documents:
        return
    rows = _embed(documents, embedder, bar)
    store = collection.store
    paths = [document.file.path for document in documents]
    with collection.engine.committing(paths):
        first = 0
        for document in documents:
            last = first + len(document.ranges)
            id_ = store.put_document(
                document.file.root_id,
                document.file.path,
                document.name,
                document.state,
                document.content,
            )
            store.put_passages(id_, document.content, document.ranges, rows[first:last])
            first = last
    collection.engine.release(paths)


def _embed(
    documents: Sequence[_Loaded], embedder: Embedder, bar: "tqdm[Any]"
) -> NDArray[np.float32]:
    """(passages of all documents, width); the bar moves on by the documents' bytes."""
    texts, shares = [], []
    for document in documents:
        size_bytes = document.state.size_bytes
        if not document.ranges:
            bar.update(size_bytes)
        for range_ in document.ranges:
            words = document.content.text[range_.start : range_.end]
            texts.append(with_context(document.content.title, range_.heading, words))
            shares.append(size_bytes / len(document.ranges))
    rows = []
    for start in range(0, len(texts), _EMBEDDED_AT_ONCE):
        end = start + _EMBEDDED_AT_ONCE
        rows.append(embedder.encode(texts[start:end]))
        bar.update(sum(shares[start:end]))
    return np.concatenate(rows) if rows else np.empty((0, 1), np.float32)
