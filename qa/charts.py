"""The charts of a report, each drawn once: as a PNG, and as SVG in the page's own colours."""

import io
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from qa import metrics
from qa.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Colours of the light page, and the variable of qa/report.css that each stands for.
INK, QUIET, LINE = "#1f2328", "#5b616a", "#dcd8cf"
LINK, UNSURE, FAULT = "#1f4f8f", "#8a5300", "#a3241d"
_VARIABLES = {INK: "ink", QUIET: "quiet", LINE: "line", LINK: "link", UNSURE: "unsure"} | {
    FAULT: "fault"
}
_INCHES = (4.6, 3.1)
_BINS = 10
_STYLE: Any = {  # matplotlib types its keys one by one
    "font.size": 9.5,
    "axes.edgecolor": QUIET,
    "axes.labelcolor": QUIET,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "axes.titlecolor": INK,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": LINE,
    "grid.linewidth": 0.7,
    "legend.frameon": False,
    "legend.labelcolor": INK,
    "text.color": INK,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "svg.fonttype": "none",
}

Draw = Callable[["Axes", Sequence[Result]], None]


def risk_coverage(axes: "Axes", results: Sequence[Result]) -> None:
    """The share of wrong answers among the surest, and how many are answered as it is set now.

    (El-Yaniv and Wiener 2010, the selective risk.)
    """
    surest = sorted(results, key=lambda result: -result.confidence)
    wrong = np.cumsum([not result.right for result in surest])
    counts = np.arange(1, len(surest) + 1)
    # A threshold takes all questions of one confidence or none.
    confidence = np.array([result.confidence for result in surest])
    ends = np.append(confidence[1:] != confidence[:-1], True)
    coverage, risk = (counts / len(surest))[ends], (wrong / counts)[ends]
    axes.axhline(0.1, color=UNSURE, linestyle=(0, (4, 3)), linewidth=1)
    axes.text(0.0, 0.112, "one in ten wrong", color=UNSURE, fontsize=8.5)
    axes.fill_between(coverage, risk, color=LINK, alpha=0.12, linewidth=0)
    axes.plot(coverage, risk, color=LINK, linewidth=1.8)
    answered = [result for result in results if result.status == "answered"]
    if answered:
        x = len(answered) / len(results)
        y = sum(not result.right for result in answered) / len(answered)
        axes.plot([x], [y], "o", color=FAULT, markersize=6)
        axes.annotate(
            "as it is set",
            (x, y),
            (-7, 7),
            textcoords="offset points",
            ha="right",
            color=FAULT,
            fontsize=8.5,
        )
    _percent_axes(axes, "questions answered, the surest first", "of these, wrong")
    axes.set_ylim(0, max(0.3, float(risk.max()) * 1.1))


def reliability(axes: "Axes", results: Sequence[Result]) -> None:
    """What was claimed against what was right, in ten bins of as many questions each."""
    surest = sorted(results, key=lambda result: result.confidence)
    bins = [part for part in np.array_split(np.arange(len(surest)), _BINS) if len(part)]
    claimed = [float(np.mean([surest[i].confidence for i in part])) for part in bins]
    right = [float(np.mean([surest[i].right for i in part])) for part in bins]
    axes.plot([0, 1], [0, 1], color=QUIET, linestyle=(0, (4, 3)), linewidth=1)
    axes.vlines(claimed, claimed, right, color=FAULT, linewidth=1.6, alpha=0.7)
    axes.plot(claimed, right, "o-", color=LINK, linewidth=1.2, markersize=5.5)
    axes.text(0.03, 0.93, "too shy", color=QUIET, fontsize=8.5)
    axes.text(0.97, 0.04, "too sure", color=QUIET, fontsize=8.5, ha="right")
    _percent_axes(axes, "confidence", "right")
    axes.set_ylim(-0.02, 1.02)


def recall(axes: "Axes", results: Sequence[Result]) -> None:
    """How often the right document, and the right passage, is among the first k found."""
    named = [result for result in results if result.in_named_document is not None]
    depths = range(1, 21)
    lowest = 0.55
    for label, color, rows in (
        ("right document", UNSURE, [result.in_named_document or () for result in named]),
        ("right passage", LINK, [result.relevant or () for result in named]),
    ):
        if rows:
            shares = [sum(metrics.recall_at(row, k) for row in rows) / len(rows) for k in depths]
            axes.plot(depths, shares, "o-", color=color, markersize=3.2, label=label)
            lowest = min(lowest, shares[0])
    axes.set_xlabel("passages found")
    axes.set_xticks([1, 5, 10, 15, 20])
    axes.set_ylabel("among them")
    axes.yaxis.set_major_formatter(_percents)
    axes.set_ylim(max(0.0, lowest - 0.05), 1.01)
    if named:
        axes.legend(loc="lower right")


def latencies(axes: "Axes", results: Sequence[Result]) -> None:
    """How long questions took, and what half and 95 % of them took at most."""
    values = np.array([result.latency_ms for result in results])
    longest = float(np.percentile(values, 99.5)) * 1.05 or 1.0
    axes.hist(np.minimum(values, longest), bins=30, range=(0, longest), color=LINK, alpha=0.75)
    for percent, color, words, side in ((50, INK, "half", -1), (95, FAULT, "95 %", 1)):
        value = float(np.percentile(values, percent))
        axes.axvline(value, color=color, linewidth=1.2)
        axes.annotate(
            f"{words}: {value:.0f} ms",
            (value, 1),
            (4 * side, -9),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            color=color,
            fontsize=8.5,
            ha="left" if side > 0 else "right",
        )
    axes.set_xlabel("milliseconds")
    axes.set_ylabel("questions")
    axes.grid(visible=False, axis="x")


CHARTS: dict[str, tuple[str, Draw]] = {
    "risk-coverage": ("The surer, the more often right?", risk_coverage),
    "reliability": ("Is its confidence to be believed?", reliability),
    "recall-at-k": ("Is the right passage found?", recall),
    "latency": ("How long does it take?", latencies),
}


def chart_png(name: str, results: Sequence[Result]) -> bytes:
    """One of `CHARTS` with its title, 200 dots an inch."""
    return _saved(name, results, "png")


def chart_svg(name: str, results: Sequence[Result]) -> str:
    """One of `CHARTS` as an element for a page: no title, colours by the page's variables."""
    text = _saved(name, results, "svg").decode()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.S)
    text = re.sub(r' (?:width|height)="[\d.]+pt"', "", text, count=2)
    text = re.sub(r' id="[A-Za-z0-9.]+_\d+"', "", text)  # the same in every chart
    text = re.sub(r"'DejaVu Sans'[^;\"]*", "inherit", text)
    for color, variable in _VARIABLES.items():
        text = text.replace(color, f"var(--{variable})")
    return text.replace("<svg ", f'<svg role="img" aria-label="{CHARTS[name][0]}" ', 1)


def _saved(name: str, results: Sequence[Result], form: str) -> bytes:
    import matplotlib as mpl
    from matplotlib.figure import Figure

    title, draw = CHARTS[name]
    with mpl.rc_context(_STYLE | {"svg.hashsalt": name}):
        figure = Figure(figsize=_INCHES, layout="constrained")
        axes = figure.add_subplot()
        draw(axes, results)
        written = io.BytesIO()
        if form == "png":
            axes.set_title(title)
            figure.savefig(written, format=form, dpi=200)
        else:
            figure.savefig(written, format=form, transparent=True, metadata={"Date": None})
    return written.getvalue()


def _percent_axes(axes: "Axes", x: str, y: str) -> None:
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.xaxis.set_major_formatter(_percents)
    axes.yaxis.set_major_formatter(_percents)
    axes.set_xlim(-0.02, 1.02)


def _percents(value: float, _: object) -> str:
    return f"{100 * value:.0f} %"
