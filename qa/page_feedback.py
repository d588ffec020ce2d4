"""What people say of the page's answers: taken in, noted, and changed where they say otherwise."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from index.errors import InputError, QAError
from qa.conversation import Exchanges, history
from qa.feedback_html import noted_html
from qa.note import Verdict, note_on
from qa.page_menu import QUIETLY
from qa.types import Turn
from qa.view import View

if TYPE_CHECKING:
    import gradio as gr

    from qa.visible import Assistant

Given = Mapping[str, int]  # an exchange's id to that of the note on it
HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the page's script hands over. Only `correction` is a text that is kept."""

    exchange: str
    verdict: Verdict
    correction: str | None


def said_of(event: Mapping[str, Any]) -> Said:
    """InputError where the browser sent something else."""
    exchange = event.get("exchange")
    verdict: Any = event.get("verdict")
    correction = event.get("correction")
    if not isinstance(exchange, str) or verdict not in get_args(Verdict):
        raise InputError("The feedback can't be read: load the page anew")
    if verdict != "correction":
        return Said(exchange=exchange, verdict=verdict, correction=None)
    if not isinstance(correction, str) or not correction.strip():
        raise InputError("The right answer is empty: type it")
    return Said(exchange=exchange, verdict=verdict, correction=" ".join(correction.split()))


def note_down(
    assistant: "Assistant", said: Said, exchanges: Exchanges, given: Given, view: View
) -> Given:
    """Keeps a note on one of these exchanges, in place of the one that was given, if any.

    The note's words are those of the exchanges, not of the browser. Raises InputError where there
    is no such exchange, the visitor may not write, or what is cited was removed meanwhile.
    """
    if not view.may_write:
        raise InputError("This chat is read-only: nothing can be noted")
    at = next((i for i, exchange in enumerate(exchanges) if exchange.id == said.exchange), None)
    if at is None:
        raise InputError("That answer isn't part of this conversation any more")
    note = note_on(
        exchanges[at].answer,
        said.verdict,
        generation=assistant.generation,
        history=_history(assistant, exchanges[:at]),
        correction=said.correction,
        person=view.person,
    )
    if not _are_there(assistant, {place.document for place in note.citations}):
        raise InputError(view.labels.answer_gone)
    number = assistant.feedback.add(note)
    if said.exchange in given:
        assistant.feedback.drop(given[said.exchange])
    return {**given, said.exchange: number}


def _history(assistant: "Assistant", exchanges: Exchanges) -> list[Turn]:
    """The earlier turns; a removed document's words must not come back through a note."""
    return [
        turn
        if _are_there(assistant, {place.document for place in exchange.answer.citations})
        else replace(turn, answer=None)
        for turn, exchange in zip(history(exchanges), exchanges, strict=True)
    ]


def _are_there(assistant: "Assistant", documents: Iterable[str]) -> bool:
    names = {summary.name for summary in assistant.documents()}
    return names.issuperset(documents)


def add_feedback(
    visible_to: Callable[["gr.Request"], "Assistant"],
    exchanges: "gr.State",
    view_of: Callable[["gr.Request"], View],
) -> None:
    """The part of the page, not seen itself, through which verdicts come and are answered."""
    import gradio as gr

    def give(
        event: gr.EventData, kept: Exchanges, given: Given, request: gr.Request
    ) -> tuple[str, Given]:
        view = view_of(request)
        exchange = str(event._data.get("exchange", ""))
        try:
            said = said_of(event._data)
            given = note_down(visible_to(request), said, kept, given, view)
        except QAError as error:
            return noted_html(exchange, "", str(error)), given
        return noted_html(said.exchange, said.verdict, view.labels.thanks), given

    given = gr.State({})
    part = gr.HTML(
        elem_id="noted",
        elem_classes="unseen",
        apply_default_css=False,
        js_on_load=(HERE / "feedback.js").read_text("utf-8"),
    )
    part.give(
        give,
        [exchanges, given],
        [part, given],
        **QUIETLY,
    )
