"""The page as a visitor sees it, in Chromium."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.browsing import chromium, context, is_phone, needs_chromium, overflows, served
from tests.browser.screenshots import ABSTAINED, ANSWERED, HOSTILE, UNSURE, ask
from tests.keyword_assistant import HOSTILE as HOSTILE_TEXT
from tests.keyword_assistant import HOSTILE_NAME, KeywordAssistant

pytestmark = needs_chromium

EXAMPLES = ((ANSWERED, "town/chronicle.txt"),)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(KeywordAssistant(), EXAMPLES) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def requested() -> list[str]:
    """Every address that the page asked for."""
    return []


@pytest.fixture(params=["wide", "phone"])
def page(
    request: pytest.FixtureRequest, browser: Browser, address: str, requested: list[str]
) -> Iterator[Page]:
    """The first visit; no script may fail, and nothing may be asked of another machine."""
    faults: list[str] = []
    with context(browser, phone=request.param == "phone") as visitor:
        page = visitor.new_page()
        page.on("request", lambda request: requested.append(request.url))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(address)
        page.wait_for_selector(".welcome")
        yield page
        assert faults == []
        assert [url for url in requested if not url.startswith((address, "data:", "blob:"))] == []


def shown_in_panel(page: Page) -> bool:
    """Whether the marked words are inside the visible part of the source."""
    inside: bool = page.locator("#source mark").evaluate(
        """mark => {
          const words = mark.getBoundingClientRect();
          const body = mark.closest(".body").getBoundingClientRect();
          const middle = document.elementFromPoint(
            (words.left + words.right) / 2, (words.top + words.bottom) / 2);
          return words.top >= body.top && words.bottom <= body.bottom && middle === mark;
        }"""
    )
    return inside


def test_first_visit(page: Page) -> None:
    assert page.title() == "Chapter & Verse"
    assert page.locator("[data-question]").all_inner_texts() == [ANSWERED]
    assert "3 documents" in page.locator("#head").inner_text()
    assert page.locator("footer").filter(visible=True).count() == 0
    assert not overflows(page)


def test_an_example_is_asked_by_a_click(page: Page) -> None:
    page.click("[data-question]")
    expect(page.locator(".answer .words")).to_have_text("Henrietta Marsh")
    assert page.locator(".question").inner_text() == ANSWERED


def test_the_citation_opens_on_the_words_far_down_a_long_document(page: Page) -> None:
    ask(page, ANSWERED)
    assert page.locator(".answer.answered .words").inner_text() == "Henrietta Marsh"
    assert page.locator(".answer blockquote mark").inner_text() == "Henrietta Marsh"
    assert "Very likely right (97 %)" in page.locator(".answer").inner_text()
    mark = page.locator("#source mark")
    if is_phone(page):
        expect(mark).to_be_hidden()
    else:  # a fresh answer opens its source by itself
        expect(mark).to_have_text("Henrietta Marsh")
        page.wait_for_function("document.querySelector('#source .body').scrollTop > 0")
        assert shown_in_panel(page)
        page.locator("#source .body").evaluate("body => { body.scrollTop = 0 }")
        assert not shown_in_panel(page)
    page.click(".answer a.citation")
    expect(mark).to_be_visible()
    page.wait_for_function("document.querySelector('#source .body').scrollTop > 0")
    assert mark.inner_text() == "Henrietta Marsh"
    assert shown_in_panel(page)
    assert not overflows(page)
    assert page.locator("a.citation[aria-current]").count() == 1


def test_back_returns_to_the_conversation(page: Page) -> None:
    ask(page, ANSWERED)
    page.click(".answer a.citation")
    expect(page.locator("#source mark")).to_be_visible()
    page.go_back()
    expect(page.locator("#source mark")).to_be_visible(visible=not is_phone(page))
    page.click(".answer a.citation")
    expect(page.locator("#source mark")).to_be_visible()
    if is_phone(page):
        page.click("#source .back")
        expect(page.locator("#source mark")).to_be_hidden()
        expect(page.locator(".answer")).to_be_visible()


def test_a_link_opens_on_its_citation_in_a_fresh_page(
    browser: Browser, page: Page, address: str
) -> None:
    ask(page, ANSWERED)
    link = page.locator(".answer a.citation").get_attribute("href")
    with context(browser, phone=is_phone(page)) as visitor:
        other = visitor.new_page()
        other.goto(f"{address}/{link}")
        expect(other.locator("#source mark")).to_have_text("Henrietta Marsh")
        other.wait_for_function("document.querySelector('#source .body').scrollTop > 0")
        assert shown_in_panel(other)


def test_keyboard_alone_is_enough(browser: Browser, address: str) -> None:
    with context(browser) as visitor:
        page = visitor.new_page()
        page.goto(address)
        page.wait_for_selector(".welcome")
        page.focus("#box textarea")
        page.keyboard.type(ANSWERED)
        page.keyboard.press("Enter")
        page.wait_for_selector(".answer.answered")
        for _ in range(6):  # over the five verdicts on the answer
            page.keyboard.press("Shift+Tab")
        assert page.evaluate("document.activeElement.className") == "citation"
        page.keyboard.press("Enter")
        page.wait_for_function("document.activeElement.className === 'body'")
        assert shown_in_panel(page)


def test_unsure_is_worded_as_a_possibility(page: Page) -> None:
    ask(page, UNSURE)
    assert page.locator(".answer.unsure").inner_text().startswith("Possibly")


def test_an_abstention_offers_the_nearest_places(page: Page) -> None:
    ask(page, ABSTAINED)
    answer = page.locator(".answer.abstained")
    assert answer.locator(".words").inner_text() == "The documents don't say."
    assert answer.locator("a.citation").count() == 3
    answer.locator("a.citation").last.click()
    mark = page.locator("#source mark")
    expect(mark).to_be_visible()
    assert mark.inner_text() in answer.locator(".excerpt").last.inner_text()
    assert not overflows(page)


def test_a_question_that_cannot_be_asked_says_why_and_is_kept(page: Page) -> None:
    page.press("#box textarea", "Enter")
    expect(page.locator(".notice")).to_have_text("The question is empty: ask one in a sentence.")
    long = "why " * 299 + "why?"
    page.fill("#box textarea", long)
    page.press("#box textarea", "Enter")
    expect(page.locator(".notice")).to_contain_text("1,200 characters")
    assert page.input_value("#box textarea") == long
    ask(page, ANSWERED)
    assert page.locator(".notice").count() == 0


def test_hostile_text_is_only_text(page: Page) -> None:
    question = f"{HOSTILE} <img src=x onerror=window.hacked=7>"
    ask(page, question)
    page.click(".answer a.citation >> nth=0")
    expect(page.locator("#source .text")).to_contain_text("<script>window.hacked=3</script>")
    expect(page.locator("#source .text")).to_contain_text("{{{value}}} </mark></section> today.")
    expect(page.locator("#source .text")).to_contain_text("\ufffdreversed\ufffd")
    assert page.locator(".question").inner_text() == question
    name = HOSTILE_NAME.replace("\u202e", "\ufffd").replace("\x1b", "\ufffd")
    expect(page.locator("#source header")).to_contain_text(name)
    expect(page.locator("#source header")).to_contain_text("<h1>Not a title</h1>")
    assert page.evaluate("typeof window.hacked") == "undefined"
    assert page.locator("#parts script, #parts img, #parts b, #parts h1").count() == 0
    assert "{{this}}" in HOSTILE_TEXT
    expect(page.locator("#source .text")).to_contain_text("{{this}}")
    assert not overflows(page)


def test_visitors_do_not_see_each_other(browser: Browser, page: Page, address: str) -> None:
    ask(page, ANSWERED)
    with context(browser) as visitor:
        other = visitor.new_page()
        other.goto(address)
        other.wait_for_selector(".welcome")
        ask(other, ABSTAINED)
        assert other.locator(".question").all_inner_texts() == [ABSTAINED]
    ask(page, UNSURE)
    assert page.locator(".question").all_inner_texts() == [ANSWERED, UNSURE]


@pytest.mark.parametrize("dark", [False, True])
def test_text_stands_out_from_its_ground(browser: Browser, address: str, dark: bool) -> None:
    """WCAG AA: a contrast of 4.5 to 1 for every piece of text on the page."""
    with context(browser, dark=dark) as visitor:
        page = visitor.new_page()
        page.goto(address)
        page.wait_for_selector(".welcome")
        assert page.evaluate(FAINT) == []
        for question in (ANSWERED, UNSURE, ABSTAINED, HOSTILE):
            ask(page, question)
            assert page.evaluate(FAINT) == []
        page.press("#box textarea", "Enter")
        page.wait_for_selector(".notice")
        assert page.evaluate(FAINT) == []


FAINT = """() => {
  const parse = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = colour => colour.slice(0, 3)
    .map(part => part / 255)
    .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
  const ground = element => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.length < 4 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const faint = [];
  const texts = document.createTreeWalker(
    document.querySelector(".gradio-container"), NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !element.checkVisibility()) continue;
    if (element.closest("style, script, .sr-only")) continue;
    const [a, b] = [light(parse(getComputedStyle(element).color)), light(ground(element))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) faint.push(`${texts.currentNode.data.slice(0, 30)}: ${contrast}`);
  }
  return faint;
}"""
