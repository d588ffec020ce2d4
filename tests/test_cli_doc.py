"""docs/cli.md has every command, option and environment variable, and none that isn't there."""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa.cli import _parser

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
COMMON = "Options of every command"
DEFAULT = re.compile(r"default: `?([^`,;|]*[^`,;|\s])")


def subparsers() -> dict[str, argparse.ArgumentParser]:
    (commands,) = (
        action for action in _parser()._actions if isinstance(action, argparse._SubParsersAction)
    )
    return dict(commands.choices)


def section(heading: str) -> str:
    found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", PAGE, re.M | re.S)
    assert found, f"docs/cli.md has no heading {heading!r}"
    return found[1]


def documented(text: str) -> dict[str, str]:
    """The first cells of a section's table, as they stand in code, and the rest of the row."""
    rows = re.findall(r"^\| (`.*?) \| (.*) \|$", text, re.M)
    return {term: row for cell, row in rows for term in re.findall(r"`([^`]+)`", cell)}


def written(action: argparse.Action) -> Iterator[str]:
    """An option or argument as a table has it: `--limit N`, `-h`, `PATH...`."""
    metavar = action.metavar or action.dest.upper()
    if not action.option_strings:
        yield f"{metavar}..." if action.nargs == "*" else str(metavar)
    for name in action.option_strings:
        yield name if action.nargs == 0 else f"{name} {metavar}"


def default(action: argparse.Action) -> object:
    """The default of an option that takes a value; None where there is none."""
    return None if action.nargs in (0, "*") else action.default


def test_every_command_is_documented_and_no_other() -> None:
    headings = re.findall(r"^## qa (\S+)$", PAGE, re.M)
    assert headings == list(subparsers())


@pytest.mark.parametrize("command", subparsers())
def test_every_option_of_a_command_is_documented_and_no_other(command: str) -> None:
    actions = subparsers()[command]._actions
    text = section(f"qa {command}")
    common, own = documented(section(COMMON)), documented(text)
    terms = {term: action for action in actions for term in written(action)}
    assert set(own) == set(terms) - set(common)
    missing = {name: {"--json"} for name in ("feedback", "gold", "serve")}
    missing["users"] = {"--json", "--collection DIR"}
    assert set(common) - set(terms) == missing.get(command, set())
    for term in own:
        named = DEFAULT.search(own[term])
        value = default(terms[term])
        assert (named[1] if named else None) == (None if value is None else str(value)), term


@pytest.mark.parametrize("command", subparsers())
def test_the_page_says_no_other_default_than_the_help(command: str) -> None:
    common = documented(section(COMMON))
    for action in subparsers()[command]._actions:
        named = DEFAULT.search(action.help or "")
        for term in written(action):
            if term in common and named:
                shown = DEFAULT.search(common[term])
                assert shown, term
                assert shown[1] == named[1], term


@pytest.mark.parametrize("command", subparsers())
def test_every_command_has_an_example(command: str) -> None:
    assert f"$ qa {command}" in section(f"qa {command}")


def test_every_environment_variable_is_documented_and_no_other() -> None:
    read = {
        name
        for package in ("index", "qa")
        for path in (ROOT / package).rglob("*.py")
        for name in re.findall(r"""environ(?:\.get\(|\[)["'](QA_\w+)""", path.read_text("utf-8"))
    }
    assert set(documented(section("Environment variables"))) == read
    everywhere = "".join(path.read_text(encoding="utf-8") for path in ROOT.glob("docs/**/*.md")) + (
        ROOT / "README.md"
    ).read_text(encoding="utf-8")
    assert set(re.findall(r"\bQA_[A-Z_]+", everywhere)) == read
