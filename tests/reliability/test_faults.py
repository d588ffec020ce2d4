"""Steps of a run fail: no room on the disk, half a write, a disk that can't flush, no permission.

Each of a run's steps on the disk fails once, alone or with all that follow. Whoever asks meanwhile
gets what was there before or what is there after; the run says in one line what is wrong; and when
the fault is gone, doing it again ends where an undisturbed run ends.
"""

import errno
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.reliability import runs
from tests.reliability.cases import CASES, Case, leftovers
from tests.reliability.steps import Action, Step, watched, why_not

REASON = why_not()
pytestmark = [pytest.mark.skipif(REASON is not None, reason=str(REASON))]

_WRITES = ("write", "pwrite64", "writev", "pwritev")
_NAMES = ("openat", "rename", "renameat", "unlink", "unlinkat", "mkdir")


@dataclass(frozen=True, slots=True)
class Fault:
    """What the calls of these names do from some step on, or `once` only."""

    calls: tuple[str, ...]
    action: Action
    once: bool
    reads: bool = False


FAULTS = {
    "disk full": Fault((*_WRITES, "openat", "mkdir", "ftruncate"), errno.ENOSPC, once=False),
    "disk full for a moment": Fault(_WRITES, errno.ENOSPC, once=True),
    "half a write": Fault(("write", "pwrite64"), "half", once=True),
    "no flush": Fault(("fsync", "fdatasync"), errno.EIO, once=False),
    "no flush for a moment": Fault(("fsync", "fdatasync"), errno.EIO, once=True),
    "no permission": Fault(_NAMES, errno.EACCES, once=False),
    "no permission for a moment": Fault(_NAMES, errno.EACCES, once=True),
    "bad write": Fault(_WRITES, errno.EIO, once=False),
    "bad read": Fault(("read", "pread64"), errno.EIO, once=True, reads=True),
}


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_a_step_may_fail(fault: str, tmp_path: Path) -> None:
    assert list(failures(CASES["changed files"], FAULTS[fault], tmp_path, 3)) == []


@pytest.mark.soak
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("case", CASES)
def test_any_step_may_fail(case: str, fault: str, tmp_path: Path) -> None:
    assert list(failures(CASES[case], FAULTS[fault], tmp_path, 30)) == []


def failures(case: Case, fault: Fault, tmp_path: Path, times: int) -> Iterator[str]:
    """What goes wrong where so many of the steps fail, spread evenly over the run."""
    here, before, noted = tmp_path / "here", tmp_path / "before", tmp_path / "noted"
    here.mkdir()
    case.prepare(here)
    shutil.copytree(here, before)
    directory = here / "collection"
    first = directory.exists()
    earlier = runs.contents(directory) if first else {}
    found = [runs.found(directory)] if first else []
    files = [runs.uploaded(directory)]

    def run() -> tuple[Any, ...]:
        ran = case.run(here, noted)
        return (runs.while_open, directory, *ran) if first else ran

    whole = watched(here, lambda number, step: "go on", *run(), reads=fault.reads)
    states = [earlier, *runs.states(noted)]
    found.append(runs.found(directory))
    files.append(runs.uploaded(directory))
    steps = [n for n, step in enumerate(whole.steps) if step.call in fault.calls]
    for turn in range(times):
        at = steps[(2 * turn + 1) * len(steps) // (2 * times)]
        runs.remove(here)
        shutil.copytree(before, here)
        noted.unlink(missing_ok=True)

        def decide(number: int, step: Step, at: int = at) -> Action:
            hit = number == at or (number > at and not fault.once)
            return fault.action if hit and step.call in fault.calls else "go on"

        where = f"{fault.action} from step {at}, {whole.steps[at]}"
        try:
            outcome = watched(here, decide, *run(), reads=fault.reads)
            assert outcome.returned is not None, "it died"
            ran, asked, refused = outcome.returned if first else (outcome.returned, (), ())
            assert_told(ran)
            if asked:
                assert asked[0], "nothing was found any more"
            # A question that itself can't be read from the disk is refused, not one after a fault.
            assert not refused or fault.reads, refused
            assert "\n" not in "".join(refused)
            left = runs.uploaded(directory)
            for name in files[0] | files[1] | left:
                states_of_file = [before_or_after.get(name) for before_or_after in files]
                assert left.get(name) in states_of_file, f"{name} is {left.get(name)!r}"
            if directory.joinpath("collection.sqlite3").exists() and first:
                held = runs.contents(directory)
                ended = without_unread(states[-1], earlier, ran)
                assert held in (*states, ended), f"it holds {sorted(held)}"
                assert ran[0] != 0 or held == ended
            case.again(here)
            assert runs.contents(directory) == states[-1]
            assert runs.found(directory) == found[-1]
            checked = runs.command(None, "check", "--collection", str(directory))
            assert checked == (0, "All is well\n", "")
            assert leftovers(directory) == []
        except Exception as error:  # noqa: BLE001  # told with the step
            yield f"{where}: {type(error).__name__}: {error}"


def without_unread(whole: runs.Contents, earlier: runs.Contents, ran: runs.Run) -> runs.Contents:
    """What a run ends in where some files can't be read: these are as they were, and are named."""
    unread = {name for name in whole.keys() | earlier.keys() if f"{name} can't be" in ran[2]}
    return {name: document for name, document in whole.items() if name not in unread} | {
        name: earlier[name] for name in unread & earlier.keys()
    }


def assert_told(ran: runs.Run) -> None:
    """All went well, or one line says what didn't; or a line for each file that wasn't read."""
    status, out, errors = ran
    assert status in (0, 2), ran
    if status == 2:
        assert (out, errors.count("\n")) == ("", 1), ran
        assert errors.startswith("qa: "), ran
    else:
        assert "Traceback" not in errors, ran
