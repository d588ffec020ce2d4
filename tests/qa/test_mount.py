"""The chat inside of somebody's own FastAPI application."""

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient

import qa.answer
from index.errors import InputError
from qa import mount_chat
from tests.event_loop import in_event_loop
from tests.keyword_assistant import KeywordAssistant

KEEPER = "Who was the lighthouse keeper called?"


class Opened(KeywordAssistant):
    closed = 0

    @classmethod
    def open(cls, _directory: object) -> "Opened":
        return cls()

    def uploads(self) -> None:
        """It takes none."""

    def close(self) -> None:
        Opened.closed += 1


@pytest.fixture(autouse=True)
def collection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qa.answer, "Assistant", Opened)
    monkeypatch.setattr(Opened, "closed", 0)


def who(request: Request) -> str | None:
    return request.headers.get("x-who")


def site(address: str = "127.0.0.1", host: str = "127.0.0.1", **options: object) -> TestClient:
    app = FastAPI()

    @app.get("/")
    def home() -> str:
        return "the site's own"

    in_event_loop(lambda: mount_chat(app, "/chat", **options))  # type: ignore[arg-type]
    return TestClient(app, f"http://{host}", client=(address, 5), follow_redirects=False)


def test_it_stands_below_its_path_and_ends_with_the_application() -> None:
    with site() as client:
        assert client.get("/").json() == "the site's own"
        answered = client.post("/chat/api/ask", json={"question": KEEPER}).json()
        assert answered["answer"] == "Henrietta Marsh"
        assert client.get("/chat/config").json()["root"] == "http://127.0.0.1/chat"
        assert client.get("/chat/embed.js").status_code == 200
        listed = client.post(
            "/chat/mcp",
            json={"jsonrpc": "2.0", "id": 1, "method": "tools/list"},
            headers={"Accept": "application/json, text/event-stream"},
        )
        assert len(listed.json()["result"]["tools"]) == 3
        assert client.get("/api/documents").status_code == 404
        assert Opened.closed == 0
    assert Opened.closed == 1


def test_without_a_decision_only_this_computer_is_answered() -> None:
    with site("192.0.2.9") as client:
        assert client.get("/").status_code == 200
        assert client.get("/chat/config").status_code == 403
    with site(host="example.org") as client:
        assert client.get("/chat/config").status_code == 400


def test_the_application_says_who_asks() -> None:
    with site("192.0.2.9", "example.org", names=["example.org"], person=who) as client:
        assert client.get("/chat/config").status_code == 401
        eira = {"X-Who": "eira"}
        assert client.get("/chat/config", headers=eira).status_code == 200
        asked = client.post("/chat/api/ask", json={"question": KEEPER}, headers=eira)
        assert asked.status_code == 200
        evil = eira | {"Origin": "https://evil.example"}
        assert client.post("/chat/api/ask", json={}, headers=evil).status_code == 403
    with site("192.0.2.9", person=who, questions_a_minute=1) as client:
        statuses = [
            client.post("/chat/api/ask", json={"question": KEEPER}, headers=eira).status_code
            for _ in range(2)
        ]
        assert statuses == [200, 429]


@pytest.mark.parametrize("path", ["", "/", "chat", "/chat/"])
def test_a_path_that_can_not_be(path: str) -> None:
    with pytest.raises(InputError, match="begins with / and doesn't end with it"):
        mount_chat(FastAPI(), path)
