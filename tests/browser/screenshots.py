"""Takes the page's main states as pictures: python -m tests.browser.screenshots FOLDER.

With --collection DIR the pictures are of a real collection and of the questions given with
--answered, --unsure, --abstained and --page (answered from a PDF); else of three small texts.
"""

import argparse
import io
from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

from qa.examples import Examples
from qa.service import EXAMPLES
from qa.visible import Assistant
from tests.browser.browsing import chromium, context, served
from tests.keyword_assistant import KeywordAssistant

ANSWERED = "Who was the lighthouse keeper called?"
UNSURE = "When is the elephant and penguin feeding?"
ABSTAINED = "How do I reset my router password?"
HOSTILE = "Where does the treasure lie under?"


def ask(page: Page, question: str) -> None:
    """Asks and waits for the answer."""
    turns = page.locator(".answer:not(.waiting)").count()
    page.fill("#box textarea", question)
    page.press("#box textarea", "Enter")
    page.locator(".answer:not(.waiting)").nth(turns).wait_for()


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--collection")
    parser.add_argument("--answered", default=ANSWERED)
    parser.add_argument("--unsure", default=UNSURE)
    parser.add_argument("--abstained", default=ABSTAINED)
    parser.add_argument("--page")
    options = parser.parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    assistant, examples = _assistant(options.collection)
    states: dict[str, Callable[[Page], None]] = {
        "first": lambda page: None,
        "answered": lambda page: ask(page, options.answered),
        "source": lambda page: _open_source(page, options.answered),
        "unsure": lambda page: ask(page, options.unsure),
        "abstained": lambda page: ask(page, options.abstained),
        "error": _too_long,
        "feedback": lambda page: _correct(page, options.answered),
        "korean": lambda page: _speak(page, options.answered),
    }
    if options.page:
        states["page"] = lambda page: _open_source(page, options.page)
    if not options.collection:
        states["hostile"] = lambda page: _open_source(page, HOSTILE)
    with served(assistant, examples) as address, chromium() as browser:
        for dark in (False, True):
            for phone in (False, True):
                for name, state in states.items():
                    with context(browser, phone=phone, dark=dark) as visitor:
                        page = visitor.new_page()
                        page.goto(address)
                        page.wait_for_selector(".welcome")
                        state(page)
                        page.wait_for_timeout(300)
                        parts = [name, "390" if phone else "1280", *(["dark"] if dark else [])]
                        _take(page, options.folder / f"{'-'.join(parts)}.png")
        with served(KeywordAssistant(()), ()) as empty:
            page = context(browser).new_page()
            page.goto(empty)
            page.wait_for_selector(".welcome")
            _take(page, options.folder / "empty-1280.png")


def _take(page: Page, path: Path) -> None:
    """A picture in 128 colours, which is a third of the bytes and looks the same."""
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)


def _assistant(collection: str | None) -> tuple[Assistant, Examples]:
    if collection is None:
        return KeywordAssistant(), ((ANSWERED, "town/chronicle.txt"), (UNSURE, "zoo.txt"))
    from qa.answer import Assistant as CollectionAssistant

    assistant = CollectionAssistant.open(collection)
    assistant.search("ready")  # the first one loads the models
    return assistant, EXAMPLES


def _open_source(page: Page, question: str) -> None:
    ask(page, question)
    page.locator("a.citation").first.click()
    page.locator("#source mark, #source .box").first.wait_for()
    page.wait_for_function("[...document.images].every(image => image.complete)")


def _correct(page: Page, question: str) -> None:
    ask(page, question)
    page.click("[data-verdict=up]")
    page.wait_for_selector(".noted:not(:empty)")
    page.click("[data-verdict=correction]")


def _speak(page: Page, question: str) -> None:
    page.click("[data-speak=ko]")
    page.wait_for_selector("[data-language=ko]")
    ask(page, question)


def _too_long(page: Page) -> None:
    page.fill("#box textarea", "why " * 300)
    page.press("#box textarea", "Enter")
    page.wait_for_selector(".notice")


if __name__ == "__main__":
    main()
