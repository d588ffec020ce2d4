"""How the page is for the visitor who looks at it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa.labels import ENGLISH, Labels, labels_for

if TYPE_CHECKING:
    import gradio as gr


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """`person` is who is signed in, if anybody. `may_write`: what they say of answers is kept.

    `may_share`: the page's own address can be given to others, since it has no visitor's token.
    """

    labels: Labels = ENGLISH
    person: str | None = None
    may_write: bool = False
    may_share: bool = True


def view_of(request: "gr.Request") -> View:
    """The view of who sends this: their language, and what the service's gate found out.

    `?lang=ko` comes along because Gradio sends the page's own query with all that it asks.
    """
    sent = request.request
    if not sent:
        return View()
    visitor = sent.state.visitor
    return View(
        labels=labels_for(sent.query_params.get("lang"), sent.headers.get("accept-language", "")),
        person=visitor.name,
        may_write=visitor.may_write,
        may_share=not (visitor.name or "").startswith("embed:"),
    )
