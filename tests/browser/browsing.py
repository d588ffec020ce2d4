"""A page under test: a server on a free loopback port, and Chromium that looks at it."""

import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from qa.access import Access
from qa.examples import Examples
from qa.serve import AnnouncingServer, listen
from qa.service import build_app
from qa.uploads import Uploads
from qa.visible import Assistant
from tests.event_loop import in_event_loop

needs_chromium = [
    pytest.mark.browser,
    # Never left out unseen where changes are checked: there it fails.
    pytest.mark.skipif(
        shutil.which("chromium") is None and "CI" not in os.environ, reason="no chromium on PATH"
    ),
]
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDE = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
PATIENCE_MS = 60_000  # for a busy machine


@contextmanager
def served(
    assistant: Assistant,
    examples: Examples = (),
    access: Access | None = None,
    uploads: Uploads | None = None,
) -> Iterator[str]:
    """The address of the service over the assistant, in a thread of this process."""
    with listen("127.0.0.1", 0) as listener:
        app = in_event_loop(lambda: build_app(assistant, examples, access, uploads))
        server = AnnouncingServer(app)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            while not server.started and thread.is_alive():
                time.sleep(0.01)
            yield "http://{}:{}".format(*listener.getsockname())
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium, without a window."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=list(ARGUMENTS)
        )
        yield browser
        browser.close()


def context(
    browser: Browser, *, phone: bool = False, dark: bool = False, locale: str = "en-GB"
) -> BrowserContext:
    """A visitor of their own."""
    options: dict[str, Any] = {"color_scheme": "dark" if dark else "light", "locale": locale}
    if phone:
        options |= {"device_scale_factor": 2, "is_mobile": True, "has_touch": True}
    visitor = browser.new_context(viewport=PHONE if phone else WIDE, **options)  # type: ignore[arg-type]
    visitor.set_default_timeout(PATIENCE_MS)
    return visitor


def is_phone(page: Page) -> bool:
    return page.viewport_size is not None and page.viewport_size["width"] < 500


def overflows(page: Page) -> bool:
    wider: bool = page.evaluate(
        "document.scrollingElement.scrollWidth > document.documentElement.clientWidth"
    )
    return wider
