"""Who gets in, against the whole application: each way of access, and each way around it."""

import base64
import io
import json
import logging
import time
from collections.abc import Iterator
from pathlib import Path

import jwt
import pytest
from fastapi.testclient import TestClient

from qa import present
from qa.access import Access, decide
from qa.labels import ENGLISH
from qa.request_log import JsonLines
from qa.service import build_app
from qa.sign_in import TRIES, safe_path
from qa.users import add_user
from tests.event_loop import in_event_loop
from tests.keyword_assistant import KeywordAssistant

KEEPER = "Who was the lighthouse keeper called?"
PASSWORD = "correct horse"  # noqa: S105
SECRET = "e" * 32
SITE = "https://example.org"
EVIL = {"Origin": "https://evil.example"}
HERE = {"Origin": "http://127.0.0.1"}
PAGE = {"Accept": "text/html"}
# Of every kind: ours, Gradio's, MCP's, files, scripts with a version.
CLOSED = [
    ("GET", "/"), ("GET", "/config"), ("GET", "/gradio.js"), ("GET", "/metrics"),
    ("GET", "/api/page"), ("GET", "/api/original"),
    ("GET", "/api/documents"), ("POST", "/api/ask"), ("POST", "/api/search"), ("POST", "/mcp"),
    ("GET", "/mcp"), ("GET", "/gradio_api/info"), ("GET", "/gradio_api/openapi.json"),
    ("POST", "/gradio_api/queue/join"), ("GET", "/gradio_api/queue/data"),
    ("POST", "/gradio_api/call/ask"), ("POST", "/gradio_api/run/ask"),
    ("POST", "/gradio_api/upload"), ("GET", "/gradio_api/file=/etc/passwd"),
    ("POST", "/gradio_api/component_server"), ("GET", "/gradio_api/heartbeat/x"),
    ("GET", "/gradio_api/mcp/schema"), ("GET", "/monitoring"), ("GET", "/theme.css"),
    ("GET", "/assets/x.js"), ("GET", "//health"), ("GET", "/health/../config"),
    ("GET", "/login/../config"), ("GET", "/%2e%2e/health"), ("POST", "/logout"),
    ("DELETE", "/health/x"), ("GET", "/nowhere"),
]  # fmt: skip


def client(
    access: Access, address: str = "127.0.0.1", base: str = "http://127.0.0.1"
) -> TestClient:
    app = in_event_loop(lambda: build_app(KeywordAssistant(), access=access))
    return TestClient(app, base, client=(address, 5), follow_redirects=False)


@pytest.fixture(scope="module")
def users(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("people") / "users"
    add_user(path, "eira", PASSWORD)
    return path


@pytest.fixture(scope="module")
def signing(users: Path) -> Iterator[TestClient]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QA_EMBED_SECRET", SECRET)
        access = decide(users=users, embed_origins=[SITE], proxies=["10.0.0.1"])
    with client(access) as running:
        yield running


@pytest.fixture(autouse=True)
def nobody_is_signed_in(signing: TestClient) -> None:
    signing.cookies.clear()


def sign_in(client: TestClient, password: str = PASSWORD, **form: str) -> int:
    fields = {"username": "eira", "password": password, **form}
    return client.post("/login", data=fields, headers=HERE | PAGE).status_code


def token(**claims: object) -> str:
    claims = {"sub": "visitor-1", "exp": time.time() + 600, **claims}
    return jwt.encode(claims, SECRET, "HS256")


@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_nothing_is_had_without_signing_in(signing: TestClient, method: str, path: str) -> None:
    response = signing.request(method, path)
    assert response.status_code == 401, response.text
    assert response.json() == {"error": "Please sign in first"}


def test_what_is_open_tells_nothing(signing: TestClient) -> None:
    assert signing.get("/health").json() == {"status": "ready"}
    assert "Henrietta" not in signing.get("/embed.js").text
    assert signing.get("/login").status_code == 200


def test_a_browser_is_led_to_the_form_and_back(signing: TestClient) -> None:
    response = signing.get("/config", headers=PAGE)
    assert (response.status_code, response.headers["location"]) == (303, "/login?next=%2Fconfig")
    assert signing.get("/", headers=PAGE).headers["location"] == "/login"
    form = signing.get("/login?next=/config")
    assert '<input type="hidden" name="next" value="/config">' in form.text
    assert "script" not in form.text
    assert "default-src 'none'" in form.headers["content-security-policy"]
    assert form.headers["cache-control"] == "no-store"
    response = signing.post(
        "/login",
        data={"username": "eira", "password": PASSWORD, "next": "/config"},
        headers=HERE | PAGE,
    )
    assert (response.status_code, response.headers["location"]) == (303, "/config")


def test_one_sign_in_is_enough_for_everything(signing: TestClient) -> None:
    assert sign_in(signing) == 303
    assert signing.get("/").status_code == 200
    assert signing.get("/config").json()["title"] == "Chapter & Verse"
    assert signing.post("/api/ask", json={"question": KEEPER}).json()["answer"] == "Henrietta Marsh"
    assert signing.get("/health").json()["documents"] == 3
    listed = signing.post(
        "/mcp",
        json={"jsonrpc": "2.0", "id": 1, "method": "tools/list"},
        headers={"Accept": "application/json, text/event-stream"},
    )
    names = [tool["name"] for tool in listed.json()["result"]["tools"]]
    assert names == ["ask", "search", "read"]
    assert signing.post("/logout", headers=HERE).status_code == 303
    assert signing.get("/config").status_code == 401


def test_the_cookies_flags(signing: TestClient, users: Path) -> None:
    form = {"username": "eira", "password": PASSWORD}
    cookie = signing.post("/login", data=form, headers=HERE).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" not in cookie
    assert PASSWORD not in cookie
    with client(decide(users=users, proxies=["10.0.0.1"]), "10.0.0.1") as proxied:
        secure = proxied.post("/login", data=form, headers={"X-Forwarded-Proto": "https"})
        assert "secure" in secure.headers["set-cookie"].lower()


def test_a_wrong_password_and_an_unknown_name_look_alike(signing: TestClient) -> None:
    wrong = {"username": "eira", "password": "wrong"}
    unknown = {"username": "nobody", "password": "wrong"}
    answers = [signing.post("/login", data=form, headers=PAGE) for form in (wrong, unknown)]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].text == answers[1].text
    assert 'role="alert"' in answers[0].text
    assert signing.post("/login", data={"username": "eira"}).status_code == 401
    assert signing.post("/login", content=b"\xff&&==" * 100).status_code == 401
    assert "set-cookie" not in answers[0].headers


def test_tries_are_limited(users: Path) -> None:
    with client(decide(users=users)) as tried:
        assert [sign_in(tried, "wrong") for _ in range(TRIES)] == [401] * TRIES
        refused = tried.post("/login", data={"username": "eira", "password": PASSWORD})
        assert refused.status_code == 429
        assert 1 <= int(refused.headers["retry-after"]) <= 301
        assert refused.json()["error"].startswith("Too many tries to sign in: please wait")
        basic = {"Authorization": basic_of("eira", "guess")}
        assert tried.get("/config", headers=basic).status_code == 429


def test_right_passwords_are_not_counted_as_tries(users: Path) -> None:
    with client(decide(users=users)) as tried:
        assert {sign_in(tried) for _ in range(TRIES + 2)} == {303}


def basic_of(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def test_programs_send_name_and_password(signing: TestClient) -> None:
    def status(authorization: str) -> int:
        return signing.get("/api/documents", headers={"Authorization": authorization}).status_code

    assert status(basic_of("eira", PASSWORD)) == 200
    assert status(basic_of("eira", PASSWORD)) == 200
    assert status(basic_of("eira", "wrong")) == 401
    assert status("Basic !!!") == 401
    assert status("Basic " + base64.b64encode(b"\xff\xfe").decode()) == 401
    assert status("Bearer") == 401
    assert status("Bearer a.b.c") == 401


@pytest.mark.parametrize(
    "path",
    ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)",
     "/\t/evil.example", "\n//evil.example", "/a\r\nSet-Cookie: a=b", "evil.example", "/\\/a", ""],
)  # fmt: skip
def test_signing_in_leads_to_no_other_site(signing: TestClient, path: str) -> None:
    assert safe_path(path) is None
    response = signing.post(
        "/login", data={"username": "eira", "password": PASSWORD, "next": path}, headers=PAGE
    )
    assert (response.status_code, response.headers["location"]) == (303, "/")


def test_another_site_can_not_use_a_session(signing: TestClient) -> None:
    assert sign_in(signing) == 303
    ask = {"question": KEEPER}
    assert signing.post("/api/ask", json=ask, headers=EVIL).status_code == 403
    for origin in ("null", "http://[", "http://127.0.0.1:1", "http://127.0.0.1.evil.example"):
        assert signing.post("/api/ask", json=ask, headers={"Origin": origin}).status_code == 403
    assert signing.post("/mcp", json={}, headers=EVIL).status_code == 403
    assert signing.post("/logout", headers=EVIL).status_code == 403
    for site in ("cross-site", "same-site"):
        fetched = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "no-cors"}
        assert signing.post("/api/ask", json=ask, headers=fetched).status_code == 403
        assert signing.get("/api/documents", headers=fetched).status_code == 401
        followed = fetched | {"Sec-Fetch-Mode": "navigate"}
        assert signing.get("/", headers=followed).status_code == 200
    # A listed site may ask, with a token of its own; a session isn't its to use either.
    assert signing.post("/api/ask", json=ask, headers={"Origin": SITE}).status_code == 401


def test_only_listed_origins_may_read(signing: TestClient) -> None:
    preflight = {"Access-Control-Request-Method": "POST"}
    for path in ("/api/ask", "/gradio_api/queue/join", "/mcp", "/gradio.js"):
        refused = signing.options(path, headers=EVIL | preflight)
        assert refused.status_code == 400
        assert "access-control-allow-origin" not in refused.headers
        allowed = signing.options(path, headers={"Origin": SITE} | preflight)
        assert allowed.headers["access-control-allow-origin"] == SITE
    for path in ("/health", f"/t/{token()}/config"):
        assert "access-control-allow-origin" not in signing.get(path, headers=EVIL).headers
        read = signing.get(path, headers={"Origin": SITE})
        assert read.headers["access-control-allow-origin"] == SITE
        assert "origin" in read.headers["vary"].lower()
    ancestors = signing.get("/health").headers["content-security-policy"]
    assert ancestors.startswith(f"frame-ancestors 'self' {SITE};")


def test_a_token_is_a_visitor_of_another_site(signing: TestClient) -> None:
    ask = {"question": KEEPER}
    for good in (f"/t/{token()}/api/ask", "/api/ask"):
        headers = {"Origin": SITE} | (
            {} if "/t/" in good else {"Authorization": f"Bearer {token()}"}
        )
        answered = signing.post(good, json=ask, headers=headers)
        assert answered.json()["answer"] == "Henrietta Marsh"
    config = signing.get(f"/t/{(good := token())}/config").json()
    assert config["root"] == f"http://127.0.0.1/t/{good}"
    other = jwt.encode({"sub": "v", "exp": time.time() + 600}, "x" * 32, "HS256")
    for void in (token(exp=time.time() - 1), token(exp=time.time() + 10**6), other, "a.b.c"):
        refused = signing.get(f"/t/{void}/config", headers=PAGE)
        assert refused.status_code == 401
        assert "expired" in refused.json()["error"]
    assert signing.post(f"/t/{token()}/gradio_api/upload", files={"f": b"x"}).status_code == 403


def test_a_token_can_not_pass_for_a_user(signing: TestClient) -> None:
    visitor = token(sub="eira")
    signing.cookies.set("qa_session", visitor)
    assert signing.get("/config").status_code == 401


def test_tokens_are_refused_where_there_is_no_secret(users: Path) -> None:
    with client(decide(users=users)) as without:
        assert without.get(f"/t/{token()}/config").status_code == 401
    with client(decide()) as local:
        assert local.get(f"/t/{token()}/config").status_code == 401


def test_the_header_of_a_proxy_and_of_nobody_else() -> None:
    access = decide(trusted_header="X-Remote-User", proxies=["10.0.0.0/24"], names=["chat.test"])
    eira = {"X-Remote-User": "eira"}
    with client(access, "10.0.0.7", "http://chat.test") as proxied:
        assert proxied.get("/config", headers=eira).status_code == 200
        assert proxied.get("/config").json() == {
            "error": "Please come through the proxy, which says who you are"
        }
        assert proxied.get("/config", headers={"X-Remote-User": " "}).status_code == 401
        assert proxied.get("/login").status_code == 401
        twice = [("X-Remote-User", "admin"), ("X-Remote-User", "eira")]
        assert proxied.get("/config", headers=twice).status_code == 401
        assert proxied.post("/api/ask", json={}, headers=eira | EVIL).status_code == 403
    with client(access, "192.0.2.9", "http://chat.test") as direct:
        assert direct.get("/config", headers=eira).status_code == 401


def test_forwarded_addresses_are_believed_of_proxies_only() -> None:
    access = decide(public=True, proxies=["10.0.0.1"], questions_a_minute=1)
    first, second = ({"X-Forwarded-For": f"198.51.100.{n}"} for n in (1, 2))
    ask = {"question": KEEPER}
    with client(access, "10.0.0.1") as proxied:
        assert proxied.post("/api/ask", json=ask, headers=first).status_code == 200
        assert proxied.post("/api/ask", json=ask, headers=second).status_code == 200
        assert proxied.post("/api/ask", json=ask, headers=first).status_code == 429
    with client(access, "192.0.2.9") as direct:
        assert direct.post("/api/ask", json=ask, headers=first).status_code == 200
        assert direct.post("/api/ask", json=ask, headers=second).status_code == 429
        config = direct.get("/config", headers={"X-Forwarded-Host": "evil.example"}).json()
        assert config["root"] == "http://127.0.0.1"
        config = direct.get("/config", headers={"X-Gradio-Server": "http://evil.example"}).json()
        assert config["root"] == "http://127.0.0.1"


def test_local_means_this_computer() -> None:
    with client(decide(), "192.0.2.9") as elsewhere:
        assert elsewhere.get("/health").status_code == 403
    with client(decide(), "::1") as here:
        assert here.get("/health").status_code == 200


def test_public_is_read_only() -> None:
    with client(decide(public=True), "192.0.2.9") as public:
        assert public.post("/api/ask", json={"question": KEEPER}).status_code == 200
        for path in ("/gradio_api/upload", "/gradio_api/component_server", "/api/documents", "/x"):
            refused = public.post(path)
            assert refused.status_code == 403
            assert refused.json()["error"].startswith("This chat is read-only")
        assert public.delete("/api/ask").status_code == 403
        assert public.get("/metrics").status_code == 400


def test_names_that_are_not_the_services() -> None:
    with client(decide(public=True, names=["Chat.Test"]), "192.0.2.9") as named:

        def status(host: str) -> int:
            return named.get("/health", headers={"Host": host}).status_code

        assert status("chat.test") == status("chat.test:8000") == status("192.0.2.1:7860") == 200
        assert status("[2001:db8::1]:7860") == status("localhost") == 200
        for host in (
            "evil.example",
            "chat.test.evil.example",
            "127.0.0.1.evil.example",
            "",
            "a@b",
            "[",
            "[x]",
        ):
            assert status(host) == 400


@pytest.mark.parametrize(
    "path",
    ["/gradio_api/file=/etc/passwd", "/gradio_api/file=../../pyproject.toml",
     "/gradio_api/file=%2e%2e/%2e%2e/etc/passwd", "/gradio_api/file=pyproject.toml",
     "/gradio_api/file=http://127.0.0.1:1/", "/gradio_api/file/etc/passwd",
     "/gradio_api/proxy=http://127.0.0.1:1/", "/assets/../../../pyproject.toml",
     "/assets/%2e%2e/%2e%2e/app.py", "/static/..%2f..%2fpyproject.toml",
     "/gradio_api/heartbeat/../../config.json", "/t/../etc/passwd",
     "/custom_component/x/client/y/z",
     "/gradio_api/upload_progress", "/embed.js/../../users", "/theme.css/..%5c..%5cusers"],
)  # fmt: skip
def test_no_file_of_the_machine_is_had(signing: TestClient, path: str) -> None:
    assert sign_in(signing) == 303
    response = signing.get(path)
    assert response.status_code in (400, 401, 403, 404, 405, 422), response.text
    assert "root:" not in response.text
    assert "[project]" not in response.text


def test_private_endpoints_of_the_page_open_only_what_the_page_shows(signing: TestClient) -> None:
    assert sign_in(signing) == 303
    functions = signing.get("/config").json()["dependencies"]
    assert {f["api_name"] for f in functions if f["api_visibility"] == "public"} == {"ask", "chat"}
    opening = next(f["id"] for f in functions if f["api_name"] == "open_source")
    wanted = {"document": "../../etc/passwd", "start": 0, "end": 1}
    opened = signing.post(
        "/gradio_api/run/predict",
        json={"data": [], "fn_index": opening, "event_data": wanted, "session_hash": "s"},
    )
    assert opened.status_code == 200
    assert present.escape(ENGLISH.removed) in opened.json()["data"][0]


def test_a_question_in_a_path_is_not_logged_nor_anything_that_ends_a_line(
    signing: TestClient,
) -> None:
    stream = io.StringIO()
    lines = logging.StreamHandler(stream)
    lines.setFormatter(JsonLines())
    log = logging.getLogger("qa.requests")
    log.addHandler(lines)
    log.setLevel(logging.INFO)
    try:
        signing.get(
            "/nowhere%0a%7B%22level%22:1%7D%1b%5b31m?q=secret", headers={"X-Request-ID": "a\tb"}
        )
        signing.post("/login", data={"username": "a\nb", "password": "secret"})
        asked = signing.post(f"/t/{token()}/api/ask", json={"question": f"{KEEPER} secret"})
    finally:
        log.removeHandler(lines)
        log.setLevel(logging.NOTSET)
    written = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [line["path"] for line in written] == [
        '/nowhere\n{"level":1}\x1b[31m', "/login", "/api/ask"
    ]  # fmt: skip
    assert [line["status"] for line in written] == [401, 401, 200]
    assert written[2]["who"] == "name embed:visitor-1"
    assert written[2]["request"] == asked.headers["x-request-id"]
    assert len({line["request"] for line in written}) == 3
    for word in ("secret", "lighthouse", "Henrietta", "visitor-1.", token()[:20]):
        assert word not in stream.getvalue()


def test_an_error_is_logged_without_its_message() -> None:
    with pytest.raises(ValueError, match="could not") as caught:
        float("what somebody asked")
    info = (caught.type, caught.value, caught.tb)
    record = logging.LogRecord("qa", logging.ERROR, "", 0, "it failed: %s", ("asked",), info)
    line = json.loads(JsonLines().format(record))
    assert (line["error"], line["event"]) == ("ValueError", "it failed: %s")
    assert "test_gate.py" in line["where"][-1]
    assert "asked" not in json.dumps(line).replace("it failed", "")


def test_questions_of_one_person_are_limited_however_they_are_asked(users: Path) -> None:
    with client(decide(users=users, questions_a_minute=2)) as limited:
        assert sign_in(limited) == 303
        assert limited.post("/api/ask", json={"question": KEEPER}).status_code == 200
        assert limited.post("/api/search", json={"query": "zoo"}).status_code == 200
        refused = limited.post("/api/ask", json={"question": KEEPER})
        assert refused.status_code == 429
        assert 1 <= int(refused.headers["retry-after"]) <= 61
        assert refused.json()["error"].startswith("2 questions in a minute of one person is")
        call = {"name": "ask", "arguments": {"question": KEEPER}}
        told = limited.post(
            "/mcp",
            json={"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call},
            headers={"Accept": "application/json, text/event-stream"},
        ).json()["result"]
        assert told["isError"]
        assert told["content"][0]["text"].startswith("2 questions in a minute")


def test_figures_for_prometheus() -> None:
    with client(decide()) as asked:
        asked.post("/api/ask", json={"question": KEEPER})
        asked.post("/api/ask", json={"question": ""})
        figures = asked.get("/metrics")
    assert figures.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = figures.text.splitlines()
    assert 'qa_questions_total{status="answered"} 1.0' in lines
    assert 'qa_questions_total{status="refused"} 1.0' in lines
    assert 'qa_questions_total{status="abstained"} 0.0' in lines
    assert "qa_question_seconds_count 2.0" in lines
    assert "qa_documents 3.0" in lines
    assert "qa_passages 1801.0" in lines
    assert "lighthouse" not in figures.text
