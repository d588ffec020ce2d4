"""Runs are killed before any of their steps on the disk, and in the midst of writing.

Afterwards `qa check` finds nothing, what was committed is there and nothing else, and doing it
again ends where an undisturbed run ends, without leftovers.
"""

import shutil
from functools import partial
from pathlib import Path

import pytest

from index.errors import QAError
from tests.reliability import runs
from tests.reliability.cases import CASES, Case, leftovers
from tests.reliability.steps import Action, Step, watched, why_not

REASON = why_not()
pytestmark = [pytest.mark.skipif(REASON is not None, reason=str(REASON))]


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_a_run_may_be_killed(name: str, tmp_path: Path) -> None:
    kill_everywhere(CASES[name], tmp_path, 4)


@pytest.mark.soak
@pytest.mark.parametrize("name", CASES)
def test_a_run_may_be_killed_at_any_moment(name: str, tmp_path: Path) -> None:
    kill_everywhere(CASES[name], tmp_path, 200)


def kill_everywhere(case: Case, tmp_path: Path, times: int) -> None:
    """Kills it so often, at steps that are spread evenly over the run."""
    here, before, noted = tmp_path / "here", tmp_path / "before", tmp_path / "noted"
    here.mkdir()
    case.prepare(here)
    shutil.copytree(here, before)
    states = [runs.contents(here / "collection")] if (here / "collection").exists() else [{}]
    whole = watched(here, lambda number, step: "go on", *case.run(here, noted))
    assert whole.returned[0] == 0
    states += runs.states(noted)
    assert runs.contents(here / "collection") == states[-1]
    assert leftovers(here / "collection") == []
    failed = []
    for turn in range(times):
        at = turn * len(whole.steps) // times
        runs.remove(here)
        shutil.copytree(before, here)
        noted.unlink(missing_ok=True)
        killed = watched(here, partial(fate, at=at, turn=turn), *case.run(here, noted))
        assert killed.returned is None
        committed = len(noted.read_text().splitlines()) if noted.exists() else 0
        try:
            assert_nothing_is_lost(case, here, states, committed)
        except (AssertionError, QAError) as error:
            failed.append(f"killed at step {at}, {killed.steps[-1]}: {error}")
    assert failed == []


def fate(number: int, step: Step, *, at: int, turn: int) -> Action:
    """Every second write that it is killed at is written to its half."""
    if number < at:
        return "go on"
    return "half, then kill" if step.call in ("write", "pwrite64") and turn % 2 else "kill"


def assert_nothing_is_lost(
    case: Case, folder: Path, states: list[runs.Contents], committed: int
) -> None:
    directory = folder / "collection"
    status, out, errors = runs.command(None, "check", "--collection", str(directory))
    if committed or states[0] or status != 2:
        assert (status, out, errors) == (0, "All is well\n", "")
        assert runs.contents(directory) in states[committed:]
    else:  # killed before there was any
        assert errors == (
            f"qa: There is no collection in {directory}: make one with `qa index PATH`\n"
        )
    case.again(folder)
    assert runs.contents(directory) == states[-1]
    checked = runs.command(None, "check", "--collection", str(directory))
    assert checked == (0, "All is well\n", "")
    assert leftovers(directory) == []
