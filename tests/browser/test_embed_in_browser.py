"""The chat in other sites' pages (tests/browser/hosts), each from another origin, in Chromium."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, FrameLocator, Page, expect
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp

from qa.access import decide
from qa.serve import listen
from qa.users import add_user
from tests.browser.browsing import chromium, context, needs_chromium, served
from tests.browser.hosts import tokens
from tests.browser.screenshots import ANSWERED
from tests.event_loop import in_event_loop
from tests.keyword_assistant import KeywordAssistant

pytestmark = needs_chromium

HOSTS = Path(__file__).parent / "hosts"
SHIPPED = "http://127.0.0.1:7860"  # where the pages in hosts/ look for the chat
PASSWORD = "correct horse"  # noqa: S105


@contextmanager
def hosted(app: ASGIApp, listener: Any) -> Iterator[None]:
    """The host's site, in a thread of this process."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        yield
    finally:
        server.should_exit = True
        thread.join()


def site(chat: str) -> ASGIApp:
    """The pages of hosts/, with a policy as strict as each of them can have."""
    policies = {
        "bubble.html": f"default-src 'none'; script-src {chat}; frame-src {chat}",
        "iframe.html": f"default-src 'none'; frame-src {chat}",
        "gradio-app.html": "",
    }
    app = Starlette()
    for name, policy in policies.items():
        text = (HOSTS / name).read_text("utf-8").replace(SHIPPED, chat)
        headers = {"Content-Security-Policy": policy} if policy else {}

        def page(_request: Any, text: str = text, headers: Any = headers) -> HTMLResponse:
            return HTMLResponse(text, headers=headers)

        app.add_route(f"/{name}", page)
    return app


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def hosts() -> Iterator[str]:
    """The host's origin; "localhost" is another site than "127.0.0.1" to a browser."""
    with listen("127.0.0.1", 0) as listener:
        origin = f"http://localhost:{listener.getsockname()[1]}"
        access = decide(embed_origins=[origin])
        with served(KeywordAssistant(), access=access) as chat, hosted(site(chat), listener):
            yield origin


@pytest.fixture(params=["wide", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    faults: list[str] = []
    with context(browser, phone=request.param == "phone") as visitor:
        page = visitor.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        yield page
        assert faults == []


def ask_in(frame: FrameLocator | Page) -> None:
    frame.locator("#box textarea").fill(ANSWERED)
    frame.locator("#box textarea").press("Enter")
    expect(frame.locator(".answer .words")).to_have_text("Henrietta Marsh")


def test_the_bubble(page: Page, hosts: str) -> None:
    page.goto(f"{hosts}/bubble.html")
    button = page.get_by_role("button", name="Ask our documents")
    expect(button).to_have_attribute("aria-expanded", "false")
    assert page.locator("iframe").count() == 0
    button.click()
    panel = page.get_by_role("dialog", name="Ask our documents")
    box = panel.bounding_box()
    size = page.viewport_size
    assert box is not None
    assert size is not None
    if size["width"] < 500:
        assert box == {"x": 0, "y": 0, "width": size["width"], "height": size["height"]}
    else:
        assert box["x"] + box["width"] == size["width"] - 20
    ask_in(page.frame_locator("iframe"))
    page.get_by_role("button", name="Close").click()
    expect(panel).to_be_hidden()
    button.click()
    expect(page.frame_locator("iframe").locator(".answer .words")).to_have_text("Henrietta Marsh")


def test_the_bubble_by_keyboard(browser: Browser, hosts: str) -> None:
    with context(browser) as visitor:
        page = visitor.new_page()
        page.goto(f"{hosts}/bubble.html")
        page.get_by_role("button", name="Ask our documents").wait_for()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Close")).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_be_hidden()
        expect(page.get_by_role("button", name="Ask our documents")).to_be_focused()
        page.keyboard.press("Enter")
        frame = page.frame_locator("iframe")
        ask_in(frame)
        frame.locator("#box textarea").press("Escape")  # inside of the frame
        expect(page.get_by_role("dialog")).to_be_hidden()


def test_a_frame(page: Page, hosts: str) -> None:
    page.goto(f"{hosts}/iframe.html")
    ask_in(page.frame_locator("iframe"))


def test_the_web_component_without_a_cdn(page: Page, hosts: str) -> None:
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.goto(f"{hosts}/gradio-app.html")
    ask_in(page)
    local = ("http://127.0.0.1:", "http://localhost:", "data:", "blob:")
    assert [url for url in requested if not url.startswith(local)] == []


def test_a_site_that_is_not_listed_shows_nothing(browser: Browser) -> None:
    with (
        listen("127.0.0.1", 0) as listener,
        served(KeywordAssistant(), access=decide(embed_origins=["http://localhost:1"])) as chat,
        hosted(site(chat), listener),
        context(browser) as visitor,
    ):
        origin = f"http://localhost:{listener.getsockname()[1]}"
        refusals: list[str] = []
        page = visitor.new_page()
        page.on("console", lambda message: refusals.append(message.text))
        page.goto(f"{origin}/iframe.html")
        page.wait_for_load_state("networkidle")
        assert page.frame_locator("iframe").locator("#box").count() == 0
        assert any("frame-ancestors" in text for text in refusals)
        page.goto(f"{origin}/gradio-app.html")
        page.wait_for_load_state("networkidle")
        assert page.locator("#box").count() == 0
        assert any("CORS policy" in text for text in refusals)
        asked = page.evaluate(
            """chat => fetch(`${chat}/api/ask`, {method: "POST", body: '{"question": "zoo?"}'})
              .then(() => "read", () => "refused")""",
            chat,
        )
        assert asked == "refused"


def test_a_sites_visitors_come_with_its_token(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QA_EMBED_SECRET", "e" * 32)
    add_user(tmp_path / "users", "eira", PASSWORD)
    with listen("127.0.0.1", 0) as listener:
        origin = f"http://localhost:{listener.getsockname()[1]}"
        access = decide(users=tmp_path / "users", embed_origins=[origin])
        with (
            served(KeywordAssistant(), access=access) as chat,
            hosted(tokens.app, listener),
            context(browser) as visitor,
        ):
            monkeypatch.setattr(tokens, "CHAT", chat)
            page = visitor.new_page()
            page.goto(origin)
            page.get_by_role("button", name="문서에 질문하기").click()
            ask_in(page.frame_locator("iframe"))
            assert visitor.cookies() == []
            monkeypatch.setattr(tokens, "token_for", lambda visitor: "a.b.c")
            page.goto(origin)
            page.get_by_role("button").click()
            expect(page.frame_locator("iframe").locator("body")).to_contain_text("has expired")


def test_signing_in_refused_and_passed(page: Page, tmp_path: Path) -> None:
    add_user(tmp_path / "users", "eira", PASSWORD)
    with served(KeywordAssistant(), access=decide(users=tmp_path / "users")) as chat:
        page.goto(f"{chat}/")
        assert page.title() == "Sign in – Chapter & Verse"
        expect(page.get_by_label("Name")).to_be_focused()
        for password in ("wrong", PASSWORD):
            page.get_by_label("Name").fill("eira")
            page.get_by_label("Password").fill(password)
            page.keyboard.press("Enter")
            if password == "wrong":  # noqa: S105
                expect(page.get_by_role("alert")).to_have_text(
                    "The name or the password isn't right."
                )
        ask_in(page)
        page.context.clear_cookies()
        page.goto(f"{chat}/config")
        assert page.title() == "Sign in – Chapter & Verse"


def test_inside_of_a_fastapi_application(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    import qa.answer

    closed: list[bool] = []

    class Opened(KeywordAssistant):
        @classmethod
        def open(cls, _directory: object) -> "Opened":
            return cls()

        def uploads(self) -> None:
            return None

        def close(self) -> None:
            closed.append(True)

    monkeypatch.setattr(qa.answer, "Assistant", Opened)

    def built() -> ASGIApp:
        from tests.browser.hosts.fastapi_app import app

        return app

    app = in_event_loop(built)
    with listen("127.0.0.1", 0) as listener, context(browser) as visitor:
        origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with hosted(app, listener):
            page = visitor.new_page()
            page.goto(origin)
            page.get_by_role("button", name="Ask our documents").click()
            ask_in(page.frame_locator("iframe"))
            page.get_by_role("button", name="Close").click()
            page.get_by_role("link").click()
            assert page.url == f"{origin}/chat/"
            ask_in(page)
            page.close()
        assert closed == [True]
