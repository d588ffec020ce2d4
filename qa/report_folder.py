"""A report as a folder: a page for people, JSON for programs, charts for slides."""

import json
from pathlib import Path

from index.errors import InputError
from qa.charts import CHARTS, chart_png
from qa.compare import Comparison, comparison_to_json
from qa.evaluate import Report
from qa.report_html import report_html
from qa.report_json import report_with_results_to_json


def require_writable(folder: Path) -> None:
    """Makes the folder. Raises InputError, before a long run, where that can't be done."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "report.html").touch()
    except OSError as error:
        raise InputError(
            f"{folder} can't be written to ({error.strerror}); give --report another folder"
        ) from None


def write_report(
    folder: Path, report: Report, comparison: Comparison | None = None, *, name: str
) -> None:
    """report.html, report.json and a PNG a chart; `name` is what the gold set is called."""
    as_json = report_with_results_to_json(report)
    if comparison is not None:
        as_json["comparison"] = comparison_to_json(comparison)
    text = json.dumps(as_json, ensure_ascii=False, indent=1)
    (folder / "report.json").write_text(text + "\n", encoding="utf-8")
    page = report_html(report, comparison, name=name)
    (folder / "report.html").write_text(page, encoding="utf-8")
    for chart in CHARTS:
        (folder / f"{chart}.png").write_bytes(chart_png(chart, report.results))
