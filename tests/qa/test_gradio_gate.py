"""What stands in front of Gradio: which of its routes are open, and what a call may look like."""

import base64
import io
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from fastapi.testclient import TestClient

from qa.access import Access, decide
from qa.gradio_gate import _READ
from qa.page import SESSIONS_KEPT, SESSIONS_LISTENING
from qa.request_log import JsonLines
from qa.service import build_app
from tests.event_loop import in_event_loop
from tests.keyword_assistant import KeywordAssistant

KEEPER = "Who was the lighthouse keeper called?"
HEADER = "X-Remote-User"
SESSION = "x7k2m9"


def client(access: Access | None = None, **headers: str) -> TestClient:
    app = in_event_loop(lambda: build_app(KeywordAssistant(), access=access))
    return TestClient(
        app,
        "http://127.0.0.1",
        headers=headers,
        client=("127.0.0.1", 5),
        raise_server_exceptions=False,
    )


@pytest.fixture(scope="module")
def local() -> Iterator[TestClient]:
    with client() as running:
        yield running


@pytest.fixture(scope="module")
def proxied() -> Iterator[TestClient]:
    with client(decide(trusted_header=HEADER, proxies=["127.0.0.1"])) as running:
        yield running


def number_of(client: TestClient, function: str) -> int:
    functions = client.get("/config").json()["dependencies"]
    return next(int(f["id"]) for f in functions if f["api_name"] == function)


def joined(client: TestClient, function: str, data: list[Any], **more: Any) -> Any:
    body = {"data": data, "fn_index": number_of(client, function), "session_hash": SESSION, **more}
    return client.post("/gradio_api/queue/join", json=body)


def listened(client: TestClient) -> str:
    """All that the queue says until it has no more."""
    return client.get("/gradio_api/queue/data", params={"session_hash": SESSION}).text


def saved(client: TestClient) -> str:
    """The session's conversation, as the menu gives it out."""
    body = {
        "data": [None],
        "fn_index": number_of(client, "save"),
        "session_hash": SESSION,
        "event_data": {"kind": "json"},
    }
    (link,) = client.post("/gradio_api/run/predict", json=body).json()["data"]
    found = re.search(r"base64,([^\"]+)", link)
    return base64.b64decode(found[1]).decode() if found else ""


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/gradio_api/upload"), ("GET", "/gradio_api/upload_progress?upload_id=x"),
        ("POST", "/gradio_api/component_server"), ("POST", "/gradio_api/process_recording"),
        ("POST", "/gradio_api/stream/x"), ("GET", "/gradio_api/stream/a/1/1/playlist.m3u8"),
        ("GET", "/gradio_api/file=/etc/passwd"), ("GET", "/gradio_api/file/etc/passwd"),
        ("HEAD", "/gradio_api/file=/etc/passwd"), ("GET", "/gradio_api/file=http://127.0.0.1:1/"),
        ("GET", "/gradio_api/proxy=http://127.0.0.1:1/"), ("GET", "/gradio_api/deep_link"),
        ("GET", "/gradio_api/deep_link?session_hash=s"), ("GET", "/?deep_link=abc"),
        ("GET", "/?page=x"), ("GET", "/config?page=x"), ("GET", "/gradio_api/info?page=x"),
        ("POST", "/gradio_api/vibe-edit"), ("GET", "/gradio_api/vibe-code"),
        ("POST", "/gradio_api/vibe-code"), ("POST", "/gradio_api/vibe-starter-queries"),
        ("GET", "/gradio_api/dev/reload"), ("GET", "/gradio_api/runs"),
        ("POST", "/gradio_api/run-history/connect"), ("GET", "/gradio_api/run-history/records"),
        ("GET", "/monitoring"), ("GET", "/monitoring/summary"), ("GET", "/svelte/x.js"),
        ("GET", "/gradio_api/custom_component/x/client/component/index.js"),
        ("GET", "/gradio_api/token"), ("GET", "/gradio_api/profiling/traces"),
        ("POST", "/gradio_api/profiling/clear"), ("POST", "/gradio_api/call/v2/ask"),
        ("GET", "/gradio_api/mcp/schema"), ("POST", "/gradio_api/mcp/"), ("POST", "/login"),
        ("POST", "/gradio_api/run/%1F"), ("POST", "/gradio_api/call/a%00b"),
        ("PUT", "/config"), ("DELETE", "/gradio_api/queue/join"), ("GET", "/pwa_icon/5"),
    ],
)  # fmt: skip
def test_what_the_page_does_not_need_is_not_there(
    local: TestClient, method: str, path: str
) -> None:
    answer = local.request(method, path, json={} if method == "POST" else None)
    assert answer.status_code == 404
    assert answer.text in ("", '{"detail":"Not Found"}')


def test_what_the_page_needs_is_there(local: TestClient) -> None:
    page = local.get("/").text
    scripts = re.findall(r'(?:src|href)="\./((?:assets|static)/[^"]+)"', page)
    assert scripts
    for path in (
        *scripts, "config", "theme.css", "favicon.ico", "manifest.json", "robots.txt",
        "gradio_api/info", "gradio_api/info?serialize=False", "gradio_api/openapi.json",
        "gradio_api/app_id", "gradio_api/startup-events", "gradio_api/queue/status",
    ):  # fmt: skip
        assert local.get(f"/{path}").status_code == 200, path


RUN, JOIN, ASK = "/gradio_api/run/predict", "/gradio_api/queue/join", "/gradio_api/call/ask"
CANCEL, RESET = "/gradio_api/cancel", "/gradio_api/reset"


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        (JOIN, b"", "body: must be a JSON object"),
        (JOIN, b"[]", "body: must be a JSON object"),
        (JOIN, b"\xff\xfe", "body: must be a JSON object"),
        (JOIN, b"[" * 50_000, "body: must be a JSON object"),
        (RUN, b'{"data": []}', "There is no such function"),
        (RUN, b'{"data": [], "fn_index": 99999}', "There is no such function"),
        (RUN, b'{"data": [], "fn_index": -1}', "There is no such function"),
        (RUN, b'{"data": [], "fn_index": true}', "There is no such function"),
        (RUN, b'{"data": [], "fn_index": [1]}', "There is no such function"),
        ("/gradio_api/run/gone", b'{"data": []}', "There is no such function"),
        ("/gradio_api/call/gone", b'{"data": [], "fn_index": 0}', "There is no such function"),
        (ASK, b"{}", "data: is a list of 2 values"),
        (ASK, b'{"data": "a"}', "data: is a list of 2 values"),
        (ASK, b'{"data": ["a", [], 1]}', "data: is a list of 2 values"),
        ("/gradio_api/run/ask", b'{"data": ["a"]}', "data: is a list of 2 values"),
        (ASK, b'{"data": [5, []]}', "data: holds texts and"),
        (ASK, b'{"data": ["a", {"path": "/etc/passwd"}]}', "data: holds texts and"),
        (ASK, b'{"data": [{"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}, []]}',
         "data: holds texts and"),
        (ASK, b'{"data": ["a", [{"url": "http://127.0.0.1:1/"}]]}', "data: holds texts and"),
        (ASK, b'{"data": ["a", [{"question": {"path": "/etc/passwd"}}]]}', "data: holds texts and"),
        (ASK, b'{"data": ["\\ud800", []]}', "body: holds a number or a text that JSON doesn't"),
        (ASK, b'{"data": ["a", []], "x": NaN}', "body: holds a number or a text that JSON"),
        (ASK, b'{"data": ["a", []], "session_hash": "../x"}', "session_hash: is 1 to 64 letters"),
        (ASK, b'{"data": ["a", []], "session_hash": ""}', "session_hash: is 1 to 64 letters"),
        (ASK, b'{"data": ["a", []], "session_hash": 5}', "session_hash: is 1 to 64 letters"),
        (ASK, b'{"data": ["a", []], "event_data": []}', "event_data: must be an object"),
        (ASK, b'{"data": ["a", []], "trigger_id": "1"}', "trigger_id: must be a whole number"),
        (ASK, b'{"data": ["a", []], "batched": true}', "batched: isn't taken here"),
        (ASK, b'{"data": ["a", []], "oauth_token": "x"}', "oauth_token: isn't taken here"),
        (CANCEL, b"{}", "event_id: must be text"),
        (CANCEL, b'{"event_id": "e", "session_hash": "s"}', "fn_index: must be a whole number"),
        (CANCEL, b'{"event_id": "e", "fn_index": 1}', "session_hash: must be text"),
        (RESET, b'{"event_id": 5}', "event_id: must be text"),
    ],
)  # fmt: skip
def test_what_gradio_would_answer_with_500_is_one_line(
    local: TestClient, path: str, body: bytes, message: str
) -> None:
    answer = local.post(path, content=body)
    assert answer.status_code == 400
    assert list(answer.json()) == ["error"]
    assert answer.json()["error"].startswith(message)
    assert "\n" not in answer.json()["error"]


def test_what_only_the_browser_does_is_not_called(local: TestClient) -> None:
    functions = local.app.state.page.get_blocks().fns  # type: ignore[attr-defined]
    numbers = [number for number, function in functions.items() if function.fn is None]
    assert numbers
    for number in numbers:
        refused = local.post(RUN, json={"data": [], "fn_index": number})
        assert refused.status_code == 400
        assert refused.json()["error"].startswith("There is no such function")


@pytest.mark.parametrize("query", ["", "?session_hash=a&session_hash=b", "?session_hash=a/b"])
def test_listening_needs_one_session(local: TestClient, query: str) -> None:
    answer = local.get(f"/gradio_api/queue/data{query}")
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("session_hash")
    assert local.get(f"/gradio_api/heartbeat/{'x' * 65}").status_code == 400


@pytest.mark.parametrize("kind", [b"", b"text/plain", b"multipart/form-data; boundary=x"])
def test_a_call_is_json_whatever_it_says_it_is(local: TestClient, kind: bytes) -> None:
    sent = json.dumps({"data": [KEEPER, []]}).encode()
    answer = local.post("/gradio_api/run/ask", content=sent, headers={b"content-type": kind})
    assert answer.json()["data"][0]["answer"] == "Henrietta Marsh"


def test_a_refusal_is_told_and_a_defect_is_not(
    local: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = local.post("/gradio_api/run/ask", json={"data": ["why " * 300, []]})
    assert refused.status_code == 400
    assert refused.json()["error"].startswith("The question has 1,200 characters")

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(KeywordAssistant, "ask", broken)
    failed = local.post("/gradio_api/run/ask", json={"data": [KEEPER, []]})
    assert (failed.status_code, failed.json()) == (500, {"error": None})


def test_a_session_is_reached_by_its_person_alone(proxied: TestClient) -> None:
    proxied.headers[HEADER] = "eira"
    assert joined(proxied, "ask_typed", [KEEPER, "", None]).status_code == 200
    assert "Henrietta Marsh" in listened(proxied)
    assert "Henrietta Marsh" in saved(proxied)
    assert joined(proxied, "ask_typed", [KEEPER, "", None]).status_code == 200
    proxied.headers[HEADER] = "owen"
    overheard = listened(proxied)
    assert 'session_not_found":true' in overheard
    assert "Henrietta" not in overheard
    assert saved(proxied) == ""
    proxied.headers[HEADER] = "eira"
    assert "Henrietta Marsh" in listened(proxied)


def test_an_event_is_not_listened_to_by_a_sessions_name(proxied: TestClient) -> None:
    """Gradio takes the name of a session for that of an event, too."""
    proxied.headers[HEADER] = "eira"
    assert joined(proxied, "ask_typed", [KEEPER, "", None]).status_code == 200
    proxied.headers[HEADER] = "owen"
    assert "Henrietta" not in proxied.get(f"/gradio_api/call/ask/{SESSION}").text
    proxied.headers[HEADER] = "eira"
    assert "Henrietta Marsh" in listened(proxied)


def test_calls_of_one_person_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.service.CALLS_A_MINUTE", 2)
    with client(decide(public=True)) as public:
        statuses = [public.post(RESET, json={"event_id": "e"}).status_code for _ in range(2)]
        refused = public.post(RESET, json={"event_id": "e"})
    assert statuses == [200, 200]
    assert refused.status_code == 429
    assert refused.json()["error"].startswith("2 calls in a minute of one person is the most")


def test_what_is_kept_of_sessions_is_bounded(local: TestClient) -> None:
    page = local.app.state.page  # type: ignore[attr-defined]
    queue = page.get_blocks()._queue
    assert page.state_holder.capacity == SESSIONS_KEPT
    for kept in (queue.pending_messages_per_session, queue.pending_event_ids_session):
        assert kept.most == SESSIONS_LISTENING
        for number in range(SESSIONS_LISTENING + 5):
            kept[f"test {number}"] = set()
        assert len(kept) == SESSIONS_LISTENING
        kept.clear()


def test_an_answer_waits_in_the_session_that_came_first_of_as_many_as_are_kept(
    local: TestClient,
) -> None:
    queue = local.app.state.page.get_blocks()._queue  # type: ignore[attr-defined]
    asks: list[Any] = [KEEPER, "", None]
    joined(local, "ask_typed", asks)
    assert "Henrietta Marsh" in listened(local)
    for number in range(SESSIONS_LISTENING - 1):
        queue.pending_messages_per_session[f"test {number}"] = None
        queue.pending_event_ids_session[f"test {number}"] = set()
    assert joined(local, "ask_typed", asks).status_code == 200
    assert joined(local, "ask_typed", asks, session_hash="another").status_code == 200
    assert "Henrietta Marsh" in listened(local)
    queue.pending_messages_per_session.clear()
    queue.pending_event_ids_session.clear()


def test_the_names_of_sessions_are_not_logged(local: TestClient) -> None:
    stream = io.StringIO()
    lines = logging.StreamHandler(stream)
    lines.setFormatter(JsonLines())
    log = logging.getLogger("qa.requests")
    log.addHandler(lines)
    log.setLevel(logging.INFO)
    try:
        local.get("/gradio_api/call/ask/secretevent")
        local.get("/gradio_api/heartbeat/secret!session")
        local.get("/gradio_api/queue/data?session_hash=secretsession")
    finally:
        log.removeHandler(lines)
        log.setLevel(logging.NOTSET)
    paths = [json.loads(line)["path"] for line in stream.getvalue().splitlines()]
    assert paths == [
        "/gradio_api/call/ask/*", "/gradio_api/heartbeat/*", "/gradio_api/queue/data"
    ]  # fmt: skip


@pytest.mark.parametrize("path", ["static/" + "a" * 300, "assets/" + "a%20" * 90, "static/%00"])
def test_a_name_that_no_file_has_is_not_found(local: TestClient, path: str) -> None:
    assert local.get(f"/{path}").status_code == 404


def test_the_files_that_gradio_ships_may_be_read() -> None:
    templates = Path(gr.__file__).parent / "templates" / "frontend"
    names = [str(p.relative_to(templates)) for p in templates.rglob("*") if p.is_file()]
    served = [name for name in names if name.startswith(("assets/", "static/"))]
    assert len(served) > 100
    assert [name for name in served if not _READ.fullmatch(f"/{name}")] == []
