"""The wheel: built from a copy of the tree, installed elsewhere, and run from there."""

import json
import os
import shutil
import site
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.fakes import write

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
TEXT = """\
The ferry to Ynys Wen sails from the old quay at Porth Du. Its first captain was Morfydd Parry, who
bought the boat in 1923 from a coal merchant.
"""
QUESTION = "Who was the first captain of the ferry?"

# One process for both, as the libraries take longer to load than all the rest of this file.
INDEX_AND_ASK = """\
import json, sys
from qa.cli import main

folder, collection, question = sys.argv[1:]
assert main(["index", folder, "--collection", collection]) == 0
assert main(["ask", question, "--json", "--collection", collection]) == 0
ours = ("index", "qa")
print(json.dumps([m.__file__ for name, m in sys.modules.items() if name.split(".")[0] in ours]))
"""


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    # Not pytest's own folder, which stays: the reader's weights lie here several times.
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def tree(folder: Path) -> Path:
    """A copy of what the wheel is built from, so that the checkout stays as it is."""
    tree = folder / "tree"
    for package in ("index", "qa"):
        shutil.copytree(
            ROOT / package, tree / package, ignore=shutil.ignore_patterns("__pycache__", ".*")
        )
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tree)
    return tree


@pytest.fixture(scope="module")
def wheel(folder: Path, tree: Path) -> Path:
    build = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
    subprocess.run(
        [sys.executable, "-c", build, folder / "wheel"], cwd=tree, capture_output=True, check=True
    )
    (wheel,) = (folder / "wheel").iterdir()
    return wheel


@pytest.fixture(scope="module")
def installed(folder: Path, wheel: Path) -> Path:
    installed = folder / "installed"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, "--target", installed, wheel], capture_output=True, check=True)
    return installed


def run(installed: Path, *arguments: object, folder: Path) -> str:
    """What Python prints in `folder`, with the installed files and the libraries, no checkout.

    `-S` leaves out the editable install of this environment, which would quietly give every module
    that the wheel lacks. The libraries' folder then has to be named.
    """
    path = os.pathsep.join([str(installed), *site.getsitepackages()])
    done = subprocess.run(
        [sys.executable, "-S", *map(str, arguments)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_it_holds_every_file_of_both_packages_and_nothing_else(tree: Path, wheel: Path) -> None:
    files = {
        path.relative_to(tree).as_posix()
        for package in ("index", "qa")
        for path in (tree / package).rglob("*")
        if path.is_file()
    }
    with ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == files


def test_it_names_its_command_and_carries_its_licence(wheel: Path) -> None:
    about = "-".join(wheel.name.split("-")[:2]) + ".dist-info"
    with ZipFile(wheel) as archive:
        commands = archive.read(f"{about}/entry_points.txt").decode()
        licence = archive.read(f"{about}/licenses/LICENSE")
    assert commands.split("\n", 1) == ["[console_scripts]", "qa = qa.cli:main\n"]
    assert licence == (ROOT / "LICENSE").read_bytes()


def test_the_script_and_the_module_are_the_same_command(installed: Path, tmp_path: Path) -> None:
    helped = run(installed, installed / "bin" / "qa", "--help", folder=tmp_path)
    assert helped.startswith("usage: qa ")
    assert run(installed, "-m", "qa", "--help", folder=tmp_path) == helped


def test_what_is_installed_answers_by_itself(installed: Path, tmp_path: Path) -> None:
    papers = write(tmp_path / "papers", {"ferry.txt": TEXT})
    printed = run(
        installed, "-c", INDEX_AND_ASK, papers, tmp_path / "collection", QUESTION, folder=tmp_path
    )
    indexed, *lines, files = printed.splitlines()
    assert indexed.startswith("1 added, ")
    answer = json.loads("\n".join(lines))
    assert (answer["status"], answer["answer"]) == ("answered", "Morfydd Parry")
    citation = answer["citations"][0]
    assert citation["document"] == "ferry.txt"
    assert TEXT[citation["start"] : citation["end"]] == citation["quote"] == "Morfydd Parry"
    assert all(Path(file).is_relative_to(installed) for file in json.loads(files))
