"""The report's page in Chromium: what is chosen is shown, it fits, and it asks for nothing."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from qa.evaluate import evaluate
from qa.gold import Gold
from qa.report_folder import write_report
from tests.browser.browsing import chromium, context
from tests.qa.test_evaluate import DOCUMENTS, QUESTIONS, FakeAssistant
from tests.qa.test_report_page import HOSTILE

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        shutil.which("chromium") is None and "CI" not in os.environ, reason="no chromium on PATH"
    ),
]


@pytest.fixture(params=["wide", "phone"])
def page(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Page]:
    gold = Gold(questions=QUESTIONS, problems=(HOSTILE,))
    report = evaluate(FakeAssistant(DOCUMENTS), gold)
    write_report(tmp_path, report, name="gold.jsonl")
    requested: list[str] = []
    said: list[str] = []
    with chromium() as browser, context(browser, phone=request.param == "phone") as visitor:
        page = visitor.new_page()
        page.on("request", lambda request: requested.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("dialog", lambda dialog: said.append(dialog.message))
        page.goto((tmp_path / "report.html").as_uri())
        yield page
        assert requested == [(tmp_path / "report.html").as_uri()]
        assert said == []


def test_buttons_choose_by_cause_and_kind(page: Page) -> None:
    shown = page.locator(".wrong:visible > summary h3")
    expect(shown).to_have_text(["after south?", "after east?", "after west?", "after both?"])
    page.locator("#show-wrongly_refused").check()
    expect(shown).to_have_text(["after east?", "after west?"])
    page.get_by_label("fact").check()
    expect(shown).to_have_text(["after east?"])
    page.get_by_label("all").first.check()
    expect(shown).to_have_text(["after south?", "after east?"])
    passages = page.locator(".wrong:visible .passage:visible")
    expect(passages).to_have_count(0)
    shown.first.click()
    expect(passages).to_have_count(5)


def test_nothing_is_wider_than_the_window(page: Page) -> None:
    for details in page.locator("details").all():
        details.evaluate("element => { element.open = true }")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
