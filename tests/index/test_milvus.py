"""What only Milvus has: addresses, engines that are away, slow or too old, and its stems."""

import io
import re
import socket
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

import index.milvus_client
from index.address import MilvusAddress, parse_address
from index.collection import Collection
from index.errors import CollectionError, InputError
from index.milvus_rows import key_of, stems_text
from index.scope import Scope
from index.sync import sync
from index.upload_folders import NOBODY, UPLOADS, folder_of
from qa.answer import Assistant
from qa.confidence import UNFITTED
from qa.service import build_app
from tests.event_loop import in_event_loop
from tests.fakes import NumberReader, WordEmbedder, write
from tests.index.milvus import file_address, free_port, shared_engine

ONE_LINE = r"\A[^\n]+\Z"


def test_an_address_is_a_folder_or_an_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    assert parse_address("~/papers") == Path("/home/ada/papers")
    assert parse_address("milvus+http://db:19530/my_notes") == MilvusAddress(
        uri="http://db:19530", name="my_notes"
    )
    assert parse_address("milvus+file:~/notes.db") == MilvusAddress(
        uri="/home/ada/notes.db", name="collection"
    )
    for text in ("milvus+http://db:19530/my_notes", "milvus+file:/var/notes.db"):
        assert str(parse_address(text)) == text


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("milvus+http://db:19530", "is no address of an engine"),
        ("milvus+http://db:19530/", "is no address of an engine"),
        ("milvus+http://db:19530/my notes", "is no address of an engine"),
        ("milvus+http://db:port/notes", "is no address of an engine"),
        ("milvus+ftp://db/notes", "is no address of an engine"),
        ("milvus+file:notes.sqlite", "ends in .db"),
        ("milvus+http://root:secret@db:19530/notes", "set QA_MILVUS_TOKEN"),
    ],
)
def test_a_wrong_address_is_one_line_without_its_password(text: str, line: str) -> None:
    with pytest.raises(InputError, match=line) as caught:
        parse_address(text)
    assert re.match(ONE_LINE, str(caught.value))
    assert "secret" not in str(caught.value)


def test_stems_are_words_of_their_own_for_any_analyzer() -> None:
    stems = ["well", "1,500.25", "мост", "橋は古い", "snake_case", "zz", "zzyzx", "1904"]
    words = stems_text(stems).split(" ")
    assert words[0] == "well"
    assert words[-1] == "1904"
    assert len(set(words)) == len(stems)
    assert all(re.fullmatch("[a-z0-9]+", word) for word in words)
    long = stems_text(["мост"] * 10_000)
    assert len(long) <= 65_535
    assert set(long.split(" ")) == {stems_text(["мост"])}


def test_keys_differ_wherever_the_parts_do() -> None:
    parts: list[tuple[str | int, ...]] = [("a", "b"), ("ab",), ("a", "b", 1), ("a", "b", "1"), ()]
    assert len({key_of(*each) for each in parts}) == len(parts)
    assert all(0 < key_of(*each) < 2**63 for each in parts)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index.milvus_client, "ANSWER_SECONDS", 1.0)


@pytest.mark.usefixtures("impatient")
def test_an_engine_that_is_away_is_one_line() -> None:
    address = parse_address(f"milvus+http://127.0.0.1:{free_port()}/wells")
    with pytest.raises(CollectionError, match=r"127.0.0.1:\d+ doesn't answer: look whether"):
        Collection(address)


@pytest.mark.usefixtures("impatient")
def test_an_engine_that_never_answers_is_one_line() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(CollectionError, match=ONE_LINE) as caught:
            Collection(parse_address(f"milvus+http://127.0.0.1:{port}/wells"))
    assert re.search("doesn't answer|didn't answer", str(caught.value))


@pytest.mark.parametrize("version", ["2.4.9", "new"])
def test_an_engine_of_another_version_is_one_line(
    version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("milvus_lite.adapter.grpc.servicer.get_version", lambda: version)
    line = f"is of version 'milvus_lite-{version}'; this program needs milvus_lite 3.0 or later"
    with pytest.raises(CollectionError, match=re.escape(line)):
        Collection(file_address(tmp_path), create=True)


def test_tables_of_another_version_are_refused(tmp_path: Path) -> None:
    collection = Collection(file_address(tmp_path), create=True)
    store: Any = collection.store
    store.put_state("format", {"version": "99"})
    collection.close()
    with pytest.raises(CollectionError, match="is of version 99; this program reads version 2"):
        Collection(file_address(tmp_path))


def test_uploads_are_refused_in_one_line_and_the_page_offers_none(tmp_path: Path) -> None:
    collection = Collection(file_address(tmp_path), create=True)
    papers = write(tmp_path / "papers", {"a.txt": "The well is 9 feet deep."})
    sync(collection, [papers], WordEmbedder())
    assistant = Assistant(collection, WordEmbedder(), NumberReader(), UNFITTED)
    uploads = assistant.uploads()
    app = in_event_loop(lambda: build_app(assistant, uploads=uploads))
    client = TestClient(app, "http://127.0.0.1", client=("127.0.0.1", 5))
    refused = client.post("/api/documents", files={"file": ("b.txt", b"The tower.")})
    assert refused.status_code == 400
    assert refused.json() == {
        "error": "A collection in Milvus takes no uploads: put the file into a folder that is"
        " indexed, and run `qa index`"
    }
    with pytest.raises(InputError, match="takes no uploads"):
        uploads.add(io.BytesIO(b"The tower."), "b.txt", "everybody")
    removed = client.delete("/api/documents", params={"document": "a.txt"})
    assert (removed.status_code, removed.json()["error"][:26]) == (
        400,
        "a.txt came from a folder: ",
    )
    functions = client.get("/config").json()["dependencies"]
    greet = next(function["id"] for function in functions if function["api_name"] == "greet")
    asked = {"data": [], "fn_index": greet, "event_data": None, "session_hash": "s"}
    page = client.post("/gradio_api/run/predict", json=asked).text
    assert "a.txt" in page
    assert "Add files" not in page
    # Nothing came in, and whoever asks has the same documents.
    assert not (collection.directory / UPLOADS).exists()
    for reader in (None, NOBODY, folder_of("eira")):
        (hit,) = assistant.search("tower", 5, Scope(reader=reader))
        assert hit.passage.document == "a.txt"
    collection.close()


@pytest.mark.slow
def test_the_app_says_that_it_is_not_ready_while_the_engine_is_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with shared_engine(tmp_path) as engine:
        collection = Collection(parse_address(f"{engine}/wells"), create=True)
        papers = write(tmp_path / "papers", {"a.txt": "The well is 9 feet deep."})
        sync(collection, [papers], WordEmbedder())
        assistant = Assistant(collection, WordEmbedder(), NumberReader(), UNFITTED)
        app = in_event_loop(lambda: build_app(assistant))
        client = TestClient(app, "http://127.0.0.1", client=("127.0.0.1", 5))
        assert client.get("/health").json() == {"status": "ready", "documents": 1, "passages": 1}
    monkeypatch.setattr(index.milvus_client, "ANSWER_SECONDS", 1.0)
    health = client.get("/health")
    assert (health.status_code, health.json()) == (503, {"status": "not ready"})
    asked = client.post("/api/ask", json={"question": "How deep is the well?"})
    assert asked.status_code == 503
    assert "doesn't answer" in asked.json()["error"]
