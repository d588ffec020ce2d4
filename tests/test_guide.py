"""The guide and the README do what they say: every command is run, every link is followed.

Pages are run one by one, each in a folder made like a fresh checkout in which `make run` has
indexed docs/, in one bash a page (tests/guide_shell.py). A page's output is compared with what the
command prints (tests/guide_page.py says how). A command must succeed, unless the page shows its
status by `$ echo $?` right after it. What is never run here is listed in NOT_RUN with the reason.
"""

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import index.embed
import qa.answer
from index.limits import MAX_FILE_BYTES
from index.load import SUFFIXES
from qa import Assistant
from qa.cli import _parser, main
from qa.read import ExtractiveReader
from qa.service import EXAMPLES
from tests.browser.browsing import served
from tests.guide_page import Command, commands, matches
from tests.guide_shell import python_command, shell

ROOT = Path(__file__).parent.parent
GUIDE = sorted((ROOT / "docs" / "guide").glob("*.md"))
PAGES = [ROOT / "README.md", ROOT / "docs" / "cli.md", *GUIDE]
LINKED_PAGES = sorted({*PAGES, *(ROOT / "docs").glob("*.md")})
CHECKOUT = ("docs", "qa", "index", "tests", "app.py", "Makefile", "README.md", "pyproject.toml")
ADDRESS = "127.0.0.1:7860"

# By how a command begins. Of the first two, test_targets_of_make_... checks what can be checked.
NOT_RUN = {
    "make ": "it installs into .venv, which takes minutes",
    "qa index inbox --watch": "it runs until it is stopped; tests/qa/test_cli.py follows a folder",
    "qa serve": "it runs until it is stopped; curl and Python find a server that the test started",
    "qa users ": "it asks for a password",
    "python -m http.server": "it runs until it is stopped",
    "caddy run": "it runs until it is stopped, and isn't a part of the project",
    "source .venv/bin/activate": "the tests run in an environment in which `qa` is installed",
    "python -m tests.benchmarks.": "it needs a large SQuAD file, and hours",
    "qa index squad/": "it needs what the line before it makes",
}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.fixture(scope="module")
def models() -> Iterator[None]:
    """The real models, each loaded once."""
    open_embedder = index.embed.open_embedder

    @cache
    def embedder(name: str | None) -> index.embed.SentenceEmbedder:
        return open_embedder()

    with pytest.MonkeyPatch.context() as patch:
        for variable in ("QA_COLLECTION", "QA_EMBEDDER", "QA_READER"):
            patch.delenv(variable, raising=False)
        for module in (index.embed, qa.answer):
            patch.setattr(module, "open_embedder", lambda: embedder(os.environ.get("QA_EMBEDDER")))
        patch.setattr(ExtractiveReader, "load", cache(ExtractiveReader.load))
        yield


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory, models: None) -> Path:
    """A fresh checkout after `make run`: docs/ is in `.collection`."""
    checkout = tmp_path_factory.mktemp("checkout")
    for name in CHECKOUT:
        (checkout / name).symlink_to(ROOT / name)
    assert main(["index", str(ROOT / "docs"), "--collection", str(checkout / ".collection")]) == 0
    return checkout


@pytest.fixture
def folder(checkout: Path, tmp_path: Path) -> Path:
    """The checkout for one page: what the page adds to its collection stays its own."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    for name in CHECKOUT:
        (folder / name).symlink_to(ROOT / name)
    shutil.copytree(checkout / ".collection", folder / ".collection")
    return folder


@pytest.fixture
def address(folder: Path) -> Iterator[str]:
    """Host and port of a server over the page's collection."""
    assistant = Assistant.open(folder / ".collection")
    with served(assistant, EXAMPLES, uploads=assistant.uploads()) as address:
        yield address.removeprefix("http://")
    assistant.close()


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_command_does_what_the_page_shows(
    page: Path, folder: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    run = [
        command for command in commands(page.read_text(encoding="utf-8")) if not not_run(command)
    ]
    address = ADDRESS
    if any(ADDRESS in command.code for command in run):
        address = request.getfixturevalue("address")
    codes = [command.code.replace(ADDRESS, address) for command in run]
    with shell(folder, tmp_path) as bash:
        done = bash.run(
            [
                python_command(code) if command.is_python else code
                for command, code in zip(run, codes, strict=True)
            ]
        )
    faults = []
    for position, (command, (status, printed)) in enumerate(zip(run, done, strict=True)):
        printed = printed.replace(address, ADDRESS)
        following = run[position + 1].code if position + 1 < len(run) else ""
        if status != 0 and following != "echo $?":
            faults.append(f"{page.name}:{command.line}: status {status}\n{command.code}\n{printed}")
        elif command.shown is not None and not matches(command.shown, printed):
            faults.append(
                f"{page.name}:{command.line}: {command.code}\nshown:\n{command.shown}\n"
                f"printed:\n{printed}"
            )
    assert not faults, "\n\n".join(faults)


@pytest.mark.slow
def test_the_examples_on_the_page_are_answered(folder: Path) -> None:
    assistant = Assistant.open(folder / ".collection")
    for question, document in EXAMPLES:
        answer = assistant.ask(question)
        cited = answer.citations[answer.candidates[0].citations[0]].document
        assert (answer.status, cited) == ("answered", document), question
    assistant.close()


def not_run(command: Command) -> str | None:
    """The entry of NOT_RUN that a command belongs to."""
    return next((start for start in NOT_RUN if command.code.startswith(start)), None)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_targets_of_make_and_options_of_serve_exist(page: Path) -> None:
    for command in commands(page.read_text(encoding="utf-8")):
        arguments = shlex.split(command.code, comments=True) if not_run(command) else []
        if arguments[:1] == ["make"]:
            done = subprocess.run(
                [*arguments, "--dry-run"], cwd=ROOT, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, f"{page.name}:{command.line}: {done.stderr}"
        elif arguments[:2] in (["qa", "serve"], ["qa", "users"]):
            _parser().parse_args(arguments[1:])


def test_every_prefix_that_is_not_run_is_used() -> None:
    used = {not_run(c) for page in PAGES for c in commands(page.read_text(encoding="utf-8"))}
    assert used - {None} == set(NOT_RUN)


LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"")


def without_code(text: str) -> str:
    return re.sub(r"^```.*?^```$|`[^`\n]*`", "", text, flags=re.MULTILINE | re.DOTALL)


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", LINKED_PAGES, ids=name_of)
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in LINK.findall(without_code(page.read_text(encoding="utf-8"))):
        target = link[0] or link[1]
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), f"{page.name}: {target}"
        assert file.is_relative_to(ROOT), f"{page.name}: {target}"
        if anchor:
            assert anchor in anchors(file), f"{page.name}: {target}"


def test_the_first_page_leads_to_all_others() -> None:
    first = (ROOT / "docs" / "guide" / "install.md").read_text(encoding="utf-8")
    linked = {link for link, _ in LINK.findall(first)}
    assert {page.name for page in GUIDE} - {"install.md"} <= linked


def first_column(page: str, heading: str) -> set[str]:
    """What stands in code in the first cells of the table under a heading of the guide."""
    text = (ROOT / "docs" / "guide" / page).read_text(encoding="utf-8")
    section = text.partition(f"\n{heading}\n")[2].partition("\n## ")[0]
    cells = re.findall(r"^\| (`.*?) \| ", section, re.MULTILINE)
    return {code for cell in cells for code in re.findall(r"`([^`]+)`", cell)}


def test_the_formats_and_limits_named_are_those_of_the_code() -> None:
    assert first_column("your-documents.md", "## Formats") == SUFFIXES
    limits = (ROOT / "docs" / "guide" / "limits.md").read_text(encoding="utf-8")
    assert f"A file may have {MAX_FILE_BYTES // 1024**2} MiB" in limits
    assert f"A question may have {qa.answer.MAX_QUESTION_CHARACTERS:,} characters" in limits


def test_the_reasons_named_for_files_are_those_of_the_code() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "index").rglob("*.py"))
    reasons = first_column("troubleshooting.md", "## Indexing")
    assert len(reasons) >= 8
    assert [reason for reason in reasons if reason not in code] == []
