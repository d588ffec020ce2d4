"""What the files of the passage index were when they were written: DIR/index.json.

A file that has changed since is damaged: it is told before FAISS or Tantivy read it, which trust
what they read.
"""

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

_FILE = "index.json"
_LEXICAL = "lexical"


class Look(NamedTuple):
    """What tells of a file, without reading it, that it is another one or was written to."""

    inode: int
    size_bytes: int
    modified_ns: int


class Manifest:
    """The list of one collection. A file that looks as it did is hashed once by each of these.

    So a change costs what it writes, however large the rest is. What the disk changes without
    being written to is found by the next `Manifest`, as that of `qa check`.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._path = directory / _FILE
        self._hashed: dict[Path, tuple[Look, str]] = {}

    def write(self, vectors: Sequence[Path]) -> None:
        """Notes the sha256 of `vectors` and of Tantivy's files; OSError if they can't be read."""
        # Tantivy's hidden files are its locks and a list that it changes before it commits.
        lexical = [
            path for path in (self._directory / _LEXICAL).iterdir() if not path.name.startswith(".")
        ]
        files = sorted([*vectors, *lexical])
        sums = {path.relative_to(self._directory).as_posix(): self._sha256(path) for path in files}
        aside = self._path.with_suffix(".json.part")
        aside.write_text(json.dumps(sums, indent=2) + "\n", encoding="utf-8")
        aside.replace(self._path)
        self._hashed = {path: known for path in files if (known := self._hashed.get(path))}

    def remove(self) -> None:
        """To be called before files change, so that no state in between is taken for damage."""
        self._path.unlink(missing_ok=True)

    def look(self) -> Look | None:
        """Another one than before once files were written; None where `is_there` is False."""
        try:
            return _look(self._path.stat())
        except OSError:
            return None

    def is_there(self) -> bool:
        """False for an index that isn't there yet, or whose writer was stopped."""
        return self._path.exists()

    def holds(self) -> bool:
        """Whether all files that are noted, and still there, are what they were; True for none.

        A file that is gone is missed by who opens it: Tantivy clears away those it doesn't need.
        """
        try:
            sums = json.loads(self._path.read_text(encoding="utf-8"))
            return all(
                self._sha256(self._directory / name) in (sha256, None)
                for name, sha256 in sums.items()
            )
        except FileNotFoundError:
            return True
        except (ValueError, AttributeError):
            return False

    def _sha256(self, path: Path) -> str | None:
        try:
            with path.open("rb") as file:
                look = _look(os.fstat(file.fileno()))
                known = self._hashed.get(path)
                if known and known[0] == look:
                    return known[1]
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError:
            return None
        self._hashed[path] = look, sha256
        return sha256


def _look(stat: os.stat_result) -> Look:
    return Look(stat.st_ino, stat.st_size, stat.st_mtime_ns)
