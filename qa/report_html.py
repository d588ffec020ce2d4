"""A report as one HTML page that needs nothing else: no script, no network.

Texts from documents and gold files go through `escape`; the page's policy forbids scripts besides.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.resources import files

from qa.bootstrap import Interval
from qa.charts import CHARTS, chart_svg
from qa.compare import Comparison, change_text, verdict
from qa.evaluate import Report
from qa.present import count, escape, one_line
from qa.report import COUNTS, GROUP_COLUMNS, MEANINGS, SCORES, interval_text, shown
from qa.report_wrong_html import CAUSES, wrong_html
from qa.result import Outcome, Result
from qa.summary import Figures, by_document, by_kind

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_DOCUMENTS_SHOWN = 100
_CHANGED_SHOWN = 200

TILES = {
    "f1": "of the words given are right, over all questions",
    "answerable_f1": "the same, where there is an answer",
    "passage_recall@5": "have the right passage among the first five",
    "refused": "of what can't be answered is not answered",
    "coverage_at_90_precision": "answered rightly, were 90 % of all answers right",
}

# Every metric but the counts, by the stage that it measures.
STAGES: dict[str, tuple[str, tuple[str, ...]]] = {
    "Finding": (
        "Is the right passage among those found?",
        (
            *(f"{what}_recall@{k}" for what in ("document", "passage") for k in (1, 5, 20)),
            "mrr@10",
            "ndcg@10",
            "passage_characters",
        ),
    ),
    "Reading": (
        "Given the right passage, or all that were found, are the right words marked?",
        ("gold_passage_em", "gold_passage_f1", "forced_em", "forced_f1"),
    ),
    "Knowing when not to answer": (
        "Is an answer given where there is one, and none where there is none?",
        (
            "refused",
            "false_answers",
            "unsure",
            "coverage_at_90_precision",
            "auroc",
            "ece",
            "brier",
        ),
    ),
    "Citing": (
        "Do quotes read back, and from where they should?",
        ("citation_exact", "citation_document", "citation_page"),
    ),
    "The whole": (
        "What somebody who asks gets.",
        (
            "em",
            "f1",
            "raw_em",
            "answerable_em",
            "answerable_f1",
            "latency_ms_p50",
            "latency_ms_p95",
        ),
    ),
}

_CAPTIONS = {
    "risk-coverage": "Were only the surest questions answered, this share of the answers would be"
    " wrong. The dot is how it answers now.",
    "reliability": "Ten groups of as many questions, by confidence. On the dashed line, what it"
    " claims is what comes true.",
    "recall-at-k": "How often the right document and the right passage are among the first k"
    " passages found.",
    "latency": "Asking one question, without the start of the program.",
}


def report_html(report: Report, comparison: Comparison | None, *, name: str) -> str:
    """The whole page; `name` is what the gold set is called."""
    title = f"Evaluation of {escape(one_line(name))}"
    kinds, documents = by_kind(report.results), by_document(report.results)
    sections = [
        _outcomes(report.results),
        _comparison(comparison) if comparison else "",
        _stages(report),
        _charts(report.results),
        _groups("By kind of question", "kind", kinds, kinds),
        _documents(documents),
        wrong_html(report.results),
        _problems(report.problems),
    ]
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f"<title>{title}</title>\n<style>\n{_css()}</style>\n</head>\n<body>\n"
        f"{_head(report, title)}\n{_tiles(report)}\n"
        + "\n".join(section for section in sections if section)
        + "\n<footer>Intervals are 95 % percentile bootstrap intervals over questions: with other"
        " questions of this sort the figure would mostly lie there. What each figure means exactly"
        " is said in the guide, under “Evaluate”. The same as data: report.json.</footer>\n"
        "</body>\n</html>\n"
    )


def _css() -> str:
    return files("qa").joinpath("report.css").read_text("utf-8")


def _head(report: Report, title: str) -> str:
    questions = len(report.results)
    answerable = sum(result.answerable for result in report.results)
    parts = (
        count(questions, "question"),
        f"{answerable:,} that the documents answer",
        f"{questions - answerable:,} that they don't",
    )
    return (
        f'<header><p class="name">Chapter &amp; Verse</p><h1>{title}</h1>'
        f"<p>{', '.join(parts)}.</p>"
        '<nav aria-label="On this page"><a href="#stages">Each stage</a>'
        '<a href="#charts">Charts</a><a href="#wrong">What went wrong</a></nav></header>'
    )


def _tiles(report: Report) -> str:
    tiles = "".join(
        f'<div class="tile"><b>{escape(shown(name, report[name]))}</b>'
        f"{_track(report[name], report.intervals.get(name))}"
        f'<span class="what">{meaning}</span><small>{_between(name, report.intervals)}</small>'
        f"<small><code>{name}</code></small></div>"
        for name, meaning in TILES.items()
    )
    return f'<section class="tiles" aria-label="The main figures">{tiles}</section>'


def _between(name: str, intervals: Mapping[str, Interval]) -> str:
    return interval_text(name, intervals[name]) if name in intervals else ""


def _track(value: float | None, interval: Interval | None) -> str:
    if value is None or interval is None:
        return '<div class="track"></div>'
    low, high = interval
    return (
        f'<div class="track"><i style="left:{100 * low:.1f}%;width:{100 * (high - low):.1f}%"></i>'
        f'<u style="left:{100 * value:.1f}%"></u></div>'
    )


def _outcomes(results: Sequence[Result]) -> str:
    """One bar of all questions: what went right, and what went wrong at which stage."""
    causes = Counter(result.cause for result in results)
    refused = sum(result.cause is None and not result.answerable for result in results)
    shares = [
        ("Answered rightly", "good", causes[None] - refused),
        ("Rightly not answered", "good-quiet", refused),
        *((words, cause, causes[cause]) for cause, (words, _) in CAUSES.items()),
    ]
    parts = [(words, f"--tint:var(--{tint})", number) for words, tint, number in shares if number]
    bar = "".join(
        f'<span style="{tint};flex-grow:{number}" title="{words}: {number:,}"></span>'
        for words, tint, number in parts
    )
    keys = "".join(
        f'<li class="key" style="{tint}">{words} <b>{number:,}</b></li>'
        for words, tint, number in parts
    )
    return (
        "<section><h2>What became of the questions</h2>"
        f'<div class="bar" aria-hidden="true">{bar}</div><ul class="keys">{keys}</ul></section>'
    )


def _comparison(comparison: Comparison) -> str:
    rows = "".join(
        f"<tr><th>{name}<small>{MEANINGS[name]}</small></th>"
        f'<td class="{verdict(name, change).split()[0]}">{verdict(name, change)}</td>'
        f"<td>{shown(name, change.old)}</td><td>{shown(name, change.new)}</td>"
        f"<td>{change_text(name, change)}</td></tr>"
        for name, change in comparison.changes.items()
    )
    left_out = (
        f" {comparison.left_out:,} others are in one only, or changed, and left out."
        if comparison.left_out
        else ""
    )
    return (
        '<section id="compared"><h2>Compared with the earlier report</h2>'
        f'<p class="quiet">Over the {count(comparison.questions, "question")} that both have'
        f" asked.{left_out} Within chance: the interval of the change holds 0.</p>"
        '<div class="card scroll"><table><thead><tr><th>figure</th><th></th><th>before</th>'
        f"<th>now</th><th>change, and its interval</th></tr></thead><tbody>{rows}</tbody></table>"
        f"</div>{_changed('became right', comparison.became_right)}"
        f"{_changed('became wrong', comparison.became_wrong)}</section>"
    )


def _changed(words: str, pairs: Sequence[tuple[Outcome, Outcome]]) -> str:
    if not pairs:
        return ""
    rows = "".join(
        f"<tr><th>{escape(one_line(new.question))}<small>{escape(one_line(new.id))}</small></th>"
        f"<td>{_said(old)}</td><td>{_said(new)}</td></tr>"
        for old, new in pairs[:_CHANGED_SHOWN]
    )
    more = len(pairs) - _CHANGED_SHOWN
    note = f'<p class="quiet">And {more:,} more.</p>' if more > 0 else ""
    return (
        f'<details class="card wrong"><summary><h3>{count(len(pairs), "question")} {words}</h3>'
        '</summary><div class="scroll"><table class="said"><thead><tr><th>question</th>'
        f"<th>before</th><th>now</th></tr></thead><tbody>{rows}</tbody></table>{note}</div>"
        "</details>"
    )


def _said(outcome: Outcome) -> str:
    return escape(one_line(outcome.answer)) if outcome.answered else "<i>no answer</i>"


def _stages(report: Report) -> str:
    cards = "".join(
        f'<div class="card scroll"><h3>{stage}</h3><small>{question}</small><table><tbody>'
        + "".join(_figure(name, report) for name in names)
        + "</tbody></table></div>"
        for stage, (question, names) in STAGES.items()
    )
    return f'<section id="stages"><h2>Each stage</h2><div class="stages">{cards}</div></section>'


def _figure(name: str, report: Report) -> str:
    interval = _between(name, report.intervals)
    return (
        f"<tr><th><code>{name}</code><small>{escape(MEANINGS[name])}</small></th>"
        f"<td><b>{shown(name, report[name])}</b><small>{interval}</small></td></tr>"
    )


def _charts(results: Sequence[Result]) -> str:
    figures = "".join(
        f"<figure><h3>{title}</h3><small>{_CAPTIONS[name]}</small>{chart_svg(name, results)}"
        "</figure>"
        for name, (title, _) in CHARTS.items()
    )
    return f'<section id="charts"><h2>Charts</h2><div class="charts">{figures}</div></section>'


def _documents(documents: Mapping[str, Figures]) -> str:
    worst = sorted(documents, key=lambda name: (documents[name]["answerable_f1"] or 0, name))
    return _groups("By document, the worst first", "document", documents, worst[:_DOCUMENTS_SHOWN])


def _groups(
    title: str,
    what: str,
    groups: Mapping[str, Figures],
    names: Sequence[str] | Mapping[str, object],
) -> str:
    if not groups:
        return ""
    columns = [
        name for name in GROUP_COLUMNS if any(groups[group][name] is not None for group in names)
    ]
    heads = "".join(f"<th>{name}</th>" for name in columns)
    rows = "".join(
        f"<tr><th>{escape(one_line(group))}</th>"
        + "".join(_cell(name, groups[group][name]) for name in columns)
        + "</tr>"
        for group in names
    )
    more = len(groups) - len(names)
    note = f'<p class="quiet">And {more:,} more, which do better.</p>' if more else ""
    return (
        f'<section><h2>{title}</h2><div class="card scroll"><table><thead><tr><th>{what}</th>'
        f"{heads}</tr></thead><tbody>{rows}</tbody></table></div>{note}</section>"
    )


def _cell(name: str, value: float | None) -> str:
    text = shown(name, value)
    if value is None or name in COUNTS | SCORES:
        return f"<td>{text}</td>"
    return f'<td>{text}<span class="meter" style="--share:{100 * value:.0f}%"></span></td>'


def _problems(problems: Sequence[str]) -> str:
    if not problems:
        return ""
    lines = "".join(f"<li>{escape(one_line(problem))}</li>" for problem in problems)
    return (
        '<section><h2>Problems</h2><p class="quiet">Something is wrong with these questions, or'
        f' with a citation.</p><ul class="card problems">{lines}</ul></section>'
    )
