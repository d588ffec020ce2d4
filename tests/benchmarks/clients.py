"""Many people asking at once: how long each waits, and whether somebody's upload holds them up.

    qa index docs
    python -m tests.benchmarks.clients tests/gold/sample.jsonl --collection .collection

`qa serve` runs as a process of its own. Each client asks one of the gold questions over HTTP,
thinks for five seconds, and asks the next; two minutes long. Then the same again, while one more
client adds a file and removes it, over and over. The machine is shared by server and clients.
"""

import argparse
import asyncio
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from qa.gold import read_gold

CLIENTS, THINKING_SECONDS, SECONDS = 32, 5.0, 120.0
PATIENCE_SECONDS = 60.0
ADDED = "".join(
    f"Entry {n}: the herring fleet of {1500 + n} had {n} boats.\n\n" for n in range(200)
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--collection", default=".collection")
    parser.add_argument("--clients", type=int, default=CLIENTS)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    options = parser.parse_args()
    questions = [question.question for question in read_gold(options.gold).questions]
    with _served(options.collection) as address:
        for uploads in (False, True):
            waits, errors, added = asyncio.run(
                _crowd(address, questions, options.clients, options.seconds, uploads)
            )
            p50, p95 = (statistics.quantiles(waits, n=20)[place] for place in (9, 18))
            print(
                f"{options.clients} clients{', and files added' if uploads else ''}:"
                f" {len(waits)} answers, {errors} errors,"
                f" p50 {p50:.2f} s, p95 {p95:.2f} s, longest {max(waits):.2f} s"
                + (f", {added} files added and removed" if uploads else "")
            )


@contextmanager
def _served(collection: str) -> Iterator[str]:
    """The address of a server of its own process, once it is ready."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    command = [sys.executable, "-m", "qa", "serve", "--collection", collection, "--port", port]
    with (
        tempfile.TemporaryFile("w+") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as server,
    ):
        assert server.stdout
        for line in server.stdout:
            if found := re.search(r"http://\S+:\d+", line):
                break
        else:
            log.seek(0)
            sys.exit(log.read())
        try:
            yield found[0]
        finally:
            server.terminate()


async def _crowd(
    address: str, questions: list[str], clients: int, seconds: float, uploads: bool
) -> tuple[list[float], int, int]:
    """Seconds that each answer took, the number of errors, and of files added."""
    end = time.monotonic() + seconds
    waits: list[float] = []
    errors = added = 0

    async def ask(number: int) -> None:
        nonlocal errors
        chance = random.Random(number)
        await asyncio.sleep(chance.uniform(0, THINKING_SECONDS))
        async with httpx.AsyncClient(base_url=address, timeout=PATIENCE_SECONDS) as client:
            while time.monotonic() < end:
                asked = {"question": chance.choice(questions)}
                started = time.monotonic()
                try:
                    answer = await client.post("/api/ask", json=asked)
                    errors += answer.status_code != 200
                except httpx.HTTPError:
                    errors += 1
                waits.append(time.monotonic() - started)
                await asyncio.sleep(THINKING_SECONDS)

    async def add() -> None:
        nonlocal errors, added
        async with httpx.AsyncClient(base_url=address, timeout=PATIENCE_SECONDS) as client:
            while time.monotonic() < end:
                file = {"file": ("herring.txt", ADDED.encode(), "text/plain")}
                sent = await client.post("/api/documents", files=file)
                errors += not sent.is_success
                name = sent.json().get("document", "")
                gone = await client.delete("/api/documents", params={"document": name})
                errors += not gone.is_success
                added += 1

    await asyncio.gather(*(ask(number) for number in range(clients)), *([add()] if uploads else []))
    return waits, errors, added


if __name__ == "__main__":
    main()
