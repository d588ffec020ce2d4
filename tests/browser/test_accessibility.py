"""axe-core finds nothing serious in the page's main states, light and dark, at both widths."""

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.browsing import chromium, context, needs_chromium, served
from tests.browser.screenshots import ABSTAINED, UNSURE, ask
from tests.papers import FERRY, ferry_assistant

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    assistant = ferry_assistant(tmp_path_factory.mktemp("ferry"))
    assert assistant.collection is not None
    with served(assistant, ((FERRY, "ferry.pdf"),)) as address:
        yield address
    assistant.collection.close()


def open_page(page: Page) -> None:
    ask(page, FERRY)
    page.locator("a.citation").first.click()
    expect(page.locator("#source .box").first).to_be_visible()


def open_text(page: Page) -> None:
    open_page(page)
    page.locator("#source [href$='view=text']").click()
    expect(page.locator("#source mark")).to_be_visible()


def correct(page: Page) -> None:
    ask(page, FERRY)
    page.click("[data-verdict=up]")
    expect(page.locator(".noted")).not_to_be_empty()
    page.click("[data-verdict=correction]")
    page.click("#menu summary")


def refuse(page: Page) -> None:
    page.press("#box textarea", "Enter")
    page.wait_for_selector(".notice")


STATES: tuple[Callable[[Page], None], ...] = (
    lambda page: None,
    correct,
    lambda page: ask(page, UNSURE),
    lambda page: ask(page, ABSTAINED),
    open_page,
    open_text,
    refuse,
)


@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_serious(browser: Browser, address: str, phone: bool, dark: bool) -> None:
    found = []
    with context(browser, phone=phone, dark=dark) as visitor:
        for state in STATES:
            page = visitor.new_page()
            page.goto(f"{address}/?lang={'ko' if dark else 'en'}")
            page.wait_for_selector("#menu .menu")
            state(page)
            for violation in Axe().run(page).response["violations"]:
                if violation["impact"] in ("serious", "critical"):
                    nodes = [node["html"][:200] for node in violation["nodes"]]
                    found.append((violation["id"], nodes))
            page.close()
    assert found == []
