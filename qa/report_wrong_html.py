"""Every question that went wrong: what was said, what should have been, what was read, and why."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from index.types import Passage
from qa.present import count, escape, in_sentence, one_line, percent, where
from qa.result import Cause, Result

_SHOWN = 1000
_PASSAGE_CHARACTERS = 1500

# What each cause is called, and what it says of the questions that have it.
CAUSES: dict[Cause, tuple[str, str]] = {
    "not_retrieved": ("Not retrieved", "No passage that holds the answer was read."),
    "not_read": ("Not read", "A passage that holds the answer was read, and other words chosen."),
    "wrongly_refused": ("Wrongly refused", "The right words came first, but weren't trusted."),
    "wrongly_answered": ("Wrongly answered", "The documents don't say, and it answered."),
}
_STATUS = {"answered": "answered", "unsure": "shown as a possibility", "abstained": "not answered"}


def wrong_html(results: Sequence[Result]) -> str:
    """The section with all of them; two rows of buttons choose by cause and by kind."""
    wrong = [(result, cause) for result in results if (cause := result.cause)]
    if not wrong:
        return '<section id="wrong"><h2>What went wrong</h2><p>Nothing did.</p></section>'
    wrong = sorted(wrong, key=lambda pair: list(CAUSES).index(pair[1]))
    causes = Counter(cause for _, cause in wrong)
    kinds = Counter(result.kind for result, _ in wrong if result.kind is not None)
    numbers = {kind: number for number, kind in enumerate(sorted(kinds))}
    explained = "".join(
        f'<dt class="cause" style="--tint:var(--{cause})">{words}</dt><dd>{meaning}</dd>'
        for cause, (words, meaning) in CAUSES.items()
        if causes[cause]
    )
    buttons = _buttons(
        "Why", "cause", [(cause, CAUSES[cause][0], causes[cause]) for cause in CAUSES]
    ) + _buttons("Kind", "kind", [(f"kind-{numbers[kind]}", kind, kinds[kind]) for kind in numbers])
    chosen = [*CAUSES, *(f"kind-{number}" for number in numbers.values())]
    rules = "".join(
        f"#wrong:has(#show-{name}:checked) .wrong:not(.{name}){{display:none}}" for name in chosen
    )
    items = "".join(
        _item(result, cause, "" if result.kind is None else f"kind-{numbers[result.kind]}")
        for result, cause in wrong[:_SHOWN]
    )
    more = len(wrong) - _SHOWN
    note = f'<p class="quiet">And {more:,} more, in report.json.</p>' if more > 0 else ""
    return (
        f'<section id="wrong"><h2>What went wrong</h2><style>{rules}</style>'
        f'<p class="quiet">{count(len(wrong), "question")}, by the first stage that failed.</p>'
        f'<dl class="causes">{explained}</dl>{buttons}{items}{note}</section>'
    )


def _buttons(legend: str, group: str, choices: Sequence[tuple[str, str, int]]) -> str:
    if not choices:
        return ""
    labels = "".join(
        f'<label><input type="radio" name="{group}" id="show-{name}">'
        f"{escape(one_line(words))} {number:,}</label>"
        for name, words, number in choices
        if number
    )
    return (
        f"<fieldset><legend>{legend}</legend>"
        f'<label><input type="radio" name="{group}" checked>all</label>{labels}</fieldset>'
    )


def _item(result: Result, cause: Cause, kind_class: str) -> str:
    about = " · ".join(escape(one_line(part)) for part in (result.kind, result.id) if part)
    return (
        f'<details class="card wrong {cause} {kind_class}"><summary>'
        f"<h3>{escape(one_line(result.question))}</h3>"
        f'<span class="cause" style="--tint:var(--{cause})">{CAUSES[cause][0]}</span>'
        f"<small>{about}</small></summary>"
        f'<div class="inside"><dl>{"".join(_facts(result, cause))}</dl>{_passages(result)}</div>'
        "</details>"
    )


def _facts(result: Result, cause: Cause) -> Iterator[str]:
    gold = "<br>".join(escape(one_line(answer)) for answer in result.answers)
    yield f"<dt>should be</dt><dd>{gold or 'no answer'}</dd>"
    best = escape(one_line(result.best)) or "nothing"
    confidence = f"{_STATUS[result.status]}, confidence {percent(result.confidence)}"
    yield f'<dt>came first</dt><dd>{best} <span class="quiet">({confidence})</span></dd>'
    if result.citation:
        before, quote, after = (escape(part) for part in in_sentence(result.citation))
        place = escape(" · ".join(where(result.citation)))
        yield f"<dt>cited</dt><dd>{before}<mark>{quote}</mark>{after}<small>{place}</small></dd>"
    yield f"<dt>why</dt><dd>{_why(result, cause)}</dd>"


def _why(result: Result, cause: Cause) -> str:
    alone = result.gold_passage_best
    if cause == "not_retrieved":
        rank = result.relevant_rank
        if rank is not None:
            return (
                f"The first passage that holds the answer came at rank {rank}, and"
                f" {result.read_count} were read."
            )
        unheld = " No passage of the collection holds it." if alone is None else ""
        return f"None of the {len(result.passage_characters)} passages found holds it.{unheld}"
    if cause == "not_read":
        found = f"The passage that holds the answer was number {result.relevant_rank}."
        if alone is None:
            return found
        if (result.gold_passage_f1 or 0) > result.best_f1:
            return f"{found} Read alone, it gives: {escape(one_line(alone)) or 'nothing'}"
        return f"{found} Read alone, it gives no better words."
    return CAUSES[cause][1]


def _passages(result: Result) -> str:
    if not result.passages:
        return "<p>No passages were found.</p>"
    relevant = result.relevant or (False,) * len(result.passages)
    items = "".join(
        f'<li class="passage{" holds" if holds else ""}"><small>{rank}. '
        f"{escape(' · '.join(where(passage)))}"
        f"{' · <b class=holds>holds the answer</b>' if holds else ''}</small>"
        f"<p>{_marked(passage, result)}</p></li>"
        for rank, (passage, holds) in enumerate(zip(result.passages, relevant, strict=False), 1)
    )
    return f"<h3>The first passages</h3><ol>{items}</ol>"


def _marked(passage: Passage, result: Result) -> str:
    """The passage's text, gold answers and the words that came first marked in it."""
    text = passage.text[:_PASSAGE_CHARACTERS]
    ranges = [
        (start, start + len(answer), "gold")
        for answer in result.answers
        if answer and (start := text.casefold().find(answer.casefold())) >= 0
    ]
    cited = result.citation
    if cited and cited.document == passage.document:
        ranges.append((cited.start - passage.start, cited.end - passage.start, "best"))
    parts, done = [], 0
    for start, end, name in sorted(ranges):
        if start >= done and end <= len(text):
            parts.append(f'{_escaped(text[done:start])}<mark class="{name}">')
            parts.append(f"{_escaped(text[start:end])}</mark>")
            done = end
    parts.append(_escaped(text[done:]))
    return "".join(parts) + ("…" if len(passage.text) > len(text) else "")


def _escaped(text: str) -> str:
    return re.sub(r"\n\s*\n", "\n", escape(text))
