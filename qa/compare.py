"""Two evaluations of the same questions: what is better, what is worse, and what is chance."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from index.errors import InputError
from qa.bootstrap import Difference, differences
from qa.gold import Gold
from qa.present import count
from qa.report import LOWER_IS_BETTER, SCORES, printable, shown
from qa.result import Outcome

_NOTHING_SHARED = (
    "the earlier report has none of these questions, so there is nothing to compare; give one of"
    " the same gold set"
)

Verdict = Literal["better", "worse", "within chance"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The changes of the headline metrics over the `questions` that both have asked.

    `became_right` and `became_wrong` are pairs (old, new). `left_out` counts the questions that one
    of them didn't ask, or asked in other words.
    """

    questions: int
    left_out: int
    changes: dict[str, Difference]
    became_right: tuple[tuple[Outcome, Outcome], ...]
    became_wrong: tuple[tuple[Outcome, Outcome], ...]


def require_shared(old: Sequence[Outcome], gold: Gold) -> None:
    """Raises InputError, before a long run, where the earlier report shares no question."""
    asked = {(outcome.id, outcome.question) for outcome in old}
    if not any((question.id, question.question) in asked for question in gold.questions):
        raise InputError(_NOTHING_SHARED)


def compare(old: Sequence[Outcome], new: Sequence[Outcome]) -> Comparison:
    """Pairs them by id and question. Raises InputError where they share none."""
    asked = {(outcome.id, outcome.question): outcome for outcome in old}
    pairs = [
        (before, after)
        for after in new
        if (before := asked.get((after.id, after.question)))
        if before.answerable == after.answerable
    ]
    if not pairs:
        raise InputError(_NOTHING_SHARED)
    return Comparison(
        questions=len(pairs),
        left_out=len(old) + len(new) - 2 * len(pairs),
        changes=differences([before for before, _ in pairs], [after for _, after in pairs]),
        became_right=tuple(pair for pair in pairs if pair[1].correct and not pair[0].correct),
        became_wrong=tuple(pair for pair in pairs if pair[0].correct and not pair[1].correct),
    )


def verdict(metric: str, change: Difference) -> Verdict:
    """Better or worse where the interval of the change doesn't hold 0."""
    low, high = change.interval
    if low <= 0 <= high:
        return "within chance"
    return "better" if (low > 0) != (metric in LOWER_IS_BETTER) else "worse"


def comparison_to_json(comparison: Comparison) -> dict[str, Any]:
    """For `qa evaluate --compare --json`: questions that changed by their ids."""
    return {
        "questions": comparison.questions,
        "left_out": comparison.left_out,
        "changes": {
            name: {**asdict(change), "verdict": verdict(name, change)}
            for name, change in comparison.changes.items()
        },
        "became_right": [new.id for _, new in comparison.became_right],
        "became_wrong": [new.id for _, new in comparison.became_wrong],
    }


def comparison_text(comparison: Comparison) -> str:
    """For people: each metric's change in words, and the questions that changed."""
    rows = [
        (
            name,
            shown(name, change.old),
            shown(name, change.new),
            change_text(name, change),
            verdict_,
        )
        for name, change in comparison.changes.items()
        for verdict_ in (verdict(name, change),)
    ]
    head = ("compared", "before", "now", "change", "")
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(4)]
    lines = [
        f"{name:<{widths[0]}}  {old:>{widths[1]}}  {new:>{widths[2]}}  {change:<{widths[3]}}"
        f"  {words}".rstrip()
        for name, old, new, change, words in (head, *rows)
    ]
    note = f"over the {count(comparison.questions, 'question')} that both have asked"
    if comparison.left_out:
        note += f"; {comparison.left_out:,} are in one only, or changed, and left out"
    parts = ["\n".join([*lines, note])]
    for title, pairs in (
        ("became right", comparison.became_right),
        ("became wrong", comparison.became_wrong),
    ):
        if pairs:
            parts.append("\n".join([f"{title}:", *(_pair_line(*pair) for pair in pairs)]))
    return printable("\n\n".join(parts))


def change_text(metric: str, change: Difference) -> str:
    """For example "+2.1 (-0.4 to +4.6)", in percentage points or in the score's own unit."""
    scale, digits = (1, 3) if metric in SCORES else (100, 1)
    by, low, high = (
        f"{scale * value:+.{digits}f}" for value in (change.new - change.old, *change.interval)
    )
    return f"{by} ({low} to {high})"


def _pair_line(old: Outcome, new: Outcome) -> str:
    before, after = (f'"{side.answer}"' if side.answered else "no answer" for side in (old, new))
    return f"{new.id}: {new.question} {before} -> {after}"
