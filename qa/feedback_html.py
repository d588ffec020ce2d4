"""Where people say what they think of an answer, as HTML; qa/feedback.js works it."""

from typing import get_args

from qa.labels import Labels
from qa.note import MAX_CHARACTERS, Verdict
from qa.present import escape
from qa.types import Answer

_NEEDS_AN_ANSWER = ("wrong_place", "no_answer")


def feedback_html(answer: Answer, exchange: str, labels: Labels) -> str:
    """A row of verdicts on the answer of the exchange of that id, and a line for a correction."""
    buttons = "".join(
        f'<button type="button" data-verdict="{verdict}" aria-pressed="false">'
        f"{getattr(labels, verdict)}</button>"
        for verdict in get_args(Verdict)
        if answer.status != "abstained" or verdict not in _NEEDS_AN_ANSWER
    )
    return (
        f'<div class="feedback" role="group" aria-label="{escape(labels.is_it_right)}"'
        f' data-exchange="{exchange}">{buttons}<span class="noted"></span><form hidden>'
        f'<input type="text" maxlength="{MAX_CHARACTERS}" required autocomplete="off"'
        f' aria-label="{escape(labels.right_answer)}" placeholder="{escape(labels.right_answer)}">'
        f'<button type="submit">{labels.send}</button></form></div>'
    )


def noted_html(exchange: str, verdict: str, message: str) -> str:
    """What came of a verdict, for the page's script, which shows it beside the buttons.

    `verdict` is the one that now holds; empty where it wasn't taken.
    """
    return (
        f'<p data-exchange="{escape(exchange)}" data-verdict="{escape(verdict)}">'
        f"{escape(message)}</p>"
    )
