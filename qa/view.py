"""How the page is for the visitor who looks at it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa.labels import ENGLISH, Labels, labels_for

if TYPE_CHECKING:
    import gradio as gr


PRECISIONS = (0.8, 0.9, 0.95)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """`person` is who is signed in, if anybody. `may_write`: what they say of answers is kept.

    `may_share`: the page's own address can be given to others, since it has no visitor's token.
    `precision`: only so that this share of answers is right; None: as the service was started.
    """

    labels: Labels = ENGLISH
    person: str | None = None
    may_write: bool = False
    may_share: bool = True
    precision: float | None = None


def view_of(request: "gr.Request") -> View:
    """The view of who sends this: their choices, and what the service's gate found out.

    `?lang=ko&precision=0.9` comes along because Gradio sends the page's own query with all that it
    asks.
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
        precision=_precision(sent.query_params.get("precision")),
    )


def _precision(wanted: str | None) -> float | None:
    """One of those that the menu offers; anything else is none."""
    return next((offered for offered in PRECISIONS if wanted == str(offered)), None)
