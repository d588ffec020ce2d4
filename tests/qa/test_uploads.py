"""Documents that people bring along, over the whole application with a real collection."""

import io
import json
import os
import re
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from fastapi.testclient import TestClient
from gradio_client import Client

from index.collection import Collection
from index.errors import CollectionError
from index.upload_folders import UPLOADS, folder_of
from qa.access import Access, decide
from qa.answer import Assistant
from qa.feedback import Feedback
from qa.limits import MAX_UPLOAD_BYTES, MAX_UPLOADS, UPLOADS_A_MINUTE
from qa.note import note_on
from qa.page import Page
from qa.service import build_app
from qa.turns import Turns
from qa.uploads import Uploads
from qa.visible import Visible
from tests.browser.browsing import served
from tests.event_loop import in_event_loop
from tests.fakes import WordEmbedder
from tests.small_collection import small_collection

SECRET = "e" * 32
SITE = "https://example.org"
HEADER = "X-Remote-User"
TOWER = "How many steps has the secret tower?"
PLAN = "The secret tower has 99 steps."
NAME = f"{folder_of('eira')}/plan.txt"


@pytest.fixture
def assistant(tmp_path: Path) -> Iterator[Assistant]:
    with small_collection(tmp_path) as assistant:
        yield assistant


def client(assistant: Assistant, access: Access | None = None, **headers: str) -> TestClient:
    app = in_event_loop(lambda: build_app(assistant, (), access, assistant.uploads()))
    return TestClient(app, "http://127.0.0.1", headers=headers, client=("127.0.0.1", 5))


@pytest.fixture
def local(assistant: Assistant) -> Iterator[TestClient]:
    with client(assistant) as running:
        yield running


def send(client: TestClient | httpx.Client, name: str, content: str | bytes, **fields: str) -> Any:
    data = content.encode() if isinstance(content, str) else content
    return client.post("/api/documents", files={"file": (name, data)}, data=fields)


def names(client: TestClient | httpx.Client) -> list[str]:
    return [d["document"] for d in client.get("/api/documents").json()["documents"]]


def test_an_upload_is_asked_and_removed_without_a_trace(
    local: TestClient, assistant: Assistant, tmp_path: Path
) -> None:
    assert local.post("/api/ask", json={"question": TOWER}).json()["answer"] != "99"
    added = send(local, "plan.txt", PLAN)
    assert added.status_code == 201
    assert added.json() == {
        "document": "plan.txt",
        "title": "The secret tower has 99 steps.",
        "date": None,
        "author": None,
        "language": None,
        "characters": 30,
        "pages": 0,
        "passages": 1,
        "added": added.json()["added"],
        "uploaded": "everybody",
    }
    assert added.json()["added"][:2] == "20"
    answer = local.post("/api/ask", json={"question": TOWER}).json()
    assert (answer["answer"], answer["citations"][0]["document"]) == ("99", "plan.txt")
    kept = tmp_path / "collection" / UPLOADS / "everybody" / "plan.txt"
    assert kept.read_text() == PLAN
    assert kept.stat().st_mode & 0o077 == 0
    feedback = Feedback(tmp_path / "collection")
    feedback.add(note_on(assistant.ask(TOWER), "up", generation=assistant.generation))
    removed = local.delete("/api/documents", params={"document": "plan.txt"})
    assert (removed.status_code, removed.json()) == (200, {"removed": "plan.txt"})
    assert not kept.exists()
    assert names(local) == ["bridge.txt", "town/ferry.txt"]
    assert feedback.entries() == ()
    assert local.post("/api/ask", json={"question": TOWER}).json()["answer"] != "99"
    assert local.post("/api/search", json={"query": "secret tower"}).json()["passages"]
    assert "99 steps" not in local.post("/api/search", json={"query": "secret tower"}).text


def test_the_same_name_again_replaces(local: TestClient) -> None:
    assert send(local, "plan.txt", PLAN).status_code == 201
    assert send(local, "plan.txt", "The secret tower has 77 steps now.").status_code == 201
    assert names(local) == ["bridge.txt", "plan.txt", "town/ferry.txt"]
    assert local.post("/api/ask", json={"question": TOWER}).json()["answer"] == "77"


def test_what_cannot_be_read_leaves_all_as_it_was(local: TestClient, tmp_path: Path) -> None:
    assert send(local, "plan.txt", PLAN).status_code == 201
    for name in ("plan.txt", "empty.txt"):
        refused = send(local, name, " \n")
        assert refused.status_code == 400
        assert refused.json()["error"].startswith(f"{name} is empty: it holds no text")
    assert names(local) == ["bridge.txt", "plan.txt", "town/ferry.txt"]
    uploads = tmp_path / "collection" / UPLOADS
    files = [path.name for path in uploads.rglob("*") if path.is_file()]
    assert files == ["plan.txt"]
    assert (uploads / "everybody" / "plan.txt").read_text() == PLAN


def test_an_upload_that_fails_leaves_the_earlier_one(
    local: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert send(local, "plan.txt", PLAN).status_code == 201

    def fail(_: object, texts: Sequence[str]) -> None:
        raise CollectionError(f"{len(texts)} texts find no room")

    monkeypatch.setattr(WordEmbedder, "encode", fail)
    refused = send(local, "plan.txt", "The secret tower has 77 steps now.")
    assert (refused.status_code, refused.json()["error"]) == (503, "1 texts find no room")
    monkeypatch.undo()
    uploads = tmp_path / "collection" / UPLOADS
    files = [path.relative_to(uploads).as_posix() for path in uploads.rglob("*") if path.is_file()]
    assert files == ["everybody/plan.txt"]
    assert (uploads / "everybody" / "plan.txt").read_text() == PLAN
    assert local.post("/api/ask", json={"question": TOWER}).json()["answer"] == "99"


def kept_files(folder: Path) -> dict[str, str]:
    uploads = folder / "collection" / UPLOADS
    return {p.relative_to(uploads).as_posix(): p.read_text() for p in uploads.rglob("*.*")}


@pytest.mark.parametrize("at", [1, 2], ids=["the new one", "the earlier one"])
def test_no_room_for_a_copy_leaves_the_earlier_one(
    local: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    """Seen: where the earlier one found no room aside, it was deleted, and there was no other."""
    assert send(local, "plan.txt", PLAN).status_code == 201
    flushed: list[int] = []

    def fail(descriptor: int) -> None:
        flushed.append(descriptor)
        if len(flushed) == at:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    refused = send(local, "plan.txt", "The secret tower has 77 steps now.")
    assert (refused.status_code, refused.json()["error"]) == (
        400,
        "plan.txt can't be kept here (No space left on device): whoever runs this chat should"
        " look for room on the disk and permissions",
    )
    assert len(flushed) == at
    assert kept_files(tmp_path) == {"everybody/plan.txt": PLAN}
    assert local.post("/api/ask", json={"question": TOWER}).json()["answer"] == "99"
    assert send(local, "plan.txt", "The secret tower has 77 steps now.").status_code == 201


def test_a_file_that_may_not_be_moved_is_one_line(
    local: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert send(local, "plan.txt", PLAN).status_code == 201
    replace = Path.replace

    def refuse(path: Path, target: Path) -> Path:
        if target.name == "plan.txt":
            raise PermissionError(13, "Permission denied")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", refuse)
    refused = send(local, "plan.txt", "The secret tower has 77 steps now.")
    assert refused.status_code == 400
    assert refused.json()["error"].startswith("plan.txt can't be kept here (Permission denied): ")
    monkeypatch.undo()
    assert kept_files(tmp_path) == {"everybody/plan.txt": PLAN}
    assert local.post("/api/ask", json={"question": TOWER}).json()["answer"] == "99"


def test_what_failed_first_is_told_where_the_file_cannot_be_put_back(
    local: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object, texts: Sequence[str]) -> None:
        raise CollectionError(f"{len(texts)} texts find no room")

    def refuse(path: Path, *, missing_ok: bool = False) -> None:
        raise PermissionError(13, "Permission denied", str(path), missing_ok)

    monkeypatch.setattr(WordEmbedder, "encode", fail)
    monkeypatch.setattr(Path, "unlink", refuse)
    refused = send(local, "plan.txt", PLAN)
    assert (refused.status_code, refused.json()["error"]) == (503, "1 texts find no room")
    monkeypatch.undo()
    assert names(local) == ["bridge.txt", "town/ferry.txt"]
    assert send(local, "plan.txt", PLAN).status_code == 201
    assert kept_files(tmp_path) == {"everybody/plan.txt": PLAN}


def test_a_copy_that_cannot_be_taken_out_is_by_the_next_write(
    local: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert send(local, "plan.txt", PLAN).status_code == 201
    unlink = Path.unlink
    now = "The secret tower has 77 steps now."

    def refuse(path: Path, *, missing_ok: bool = False) -> None:
        if path.parent.name == UPLOADS:
            raise PermissionError(13, "Permission denied")
        unlink(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", refuse)
    refused = send(local, "plan.txt", "")
    assert refused.status_code == 400
    assert refused.json()["error"].startswith("plan.txt is empty")
    monkeypatch.setattr("index.folder_engine.remove_unfinished", lambda directory: None)
    assert send(local, "plan.txt", now).status_code == 201
    left = kept_files(tmp_path)
    assert left.pop("everybody/plan.txt") == now
    assert list(left.values()) == [PLAN]
    monkeypatch.undo()
    assert send(local, "other.txt", "Another one.").status_code == 201
    assert kept_files(tmp_path) == {
        "everybody/plan.txt": now,
        "everybody/other.txt": "Another one.",
    }


def test_an_upload_that_may_not_be_deleted_is_one_line(
    local: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert send(local, "plan.txt", PLAN).status_code == 201

    def refuse(path: Path, *, missing_ok: bool = False) -> None:
        raise PermissionError(13, "Permission denied", str(path), missing_ok)

    monkeypatch.setattr(Path, "unlink", refuse)
    refused = local.delete("/api/documents", params={"document": "plan.txt"})
    assert (refused.status_code, refused.json()["error"]) == (
        503,
        "The file of plan.txt can't be deleted (Permission denied): look at the permissions of"
        " its folder, then remove it again",
    )
    assert kept_files(tmp_path) == {"everybody/plan.txt": PLAN}
    assert local.post("/api/ask", json={"question": TOWER}).json()["answer"] == "99"
    monkeypatch.undo()
    assert local.delete("/api/documents", params={"document": "plan.txt"}).status_code == 200
    assert kept_files(tmp_path) == {}


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"files": {"file": ("run.exe", b"x")}}, "run.exe is of a kind that can't be read: those"),
        ({"files": {"file": ("", b"x")}}, "file is missing: send one"),
        ({"data": {"file": "text"}}, "file is missing: send one"),
        ({"json": {}}, "file is missing: send one"),
        ({"files": [("file", ("a.txt", b"x")), ("file", ("b.txt", b"x"))]}, "body: Too many files"),
        (
            {"content": b"x", "headers": {"Content-Type": "multipart/form-data"}},
            "body: Missing boundary in multipart; send one",
        ),
        (
            {"files": {"file": ("a.txt", b"x")}, "data": {"for": "eira"}},
            "for: is me or everybody",
        ),
    ],
)  # fmt: skip
def test_what_is_sent_wrongly_is_one_line(
    local: TestClient, request_: dict[str, Any], message: str
) -> None:
    refused = local.post("/api/documents", **request_)
    assert refused.status_code == 400
    assert refused.json()["error"].startswith(message)
    assert "\n" not in refused.json()["error"]


def test_size_is_limited_while_it_is_sent(
    local: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.upload_routes.MAX_UPLOAD_BYTES", 1000)
    sent = 0

    def chunks() -> Iterator[bytes]:
        nonlocal sent
        yield (b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n')
        for _ in range(200):
            sent += 1
            yield b"a" * 1024
        yield b"\r\n--x--\r\n"

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    refused = local.post("/api/documents", content=chunks(), headers=headers)
    assert refused.status_code == 413
    assert (
        refused.json()["error"] == f"file: longer than {MAX_UPLOAD_BYTES // 1024**2} MiB; split it"
    )
    assert names(local) == ["bridge.txt", "town/ferry.txt"]


def test_number_is_limited(local: TestClient, tmp_path: Path) -> None:
    folder = tmp_path / "collection" / UPLOADS / "everybody"
    folder.mkdir(parents=True)
    for number in range(MAX_UPLOADS):
        (folder / f"{number}.txt").touch()
    refused = send(local, "plan.txt", PLAN)
    assert refused.json()["error"].startswith("plan.txt: 200 uploads are the most")


def test_a_hostile_name_stays_a_name(local: TestClient, tmp_path: Path) -> None:
    added = send(local, "../../../<b onclick='x'>\u202e\x1b[31m.txt", PLAN)
    assert added.json()["document"] == "<b onclick='x'> [31m.txt"
    folder = tmp_path / "collection" / UPLOADS / "everybody"
    assert [path.name for path in folder.iterdir()] == [added.json()["document"]]


def test_documents_of_folders_stay(local: TestClient) -> None:
    refused = local.delete("/api/documents", params={"document": "bridge.txt"})
    assert refused.json() == {
        "error": "bridge.txt came from a folder: remove its file there, then run `qa index`"
    }
    for name in ("", "gone.txt", "../collection.sqlite3"):
        refused = local.delete("/api/documents", params={"document": name})
        assert refused.status_code == 400
        assert refused.json()["error"].startswith(f"The collection has no document {name!r}")


def test_two_at_once_come_in_and_nobody_waits_to_ask(
    local: TestClient, assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Uploads are held where they embed until a question has been answered."""
    answered, held = threading.Event(), threading.Event()
    encode = WordEmbedder.encode

    def held_encode(self: WordEmbedder, texts: list[str]) -> Any:
        if any("ballroom" in text for text in texts):
            held.set()
            assert answered.wait(60)
        return encode(self, texts)

    monkeypatch.setattr(WordEmbedder, "encode", held_encode)
    with ThreadPoolExecutor(2) as threads:
        sent = [
            threads.submit(send, local, f"{number}.txt", f"The ballroom {number} has 5 doors.")
            for number in range(2)
        ]
        assert held.wait(60)
        asked = local.post("/api/ask", json={"question": "When was the iron bridge opened?"})
        assert asked.json()["answer"] == "1901"
        answered.set()
        assert [response.result().status_code for response in sent] == [201, 201]
    assert names(local) == ["0.txt", "1.txt", "bridge.txt", "town/ferry.txt"]


# --- whose documents ---


@pytest.fixture
def address(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Behind a proxy that says who asks, which is this computer."""
    monkeypatch.setenv("QA_EMBED_SECRET", SECRET)
    access = decide(trusted_header=HEADER, proxies=["127.0.0.1"], embed_origins=[SITE])
    with served(assistant, (), access, assistant.uploads()) as address:
        yield address


def person(address: str, name: str) -> httpx.Client:
    return httpx.Client(base_url=address, headers={HEADER: name}, timeout=60)


def visitor(address: str) -> httpx.Client:
    token = jwt.encode({"sub": "eira", "exp": time.time() + 600}, SECRET, "HS256")
    return httpx.Client(base_url=address, headers={"Authorization": f"Bearer {token}"}, timeout=60)


def call(client: httpx.Client, method: str, **params: object) -> Any:
    return client.post(
        "/mcp",
        json={"jsonrpc": "2.0", "id": 1, "method": method, "params": params},
        headers={"Accept": "application/json, text/event-stream"},
    ).json()


def opened(
    client: TestClient | httpx.Client, function: str, wanted: dict[str, object] | None = None
) -> str:
    """What an event of the page draws."""
    functions = client.get("/config").json()["dependencies"]
    number = next(f["id"] for f in functions if f["api_name"] == function)
    asked = {"data": [], "fn_index": number, "event_data": wanted, "session_hash": "s"}
    return client.post("/gradio_api/run/predict", json=asked).text


def seen(client: httpx.Client) -> dict[str, str]:
    """All that a person gets by each way in, as text."""
    only = {"question": TOWER, "documents": [NAME]}
    answered = call(client, "tools/call", name="ask", arguments={"question": TOWER})
    return {
        "list": client.get("/api/documents").text,
        "ask": client.post("/api/ask", json={"question": TOWER}).text,
        "ask by name": client.post("/api/ask", json=only).text,
        "search": client.post("/api/search", json={"query": TOWER, "limit": 100}).text,
        "page": opened(client, "greet"),
        "page's list": opened(client, "list_documents"),
        "source": opened(client, "open_source", {"document": NAME, "start": 0, "end": 5}),
        "mcp ask": json.dumps(answered),
        "mcp search": json.dumps(
            call(client, "tools/call", name="search", arguments={"query": TOWER, "limit": 50})
        ),
        "mcp read": json.dumps(
            call(client, "tools/call", name="read", arguments={"document": NAME})
        ),
        "mcp resources": json.dumps(call(client, "resources/list")),
        "mcp resource": json.dumps(call(client, "resources/read", uri=f"document:///{NAME}")),
    }


def test_an_upload_is_its_persons_by_every_way_in(address: str, assistant: Assistant) -> None:
    with person(address, "eira") as eira, person(address, "owen") as owen:
        added = send(eira, "plan.txt", PLAN).json()
        assert (added["document"], added["uploaded"]) == (NAME, "person")
        for way, text in seen(eira).items():
            assert "plan.txt" in text or "99 steps" in text, way
        refused = f"no document '{NAME}'"
        with visitor(address) as other:
            of_others = [seen(owen), seen(other)]
        for got in of_others:
            for way, text in got.items():
                asked_by_name = way in ("ask by name", "source", "mcp read", "mcp resource")
                own_words = text.replace(NAME, "") if asked_by_name else text
                assert "plan.txt" not in own_words, way
                assert not re.search(r'"99\\*"', own_words), way  # as JSON, or JSON in JSON
                assert "secret tower has" not in own_words, way
                assert folder_of("eira") not in own_words, way
            assert refused in json.loads(got["ask by name"])["error"]
        removed = owen.delete("/api/documents", params={"document": NAME})
        assert (removed.status_code, refused in removed.json()["error"]) == (400, True)
        assert names(eira) == [NAME, "bridge.txt", "town/ferry.txt"]
        # A name tells nothing of what others have.
        mine = send(owen, "plan.txt", "The secret tower has 12 steps.").json()["document"]
        assert mine == f"{folder_of('owen')}/plan.txt"
        assert owen.post("/api/ask", json={"question": TOWER}).json()["answer"] == "12"
        assert eira.post("/api/ask", json={"question": TOWER}).json()["answer"] == "99"
        for name, answer in (("eira", "99"), ("owen", "12")):
            with closing(Client(address, headers={HEADER: name}, verbose=False)) as client:
                assert client.predict(TOWER, api_name="/ask")["answer"] == answer
                assert answer in client.predict(TOWER, api_name="/chat")
        assert eira.delete("/api/documents", params={"document": NAME}).status_code == 200
    assert len(assistant.documents()) == 3  # the owner, at the command, sees all


def test_an_upload_for_everybody(address: str) -> None:
    with (
        person(address, "eira") as eira,
        person(address, "owen") as owen,
        visitor(address) as from_a_site,
    ):
        added = send(eira, "plan.txt", PLAN, **{"for": "everybody"}).json()
        assert (added["document"], added["uploaded"]) == ("plan.txt", "everybody")
        for other in (owen, from_a_site):
            assert other.post("/api/ask", json={"question": TOWER}).json()["answer"] == "99"
        assert "data-remove" in opened(owen, "greet")
        assert owen.delete("/api/documents", params={"document": "plan.txt"}).status_code == 200
        assert names(eira) == ["bridge.txt", "town/ferry.txt"]


def test_visitors_of_other_sites_change_nothing(address: str) -> None:
    with person(address, "eira") as eira, visitor(address) as other:
        added = send(eira, "plan.txt", PLAN, **{"for": "everybody"})
        assert added.status_code == 201
        refused = {"error": "This chat is read-only: nothing can be changed"}
        for response in (
            send(other, "a.txt", PLAN),
            other.delete("/api/documents", params={"document": "plan.txt"}),
        ):
            assert (response.status_code, response.json()) == (403, refused)
        page = opened(other, "greet")
        assert "data-remove" not in page
        assert 'class=\\"adding' not in page


@pytest.mark.parametrize("origin", ["https://evil.example", SITE])
def test_another_site_can_not_bring_or_remove(assistant: Assistant, origin: str) -> None:
    with client(assistant, decide(embed_origins=[SITE])) as local:
        assert send(local, "plan.txt", PLAN).status_code == 201
        local.headers["Origin"] = origin
        assert send(local, "more.txt", PLAN).status_code == 403
        removed = local.delete("/api/documents", params={"document": "plan.txt"})
        assert removed.status_code == 403
        del local.headers["Origin"]
        assert names(local) == ["bridge.txt", "plan.txt", "town/ferry.txt"]


def test_public_takes_nothing(assistant: Assistant) -> None:
    with client(assistant, decide(public=True)) as public:
        assert send(public, "plan.txt", PLAN).status_code == 403
        assert public.delete("/api/documents?document=bridge.txt").status_code == 403


def test_uploads_a_minute_are_limited(assistant: Assistant) -> None:
    access = decide(trusted_header=HEADER, proxies=["127.0.0.1"])
    with client(assistant, access, **{HEADER: "eira"}) as limited:
        statuses = [send(limited, "a.exe", "x").status_code for _ in range(UPLOADS_A_MINUTE + 1)]
        assert statuses == [400] * UPLOADS_A_MINUTE + [429]
        refused = send(limited, "plan.txt", PLAN)
        assert refused.json()["error"].startswith("30 uploads in a minute of one person is the")
        limited.headers[HEADER] = "owen"
        assert send(limited, "plan.txt", PLAN).status_code == 201


def test_without_uploads_there_is_no_route_and_no_place_for_files(assistant: Assistant) -> None:
    app = in_event_loop(lambda: build_app(assistant))
    with TestClient(app, "http://127.0.0.1", client=("127.0.0.1", 5)) as without:
        assert send(without, "plan.txt", PLAN).status_code == 404
        assert "Add files" not in opened(without, "greet")


def test_examples_of_private_documents_are_their_persons(assistant: Assistant) -> None:
    with client(assistant, decide(trusted_header=HEADER, proxies=["127.0.0.1"])) as running:
        running.headers[HEADER] = "eira"
        assert send(running, "plan.txt", PLAN).status_code == 201
    for reader, is_shown in ((folder_of("eira"), True), (folder_of("owen"), False), ("", False)):
        _, welcome, _ = Page(Visible(assistant, reader), ((TOWER, NAME),)).documents()
        assert (TOWER in welcome) == is_shown


def test_the_page_holds_no_document_before_it_is_known_who_looks(local: TestClient) -> None:
    assert "bridge" not in local.get("/config").text
    assert "bridge" not in local.get("/").text
    assert "bridge" in opened(local, "greet")


def test_a_long_upload_leaves_gaps_for_questions(tmp_path: Path) -> None:
    texts: list[int] = []

    class Counting(WordEmbedder):
        def encode(self, batch: Sequence[str]) -> Any:
            texts.append(len(batch))
            return super().encode(batch)

    collection = Collection(tmp_path / "collection", create=True)
    long = "\n\n".join(f"Paragraph {number}. " + "It goes on and on. " * 30 for number in range(40))
    uploads = Uploads(collection, Counting(), Turns())
    added = uploads.add(io.BytesIO(long.encode()), "a.txt", "everybody")
    assert sum(texts) == added.passages > 30
    assert max(texts) <= 8
    collection.close()
