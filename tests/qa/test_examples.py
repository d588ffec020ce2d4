"""Example questions made of a collection's headings."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from index.upload_folders import folder_of
from qa.answer import Assistant
from qa.examples import SHOWN, examples_of
from tests.fakes import write
from tests.small_collection import small_collection

FILES = {
    "bridge.md": "# The bridge\n\n## Introduction\n\nNothing.\n\n## The iron arch\n\n"
    "What the bridge does say about the iron arch: it has 12 rivets.\n",
    "ferry.md": "# The ferry\n\n## When did the ferry sink?\n\nWhen did the ferry sink? In 1899.\n",
    "horses.md": "# Horses\n\n## Their names\n\nNobody counted them.\n",
    "plain.txt": "Nothing that has a heading.\n",
}
BRIDGE = ("What does The bridge say about The iron arch?", "bridge.md")
FERRY = ("When did the ferry sink?", "ferry.md")
SHIPPED = (("Shipped?", "bridge.md"), ("Another?", "gone.md"))


@pytest.fixture
def assistant(tmp_path: Path) -> Iterator[Assistant]:
    with small_collection(tmp_path, FILES) as assistant:
        yield assistant


def test_only_what_is_answered_is_shown(assistant: Assistant) -> None:
    assert examples_of(assistant, (("Gone?", "gone.md"),)) == (BRIDGE, FERRY)


def test_the_shipped_ones_come_first(assistant: Assistant) -> None:
    assert examples_of(assistant, SHIPPED) == SHIPPED


def test_it_stops_after_a_second(assistant: Assistant) -> None:
    ticks = count()
    assert examples_of(assistant, (), clock=lambda: 0.6 * next(ticks)) == (BRIDGE,)


def test_four_are_enough(tmp_path: Path) -> None:
    ships = [FILES["ferry.md"].replace("ferry", f"no. {number} ship") for number in range(10, 20)]
    files = {f"{number}.md": text for number, text in enumerate(ships)}
    with small_collection(tmp_path, files) as assistant:
        assert len(examples_of(assistant, ())) == SHOWN


def test_nothing_is_made_of_a_persons_uploads(assistant: Assistant, tmp_path: Path) -> None:
    path = write(tmp_path / "more", {"secret.md": FILES["ferry.md"].replace("ferry", "yacht")})
    with (path / "secret.md").open("rb") as file:
        assistant.uploads().add(file, "secret.md", folder_of("eira"))
    assert examples_of(assistant, ()) == (BRIDGE, FERRY)
