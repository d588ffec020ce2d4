"""Runs that change a collection, each with what was there before it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.feedback import Feedback
from qa.note import Note, Place
from tests.fakes import write
from tests.reliability import runs

_PAPERS = {
    f"{number}.txt": f"Note {number}.\n\n" + f"The well is {number} feet deep. " * (20 * number)
    for number in range(7)
}
_CHANGED = {"1.txt": "The well was filled up.", "5.txt": "A fountain.", "new.txt": "All is new."}
_EARLIER_PLAN = "The plan had 9 steps."
_NOTE = Note(
    verdict="up",
    question="How many steps had the plan?",
    status="answered",
    answer="9",
    citations=(Place(document="plan.txt", start=13, end=14, quote="9"),),
    found=("plan.txt",),
    generation=1,
)


@dataclass(frozen=True, slots=True)
class Case:
    """`prepare` makes a folder of what was there before; `run` changes it, in `steps.watched`.

    `again` is what a person does after a run that didn't come to its end.
    """

    prepare: Callable[[Path], None]
    run: Callable[[Path, Path], tuple[Any, ...]]
    again: Callable[[Path], None]


def _index(folder: Path, noted: Path) -> tuple[Any, ...]:
    return runs.command, noted, "index", str(folder / "papers"), "--collection", _in(folder)


def _index_again(folder: Path) -> None:
    _do("index", str(folder / "papers"), "--collection", _in(folder))


def _indexed(folder: Path) -> None:
    write(folder / "papers", _PAPERS)
    _index_again(folder)


def _changed(folder: Path) -> None:
    _indexed(folder)
    write(folder / "papers", _CHANGED)
    (folder / "papers" / "3.txt").unlink()


def _upload(folder: Path, noted: Path) -> tuple[Any, ...]:
    text = "The plan has 12 steps. " * 90
    return runs.upload, noted, folder / "collection", "plan.txt", text


def _upload_again(folder: Path) -> None:
    _, _, *arguments = _upload(folder, folder)
    runs.upload(None, *arguments)


def _uploaded(folder: Path) -> None:
    _indexed(folder)
    runs.upload(None, folder / "collection", "earlier.txt", "An earlier one.")


def _replaced(folder: Path) -> None:
    _uploaded(folder)
    runs.upload(None, folder / "collection", "plan.txt", _EARLIER_PLAN)
    Feedback(folder / "collection").add(_NOTE)


def _remove(folder: Path, noted: Path) -> tuple[Any, ...]:
    return runs.command, noted, "remove", "plan.txt", "--collection", _in(folder)


def _remove_again(folder: Path) -> None:
    """It may be out by now; then nothing that was said of it is left."""
    status, _, errors = runs.command(None, "remove", "plan.txt", "--collection", _in(folder))
    assert status == 0 or "has no document 'plan.txt'" in errors
    assert Feedback(folder / "collection").entries() == ()


CASES = {
    "first index": Case(lambda folder: _write(folder), _index, _index_again),
    "changed files": Case(_changed, _index, _index_again),
    "upload": Case(_uploaded, _upload, _upload_again),
    "replaced upload": Case(_replaced, _upload, _upload_again),
    "removed upload": Case(_replaced, _remove, _remove_again),
}


def _write(folder: Path) -> None:
    write(folder / "papers", _PAPERS)


def _in(folder: Path) -> str:
    return str(folder / "collection")


def _do(*arguments: str) -> None:
    status, _, errors = runs.command(None, *arguments)
    assert (status, errors) == (0, "")


def leftovers(directory: Path) -> list[str]:
    """Files of a closed collection that nothing needs."""
    found = []
    meta = json.loads((directory / "lexical" / "meta.json").read_text())
    segments = {segment["segment_id"].replace("-", "") for segment in meta["segments"]}
    for path in sorted(directory.rglob("*")):
        name = path.relative_to(directory).as_posix()
        known = name in {
            "collection.sqlite3", "collection.sqlite3-wal", "collection.sqlite3-shm", "writer.lock",
            "lexical", "lexical/meta.json",
            "index.json", "lexical/.managed.json", "lexical/.tantivy-meta.lock",
            "lexical/.tantivy-writer.lock",
            "uploads", "uploads/everybody", "uploads/everybody/earlier.txt",
            "uploads/everybody/plan.txt", "feedback.sqlite3",
        }  # fmt: skip
        of_segment = path.parent.name == "lexical" and path.name.split(".")[0] in segments
        if not known and not of_segment:
            found.append(name)
    listings = [name for name in found if name.startswith("segments-")]
    if len(listings) == 1:  # it names the files with vectors that are needed
        listed = json.loads((directory / listings[0]).read_text())["segments"]
        needed = {listings[0], *(f"vectors-{number}.faiss" for number in listed)}
        assert needed <= set(found)
        found = [name for name in found if name not in needed]
    return found
