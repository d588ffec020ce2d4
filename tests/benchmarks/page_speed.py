"""How soon the page is there, and the answer's words on it, in Chromium on the same machine.

    qa index docs
    python -m tests.benchmarks.page_speed tests/gold/sample.jsonl --collection .collection

First paint is what the browser itself measures, with an empty cache. An answer is there when an
answer that isn't waiting stands in the page, counted from the key that sends the question; beside
it stands what the assistant took of that.
"""

import argparse
import statistics
from pathlib import Path

from qa.answer import Assistant
from qa.gold import read_gold
from qa.service import EXAMPLES
from tests.browser.browsing import chromium, context, served

QUESTIONS, VISITS = 60, 5
# Starts at the key that sends, and ends in the frame after the answer stands in the page.
_TIMED = """question => new Promise(done => {
  const before = document.querySelectorAll(".answer:not(.waiting)").length;
  const started = performance.now();
  const seen = new MutationObserver(() => {
    if (document.querySelectorAll(".answer:not(.waiting)").length > before) {
      seen.disconnect();
      requestAnimationFrame(() => done(performance.now() - started));
    }
  });
  seen.observe(document.querySelector("#conversation"), { childList: true, subtree: true });
  document.querySelector("#box button").click();
})"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--collection", default=".collection")
    options = parser.parse_args()
    asked = [question.question for question in read_gold(options.gold).questions[:QUESTIONS]]
    assistant = Assistant.open(options.collection)
    assistant.ask("Ready?")
    with served(assistant, EXAMPLES) as address, chromium() as browser:
        paints = []
        for _ in range(VISITS):
            with context(browser) as visitor:
                page = visitor.new_page()
                page.goto(address)
                page.wait_for_selector(".welcome")
                paints.append(
                    page.evaluate(
                        "performance.getEntriesByName('first-contentful-paint')[0].startTime"
                    )
                )
        shown, alone = [], []
        with context(browser) as visitor:
            page = visitor.new_page()
            page.goto(address)
            page.wait_for_selector(".welcome")
            for question in asked:
                alone.append(assistant.ask(question).timings.total_ms)
                page.fill("#box textarea", question)
                shown.append(page.evaluate(_TIMED, question))
    print(f"first paint: {statistics.median(paints):.0f} ms, the longest {max(paints):.0f} ms")
    for name, times in (("answer on the page", shown), ("the assistant alone", alone)):
        p50, p95 = (statistics.quantiles(times, n=20)[place] for place in (9, 18))
        print(f"{name}: p50 {p50:.0f} ms, p95 {p95:.0f} ms")


if __name__ == "__main__":
    main()
