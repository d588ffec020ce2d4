"""The page's menu: a new conversation, the conversation as a file, how sure an answer must be, and

the language."""

import base64
import time
from collections.abc import Callable
from datetime import date
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.conversation import Exchanges, conversation_to_json, conversation_to_markdown
from qa.labels import LANGUAGES, Labels
from qa.view import PRECISIONS, View

if TYPE_CHECKING:
    import gradio as gr

HERE = Path(__file__).parent
# Not through the queue: its browser side loses an event that joins just as another one ends
# (seen in Gradio 6.31), which a citation clicked at the wrong moment would.
QUIETLY: dict[str, Any] = {
    "queue": False,
    "show_progress": "hidden",
    "api_visibility": "private",
    "trigger_mode": "always_last",
}
_NAMES = {"en": "English", "ko": "한국어"}


def menu_html(view: View) -> str:
    """The menu. Its attributes name the page's parts and language, which the script puts there."""
    labels = view.labels
    languages = "".join(
        f'<button type="button" data-speak="{language}" lang="{language}">{_NAMES[language]}'
        "</button>"
        for language in LANGUAGES
        if language != labels.language
    )
    return (
        f'<div class="menu" data-language="{labels.language}"'
        f' data-conversation="{escape(labels.conversation)}"'
        f' data-reading="{escape(labels.reading)}">{languages}'
        f'<details><summary aria-label="{escape(labels.menu)}">'
        '<span aria-hidden="true">⋯</span></summary><ul>'
        f'<li><button type="button" data-fresh>{labels.new_conversation}</button></li>'
        f'<li><button type="button" data-save="md">{labels.save_markdown}</button></li>'
        f'<li><button type="button" data-save="json">{labels.save_json}</button></li>'
        f"<li>{_precisions_html(view)}</li></ul></details></div>"
    )


def _precisions_html(view: View) -> str:
    labels = view.labels
    choices = [("", labels.usual_precision)]
    choices += [
        (str(p), labels.precision.format(labels.percent.format(f"{100 * p:.0f}")))
        for p in PRECISIONS
    ]
    chosen = str(view.precision or "")
    rows = "".join(
        f'<label><input type="radio" name="precision" value="{value}"'
        f"{' checked' if value == chosen else ''}> {escape(words)}</label>"
        for value, words in choices
    )
    return f'<fieldset class="precisions"><legend>{labels.how_sure}</legend>{rows}</fieldset>'


def file_html(exchanges: Exchanges, kind: Any, day: date, labels: Labels) -> str:
    """A link that holds the conversation, for the script to follow; no file is left anywhere."""
    if not exchanges:
        return f'<p data-moment="{time.time_ns()}">{escape(labels.nothing_to_save)}</p>'
    if kind == "json":
        type_, text = "application/json", conversation_to_json(exchanges)
    else:
        type_, text = "text/markdown", conversation_to_markdown(exchanges, day, labels)
    data = base64.b64encode(text.encode("utf-8", "replace")).decode()
    name = f"conversation-{day.isoformat()}.{'json' if kind == 'json' else 'md'}"
    # The moment makes the value another one when the same is saved twice.
    return (
        f'<a download="{name}" data-moment="{time.time_ns()}"'
        f' href="data:{type_};charset=utf-8;base64,{data}">{name}</a>'
    )


def add_menu(exchanges: "gr.State", view_of: Callable[["gr.Request"], View]) -> "gr.HTML":
    """The menu and the part, not seen, that hands files over.

    Its events `fresh` (a new conversation) and `speak` (another language) are the page's to answer.
    """
    import gradio as gr

    def save(event: gr.EventData, kept: Exchanges, request: gr.Request) -> str:
        labels = view_of(request).labels
        return file_html(kept, event._data.get("kind"), date.today(), labels)

    part = gr.HTML(
        elem_id="menu",
        apply_default_css=False,
        js_on_load=(HERE / "menu.js").read_text("utf-8"),
    )
    file = gr.HTML(
        elem_id="file",
        elem_classes="unseen",
        apply_default_css=False,
        js_on_load=(HERE / "file.js").read_text("utf-8"),
    )
    part.save(save, [exchanges], [file], **QUIETLY)
    return part
