"""The documents on the page: brought in, ticked, looked at, taken out again, in Chromium."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from qa.access import decide
from qa.labels import ENGLISH
from tests.browser.browsing import chromium, context, is_phone, needs_chromium, overflows, served
from tests.browser.screenshots import ask
from tests.browser.test_page_in_browser import FAINT
from tests.small_collection import small_collection

pytestmark = needs_chromium

FILES = {
    f"bridge-{number:02}.txt": f"The iron bridge number {number} was opened in {1900 + number}."
    for number in range(14)
}
TOWER = "How many steps has the secret tower?"
HOSTILE_NAME = "<img src=x onerror=window.hacked=1>.txt"
HEADER = "X-Remote-User"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    with (
        small_collection(tmp_path, FILES) as assistant,
        served(assistant, uploads=assistant.uploads()) as address,
    ):
        yield address


@pytest.fixture(params=["wide", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Page]:
    """The list of documents; no script may fail."""
    faults: list[str] = []
    with context(browser, phone=request.param == "phone") as visitor:
        page = visitor.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(f"{address}/#documents")
        page.wait_for_selector(".adding .choose")
        yield page
        assert faults == []


def file(name: str, text: str) -> FilePayload:
    return {"name": name, "mimeType": "text/plain", "buffer": text.encode()}


def add(page: Page, *files: FilePayload) -> None:
    page.set_input_files("#adding [type=file]", list(files))


def item(page: Page, name: str) -> str:
    return f'#documents li[data-document="{name}"]'


def ask_beside(page: Page, question: str) -> None:
    """Asks; on a phone the list covers the conversation, so it is left first and opened after."""
    if is_phone(page):
        page.click("#documents .back")
    ask(page, question)


def test_an_upload_is_asked_and_removed(page: Page) -> None:
    add(page, file("tower.txt", "The secret tower has 99 steps."))
    expect(page.locator(".adding .files li.done")).to_have_text("tower.txtAdded")
    expect(page.locator("#head")).to_contain_text("15 documents")
    expect(page.locator(item(page, "tower.txt"))).to_be_visible()
    ask_beside(page, TOWER)
    assert page.locator(".answer .words").first.inner_text() == "99"
    page.click("#head a[href='#documents']")
    row = page.locator(item(page, "tower.txt"))
    row.locator("summary").click()
    details = row.locator("dl").inner_text().split("\n")
    assert details[details.index("Format") + 1] == "txt"
    assert details[details.index("Characters") + 1] == "30"
    assert "Added" in details
    row.locator("[data-remove=ask]").click()
    assert page.evaluate("document.activeElement.dataset.remove") == "no"
    page.keyboard.press("Enter")
    expect(row.locator(".sure")).to_be_hidden()
    row.locator("[data-remove=ask]").click()
    assert not overflows(page)
    row.locator("[data-remove=yes]").click()
    expect(row).to_have_count(0)
    expect(page.locator("#head")).to_contain_text("14 documents")
    assert page.locator("#documents details[open]").count() == 0
    ask_beside(page, TOWER)
    assert "99" not in page.locator(".answer .words").last.inner_text()


def test_of_several_files_one_fails_and_the_others_come_in(page: Page) -> None:
    add(
        page,
        file("tower.txt", "The secret tower has 99 steps."),
        file("empty.txt", " "),
        file("run.exe", "x"),
        file("well.txt", "The well is 40 feet deep."),
    )
    rows = page.locator(".adding .files li")
    expect(rows.nth(3)).to_have_text("well.txtAdded")
    expect(rows.nth(0)).to_have_text("tower.txtAdded")
    expect(rows.nth(1)).to_contain_text("empty.txtis empty: it holds no text")
    expect(rows.nth(2)).to_have_text("run.exeis of a kind that can't be read")
    expect(page.locator("#head")).to_contain_text("16 documents")
    assert page.locator(".adding .files progress").count() == 0
    assert not overflows(page)


def test_only_ticked_documents_are_asked(page: Page) -> None:
    expect(page.locator(".chosen")).to_be_hidden()
    page.click("#documents [data-tick=none]")
    chip = page.locator(".chosen")
    expect(chip).to_have_text("Asking 0 of 14 documents")
    page.locator(item(page, "bridge-05.txt")).get_by_role("checkbox").check()
    expect(chip).to_have_text("Asking 1 of 14 documents")
    ask_beside(page, "When was the iron bridge number 9 opened?")
    assert "1905" in page.locator(".answer").last.inner_text()
    assert "1909" not in page.locator(".answer").last.inner_text()
    page.click("#head a[href='#documents']")
    page.click("#documents [data-tick=all]")
    expect(chip).to_be_hidden()
    page.locator(item(page, "bridge-09.txt")).get_by_role("checkbox").uncheck()
    expect(chip).to_have_text("Asking 13 of 14 documents")
    ask_beside(page, "When was the iron bridge number 9 opened?")
    assert "1909" not in page.locator(".answer").last.inner_text()
    page.locator(".chosen").click()
    expect(chip).to_be_hidden()
    assert page.evaluate("document.activeElement.tagName") == "TEXTAREA"
    ask(page, "When was the iron bridge number 9 opened?")
    assert "1909" in page.locator(".answer").last.inner_text()


def test_no_document_ticked_says_so(page: Page) -> None:
    page.click("#documents [data-tick=none]")
    if is_phone(page):
        page.click("#documents .back")
    page.fill("#box textarea", TOWER)
    page.press("#box textarea", "Enter")
    expect(page.locator(".notice")).to_have_text("No document is ticked: tick those to ask, or all")


def test_the_filter_and_the_ticks_outlive_a_new_list(page: Page) -> None:
    page.locator(item(page, "bridge-05.txt")).get_by_role("checkbox").uncheck()
    page.fill("#documents .filter", "BRIDGE-0")
    expect(page.locator("#documents li").filter(visible=True)).to_have_count(10)
    add(page, file("bridge-00b.txt", "Another bridge was opened in 1950."))
    expect(page.locator("#documents li").filter(visible=True)).to_have_count(11)
    boxes = page.locator("#documents li input")
    assert [number for number in range(15) if not boxes.nth(number).is_checked()] == [6]
    expect(page.locator(".chosen")).to_have_text("Asking 14 of 15 documents")
    page.click("#documents [data-tick=none]")  # of those that are seen
    expect(page.locator(".chosen")).to_have_text("Asking 4 of 15 documents")
    page.fill("#documents .filter", "nothing of the kind")
    expect(page.locator("#documents .filtered")).to_have_text("No document has that in its name")


def test_a_hostile_name_and_text_are_only_text(page: Page) -> None:
    add(
        page, file(HOSTILE_NAME, "<script>window.hacked=2</script> has 5 doors. ${window.hacked=3}")
    )
    expect(page.locator(".adding .files bdi")).to_have_text(HOSTILE_NAME)
    expect(page.locator("#head")).to_contain_text("15 documents")
    row = page.locator("#documents li").first
    row.locator("summary").click()
    expect(row.locator("dl")).to_contain_text(HOSTILE_NAME)
    row.locator("a").click()
    expect(page.locator("#source .text")).to_contain_text("<script>window.hacked=2</script>")
    page.click("#head a[href='#documents']") if not is_phone(page) else page.go_back()
    row.locator("[data-remove=ask]").click()
    row.locator("[data-remove=yes]").click()
    expect(page.locator("#head")).to_contain_text("14 documents")
    assert page.evaluate("typeof window.hacked") == "undefined"
    assert page.locator("#parts script, #parts img").count() == 0


def test_files_are_dropped_anywhere_on_the_panel(page: Page) -> None:
    page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.items.add(new File(["The secret tower has 99 steps."], "tower.txt"));
          const panel = document.querySelector("#documents .body");
          for (const type of ["dragover", "drop"]) {
            const event = new DragEvent(type, {
              dataTransfer: data, bubbles: true, cancelable: true });
            if (panel.dispatchEvent(event)) throw Error(`${type} was left to the browser`);
          }
        }"""
    )
    expect(page.locator(".adding .files li.done")).to_have_text("tower.txtAdded")


def test_keyboard_alone_adds_ticks_and_removes(browser: Browser, address: str) -> None:
    with context(browser) as visitor:
        page = visitor.new_page()
        page.goto(address)
        page.wait_for_selector(".adding .choose")
        with page.expect_file_chooser() as chooser:
            page.press(".adding .choose", "Enter")
        chooser.value.set_files([file("tower.txt", "The secret tower has 99 steps.")])
        expect(page.locator("#head")).to_contain_text("15 documents")
        row = page.locator(item(page, "tower.txt"))
        row.get_by_role("checkbox", name="Ask The secret tower has 99 steps.").focus()
        page.keyboard.press("Space")
        expect(page.locator(".chosen")).to_have_text("Asking 14 of 15 documents")
        page.keyboard.press("Tab")  # its link
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")  # details
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")  # remove
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Enter")  # yes
        expect(row).to_have_count(0)
        assert page.evaluate("document.activeElement.className") == "body"
        expect(page.locator(".chosen")).to_be_hidden()


def test_two_people(browser: Browser, tmp_path: Path) -> None:
    access = decide(trusted_header=HEADER, proxies=["127.0.0.1"])
    with (
        small_collection(tmp_path, FILES) as assistant,
        served(assistant, (), access, assistant.uploads()) as address,
        browser.new_context(extra_http_headers={HEADER: "eira"}) as first,
        browser.new_context(extra_http_headers={HEADER: "owen"}) as second,
    ):
        eira, owen = first.new_page(), second.new_page()
        for page in (eira, owen):
            page.goto(address)
            page.wait_for_selector(".adding .choose")
        add(eira, file("tower.txt", "The secret tower has 99 steps."))
        expect(eira.locator("#head")).to_contain_text("15 documents")
        expect(eira.locator("#documents")).to_contain_text("only you see it")
        eira.check(".adding [name=everybody]")
        add(eira, file("well.txt", "The well is 40 feet deep."))
        expect(eira.locator("#head")).to_contain_text("16 documents")
        owen.reload()
        expect(owen.locator("#head")).to_contain_text("15 documents")
        ask(owen, TOWER)
        assert "99" not in owen.locator("#conversation").inner_text()
        ask(owen, "How deep is the well?")
        assert owen.locator(".answer .words").last.inner_text() == "40"
        ask(eira, TOWER)
        assert eira.locator(".answer .words").last.inner_text() == "99"
        link = eira.locator(".answer a.citation").first.get_attribute("href")
        owen.goto(f"{address}/{link}")
        expect(owen.locator("#source")).to_contain_text(ENGLISH.removed)
        assert owen.locator("#source mark").count() == 0


def test_who_may_not_write_is_offered_nothing(browser: Browser, tmp_path: Path) -> None:
    with (
        small_collection(tmp_path, FILES) as assistant,
        served(assistant, (), decide(public=True), assistant.uploads()) as address,
        context(browser) as visitor,
    ):
        page = visitor.new_page()
        page.goto(f"{address}/#documents")
        page.wait_for_selector("#documents li")
        page.locator("#documents summary").first.click()
        expect(page.locator("#documents dl").first).to_contain_text("bridge-00.txt")
        assert page.locator(".adding, [data-remove]").count() == 0


@pytest.mark.parametrize("dark", [False, True])
def test_text_stands_out_from_its_ground(browser: Browser, address: str, dark: bool) -> None:
    with context(browser, dark=dark) as visitor:
        page = visitor.new_page()
        page.goto(address)
        page.wait_for_selector(".adding .choose")
        add(page, file("empty.txt", " "), file("tower.txt", "The secret tower has 99 steps."))
        expect(page.locator("#head")).to_contain_text("15 documents")
        row = page.locator(item(page, "tower.txt"))
        row.get_by_role("checkbox").uncheck()
        row.locator("summary").click()
        row.locator("[data-remove=ask]").click()
        assert page.evaluate(FAINT) == []
