"""Ways in that Gradio's advisories teach, against the whole application over a real collection.

docs/security.md has the table: which threat, what stops it, and which test holds it.
"""

import base64
import hashlib
import io
import json
import logging
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from starlette.routing import Route

from index.upload_folders import folder_of
from qa.access import Access, decide
from qa.answer import Assistant
from qa.request_log import JsonLines
from qa.service import build_app
from qa.users import add_user
from tests.event_loop import in_event_loop
from tests.small_collection import FILES, small_collection

PASSWORD = "correct horse"  # noqa: S105
SECRET_WORDS = "the password is swordfish"  # noqa: S105
HEADER = "X-Remote-User"
TOWER = "How many steps has the secret tower?"
PLAN = "The secret tower has 99 steps. Xyzzyquux."
NAME = f"{folder_of('eira')}/plan.txt"
SESSION = "x7k2m9"
PDF = Path(__file__).parents[2] / "docs" / "sample" / "deportation-1937.pdf"


@pytest.fixture
def assistant(tmp_path: Path) -> Iterator[Assistant]:
    (tmp_path / "secret.txt").write_text(SECRET_WORDS)
    files = FILES | {"page.html": "<p>The well is 9 feet deep.</p><script>alert(1)</script>"}
    with small_collection(tmp_path, files) as assistant:
        yield assistant


@contextmanager
def client(
    assistant: Assistant, access: Access | None = None, **headers: str
) -> Iterator[TestClient]:
    app = in_event_loop(lambda: build_app(assistant, (), access, assistant.uploads()))
    with TestClient(
        app, "http://127.0.0.1", headers=headers, client=("127.0.0.1", 5), follow_redirects=False
    ) as running:
        yield running


@pytest.fixture
def local(assistant: Assistant) -> Iterator[TestClient]:
    with client(assistant) as running:
        yield running


@pytest.fixture
def proxied(assistant: Assistant) -> Iterator[TestClient]:
    with client(assistant, decide(trusted_header=HEADER, proxies=["127.0.0.1"])) as running:
        yield running


def send(client: TestClient, name: str, content: str | bytes, **fields: str) -> Any:
    data = content.encode() if isinstance(content, str) else content
    return client.post("/api/documents", files={"file": (name, data)}, data=fields)


def number_of(client: TestClient, function: str) -> int:
    functions = client.get("/config").json()["dependencies"]
    return next(int(f["id"]) for f in functions if f["api_name"] == function)


def run(client: TestClient, function: str, data: list[Any], event: object = None) -> Any:
    """A private function of the page, by direct POST."""
    body = {"data": data, "fn_index": number_of(client, function), "session_hash": SESSION}
    return client.post("/gradio_api/run/predict", json={**body, "event_data": event})


def ask_on_the_page(client: TestClient, question: str) -> str:
    body = {
        "data": [question, "", None],
        "fn_index": number_of(client, "ask_typed"),
        "session_hash": SESSION,
    }
    assert client.post("/gradio_api/queue/join", json=body).status_code == 200
    return client.get("/gradio_api/queue/data", params={"session_hash": SESSION}).text


def mcp(client: TestClient, method: str, **params: object) -> str:
    return client.post(
        "/mcp",
        json={"jsonrpc": "2.0", "id": 1, "method": method, "params": params},
        headers={"Accept": "application/json, text/event-stream"},
    ).text


# --- which ways there are ---

ROUTES = {
    ("GET", "/health"), ("GET", "/metrics"), ("GET", "/api/documents"), ("POST", "/api/ask"),
    ("POST", "/api/search"), ("GET", "/api/page"), ("GET", "/api/original"),
    ("POST", "/api/documents"), ("DELETE", "/api/documents"), ("GET", "/embed.js"),
    ("GET", "/gradio.js"), ("GET", "/login"), ("POST", "/login"), ("POST", "/logout"),
    ("POST", "/mcp"),
}  # fmt: skip
FUNCTIONS = {
    "ask_typed", "ask_example", "open_source", "begin_anew", "give", "greet", "speak", "save",
    "list_documents", "list_documents_1", "chat", "ask",
}  # fmt: skip


def test_every_way_in_is_one_that_is_tested_here(assistant: Assistant, tmp_path: Path) -> None:
    """A route or function that is added has to be added to these tests, too."""
    add_user(tmp_path / "users", "eira", PASSWORD)
    with client(assistant, decide(users=tmp_path / "users")) as running:
        routes = running.app.routes  # type: ignore[attr-defined]
        found = {
            (method, route.path)
            for route in routes
            if isinstance(route, APIRoute | Route)
            for method in route.methods or ()
            if method not in ("HEAD", "OPTIONS")
        }
        assert found == ROUTES
        functions = running.app.state.page.get_blocks().fns.values()  # type: ignore[attr-defined]
        assert {f.api_name for f in functions if f.fn} == FUNCTIONS
        assert [route for route in routes if not isinstance(route, APIRoute | Route)][1:] == []


# --- files of the machine ---


def test_no_parameter_leads_out_of_the_collection(local: TestClient, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    names = [
        "../secret.txt", "../../secret.txt", str(secret), f"file://{secret}", "..\\secret.txt",
        "town/../../secret.txt", "./bridge.txt", "bridge.txt/../../secret.txt", "bridge.txt\0",
        "%2e%2e/secret.txt", "~/.ssh/id_rsa", "/etc/passwd", "collection.sqlite3", "", ".", "*",
        "\u202e", "bridge.txt ", "CON", "C:\\secret.txt", "\ud83d", "uploads/everybody",
    ]  # fmt: skip
    for name in names:
        params = {"document": name.encode("utf-8", "surrogatepass").decode("latin-1")}
        answers = [
            local.get("/api/original", params=params),
            local.get("/api/page", params={**params, "page": "1"}),
            local.delete("/api/documents", params=params),
        ]
        sent = name.encode("utf-8", "replace").decode()
        answers.append(local.post("/api/ask", json={"question": "a?", "documents": [sent]}))
        for answer in answers:
            assert answer.status_code == 400, (name, answer.text)
            assert list(answer.json()) == ["error"]
        told = [
            *(answer.text for answer in answers),
            run(local, "open_source", [], {"document": sent, "start": 0, "end": 5}).text,
            mcp(local, "tools/call", name="read", arguments={"document": sent}),
            mcp(local, "resources/read", uri=f"document:///{sent}"),
        ]
        assert "swordfish" not in "".join(told)
    assert secret.exists()


def test_a_link_in_the_folder_of_uploads_is_not_followed(local: TestClient, tmp_path: Path) -> None:
    assert send(local, "plan.txt", PLAN).status_code == 201
    kept = tmp_path / "collection" / "uploads" / "everybody" / "plan.txt"
    kept.unlink()
    kept.symlink_to(tmp_path / "secret.txt")
    answer = local.get("/api/original", params={"document": "plan.txt"})
    assert answer.status_code == 400
    assert "swordfish" not in answer.text


# --- what the server is made to fetch ---


@contextmanager
def watched_address() -> Iterator[tuple[str, list[str]]]:
    """An address on this computer, and what was asked of it."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", asked
        finally:
            server.shutdown()
            thread.join()


def test_nothing_is_fetched_for_anybody(local: TestClient) -> None:
    with watched_address() as (address, asked):
        file = {"path": f"{address}/a", "url": f"{address}/b", "meta": {"_type": "gradio.FileData"}}
        for path in ("file=", "proxy=", "file/"):
            assert local.get(f"/gradio_api/{path}{address}/x").status_code == 404
        assert local.post("/gradio_api/call/ask", json={"data": [file, []]}).status_code == 400
        assert local.post("/gradio_api/run/chat", json={"data": ["a", [file]]}).status_code == 400
        assert run(local, "open_source", [], {"document": f"{address}/d"}).status_code == 200
        local.post("/api/ask", json={"question": f"What stands at {address}/q?"})
        page = (
            f"<base href='{address}/'><link rel=stylesheet href=s.css><img src=i.png>"
            f"<iframe src='{address}/f'></iframe><script src='{address}/j'></script>"
            f"<meta http-equiv=refresh content='0;url={address}/r'><p>The mill has 7 wheels.</p>"
        )
        assert send(local, "mill.html", page).status_code == 201
        note = f"![i]({address}/m.png) [l]({address}/l)\n\nThe forge has 3 doors.\n"
        assert send(local, "forge.md", note).status_code == 201
        entity = f"<!DOCTYPE a [<!ENTITY x SYSTEM '{address}/x'>]><html><body>&x; hi</body></html>"
        send(local, "entity.xhtml", entity)
        headers = {"X-Gradio-Server": address, "X-Forwarded-Host": address, "Referer": address}
        assert local.get("/config", headers=headers).status_code == 200
    assert asked == []


# --- other sites ---

CHANGING = [
    ("POST", "/api/ask"), ("POST", "/api/search"), ("POST", "/api/documents"),
    ("DELETE", "/api/documents"), ("POST", "/mcp"), ("POST", "/gradio_api/queue/join"),
    ("POST", "/gradio_api/run/predict"), ("POST", "/gradio_api/call/ask"),
    ("POST", "/gradio_api/cancel"), ("POST", "/gradio_api/reset"), ("POST", "/login"),
    ("POST", "/logout"), ("POST", "/nowhere"),
]  # fmt: skip
FOREIGN = [
    {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
    {"Origin": "http://127.0.0.1:8080"}, {"Origin": "http://localhost.evil.example"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1"},
]  # fmt: skip


def test_no_other_site_changes_anything(assistant: Assistant, tmp_path: Path) -> None:
    """A page elsewhere posts a form, whose type needs no preflight; the cookie comes along."""
    add_user(tmp_path / "users", "eira", PASSWORD)
    for access in (decide(), decide(users=tmp_path / "users")):
        with client(assistant, access) as running:
            if access.users:
                form = {"username": "eira", "password": PASSWORD}
                assert running.post("/login", data=form).status_code == 200
                assert running.cookies
            for method, path in CHANGING:
                for foreign in FOREIGN:
                    headers = {**foreign, "Content-Type": "text/plain"}
                    answer = running.request(method, path, headers=headers, content="{}")
                    assert answer.status_code == 403, (method, path, foreign)
                    assert "access-control-allow-origin" not in answer.headers


def test_no_answer_leads_to_another_site(assistant: Assistant, tmp_path: Path) -> None:
    add_user(tmp_path / "users", "eira", PASSWORD)
    page = {"Accept": "text/html"}
    with client(assistant, decide(users=tmp_path / "users")) as running:
        for path in (
            "//evil.example", "//evil.example/", "/\\evil.example", "/%2f%2fevil.example/",
            "/login?next=//evil.example", "/config//evil.example", "/health/",
            "/gradio_api/file=https://evil.example/", "/login/", "/mcp/", "/https://evil.example",
        ):  # fmt: skip
            for signed_in in ({}, {"Authorization": _basic("eira", PASSWORD)}):
                answer = running.get(path, headers=page | signed_in)
                leads = answer.headers.get("location", "/")
                assert re.match(r"/(?![/\\])|http://127\.0\.0\.1/", leads), (path, leads)


def _basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


# --- files that aren't what they say ---


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.pdf", b"<html><body>The mill has 7 wheels.</body></html>"),
        ("text.pdf", b"The mill has 7 wheels."),
        ("page.docx", b"<html>The mill</html>"),
        ("text.xlsx", b"The mill has 7 wheels."),
        ("picture.txt", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8),
        ("program.txt", b"\x7fELF" + bytes(2000)),
        ("book.txt", PDF.read_bytes()),
        ("archive.md", b"PK\x03\x04" + bytes(range(256)) * 8),
    ],
)
def test_a_file_that_is_another_kind_is_refused(
    local: TestClient, tmp_path: Path, name: str, content: bytes
) -> None:
    answer = send(local, name, content)
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"].startswith(name)
    assert "\n" not in answer.json()["error"]
    uploads = tmp_path / "collection" / "uploads"
    assert [path for path in uploads.rglob("*") if path.is_file()] == []


def test_script_in_a_document_never_runs_from_here(local: TestClient) -> None:
    script = "<script>alert(1)</script><p>The mill has 7 wheels.</p>"
    assert send(local, "mill.html", script).status_code == 201
    for name in ("mill.html", "page.html"):
        answer = local.get("/api/original", params={"document": name})
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["content-disposition"].startswith("attachment")
        assert answer.headers["content-security-policy"].startswith("sandbox")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    text = "<script>alert(2)</script> The forge has 3 doors."
    assert send(local, "forge.txt", text).status_code == 201
    plain = local.get("/api/original", params={"document": "forge.txt"})
    assert plain.headers["content-type"] == "text/plain; charset=utf-8"
    assert plain.headers["content-security-policy"].startswith("sandbox")
    shown = run(local, "open_source", [], {"document": "forge.txt", "start": 0, "end": 8}).json()
    asked = ask_on_the_page(local, "How many doors has the forge?")
    for page in (shown["data"][0], asked, run(local, "greet", []).text):
        assert "<script" not in page


def test_every_answer_has_the_headers(local: TestClient) -> None:
    for method, path in [*sorted(ROUTES), *CHANGING, ("GET", "/"), ("GET", "/gradio_api/info")]:
        headers = local.request(method, path).headers
        assert headers["x-content-type-options"] == "nosniff", path
        policy = headers["content-security-policy"]
        assert "frame-ancestors 'self'" in policy, path
        if path != "/login":
            assert "object-src 'none'; base-uri 'self'" in policy, path


# --- signing in ---


def test_an_unknown_name_costs_the_same_work_over_http(
    assistant: Assistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_user(tmp_path / "users", "eira", PASSWORD)
    worked: list[tuple[int, int]] = []
    scrypt = hashlib.scrypt

    def counted(password: bytes, **costs: Any) -> bytes:
        worked.append((costs["n"], len(costs["salt"])))
        return scrypt(password, **costs)

    with client(assistant, decide(users=tmp_path / "users")) as running:
        monkeypatch.setattr(hashlib, "scrypt", counted)
        told = []
        for name in ("eira", "nobody", "", "e\nira", "x" * 5000, "\u202eeira", "eira\0"):
            form = {"username": name, "password": "wrong"}
            answer = running.post("/login", data=form)
            told.append((answer.status_code, answer.text, len(worked)))
        assert {told_once[:2] for told_once in told} == {told[0][:2]}
        assert [told_once[2] for told_once in told] == list(range(1, 8))
        assert len(set(worked)) == 1
        basic = running.get("/config", headers={"Authorization": _basic("nobody", "wrong")})
        assert (basic.status_code, len(worked)) == (401, 8)


# --- the log ---


def test_nothing_that_is_sent_makes_a_line_of_the_log(
    proxied: TestClient, assistant: Assistant
) -> None:
    stream = io.StringIO()
    lines = logging.StreamHandler(stream)
    lines.setFormatter(JsonLines())
    root = logging.getLogger()
    root.addHandler(lines)
    logging.getLogger("qa.requests").setLevel(logging.INFO)
    forged = '\n{"level":"info","who":"admin"}\r\n\x1b[2J\u2028'
    try:
        proxied.headers[HEADER] = "eira\x1b[31m"
        proxied.post("/api/ask", json={"question": f"When? {forged} swordfish"})
        proxied.post("/api/search", json={"query": forged})
        send(proxied, f"plan{forged}.txt", PLAN)
        send(proxied, f"plan{forged}.exe", PLAN)
        proxied.delete("/api/documents", params={"document": forged})
        proxied.get("/nowhere/" + "%0a%7B%22a%22:1%7D%1b%e2%80%a8")
        proxied.get("/health", headers={"User-Agent": "a\x1bb", "Referer": "x\ty"})
        ask_on_the_page(proxied, f"When was the iron bridge opened? {forged}")
    finally:
        root.removeHandler(lines)
        logging.getLogger("qa.requests").setLevel(logging.NOTSET)
    written = stream.getvalue()
    assert re.fullmatch(r"[\x20-\x7e\n]+", written)
    parsed = [json.loads(line) for line in written.splitlines()]
    assert len(parsed) == 10  # one a request; the last asks in three
    assert {line["log"] for line in parsed} == {"qa.requests"}
    assert {line["who"] for line in parsed} == {"name eira\x1b[31m"}
    assert "swordfish" not in written


# --- one person's documents, by every way ---


def everything_told(client: TestClient, name: str) -> dict[str, str]:
    """What each route and function gives this client, asked for that document where it can be."""
    place = {"document": name, "start": 0, "end": 5}
    only = {"question": TOWER, "documents": [name]}
    ticked = json.dumps({"only": [name]})
    return {
        "/health": client.get("/health").text.partition('"documents"')[0],
        "GET /api/documents": client.get("/api/documents").text,
        "/api/ask": client.post("/api/ask", json={"question": TOWER}).text,
        "/api/ask, of that": client.post("/api/ask", json=only).text,
        "/api/search": client.post("/api/search", json={"query": TOWER, "limit": 100}).text,
        "/api/page": client.get("/api/page", params={"document": name, "page": "1"}).text,
        "/api/original": client.get("/api/original", params={"document": name}).text,
        "/metrics": client.get("/metrics").text,
        "mcp ask": mcp(client, "tools/call", name="ask", arguments={"question": TOWER}),
        "mcp search": mcp(client, "tools/call", name="search", arguments={"query": TOWER}),
        "mcp read": mcp(client, "tools/call", name="read", arguments={"document": name}),
        "mcp list": mcp(client, "resources/list"),
        "mcp resource": mcp(client, "resources/read", uri=f"document:///{name}"),
        "/gradio_api/run/ask": client.post("/gradio_api/run/ask", json={"data": [TOWER, []]}).text,
        "/gradio_api/run/chat": client.post(
            "/gradio_api/run/chat", json={"data": [TOWER, []]}
        ).text,
        "greet": run(client, "greet", []).text,
        "speak": run(client, "speak", [None]).text,
        "list_documents": run(client, "list_documents", []).text,
        "open_source": run(client, "open_source", [], place).text,
        "save": run(client, "save", [None], {"kind": "json"}).text,
        "ask_typed": ask_on_the_page(client, TOWER),
        "ask_typed, ticked": run(client, "ask_typed", [TOWER, ticked, None]).text,
        "ask_example": run(client, "ask_example", [ticked, None], {"question": TOWER}).text,
        "give": run(client, "give", [None, None], {"exchange": "x", "verdict": "up"}).text,
        "/config": client.get("/config").text,
        "/": client.get("/").text,
        "DELETE": client.delete("/api/documents", params={"document": name}).text,  # the last
    }


def test_an_upload_never_answers_another_by_any_way(
    proxied: TestClient, assistant: Assistant
) -> None:
    proxied.headers[HEADER] = "eira"
    assert send(proxied, "plan.txt", PLAN).json()["document"] == NAME
    assert "99" in ask_on_the_page(proxied, TOWER)
    proxied.headers[HEADER] = "owen"
    for way, text in everything_told(proxied, NAME).items():
        others = text.replace(NAME, "")  # which was sent along
        assert "plan.txt" not in others, way
        assert "secret tower has" not in others, way
        assert "Xyzzyquux" not in others, way
        assert folder_of("eira") not in others, way
    proxied.headers[HEADER] = "eira"
    mine = everything_told(proxied, NAME)
    telling = {way for way, text in mine.items() if "secret tower has" in text}
    assert {"/api/ask", "/api/search", "/api/original", "mcp read", "ask_typed"} <= telling


def test_a_public_chat_notes_nothing_of_what_is_posted_to_it(assistant: Assistant) -> None:
    with client(assistant, decide(public=True)) as public:
        asked = ask_on_the_page(public, "When was the iron bridge opened?")
        assert "1901" in asked
        page = public.app.state.page  # type: ignore[attr-defined]
        (session,) = page.state_holder.session_data.values()
        exchange = next(
            kept[0].id for kept in session.state_data.values() if isinstance(kept, tuple) and kept
        )
        said = {"exchange": exchange, "verdict": "up"}
        assert "read-only" in run(public, "give", [None, None], said).text
    assert assistant.feedback.entries() == ()
    with client(assistant) as local:
        ask_on_the_page(local, "When was the iron bridge opened?")


# --- what is removed ---


def test_what_is_removed_stands_in_no_file(local: TestClient, tmp_path: Path) -> None:
    assert send(local, "plan.txt", PLAN).status_code == 201
    assert "Xyzzyquux" in local.post("/api/search", json={"query": "xyzzyquux"}).text
    assert local.delete("/api/documents", params={"document": "plan.txt"}).status_code == 200
    local.post("/api/search", json={"query": "anything"})  # brings the indexes in line
    holding = [
        path.name
        for path in (tmp_path / "collection").rglob("*")
        if path.is_file() and re.search(rb"xyzzyquux|secret tower", path.read_bytes(), re.I)
    ]
    assert holding == []


# --- sockets ---


def test_no_more_connections_than_are_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.browser.browsing import served
    from tests.keyword_assistant import KeywordAssistant

    monkeypatch.setattr("qa.serve.CONNECTIONS_AT_ONCE", 3)
    ask = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with served(KeywordAssistant()) as address:
        host, port = address.removeprefix("http://").split(":")
        held = [socket.create_connection((host, int(port)), 60) for _ in range(4)]
        try:
            for connection in held:
                connection.sendall(ask)
            answers = [connection.recv(12) for connection in held]
        finally:
            for connection in held:
                connection.close()
    assert b"HTTP/1.1 503" in answers
    with served(KeywordAssistant()) as address:
        host, port = address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), 60) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 70_000)
            assert connection.recv(12) == b"HTTP/1.1 400"
