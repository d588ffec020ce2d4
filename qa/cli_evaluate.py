"""The command `qa evaluate`: figures, a report, a comparison, and thresholds that may fail."""

import argparse
import sys
from pathlib import Path

from qa.terminal import DONE, FAILED, add_precision, print_json


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options beside `--collection` and `--json`."""
    parser.add_argument("gold", type=Path, metavar="GOLD")
    parser.add_argument(
        "--reader-only", action="store_true", help="reading alone, over a SQuAD file"
    )
    parser.add_argument(
        "--fail-under", metavar="METRIC=VALUE,...", help="exit with 1 if a metric is lower"
    )
    add_precision(parser)
    parser.add_argument(
        "--report", type=Path, metavar="DIR", help="write a page, charts and report.json there"
    )
    parser.add_argument(
        "--compare", type=Path, metavar="REPORT", help="an earlier report.json to compare with"
    )


def evaluate(options: argparse.Namespace) -> int:
    """Status 1 if a threshold isn't reached."""
    from index.errors import InputError
    from qa.report import check_thresholds, fail_under

    if options.fail_under:
        check_thresholds(options.fail_under)
    if options.reader_only and (options.report or options.compare or options.precision):
        raise InputError(
            "--report, --compare and --precision need a collection: leave out --reader-only"
        )
    figures = _reader(options) if options.reader_only else _collection(options)
    failures = fail_under(figures, options.fail_under) if options.fail_under else []
    for failure in failures:
        print(f"qa: {failure}", file=sys.stderr)
    return FAILED if failures else DONE


def _reader(options: argparse.Namespace) -> dict[str, float | None]:
    from qa.answer import reader_folder
    from qa.evaluate_reader import evaluate_reader
    from qa.read import ExtractiveReader
    from qa.report import metrics_text
    from qa.squad import read_squad

    squad = read_squad(options.gold)
    figures = evaluate_reader(ExtractiveReader.load(reader_folder()), squad, progress=True)
    if options.json:
        print_json(figures)
    else:
        print(metrics_text(figures))
    return figures


def _collection(options: argparse.Namespace) -> dict[str, float | None]:
    from qa.answer import Assistant
    from qa.compare import compare, comparison_text, comparison_to_json, require_shared
    from qa.evaluate import evaluate as ask_all
    from qa.gold import read_gold
    from qa.report import report_text
    from qa.report_folder import require_writable, write_report
    from qa.report_json import read_outcomes, report_to_json
    from qa.result import outcomes

    # All that may be wrong with the call is found before the questions are asked.
    gold = read_gold(options.gold)
    old = read_outcomes(options.compare) if options.compare else None
    if old is not None:
        require_shared(old, gold)
    if options.report:
        require_writable(options.report)
    assistant = Assistant.open(options.collection, options.precision)
    report = ask_all(assistant, gold, progress=True)
    comparison = None if old is None else compare(old, outcomes(report.results))
    if options.report:
        write_report(options.report, report, comparison, name=options.gold.name)
    if options.json:
        extra = {} if comparison is None else {"comparison": comparison_to_json(comparison)}
        print_json(report_to_json(report) | extra)
    else:
        print(report_text(report))
        if comparison is not None:
            print("", comparison_text(comparison), sep="\n")
        if options.report:
            print(f"\nThe report is in {options.report / 'report.html'}")
    return report.metrics
