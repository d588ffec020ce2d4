"""The routes of the service, their limits, and what other sites may do."""

import json
import socket
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from index.errors import InputError
from qa.limits import MAX_BODY_BYTES
from qa.present import to_json
from qa.serve import listen
from qa.service import build_app
from tests.event_loop import in_event_loop
from tests.keyword_assistant import KeywordAssistant

KEEPER = "Who was the lighthouse keeper called?"


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    app = in_event_loop(lambda: build_app(KeywordAssistant()))
    with TestClient(app, "http://127.0.0.1", client=("127.0.0.1", 5)) as client:
        yield client


def test_health(client: TestClient) -> None:
    assert client.get("/health").json() == {"status": "ready", "documents": 3, "passages": 1801}


def test_ask_answers_the_json_of_the_contract(client: TestClient) -> None:
    response = client.post("/api/ask", json={"question": KEEPER})
    assert response.status_code == 200
    assert response.json() == json.loads(json.dumps(to_json(KeywordAssistant().ask(KEEPER))))
    assert response.json()["answer"] == "Henrietta Marsh"


def test_search_and_documents(client: TestClient) -> None:
    found = client.post("/api/search", json={"query": "penguin feeding", "limit": 2}).json()
    assert found["query"] == "penguin feeding"
    assert found["passages"][0]["document"] == "zoo.txt"
    assert len(found["passages"]) == 2
    documents = client.get("/api/documents").json()["documents"]
    assert documents[-1] == {
        "document": "zoo.txt",
        "title": "A day at the zoo",
        "date": None,
        "author": None,
        "language": None,
        "characters": 150,
        "pages": 2,
        "passages": 1,
        "added": None,
        "uploaded": None,
    }


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("/api/ask", '{"question": ""}', "The question is empty; type one."),
        ("/api/ask", "{}", "question: Field required; send JSON with question, history, documents"),
        ("/api/ask", '{"question": 3}', "question: Input should be a valid string; send JSON"),
        ("/api/ask", '{"question": "a", "documents": []}', "documents is empty"),
        ("/api/ask", '{"question": "a", "documents": ["gone"]}', "'gone': no such document"),
        ("/api/ask", '{"question": "a", "more": 1}', "more: Extra inputs are not"),
        ("/api/ask", "not json", "body: Invalid JSON"),
        ("/api/ask", '{"question": "a", "history": [{}]}', "history: turn 1 must be"),
        ("/api/search", '{"query": "a", "limit": 0}', "limit: Input should be greater than"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    client: TestClient, path: str, body: str, message: str
) -> None:
    response = client.post(path, content=body)
    assert response.status_code == 400
    assert list(response.json()) == ["error"]
    assert response.json()["error"].startswith(message)
    assert "\n" not in response.json()["error"]


def test_a_body_is_bounded_however_it_is_sent(client: TestClient) -> None:
    chunks = (b"x" * 1024 for _ in range(MAX_BODY_BYTES // 1024 + 1))
    response = client.post("/api/ask", content=chunks)
    assert response.status_code == 413
    assert response.json()["error"].startswith("body: longer than 65,536 bytes")


def test_other_sites_may_not_read(client: TestClient) -> None:
    for path in ("/health", "/", "/config"):
        response = client.get(path, headers={"Origin": "https://evil.example"})
        assert response.status_code == 200, path
        assert "access-control-allow-origin" not in response.headers
        assert "access-control-allow-credentials" not in response.headers
    asked = client.options(
        "/api/ask",
        headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"},
    )
    assert asked.status_code == 400


def test_a_name_that_resolves_to_this_machine_is_refused(client: TestClient) -> None:
    assert client.get("/health", headers={"Host": "evil.example:7860"}).status_code == 400
    assert client.get("/health", headers={"Host": "localhost:7860"}).status_code == 200


def test_every_answer_has_the_security_headers(client: TestClient) -> None:
    for path in ("/", "/health", "/nowhere"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"] == (
            "frame-ancestors 'self'; object-src 'none'; base-uri 'self'"
        )
        assert headers["referrer-policy"] == "no-referrer"


def test_the_page_is_served_without_extras(client: TestClient) -> None:
    config = client.get("/config").json()
    assert config["title"] == "Chapter & Verse"
    assert config["analytics_enabled"] is False
    assert config["footer_links"] == []
    assert config["run_history"] is False
    assert client.get("/monitoring/summary").status_code in (403, 404)
    assert client.get("/docs").status_code == 404


def test_files_of_the_machine_are_not_served(client: TestClient) -> None:
    for path in ("/etc/passwd", __file__):
        assert client.get(f"/gradio_api/file={path}").status_code in (403, 404)


@pytest.mark.parametrize(
    ("host", "message"), [("example.org", "is no IP address"), ("192.0.2.7", "is no address of")]
)
def test_an_address_that_is_not_this_computers(host: str, message: str) -> None:
    with pytest.raises(InputError, match=f"^--host {host}: {message}"):
        listen(host, 0)


def test_a_port_in_use_names_the_remedy() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"^--port {port}: .*; choose another, such as"):
            listen("127.0.0.1", port)
    with pytest.raises(InputError, match=r"^--port 70000: a port is 0 to 65535"):
        listen("127.0.0.1", 70000)
