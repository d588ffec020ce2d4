"""Asking and writing at the same time, and what disappears or changes under it."""

import fcntl
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

import qa.retrieve
from index.collection import Collection
from index.sync import sync
from qa.answer import Assistant
from qa.confidence import UNFITTED
from qa.service import build_app
from tests.event_loop import in_event_loop
from tests.fakes import NumberReader, WordEmbedder, write
from tests.reliability import runs
from tests.reliability.steps import Action, Step, watched, why_not
from tests.small_collection import small_collection

REASON = why_not()
needs_steps = pytest.mark.skipif(REASON is not None, reason=str(REASON))
NAMES = [f"{number}.txt" for number in range(6)]


def version(number: int) -> dict[str, str]:
    """Every document in its version of that number."""
    return {name: f"Of {name}: the depth of the well is {number} feet." for name in NAMES}


def assistant_of(directory: Path) -> Assistant:
    return Assistant(Collection(directory), WordEmbedder(), NumberReader(), UNFITTED)


def versions_seen(assistant: Assistant) -> set[str]:
    """The versions of the passages that one question found and of what it cites."""
    answer = assistant.ask("How deep is the well, its depth in feet?")
    return {hit.passage.text.split()[-2] for hit in answer.hits} | {
        citation.sentence.split()[-2] for citation in answer.citations
    }


def would_wait(directory: Path) -> bool:
    """Whether who opens Tantivy's index has to wait for the writer, which is standing still."""
    try:
        with (directory / "lexical" / ".tantivy-meta.lock").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


@needs_steps
@pytest.mark.slow
def test_each_answer_comes_from_one_state_at_every_step_of_a_writer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All documents change in one commit: an answer has the old ones or the new ones."""
    monkeypatch.setattr(qa.retrieve, "PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr(runs, "PASSAGES_A_COMMIT", 256)
    papers, directory = write(tmp_path / "papers", version(1)), tmp_path / "collection"
    index = ("index", str(papers), "--collection", str(directory))
    assert runs.command(None, *index)[0] == 0
    write(papers, version(2))
    seen: list[set[str]] = []
    busy: list[tuple[int, str]] = []
    asked_at: list[int] = []
    with closing(assistant_of(directory)) as opened:

        def ask(number: int, step: Step) -> Action:
            if would_wait(directory):
                return "go on"
            asked_at.append(number)
            seen.append(versions_seen(opened))
            if number % 10 == 5:  # somebody who comes anew
                with closing(assistant_of(directory)) as other:
                    seen.append(versions_seen(other))
                status, _, errors = runs.command(None, *index)
                busy.append((status, errors))
            return "go on"

        outcome = watched(tmp_path, ask, runs.command_in_one_commit, *index)
        assert outcome.returned[0] == 0
        assert len(asked_at) > len(outcome.steps) / 2
        assert [versions for versions in seen if len(versions) > 1] == []
        told = [versions for versions in seen if versions]
        assert told[0] == {"1"}
        assert versions_seen(opened) == {"2"}
    # The second writer says so, unless the first hasn't begun or has ended.
    assert {status for status, _ in busy} <= {0, 2}
    refused = {errors for status, errors in busy if status == 2}
    assert refused == {
        f"qa: Another process is writing to the collection in {directory}: try again when it has"
        " finished\n"
    }


def ask_while_all_changes(tmp_path: Path, syncs: int, readers: int) -> None:
    papers, directory = write(tmp_path / "papers", version(0)), tmp_path / "collection"
    with closing(Collection(directory, create=True)) as collection:
        sync(collection, [papers], WordEmbedder())
        done = threading.Event()

        def ask() -> list[set[str]]:
            seen = []
            with closing(assistant_of(directory)) as assistant:
                while not done.is_set():
                    seen.append(versions_seen(assistant))
            return seen

        with ThreadPoolExecutor(readers) as threads:
            asked = [threads.submit(ask) for _ in range(readers)]
            try:
                for number in range(1, syncs + 1):
                    write(papers, version(number))
                    sync(collection, [papers], WordEmbedder(), wait_seconds=60)
            finally:
                done.set()
            for future in asked:
                seen = future.result()
                assert [versions for versions in seen if len(versions) > 1] == []
                in_order = [int(next(iter(versions))) for versions in seen if versions]
                assert in_order == sorted(in_order)
        with closing(assistant_of(directory)) as assistant:
            assert versions_seen(assistant) == {str(syncs)}


@pytest.mark.slow
def test_many_ask_while_one_writes(tmp_path: Path) -> None:
    ask_while_all_changes(tmp_path, syncs=5, readers=4)


@pytest.mark.soak
def test_many_ask_long_while_one_writes(tmp_path: Path) -> None:
    ask_while_all_changes(tmp_path, syncs=200, readers=8)


def test_what_was_found_and_is_replaced_meanwhile_is_found_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The documents change between the search and the reading of what it found."""
    papers, directory = write(tmp_path / "papers", version(1)), tmp_path / "collection"
    with closing(Collection(directory, create=True)) as collection:
        sync(collection, [papers], WordEmbedder())
        with closing(assistant_of(directory)) as assistant:
            assert versions_seen(assistant) == {"1"}
            passages, turns = Collection.passages, iter([version(2)])

            def change_first(self: Collection, ids: list[int]) -> object:
                for files in turns:
                    write(papers, files)
                    sync(collection, [papers], WordEmbedder())
                return passages(self, ids)

            monkeypatch.setattr(Collection, "passages", change_first)
            assert versions_seen(assistant) == {"2"}


@pytest.fixture
def served(tmp_path: Path) -> Iterator[TestClient]:
    with small_collection(tmp_path) as assistant:
        app = in_event_loop(lambda: build_app(assistant, (), None, assistant.uploads()))
        with TestClient(app, "http://127.0.0.1", client=("127.0.0.1", 5)) as client:
            yield client


@pytest.mark.parametrize("how", ["removed", "replaced"])
def test_a_collection_that_goes_under_a_running_app_is_told(
    served: TestClient, tmp_path: Path, how: str
) -> None:
    question = {"question": "When was the iron bridge opened?"}
    assert served.post("/api/ask", json=question).json()["answer"] == "1901"
    assert served.get("/health").json()["status"] == "ready"
    directory = tmp_path / "collection"
    if how == "removed":
        shutil.rmtree(directory)
    else:
        shutil.copytree(directory, tmp_path / "copy")
        shutil.rmtree(directory)
        (tmp_path / "copy").rename(directory)
    for response in (
        served.post("/api/ask", json=question),
        served.post("/api/search", json={"query": "bridge"}),
        served.get("/api/documents"),
        served.post("/api/documents", files={"file": ("plan.txt", b"The plan has 9 steps.")}),
        served.delete("/api/documents", params={"document": "bridge.txt"}),
    ):
        assert response.status_code == 503
        assert response.json() == {
            "error": f"The collection in {directory} has been removed or replaced since it was"
            " opened: bring it back, or run `qa index PATH`, and start again"
        }
    health = served.get("/health")
    assert (health.status_code, health.json()) == (503, {"status": "not ready"})
    assert directory.exists() == (how == "replaced")


def test_a_file_that_changes_while_it_is_read_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of the old bytes and half of the new ones are never taken for a file."""
    papers = write(tmp_path / "papers", {"a.txt": "The old well. The old well."})
    read_bytes, turns = Path.read_bytes, iter([1])

    def torn(path: Path) -> bytes:
        for _ in turns:
            old = read_bytes(path)
            path.write_text("The new well. The new well.")
            return old[:13] + read_bytes(path)[13:]
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", torn)
    with closing(Collection(tmp_path / "collection", create=True)) as collection:
        sync(collection, [papers], WordEmbedder())
        assert collection.document("a.txt").text == "The new well. The new well."


def test_a_file_that_never_stands_still_keeps_its_text_and_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers = write(tmp_path / "papers", {"a.txt": "The old well.", "b.txt": "A mill."})
    with closing(Collection(tmp_path / "collection", create=True)) as collection:
        sync(collection, [papers], WordEmbedder())
        read_bytes, count = Path.read_bytes, iter(range(1000))

        def restless(path: Path) -> bytes:
            if path.name == "a.txt":
                path.write_text(f"The well is {next(count)} feet deep.")
            return read_bytes(path)

        monkeypatch.setattr(Path, "read_bytes", restless)
        (papers / "a.txt").write_text("Changed.")
        report = sync(collection, [papers], WordEmbedder())
        assert [(failure.name, failure.reason) for failure in report.failed] == [
            ("a.txt", "is being written to: run `qa index` again when that is done")
        ]
        assert collection.document("a.txt").text == "The old well."


def test_a_file_that_vanishes_while_it_is_read_keeps_its_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers = write(tmp_path / "papers", {"a.txt": "The old well.", "b.txt": "A mill."})
    with closing(Collection(tmp_path / "collection", create=True)) as collection:
        sync(collection, [papers], WordEmbedder())
        read_bytes = Path.read_bytes

        def vanishing(path: Path) -> bytes:
            data = read_bytes(path)
            path.unlink()
            return data

        (papers / "a.txt").write_text("Changed.")
        monkeypatch.setattr(Path, "read_bytes", vanishing)
        report = sync(collection, [papers / "a.txt"], WordEmbedder())
        assert [failure.reason for failure in report.failed] == [
            "can't be opened (no such file or directory): look at its permissions"
        ]
        assert collection.document("a.txt").text == "The old well."
        monkeypatch.undo()
        assert sync(collection, [papers], WordEmbedder()).removed == ["a.txt"]
