"""What the files of the passage index were when they were written: DIR/index.json.

A file that has changed since is damaged: it is told before FAISS or Tantivy read it, which trust
what they read.
"""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

_FILE = "index.json"
_LEXICAL = "lexical"


def write_manifest(directory: Path, vectors: Sequence[Path]) -> None:
    """Notes the sha256 of `vectors` and of Tantivy's files; OSError if they can't be read."""
    # Tantivy's hidden files are its locks and a list that it changes before it commits.
    lexical = [p for p in (directory / _LEXICAL).iterdir() if not p.name.startswith(".")]
    sums = {p.relative_to(directory).as_posix(): _sha256(p) for p in sorted([*vectors, *lexical])}
    aside = directory / f"{_FILE}.part"
    aside.write_text(json.dumps(sums, indent=2) + "\n", encoding="utf-8")
    aside.replace(directory / _FILE)


def remove_manifest(directory: Path) -> None:
    """To be called before files change, so that no state in between is taken for damage."""
    (directory / _FILE).unlink(missing_ok=True)


def has_manifest(directory: Path) -> bool:
    """False for an index that isn't there yet, or that was being written when that was stopped."""
    return (directory / _FILE).exists()


def holds(directory: Path) -> bool:
    """Whether all files that are noted, and still there, are what they were; True where none are.

    A file that is gone is missed by who needs it: Tantivy clears away those that it doesn't.
    """
    try:
        sums = json.loads((directory / _FILE).read_text(encoding="utf-8"))
        return all(_sha256(directory / name) in (sha256, None) for name, sha256 in sums.items())
    except FileNotFoundError:
        return True
    except (ValueError, AttributeError):
        return False


def _sha256(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return None
