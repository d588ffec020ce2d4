"""Several processes index one folder into one collection, and some of them are killed."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from index.address import parse_address
from index.check import problems
from index.collection import Collection, settings_of
from tests.fakes import WordEmbedder, write
from tests.index.milvus import shared_engine

FILES = {f"{number:02}.txt": f"Note {number:02} of the wells." for number in range(24)}


def start(address: str, folder: Path, *where: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.index.sharing_worker", address, str(folder), *where]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def lines_until_stopped(process: "subprocess.Popen[str]") -> list[str]:
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        if line == "stopped\n":
            return lines
        lines.append(line.strip())
    raise AssertionError(f"ended after {lines}: {process.stderr and process.stderr.read()}")


@pytest.mark.soak
def test_no_file_is_done_twice_and_those_of_the_dead_are_made_good(tmp_path: Path) -> None:
    folder = write(tmp_path / "papers", FILES)
    with shared_engine(tmp_path) as engine:
        address = f"{engine}/wells"
        doomed = [start(address, folder, where) for where in ("embedding", "naming")]
        begun = [lines_until_stopped(process) for process in doomed]
        others = [start(address, folder) for _ in range(2)]
        for process in doomed:
            process.kill()
            process.communicate()
        done = []
        for process in others:
            output, errors = process.communicate(timeout=500)
            assert process.returncode == 0, errors
            done.append(output.splitlines())
        embedded = Counter(line for lines in (*begun, *done) for line in lines)
        # What the dead had in hand, and nothing else, was done again.
        in_hand = [lines[-1] for lines in begun]
        assert embedded == Counter([*FILES.values(), *in_hand])
        assert all(done)
        collection = Collection(parse_address(address))
        assert [summary.name for summary in collection.documents()] == sorted(FILES)
        assert list(problems(collection, settings_of(WordEmbedder()))) == []
        for topic in ("claim", "beat", "unfinished"):
            assert collection.store.state(topic) == {}  # type: ignore[attr-defined]
        collection.close()
