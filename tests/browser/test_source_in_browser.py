"""A source as it looks, links to share, feedback, the menu and the language, in Chromium."""

import itertools
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from index.types import PageView
from qa.access import decide
from tests.browser.browsing import (
    PATIENCE_MS,
    chromium,
    context,
    is_phone,
    needs_chromium,
    overflows,
    served,
)
from tests.browser.screenshots import ask
from tests.keyword_assistant import KeywordAssistant
from tests.papers import CAPTAIN, FERRY, ferry_assistant, write_pdf

pytestmark = needs_chromium

OFFICE = "When does the ticket office open?"
ROUTER = "How do I reset my router password?"


@pytest.fixture
def assistant(tmp_path: Path) -> Iterator[KeywordAssistant]:
    assistant = ferry_assistant(tmp_path)
    yield assistant
    assert assistant.collection is not None
    assistant.collection.close()


@pytest.fixture
def address(assistant: KeywordAssistant) -> Iterator[str]:
    with served(assistant, ((FERRY, "ferry.pdf"),)) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(params=["wide", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Page]:
    """The first visit; no script may fail, and nothing may be asked of another machine."""
    faults: list[str] = []
    requested: list[str] = []
    with context(browser, phone=request.param == "phone") as visitor:
        page = visitor.new_page()
        page.on("request", lambda request: requested.append(request.url))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if bad(message) else None)
        visit(page, address)
        yield page
        assert faults == []
        assert [url for url in requested if not url.startswith((address, "data:", "blob:"))] == []


def bad(message: object) -> bool:
    return "js_on_load" in getattr(message, "text", "")


def visit(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector("#menu .menu")


def cite(page: Page) -> Locator:
    """Asks for the captain and opens the citation; the boxes of the panel."""
    ask(page, FERRY)
    page.locator(".answer a.citation").first.click()
    boxes = page.locator("#source .box")
    expect(boxes.first).to_be_visible()
    return boxes


def in_view(page: Page, selector: str) -> bool:
    inside: bool = page.locator(selector).first.evaluate(
        """mark => {
          const words = mark.getBoundingClientRect();
          const body = mark.closest(".body").getBoundingClientRect();
          return words.height > 0 && words.top >= body.top && words.bottom <= body.bottom
            && words.left >= body.left && words.right <= body.right;
        }"""
    )
    return inside


def test_a_pdf_opens_on_the_page_as_it_looks(page: Page) -> None:
    boxes = cite(page)
    picture = page.locator("#source img")
    page.wait_for_function("document.querySelector('#source img').naturalWidth === 840")
    expect(picture).to_have_attribute("alt", "page 2 of 3")
    assert boxes.count() == 1
    assert in_view(page, "#source .box")
    # The row stands 90 points above the lower edge of 595, and 40 from the left one of 420.
    places = page.locator("#source .sheet").evaluate(
        """sheet => [sheet, sheet.querySelector(".box")].map(one => {
          const { left, top, width, height } = one.getBoundingClientRect();
          return { left, top, width, height };
        })"""
    )
    sheet, box = places
    assert abs((box["top"] - sheet["top"]) / sheet["height"] - (595 - 90) / 595) < 0.03
    assert 40 / 420 < (box["left"] - sheet["left"]) / sheet["width"] < 0.7
    assert CAPTAIN in page.locator("#source figcaption").inner_text()
    assert not overflows(page)


def test_pages_are_turned_and_text_is_a_switch_away(page: Page) -> None:
    cite(page)
    page.get_by_role("link", name="Next page").click()
    expect(page.locator("#source .pages")).to_contain_text("page 3 of 3")
    expect(page.locator("#source .box")).to_have_count(0)
    expect(page.get_by_role("link", name="Next page")).to_have_count(0)
    page.get_by_role("link", name="Previous page").click()
    expect(page.locator("#source .box")).to_have_count(1)
    assert page.locator("a.citation[aria-current]").count() == 1
    page.get_by_role("link", name="Text", exact=True).click()
    expect(page.locator("#source mark")).to_contain_text(CAPTAIN)
    assert in_view(page, "#source mark")
    page.get_by_role("link", name="Page", exact=True).click()
    expect(page.locator("#source .box")).to_have_count(1)
    page.go_back()  # turning pages is no step of its own
    expect(page.locator("#source .box")).to_be_visible(visible=not is_phone(page))


def test_a_page_that_cannot_be_drawn_says_so(page: Page, assistant: KeywordAssistant) -> None:
    page.route("**/api/page?**", lambda route: route.fulfill(status=400, json={"error": "no"}))
    cite(page)
    expect(page.locator("#source .undrawn")).to_be_visible()


def test_a_link_to_share_opens_on_the_citation(
    browser: Browser, page: Page, address: str, assistant: KeywordAssistant, tmp_path: Path
) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    cite(page)
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link.startswith(f"{address}/#source=ferry.pdf&start=")
    with context(browser, phone=is_phone(page)) as visitor:
        other = visitor.new_page()
        other.goto(link)
        expect(other.locator("#source .box").first).to_be_visible()
        assert in_view(other, "#source .box")
        write_pdf(tmp_path / "papers" / "ferry.pdf", captain="somebody else")
        other.reload()  # the file has changed, but what was read from it is still there
        expect(other.locator("#source .changed")).to_contain_text("The pages can't be shown")
        expect(other.locator("#source mark")).to_contain_text(CAPTAIN)
        other.goto("about:blank")
        other.goto(link.replace("version=", "version=0"))
        expect(other.locator("#source .changed")).to_contain_text("This document has changed")
        expect(other.locator("#source mark")).to_have_count(0)
        del assistant.kept["ferry.pdf"]
        other.goto("about:blank")
        other.goto(link)
        expect(other.locator("#source .body")).to_contain_text("isn't in the collection")


def test_the_original_is_a_click_away(page: Page) -> None:
    ask(page, "Who travels without a ticket as children?")
    page.locator("a.citation", has_text="page.html").first.click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Original file").click()
    assert waiting.value.suggested_filename == "page.html"
    assert "<h1>Fares</h1>" in Path(waiting.value.path()).read_text()


def test_feedback_is_noted_and_can_be_changed(page: Page, assistant: KeywordAssistant) -> None:
    ask(page, FERRY)
    page.get_by_role("button", name="Wrong place").click()
    expect(page.locator(".noted")).to_have_text("Thank you, noted.")
    expect(page.get_by_role("button", name="Wrong place")).to_have_attribute("aria-pressed", "true")
    ask(page, ROUTER)  # the conversation is drawn anew, and what was said stays
    first = page.locator(".feedback").first
    expect(first.locator("[aria-pressed=true]")).to_have_text("Wrong place")
    expect(first.locator(".noted")).to_have_text("Thank you, noted.")
    first.get_by_role("button", name="The answer is").click()
    correction = first.get_by_role("textbox", name="The right answer")
    expect(correction).to_be_focused()
    page.keyboard.type("<b>Eira</b> Parry")
    page.keyboard.press("Enter")
    expect(first.locator("[aria-pressed=true]")).to_have_text("The answer is …")
    expect(correction).to_be_hidden()
    notes = [entry.note for entry in assistant.feedback.entries()]
    assert [(note.verdict, note.correction) for note in notes] == [
        ("correction", "<b>Eira</b> Parry")
    ]
    assert notes[0].question == FERRY
    assert page.locator(".feedback").last.locator("[data-verdict]").count() == 3
    assert not overflows(page)


def test_a_public_page_takes_no_feedback(browser: Browser, assistant: KeywordAssistant) -> None:
    with served(assistant, access=decide(public=True)) as address, context(browser) as visitor:
        page = visitor.new_page()
        visit(page, address)
        ask(page, FERRY)
        expect(page.locator(".answer .time")).to_be_visible()
        assert page.locator(".feedback").count() == 0


def test_a_conversation_is_saved_and_begun_anew(page: Page) -> None:
    ask(page, FERRY)
    ask(page, ROUTER)
    saved = {}
    for kind in ("Markdown", "JSON"):
        page.locator("#menu summary").click()
        with page.expect_download() as waiting:
            page.get_by_role("button", name=f"Save as {kind}").click()
        saved[kind] = Path(waiting.value.path()).read_text("utf-8")
        assert waiting.value.suggested_filename.endswith({"Markdown": ".md", "JSON": ".json"}[kind])
    assert f"## {FERRY}" in saved["Markdown"]
    assert CAPTAIN in saved["Markdown"]
    statuses = [one["status"] for one in json.loads(saved["JSON"])["conversation"]]
    assert statuses == ["answered", "abstained"]
    page.locator("#menu summary").click()
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".answer")).to_have_count(0)
    expect(page.locator(".welcome")).to_be_visible()
    expect(page.locator("#box textarea")).to_be_focused()
    expect(page.locator("#source .panel")).to_have_count(0)


def test_the_language_is_the_browsers_and_can_be_changed(browser: Browser, address: str) -> None:
    with context(browser, locale="ko-KR") as visitor:
        page = visitor.new_page()
        visit(page, address)
        expect(page.locator(".welcome h2")).to_have_text("문서에 물어보세요")
        expect(page.get_by_placeholder("질문을 입력하세요")).to_be_visible()
        expect(page.get_by_role("button", name="질문하기")).to_be_visible()
        assert page.locator("#head").inner_text().split("\n")[-1].startswith("문서 3개")
        ask(page, FERRY)
        expect(page.locator(".answer .confidence").first).to_contain_text("가능성이")
        expect(page.locator("#source .pages")).to_contain_text("3쪽 중 2쪽")
        page.get_by_role("button", name="English").click()
        expect(page.locator("#source .pages")).to_contain_text("page 2 of 3")
        expect(page.locator(".answer .confidence").first).to_contain_text("Very likely right")
        expect(page.get_by_placeholder("Ask a question")).to_be_visible()
        assert page.url.startswith(f"{address}/?lang=en")
        assert page.locator(".gradio-container").get_attribute("lang") == "en"
        ask(page, ROUTER)  # asked in the language that was chosen
        expect(page.locator(".answer.abstained .words")).to_have_text("The documents don't say.")
        visit(page, f"{address}/?lang=ko")
        expect(page.locator(".welcome h2")).to_have_text("문서에 물어보세요")


def test_an_answers_source_that_comes_late_leaves_what_was_opened_since(
    page: Page, assistant: KeywordAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn, may_draw = assistant.page_view, threading.Event()
    calls = itertools.count()

    def draw(name: str, start: int, end: int, number: int | None = None) -> PageView:
        if next(calls) == 0:  # for the answer; the page that is opened by hand comes sooner
            assert may_draw.wait(PATIENCE_MS / 1000)
        return drawn(name, start, end, number)

    monkeypatch.setattr(assistant, "page_view", draw)
    cite(page)
    page.get_by_role("link", name="Text", exact=True).click()
    expect(page.locator("#source mark")).to_contain_text(CAPTAIN)
    with page.expect_request(lambda request: request.url.endswith("/run/predict")):
        may_draw.set()
    expect(page.locator("#source mark")).to_contain_text(CAPTAIN)
    expect(page.locator("#source .box")).to_have_count(0)


def test_a_citation_leaves_the_conversation_and_the_addresss_query(
    page: Page, address: str
) -> None:
    visit(page, f"{address}/?lang=ko")
    cite(page)
    assert page.url.startswith(f"{address}/?lang=ko#source=ferry.pdf&")
    page.locator("#source [href$='view=text']").click()
    expect(page.locator("#source mark")).to_contain_text(CAPTAIN)
    assert page.url.startswith(f"{address}/?lang=ko#source=ferry.pdf&")
    page.go_back()  # the text took the page's place, so this leaves the panel
    assert page.url == f"{address}/?lang=ko"
    expect(page.locator(".answer")).to_have_count(1)
    page.locator("#head a").click()
    expect(page.locator("#documents .panel")).to_be_visible()
    assert page.url == f"{address}/?lang=ko#documents"


def test_another_language_leaves_what_is_being_opened(page: Page) -> None:
    cite(page)
    held: list[Route] = []
    page.route(
        lambda url: url.endswith("/run/predict"),
        lambda route: (
            held.append(route)
            if not held and '"as_text":true' in (route.request.post_data or "")
            else route.continue_()
        ),
    )
    page.get_by_role("link", name="Text", exact=True).click()
    if is_phone(page):
        page.evaluate("document.querySelector('[data-speak=ko]').click()")
    else:
        page.get_by_role("button", name="한국어").click()
    expect(page.locator("#box textarea")).to_have_attribute("placeholder", "질문을 입력하세요")
    held[0].continue_()
    expect(page.locator("#source mark")).to_contain_text(CAPTAIN)
    expect(page.locator("#source .box")).to_have_count(0)


def test_how_sure_an_answer_must_be_is_chosen_in_the_menu(
    page: Page, address: str, assistant: KeywordAssistant
) -> None:
    page.get_by_label("Menu").click()
    page.get_by_label("90 % of such answers are right").check()
    page.keyboard.press("Escape")
    ask(page, FERRY)
    assert assistant.precisions[-1] == 0.9
    visit(page, page.url)  # it stays chosen
    page.get_by_label("Menu").click()
    expect(page.get_by_label("90 % of such answers are right")).to_be_checked()
    page.get_by_label("likely right (as set here)").check()
    ask(page, FERRY)
    assert assistant.precisions[-1] is None
    assert "precision" not in page.url


def test_the_keyboard_reaches_all(page: Page, assistant: KeywordAssistant) -> None:
    ask(page, FERRY)
    page.locator(".answer a.citation").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.className === 'body'")
    if is_phone(page):
        page.keyboard.press("Escape")
        expect(page.locator("#source .box").first).to_be_hidden()
        assert page.evaluate("document.activeElement.className") == "citation"
    page.locator(".answer a.citation").last.focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.verdict") == "up"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.locator(".noted")).to_have_text("Thank you, noted.")
    page.locator("#menu summary").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="New conversation")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="New conversation")).to_be_hidden()
    expect(page.locator("#menu summary")).to_be_focused()
