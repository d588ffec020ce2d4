"""Who goes first where questions and uploads want to compute."""

import io
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import qa.turns
from index.collection import Collection
from index.sync import sync
from qa.answer import Assistant
from qa.confidence import UNFITTED
from qa.turns import Turns
from qa.types import Hit, Span
from tests.fakes import NumberReader, WordEmbedder, write

LONG = "\n\n".join(f"Paragraph {number}. " + "It goes on and on. " * 30 for number in range(40))


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Set once somebody waits for questions to end."""
    waiting = threading.Event()
    wait_for = threading.Condition.wait_for

    def seen(self: threading.Condition, until: Callable[[], bool], seconds: float) -> bool:
        if not until():
            waiting.set()
        return wait_for(self, until, seconds)

    monkeypatch.setattr(threading.Condition, "wait_for", seen)
    return waiting


def test_a_batch_waits_until_the_last_question_has_ended(
    waits: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(qa.turns, "PATIENCE_SECONDS", 60.0)
    turns = Turns()
    done: list[str] = []

    def batch() -> None:
        turns.let_questions_go_first()
        done.append("batch")

    with ThreadPoolExecutor(1) as thread:
        with turns.asking():
            with turns.asking():
                sent = thread.submit(batch)
                assert waits.wait(30)
                done.append("one question")
            done.append("the other")
        sent.result(30)
    assert done == ["one question", "the other", "batch"]


def test_a_batch_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qa.turns, "PATIENCE_SECONDS", 0.0)
    turns = Turns()
    with turns.asking():
        turns.let_questions_go_first()


def test_a_question_that_fails_no_longer_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qa.turns, "PATIENCE_SECONDS", threading.TIMEOUT_MAX)
    turns = Turns()
    with pytest.raises(ValueError, match="empty"), turns.asking():
        raise ValueError("empty")
    turns.let_questions_go_first()


def test_a_question_that_comes_while_a_file_is_embedded_waits_for_one_batch(
    tmp_path: Path, waits: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reader stands still until the upload waits: no batch comes in before it has read."""
    monkeypatch.setattr(qa.turns, "PATIENCE_SECONDS", 60.0)
    done: list[str] = []
    is_asked, first_batch = threading.Event(), threading.Event()

    class Embedder(WordEmbedder):
        def encode(self, texts: Sequence[str]) -> Any:
            if any("Paragraph" in text for text in texts):
                done.append("batch")
                first_batch.set()
                assert is_asked.wait(30)
            else:
                is_asked.set()
            return super().encode(texts)

    class Reader(NumberReader):
        def read(self, question: str, hits: Sequence[Hit], among: Sequence[Hit] = ()) -> list[Span]:
            assert waits.wait(30)
            done.append("read")
            return super().read(question, hits)

    papers = write(tmp_path / "papers", {"well.txt": "The well is 9 feet deep."})
    with closing(Collection(tmp_path / "collection", create=True)) as collection:
        sync(collection, [papers], WordEmbedder())
        assistant = Assistant(collection, Embedder(), Reader(), UNFITTED)
        with ThreadPoolExecutor(1) as thread:
            added = thread.submit(
                assistant.uploads().add, io.BytesIO(LONG.encode()), "long.txt", "everybody"
            )
            assert first_batch.wait(30)
            assert assistant.ask("How deep is the well?").candidates[0].text == "9"
            assert added.result(60).passages > 30
    assert done[:3] == ["batch", "read", "batch"]
    assert done.count("read") == 1
