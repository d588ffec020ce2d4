"""The main job in a network namespace that has no way out, not even to itself."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
QUESTION = "When was the Treaty on Basic Relations signed?"
# As another user's namespace where one isn't root: that is allowed more often.
ALONE = ("unshare", "--net", "--map-root-user")
NO_ROUTE = "import socket; socket.create_connection(('192.0.2.1', 80), 5)"


def alone(*command: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            [*ALONE, *command], cwd=ROOT, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        pytest.skip("there is no `unshare` here")


@pytest.mark.slow
def test_the_sample_is_indexed_and_asked_without_a_network(tmp_path: Path) -> None:
    if alone("true").returncode != 0:
        pytest.skip("network namespaces aren't allowed here")
    tried = alone(sys.executable, "-c", NO_ROUTE)
    assert "Network is unreachable" in tried.stderr
    sample = tmp_path / "sample"
    sample.mkdir()
    for name in ("diplomacy-since-1884.md", "SOURCES.md"):
        (sample / name).write_bytes((ROOT / "docs" / "sample" / name).read_bytes())
    collection = ("--json", "--collection", str(tmp_path / "collection"))
    indexed = alone(sys.executable, "-m", "qa.cli", "index", str(sample), *collection)
    assert (indexed.returncode, indexed.stderr) == (0, "")
    assert json.loads(indexed.stdout)["added"] == 2
    asked = alone(sys.executable, "-m", "qa.cli", "ask", QUESTION, *collection)
    assert (asked.returncode, asked.stderr) == (0, "")
    assert json.loads(asked.stdout)["answer"] == "19 November 1992"
    checked = alone(sys.executable, "-m", "qa.cli", "check", *collection)
    assert json.loads(checked.stdout) == {"problems": []}
