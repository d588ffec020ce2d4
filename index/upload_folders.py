"""Uploads: files that came in by the page or the API, in folders below the collection's own.

    DIR/uploads/everybody/     those that everybody may ask
    DIR/uploads/<person>/      those of one person, under a hash of the name

Each is a root of its own (index/sync.py). A root's path says whose its documents are; it is kept
relative to DIR, so that this holds wherever the collection is moved.
"""

import hashlib
import unicodedata
from pathlib import Path, PurePosixPath

from index import load
from index.errors import InputError
from index.folder import kinds

UPLOADS = "uploads"
EVERYBODY = "everybody"
NOBODY = ""  # the folder of visitors who aren't known by name: it is never made
_NAME_BYTES = 180  # file systems take 255


def folder_of(person: str) -> str:
    """The folder of one person's uploads: 32 hexadecimal digits, from which no name is read."""
    return hashlib.sha256(f"chapter-and-verse uploads {person}".encode()).hexdigest()[:32]


def upload_folder(stored_root: str) -> str | None:
    """The folder among the uploads that a root is, from its path in the store; else None."""
    parts = PurePosixPath(stored_root).parts
    return parts[1] if len(parts) == 2 and parts[0] == UPLOADS else None


def may_see(upload_folder: str | None, reader: str) -> bool:
    """Whether a document in that folder is for the one whose own folder is `reader`."""
    return upload_folder in (None, EVERYBODY) or (upload_folder == reader != NOBODY)


def remove_unfinished(directory: Path) -> None:
    """Takes out what an upload that was killed left in a collection's folder of uploads.

    The caller is `writing`: nobody else is in the midst of one.
    """
    for path in (directory / UPLOADS).glob(".*"):
        if path.is_file():
            path.unlink(missing_ok=True)


def file_name(given: str) -> str:
    """A name that a file can safely have, from one that a browser or a program sent.

    Without folders, characters that can't be seen, and dots in front; at most 180 bytes. Raises
    InputError where the file is of a kind that can't be read.
    """
    last = given.replace("\\", "/").rpartition("/")[2]
    seen = "".join(
        " " if unicodedata.category(character)[0] in "CZ" else character for character in last
    )
    path = PurePosixPath(" ".join(unicodedata.normalize("NFC", seen).split()).lstrip(". ") or "-")
    if path.suffix.lower() not in load.SUFFIXES:
        raise InputError(
            f"{path.name[:100]} is of a kind that can't be read: those are {kinds()} files"
        )
    room = _NAME_BYTES - len(path.suffix)
    stem = path.stem.encode()[:room].decode(errors="ignore").rstrip(". ")
    return stem + path.suffix
