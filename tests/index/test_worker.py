"""Work done in a process of its own, and what ends it."""

import os
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from index.errors import InputError, UnreadableFile
from index.types import Box
from index.worker import Worker
from tests.index import chores

SECONDS = 30


@pytest.fixture
def worker() -> Iterator[Worker]:
    worker = Worker()
    yield worker
    worker.stop()


def test_it_returns_what_the_function_does(worker: Worker) -> None:
    assert worker.call(
        SECONDS, chores.doubled, Box(page=1, left=1, top=2, right=3, bottom=4)
    ) == Box(page=2, left=2, top=4, right=6, bottom=8)
    assert len(worker.call(SECONDS, chores.repeated, b"x" * 2_000_000, 3)) == 6_000_000


def test_one_process_serves_many_calls_and_threads(worker: Worker) -> None:
    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(lambda _: worker.call(SECONDS, chores.process_id), range(40)))
    assert len(ids) == 1
    assert ids != {os.getpid()}


def test_it_raises_what_is_meant_for_people(worker: Worker) -> None:
    first = worker.call(SECONDS, chores.process_id)
    with pytest.raises(UnreadableFile, match=r"\Ais a scan\Z"):
        worker.call(SECONDS, chores.fail, UnreadableFile, "is a scan")
    with pytest.raises(InputError, match=r"\AThere is no page 9\Z"):
        worker.call(SECONDS, chores.fail, InputError, "There is no page 9")
    with pytest.raises(UnreadableFile, match=r"\Acan't be read \(KeyError\): save it anew"):
        worker.call(SECONDS, chores.fail, KeyError, "secret words")
    with pytest.raises(UnreadableFile, match=r"\Acan't be read \(RecursionError\)"):
        worker.call(SECONDS, chores.recurse, 0)
    assert worker.call(SECONDS, chores.process_id) == first


def test_a_crash_is_one_line_and_another_process_goes_on(worker: Worker) -> None:
    first = worker.call(SECONDS, chores.process_id)
    for number in (signal.SIGSEGV, signal.SIGKILL):
        with pytest.raises(UnreadableFile, match="makes its reader crash"):
            worker.call(SECONDS, chores.end_by, number)
    second = worker.call(SECONDS, chores.process_id)
    assert second != first
    os.kill(second, signal.SIGKILL)  # between two calls
    assert worker.call(SECONDS, chores.repeated, b"x", 2) == b"xx"


def test_a_crash_that_an_earlier_file_prepared_is_tried_again(worker: Worker) -> None:
    worker.call(SECONDS, chores.doom_the_next)
    assert worker.call(SECONDS, chores.repeated, b"x", 2) == b"xx"


def test_a_hang_ends() -> None:
    worker = Worker()
    with pytest.raises(UnreadableFile, match=r"\Atakes more than 1 seconds to read: split"):
        worker.call(1, chores.hang)
    worker.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems don't limit address space")
def test_an_explosion_ends() -> None:
    worker = Worker(memory_bytes=1024**3)
    with pytest.raises(UnreadableFile, match=r"\Atakes more than 1 GB of memory to read: split"):
        worker.call(SECONDS, chores.repeated, b"x" * 1024, 1024**2)
    assert worker.call(SECONDS, chores.repeated, b"x", 2) == b"xx"
    worker.stop()


def test_only_plain_values_and_our_own_types_come_back(worker: Worker) -> None:
    with pytest.raises(UnreadableFile, match="makes its reader crash"):
        worker.call(SECONDS, chores.answer_with_code)
    with pytest.raises(UnreadableFile, match="makes its reader crash"):
        worker.call(SECONDS, chores.answer_with_noise)


def test_what_is_printed_is_no_answer(worker: Worker) -> None:
    assert worker.call(SECONDS, chores.printed, "words") == "words"


def test_an_interrupt_ends_the_process(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    first = worker.call(SECONDS, chores.process_id)

    class Interrupted:
        def __reduce__(self) -> str:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        worker.call(SECONDS, chores.kept, Interrupted())
    assert worker.call(SECONDS, chores.process_id) != first
