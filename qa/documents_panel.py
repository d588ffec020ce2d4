"""The list of documents, the place for new files, and the line that says how many are asked.

Each is a gr.HTML with its script. Files go to `POST /api/documents` rather than through Gradio's
own upload, whose cache every visitor could read.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import InputError
from index.scope import EVERYTHING, Scope
from index.types import DocumentSummary
from qa.documents_html import CHOSEN_TEMPLATE, panel_html

if TYPE_CHECKING:
    import gradio as gr

HERE = Path(__file__).parent


def chosen_part() -> "gr.HTML":
    """Its value says which documents are ticked, see `chosen_scope`."""
    return _part("chosen", "chosen.js", "", html_template=CHOSEN_TEMPLATE, text="")


def documents_part() -> "gr.HTML":
    """Its event `changed` says that a document was removed."""
    return _part("documents", "documents.js", panel_html())


def adding_part() -> "gr.HTML":
    """Its event `changed` says that a document was added."""
    return _part("adding", "uploads.js", "")


def _part(name: str, script: str, value: str, **template: Any) -> "gr.HTML":
    import gradio as gr

    return gr.HTML(
        value,
        elem_id=name,
        apply_default_css=False,
        js_on_load=(HERE / script).read_text("utf-8"),
        **template,
    )


def chosen_scope(chosen: str | None, documents: Sequence[DocumentSummary]) -> Scope:
    """The scope that the ticks come to. InputError where none is left of those that were ticked.

    `chosen` comes from a browser: anything may be in it. It should be empty where all are ticked,
    else JSON with the names of those that are ("only") or aren't ("without"), whichever is shorter.
    """
    if not chosen:
        return EVERYTHING
    try:
        ((kind, names),) = json.loads(chosen).items()
        names = frozenset(names)
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise InputError("The ticks can't be read: load this page again") from error
    # Somebody may have removed a document since it was ticked.
    ticked = tuple(d.name for d in documents if (d.name in names) == (kind == "only"))
    if not ticked:
        raise InputError("No document is ticked: tick those to ask, or all")
    return Scope(documents=ticked)
