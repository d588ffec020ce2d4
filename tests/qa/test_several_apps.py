"""Three processes serve one collection behind a proxy that asks each in turn."""

import os
import re
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle
from pathlib import Path

import httpx
import pytest

from index.address import parse_address
from index.collection import Collection
from index.sync import sync
from qa.users import add_user
from tests.fakes import WordEmbedder, write
from tests.index.milvus import shared_engine

PASSWORD = "long enough for anybody"  # noqa: S105
SECRET = "0123456789abcdef" * 4
SECONDS = 240


@contextmanager
def app(address: str, users: Path) -> Iterator[str]:
    """Its address."""
    command = [sys.executable, "-m", "tests.qa.shared_app", address, str(users)]
    environment = os.environ | {"QA_SECRET": SECRET}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    try:
        assert process.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
        assert found
        yield found[0]
    finally:
        process.terminate()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


@contextmanager
def round_robin(apps: list[str]) -> Iterator[tuple[str, Counter[str]]]:
    """The address of a proxy, and how many requests it gave to each app."""
    turns = cycle(apps)
    given: Counter[str] = Counter()

    class Proxy(BaseHTTPRequestHandler):
        def answer(self) -> None:
            app = next(turns)
            given[app] += 1
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            response = httpx.request(
                self.command,
                app + self.path,
                headers=dict(self.headers),
                content=body,
                timeout=SECONDS,
            )
            self.send_response(response.status_code)
            for name, value in response.headers.multi_items():
                if name not in ("content-length", "content-encoding", "transfer-encoding"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(response.content)))
            self.end_headers()
            self.wfile.write(response.content)

        do_GET = do_POST = answer  # noqa: N815 (http.server's names)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", given
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.soak
def test_three_apps_answer_as_one(tmp_path: Path) -> None:
    users = tmp_path / "users"
    add_user(users, "eira", PASSWORD)
    papers = write(tmp_path / "papers", {"well.txt": "The well is 9 feet deep."})
    with ExitStack() as stack:
        address = f"{stack.enter_context(shared_engine(tmp_path))}/wells"
        collection = Collection(parse_address(address), create=True)
        sync(collection, [papers], WordEmbedder())
        apps = [stack.enter_context(app(address, users)) for _ in range(3)]
        proxy, given = stack.enter_context(round_robin(apps))
        client = stack.enter_context(httpx.Client(base_url=proxy, timeout=SECONDS))

        question = {"question": "How deep is the well, in feet?"}
        assert client.post("/api/ask", json=question).status_code == 401
        form = {"username": "eira", "password": PASSWORD}
        signed_in = client.post("/login", data=form, headers={"Origin": proxy})
        assert signed_in.json() == {"signed_in": "eira"}
        # Signed in with one of them, known to all; each answers for itself.
        answers = [client.post("/api/ask", json=question) for _ in range(6)]
        assert [answer.status_code for answer in answers] == [200] * 6
        assert {answer.json()["candidates"][0]["text"] for answer in answers} == {"9"}
        # What is indexed by whichever process is found by all.
        write(papers, {"well.txt": "The well is 12 feet deep."})
        sync(collection, [], WordEmbedder())
        answers = [client.post("/api/ask", json=question) for _ in range(3)]
        assert {answer.json()["candidates"][0]["text"] for answer in answers} == {"12"}
        ready = [client.get("/health").json()["documents"] for _ in range(3)]
        assert ready == [1, 1, 1]
        assert max(given.values()) - min(given.values()) <= 1
        collection.close()
