"""A server that is asked for long, with uploads and removals between: nothing of it stays."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest

QUESTIONS = 10_000
FEW_QUESTIONS = 300
SETTLED = 1_000  # until what has a bound has reached it; each makes one of as many sessions
FEW_SETTLED = 60
# Each upload takes memory and gives it back, so the least of as many questions tells what stays.
LOOKED_AT = 400
FEW_LOOKED_AT = 60
UPLOAD_EVERY, CALL_EVERY, MODEL_EVERY = 20, 5, 7
GROWTH = 1.05
SECONDS = 120  # for one answer
ASKED = "When was the iron bridge opened?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What a process holds."""

    memory_kib: int
    handles: int
    threads: int
    children: int


class Server:
    """The running service, and what it leaves behind."""

    def __init__(self, process: subprocess.Popen[str], address: str, folder: Path) -> None:
        self.process = process
        self.client = httpx.Client(base_url=address, timeout=SECONDS)
        self.folder = folder

    def held(self) -> Held:
        proc = Path("/proc") / str(self.process.pid)
        status = dict(re.findall(r"^(\w+):\s+(\d+)", (proc / "status").read_text(), re.M))
        children: list[str] = []
        for task in (proc / "task").iterdir():
            with suppress(FileNotFoundError):  # a thread that has ended since
                children += (task / "children").read_text().split()
        return Held(
            memory_kib=int(status["VmRSS"]),
            handles=len(list((proc / "fd").iterdir())),
            threads=int(status["Threads"]),
            children=len(children),
        )

    def files(self) -> list[str]:
        """Temporary files, and those of the collection but for what is numbered anew."""
        found = [path for path in self.folder.rglob("*") if path.is_file()]
        return sorted(
            path.relative_to(self.folder).as_posix()
            for path in found
            if "lexical" not in path.parts
        )

    def ask(self, number: int, *, on_the_page: bool) -> None:
        if on_the_page or number % CALL_EVERY == 0:
            call = "/gradio_api/call/ask"
            joined = self.client.post(call, json={"data": [ASKED, []]})
            answer = self.client.get(f"{call}/{joined.json()['event_id']}").text
        elif number % MODEL_EVERY == 0:
            params = {"name": "ask", "arguments": {"question": ASKED}}
            answer = self.client.post(
                "/mcp",
                json={"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params},
                headers={"Accept": "application/json, text/event-stream"},
            ).text
        else:
            answer = self.client.post("/api/ask", json={"question": ASKED}).text
        assert "1901" in answer, (number, answer)
        if number % UPLOAD_EVERY == 0:
            self.upload_and_remove(number)

    def upload_and_remove(self, number: int) -> None:
        kind = ("txt", "html", "csv")[number // UPLOAD_EVERY % 3]  # plain, and by another process
        text = f"<p>Mill {number} has {number} wheels.</p>"
        files = {"file": (f"mill.{kind}", text.encode())}
        added = self.client.post("/api/documents", files=files)
        assert added.status_code == 201, added.text
        params = {"document": f"mill.{kind}"}
        assert self.client.delete("/api/documents", params=params).status_code == 200


@contextmanager
def server(folder: Path) -> Iterator[Server]:
    temporary = folder / "tmp"
    temporary.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.soak.endless_app", str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ | {"TMPDIR": str(temporary), "PYTHONWARNINGS": "ignore"},
    )
    try:
        assert process.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
        assert found
        running = Server(process, found[0], folder)
        with running.client:
            yield running
    finally:
        process.terminate()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()
    assert list(temporary.rglob("*.*")) == []


def until(is_so: Callable[[], bool]) -> bool:
    """Whether it comes to be so: what was closed is let go of a moment later."""
    ends = time.monotonic() + SECONDS
    while not is_so() and time.monotonic() < ends:
        time.sleep(0.1)
    return is_so()


def least_memory(running: Server, first: int, last: int) -> int:
    """Asks the questions of these numbers: the least KiB held after one of them."""
    held = []
    for number in range(first, last):
        running.ask(number, on_the_page=False)
        held.append(running.held().memory_kib)
    return min(held)


def asked_for_long(
    running: Server, questions: int, settled: int, looked_at: int
) -> tuple[Held, Held]:
    """What the server held once it had settled, and in the end.

    The first look begins after the last of the questions that settle it. Before, sessions are
    still being added, and the least of what is held is what was held at first.
    """
    for number in range(settled):
        running.ask(number, on_the_page=True)
    least = least_memory(running, settled, settled + looked_at)
    before, files = replace(running.held(), memory_kib=least), running.files()
    for number in range(settled + looked_at, questions - looked_at):
        running.ask(number, on_the_page=False)
    least = least_memory(running, questions - looked_at, questions)
    assert [re.sub(r"\d+", "0", f) for f in running.files()] == [
        re.sub(r"\d+", "0", f) for f in files
    ]
    # Threads of the pool come and go; one left a question or an upload would be hundreds.
    assert until(lambda: running.held().handles <= before.handles + 2)
    assert until(lambda: running.held().threads <= before.threads + 5)
    assert until(lambda: running.held().children <= before.children)
    return before, replace(running.held(), memory_kib=least)


@pytest.mark.slow
def test_a_few_questions_leave_no_handle_thread_or_file(tmp_path: Path) -> None:
    with server(tmp_path) as running:
        asked_for_long(running, FEW_QUESTIONS, FEW_SETTLED, FEW_LOOKED_AT)


@pytest.mark.soak
def test_many_questions_take_no_more_memory(tmp_path: Path) -> None:
    with server(tmp_path) as running:
        before, after = asked_for_long(running, QUESTIONS, SETTLED, LOOKED_AT)
    print(f"\n{QUESTIONS:,} questions: {before} then {after}")
    assert after.memory_kib < GROWTH * before.memory_kib, (before, after)
