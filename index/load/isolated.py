"""Files loaded where they can do no harm: all but plain text in a process of its own."""

from pathlib import PurePosixPath

from index import load
from index.errors import UnreadableFile
from index.limits import load_seconds
from index.types import Content
from index.worker import Worker

# Read in one pass, whatever is in them. Markdown isn't: half a megabyte of "[" takes minutes.
_PLAIN = frozenset((".txt", ".text", ".csv", ".tsv"))
_WORKER = Worker()


def load_isolated(name: str, data: bytes) -> Content:
    """As `load.load`, which see; any failure is an UnreadableFile. To be followed by `stop`."""
    if PurePosixPath(name).suffix.lower() not in _PLAIN:
        return _WORKER.call(load_seconds(len(data)), load.load, name, data)
    try:
        return load.load(name, data)
    except UnreadableFile:
        raise
    except Exception as error:
        raise UnreadableFile(
            f"can't be read ({type(error).__name__}): save it anew or in another format"
        ) from error


def stop() -> None:
    """Ends the process that loads, so that its memory is free."""
    _WORKER.stop()
