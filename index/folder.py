"""What a folder holds that can be read."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from index import load
from index.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A file or folder that can't be read, by its path in its root, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderListing:
    """The files of a folder by kind, with absolute paths.

    `skipped` counts files of other kinds. What lies in `unreached` folders isn't known.
    """

    documents: tuple[Path, ...]
    links_out: tuple[Path, ...]
    unreached: tuple[tuple[Path, OSError], ...]
    skipped: int


class Look(NamedTuple):
    """By which a file that was written again is told from one that wasn't, without opening it."""

    size_bytes: int
    modified_ns: int
    changed_ns: int  # permissions and names count, too


def look(path: Path) -> Look | None:
    """How a file looks now; None where it isn't there."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return Look(stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)


def existing(path: Path) -> Path:
    """The absolute path of a folder or file. Raises InputError if it isn't there."""
    path = path.expanduser()
    if not path.exists():
        raise InputError(f"{path} is not there: name a folder or a file that is")
    return path.resolve()


def require_documents(paths: Sequence[Path], *, may_be_empty: bool) -> None:
    """Raises InputError if one of the paths isn't there, or holds no file that can be read.

    `may_be_empty`: a folder without files is good, a file of another kind isn't.
    """
    for path in paths:
        target = existing(path)
        listing = list_folder(target, leave_out=target)
        if not (may_be_empty or listing.documents or listing.unreached or listing.links_out):
            raise no_documents(target)


def no_documents(target: Path) -> InputError:
    """The error for a folder without a file that can be read."""
    return InputError(f"{target} holds no documents that can be read: those are {kinds()} files")


def kinds() -> str:
    """The kinds of file that can be read, for messages."""
    return ", ".join(sorted(suffix.lstrip(".") for suffix in load.SUFFIXES))


def list_folder(target: Path, *, leave_out: Path) -> FolderListing:
    """Everything under `target`, sorted, without hidden files and the folder `leave_out`.

    A link is followed to a file in the same folder, never out of it. `target` may be one file;
    raises InputError if that is of a kind that can't be read.
    """
    if target.is_file():
        if target.suffix.lower() not in load.SUFFIXES:
            raise InputError(f"{target} is of a kind that can't be read: those are {kinds()} files")
        return FolderListing(documents=(target,), links_out=(), unreached=(), skipped=0)
    documents, links_out, unreached, skipped = [], [], [], 0
    walk = os.walk(target, onerror=lambda error: unreached.append((Path(error.filename), error)))
    for folder, subfolders, names in walk:
        here = Path(folder)
        subfolders[:] = sorted(
            name for name in subfolders if not name.startswith(".") and here / name != leave_out
        )
        for path in [here / name for name in sorted(names) if not name.startswith(".")]:
            if path.suffix.lower() not in load.SUFFIXES:
                skipped += 1
            elif path.is_symlink() and target not in Path(os.path.realpath(path)).parents:
                links_out.append(path)
            elif path.is_file():
                documents.append(path)
    return FolderListing(
        documents=tuple(sorted(documents)),
        links_out=tuple(links_out),
        unreached=tuple(unreached),
        skipped=skipped,
    )
