"""The report's page, its charts and its folder."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from index.errors import InputError
from qa.charts import CHARTS, INK, chart_png, chart_svg
from qa.compare import compare
from qa.evaluate import Report, evaluate
from qa.gold import Gold
from qa.report import COUNTS, MEANINGS
from qa.report_folder import require_writable, write_report
from qa.report_html import STAGES, TILES, report_html
from qa.result import outcomes
from tests.qa.test_evaluate import DOCUMENTS, KEYS, QUESTIONS, FakeAssistant, asked

HOSTILE = '<script>alert("1")</script><img src=x onerror=alert(2)>'
ALLOWED = set(
    re.findall(
        r"\w+",
        """
        html head meta title style body header h1 p nav a section div b span small code i u
        h2 ul li table thead tbody tr th td figure h3 svg g path defs use clippath rect text
        details summary dl dt dd br mark ol fieldset legend label input footer
        """,
    )
)


class Tags(HTMLParser):
    """Every tag, and every attribute that could load or run something."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[str] = []
        self.ids: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name.startswith("on") or name in ("src", "href", "xlink:href"):
                self.loads.append(f"{name}={value}")
            if name == "id":
                self.ids.append(str(value))


@pytest.fixture(scope="module")
def report() -> Report:
    return evaluate(FakeAssistant(DOCUMENTS), Gold(questions=QUESTIONS))


def test_every_metric_has_its_place(report: Report) -> None:
    placed = [name for _, names in STAGES.values() for name in names]
    assert sorted(placed) == sorted(set(KEYS) - {"questions", "answerable", "unanswerable"})
    assert set(TILES) <= set(placed) <= set(MEANINGS)
    assert {"passage_characters", "latency_ms_p50"} < COUNTS


def test_the_page_shows_figures_with_intervals_and_what_went_wrong(report: Report) -> None:
    page = report_html(report, None, name="gold.jsonl")
    text = re.sub(r"<[^>]+>", "", page[page.index("<body>") :])
    assert "6 questions, 4 that the documents answer, 2 that they don't." in text
    assert "<b>33.3 %</b><small>0.0 – 66.7 %</small>" in page
    assert re.findall(r'class="key" style="[^"]*">(.*?)</li>', page) == [
        "Answered rightly <b>1</b>",
        "Rightly not answered <b>1</b>",
        "Not read <b>1</b>",
        "Wrongly refused <b>2</b>",
        "Wrongly answered <b>1</b>",
    ]
    wrong = re.findall(r'<details class="card wrong (\S+) (\S*)">.*?<h3>(.*?)</h3>', page)
    assert wrong == [
        ("not_read", "kind-0", "after south?"),
        ("wrongly_refused", "kind-0", "after east?"),
        ("wrongly_refused", "", "after west?"),
        ("wrongly_answered", "kind-1", "after both?"),
    ]
    # What is chosen by a button is what has its class.
    assert "#wrong:has(#show-kind-1:checked) .wrong:not(.kind-1){display:none}" in page
    assert '<input type="radio" name="kind" id="show-kind-1">none 1</label>' in page
    south = page[page.index("<h3>after south?") :].partition("</details>")[0]
    assert "The passage that holds the answer was number 3." in south
    assert 'south <mark class="best">Montevideo</mark>' in south
    assert 'east <mark class="gold">Ankara</mark> lies' in south
    assert south.count("holds the answer</b>") == 1


def test_nothing_went_wrong() -> None:
    report = evaluate(FakeAssistant(DOCUMENTS), Gold(questions=QUESTIONS[:1]))
    assert "<p>Nothing did.</p>" in report_html(report, None, name="gold.jsonl")


def test_what_stands_nowhere_and_what_came_too_late() -> None:
    lines = "\n".join(f"far{number} Lima" for number in range(9)) + "\nsouth Oslo"
    documents = {"one.txt": lines}
    questions = (
        asked("late", "after south?", "far8 Lima", documents="one.txt"),
        asked("nowhere", "after south?", "Quito", documents="one.txt"),
    )
    page = report_html(
        evaluate(FakeAssistant(documents), Gold(questions=questions)), None, name="gold.jsonl"
    )
    assert "came at rank 10, and 8 were read." in page
    assert "None of the 10 passages found holds it. No passage of the collection holds it." in page


def test_text_from_files_stays_text() -> None:
    documents = {f"{HOSTILE}.txt": f"south Montevideo {HOSTILE}"}
    questions = (
        replace(asked(HOSTILE, "after south?", HOSTILE, kind=HOSTILE), documents=(*documents,)),
        replace(asked("2", f"{HOSTILE} after zenith?", "Montevideo"), documents=("none.txt",)),
    )
    report = evaluate(FakeAssistant(documents), Gold(questions=questions, problems=(HOSTILE,)))
    old = [replace(o, correct=not o.correct, answer=HOSTILE) for o in outcomes(report.results)]
    page = report_html(report, compare(old, outcomes(report.results)), name=HOSTILE)
    found = Tags(page)
    assert set(found.tags) <= ALLOWED
    assert all(re.fullmatch(r"(xlink:)?href=#[\w-]+", loads) for loads in found.loads)
    assert "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;" in page
    assert "default-src 'none'" in page


def test_the_page_needs_nothing_else_and_names_nothing_twice(report: Report) -> None:
    found = Tags(report_html(report, None, name="gold.jsonl"))
    assert "script" not in found.tags
    assert found.tags.count("svg") == len(CHARTS)
    assert all(re.fullmatch(r"(xlink:)?href=#[\w-]+", loads) for loads in found.loads)
    assert {loads.partition("#")[2] for loads in found.loads} <= set(found.ids)
    assert len(set(found.ids)) == len(found.ids)


def test_what_changed_is_on_the_page(report: Report) -> None:
    new = outcomes(report.results)
    old = [replace(o, correct=False, answered=False, em=0.0, f1=0.0) for o in new]
    page = report_html(report, compare(old, new), name="gold.jsonl")
    assert "<h3>2 questions became right</h3>" in page
    assert "became wrong" not in page
    assert page.count("within chance</td>") == 10


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_a_png_and_an_svg_in_the_colours_of_the_page(report: Report, name: str) -> None:
    assert chart_png(name, report.results).startswith(b"\x89PNG\r\n")
    svg = chart_svg(name, report.results)
    assert svg.startswith("<svg ")
    assert "var(--link)" in svg
    assert INK not in svg
    assert svg == chart_svg(name, report.results)


@pytest.mark.parametrize("questions", [QUESTIONS[:1], QUESTIONS[4:], QUESTIONS[5:]])
def test_charts_of_hardly_any_questions(questions: tuple[object, ...]) -> None:
    report = evaluate(FakeAssistant(DOCUMENTS), Gold(questions=questions))  # type: ignore[arg-type]
    for name in CHARTS:
        assert "<svg" in chart_svg(name, report.results)


def test_the_folder_has_page_json_and_charts(report: Report, tmp_path: Path) -> None:
    folder = tmp_path / "reports" / "first"
    require_writable(folder)
    write_report(folder, report, compare(*2 * [outcomes(report.results)]), name="gold.jsonl")
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        ["report.html", "report.json", *(f"{name}.png" for name in CHARTS)]
    )
    written = json.loads((folder / "report.json").read_text("utf-8"))
    assert written["f1"] == report["f1"]
    assert written["comparison"]["changes"]["f1"]["verdict"] == "within chance"
    assert len(written["results"]) == 6


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="give --report another folder"):
        require_writable(tmp_path / "file")
