"""A bit flips, or the end is missing, in any file of a collection.

`qa check` says so in a line that names what mends it, or nothing that was kept has changed. What
follows from SQLite is made anew by the next question.
"""

import random
import shutil
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from index.collection import Collection
from index.errors import QAError
from qa.feedback import Feedback
from qa.tuning import Tuning, load_tuning, save_tuning
from tests.reliability import runs
from tests.reliability.cases import CASES
from tests.reliability.steps import Action, Step, watched, why_not

REASON = why_not()
DERIVED = ("lexical/", "vectors-", "segments-", "index.json")
TUNING = Tuning(
    reader="r", embedder="e", dense_weight=0.5, slope=1.25, shift=-0.5, curve=(), answer_from=0.6
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with papers and a collection that has all kinds of files."""
    folder = tmp_path_factory.mktemp("whole")
    CASES["removed upload"].prepare(folder)
    directory = folder / "collection"
    save_tuning(directory, TUNING)
    with sqlite3.connect(directory / "collection.sqlite3") as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    runs.found(directory)
    return folder


def files(directory: Path) -> list[str]:
    return sorted(
        path.relative_to(directory).as_posix()
        for path in directory.rglob("*")
        if path.is_file() and path.stat().st_size
    )


def kept(directory: Path) -> dict[str, Any]:
    """All that a person would miss."""
    collection = Collection(directory)
    with closing(collection):
        settings = collection.store.settings()
        added = {document.name: document.added for document in collection.documents()}
    return {
        "contents": runs.contents(directory),
        "settings": settings,
        "added": added,
        "found": runs.found(directory),
        "feedback": Feedback(directory).entries(),
        "tuning": load_tuning(directory, "r", "e"),
        "uploads": {p.name: p.read_bytes() for p in (directory / "uploads/everybody").iterdir()},
    }


def damaged(path: Path, chance: random.Random) -> str:
    """Flips a bit, or cuts the end off, one time in four; returns what it did."""
    data = bytearray(path.read_bytes())
    at = chance.randrange(len(data))
    if chance.random() < 0.25:
        path.write_bytes(data[:at])
        return f"cut at {at} of {len(data)}"
    bit = chance.randrange(8)
    data[at] ^= 1 << bit
    path.write_bytes(data)
    return f"bit {bit} of byte {at} of {len(data)}"


def undetected(whole: Path, name: str, seed: int, here: Path) -> tuple[str, bool]:
    """What is wrong after one damage that `qa check` doesn't tell; whether it told."""
    runs.remove(here)
    shutil.copytree(whole, here)
    directory = here / "collection"
    before = kept(whole / "collection")
    what = f"{name}, seed {seed}, {damaged(directory / name, random.Random(seed))}"
    status, out, errors = runs.command(None, "check", "--collection", str(directory))
    if status == 2:
        one_line = errors.startswith("qa: ") and errors.count("\n") == 1 and not out
        return ("" if one_line else f"{what}: {errors}"), True
    lines = out.splitlines()
    if errors or status != (lines != ["All is well"]):
        return f"{what}: {status} {out} {errors}", True
    if name.startswith(DERIVED):
        # The next question mends it.
        if kept(directory) != before:
            return f"{what}: it isn't mended", True
        again = runs.command(None, "check", "--collection", str(directory))
        return ("" if again[0] == 0 else f"{what}: {again}"), status == 1
    if status == 1:
        return "", True
    try:
        changed = [part for part, value in kept(directory).items() if value != before[part]]
    except (QAError, ValueError) as error:
        changed = [str(error)]
    return (f"{what}: {changed}" if changed else ""), False


@pytest.mark.slow
def test_damage_is_found(whole: Path, tmp_path: Path) -> None:
    names = files(whole / "collection")
    assert {"collection.sqlite3", "feedback.sqlite3", "index.json", "tuning.json"} <= set(names)
    assert len([name for name in names if name.startswith("lexical/")]) >= 8
    found = [undetected(whole, name, 0, tmp_path / "here")[0] for name in names]
    assert [line for line in found if line] == []


@pytest.mark.soak
def test_any_damage_is_found(whole: Path, tmp_path: Path) -> None:
    told, missed = 0, []
    names = files(whole / "collection")
    turns = [(name, seed) for name in names for seed in range(20)]
    turns += [("collection.sqlite3", seed) for seed in range(20, 200)]
    for name, seed in turns:
        line, was_told = undetected(whole, name, seed, tmp_path / "here")
        told += was_told
        missed += [line] if line else []
    assert missed == []
    print(f"{len(turns)} damages, {told} told, the others changed nothing that is kept")


@pytest.mark.parametrize("column", ["text", "vector", "heading", "location"])
def test_what_sqlite_does_not_see_is_found(whole: Path, tmp_path: Path, column: str) -> None:
    here = shutil.copytree(whole, tmp_path / "here")
    with sqlite3.connect(here / "collection" / "collection.sqlite3") as db:
        db.execute(
            f"UPDATE passages SET {column} = x'{'00' * 128}' WHERE id ="  # noqa: S608
            " (SELECT min(passages.id) FROM passages JOIN documents ON documents.id = document_id"
            "  WHERE name = '2.txt')"
        )
    db.close()
    status, out, _ = runs.command(None, "check", "--collection", str(here / "collection"))
    assert status == 1
    assert out.startswith("2.txt isn't what was kept of its file: `qa remove` it and add it again")


@pytest.mark.skipif(REASON is not None, reason=str(REASON))
@pytest.mark.slow
def test_a_damaged_log_loses_no_more_than_is_indexed_again(tmp_path: Path) -> None:
    log_damages(tmp_path, 4)


@pytest.mark.skipif(REASON is not None, reason=str(REASON))
@pytest.mark.soak
def test_any_damage_of_a_log_loses_no_more_than_is_indexed_again(tmp_path: Path) -> None:
    log_damages(tmp_path, 100)


def killed_at(at: int, number: int, _: Step) -> Action:
    return "kill" if number == at else "go on"


def log_damages(tmp_path: Path, times: int) -> None:
    """Of SQLite's log after a kill: what was committed last may be gone, and nothing is mixed."""
    here, before = tmp_path / "here", tmp_path / "before"
    directory, noted = here / "collection", tmp_path / "noted"
    case = CASES["changed files"]
    here.mkdir()
    case.prepare(here)
    shutil.copytree(here, before)
    states = [runs.contents(directory)]
    whole = watched(here, lambda number, step: "go on", *case.run(here, noted))
    states += runs.states(noted)
    missed = []
    for turn in range(times):
        at = len(whole.steps) // 4 + turn * len(whole.steps) * 3 // 4 // times
        runs.remove(here)
        shutil.copytree(before, here)
        watched(here, partial(killed_at, at), *case.run(here, noted))
        log = directory / "collection.sqlite3-wal"
        if not log.exists() or not log.stat().st_size:
            continue
        what = f"killed at {at}, {damaged(log, random.Random(turn))}"
        try:
            status, out, errors = runs.command(None, "check", "--collection", str(directory))
            assert "Traceback" not in errors
            lost = status == 1 and out.startswith("The newest changes of documents are lost")
            if status == 0 or lost:
                assert runs.contents(directory) in states
                case.again(here)
                assert runs.contents(directory) == states[-1]
                again = runs.command(None, "check", "--collection", str(directory))
                assert again[0] == 0, again
        except (AssertionError, QAError) as error:
            missed.append(f"{what}: {error}")
    assert missed == []
