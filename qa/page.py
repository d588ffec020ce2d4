"""The page as Gradio Blocks: the conversation on one side, the documents or a source on the other.

All are `gr.HTML` in our own markup rather than `gr.Chatbot`: Markdown would change a document's
words. A citation is a link to `#source=...`, which qa/source.js turns into the event `open`; so a
click needs nothing that the server remembers, and Back and shared links work. The value is put in
by Gradio's template `${value}`, which never evaluates it; `{{{value}}}` would.
"""

import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import InputError, QAError
from index.scope import EVERYTHING
from index.upload_folders import NOBODY
from qa import documents_html, present, present_html
from qa.access import Visitor
from qa.answer import MAX_QUESTION_CHARACTERS
from qa.conversation import Exchange, Exchanges, history
from qa.documents_panel import adding_part, chosen_part, chosen_scope, documents_part
from qa.examples import Examples
from qa.feedback_html import feedback_html
from qa.labels import ENGLISH, Labels
from qa.latest_sessions import LatestSessions
from qa.limits import MinuteLimit, TooMany
from qa.page_feedback import add_feedback
from qa.page_menu import QUIETLY, add_menu, menu_html
from qa.source_html import missing_html, source_html
from qa.types import Answer, Turn
from qa.view import View, view_of
from qa.visible import Assistant, Visible

if TYPE_CHECKING:
    import gradio as gr

TITLE = "Chapter & Verse"
QUESTIONS_AT_ONCE = 4  # more would only share the same processor
QUESTIONS_WAITING = 64
TURNS_KEPT = 100  # of a conversation, in the page and on the server
SESSIONS_KEPT = 1000  # conversations on the server, some 50 kB each and what was answered
SESSIONS_LISTENING = 1000  # of which Gradio keeps what waits to be fetched, some 4 kB each
HERE = Path(__file__).parent


class Page:
    """What the page's events do. It holds no visitor's state: several can use it at once."""

    def __init__(
        self, assistant: Visible, examples: Examples, *, takes_files: bool = False
    ) -> None:
        """`assistant` is one visitor's view; `takes_files`: that visitor may change uploads."""
        self.assistant = assistant
        self.examples = examples
        self.takes_files = takes_files

    def first_visit(self, labels: Labels = ENGLISH) -> tuple[str, str, str, str]:
        """Head, welcome, list of documents, and the place for new files."""
        adding = documents_html.adding_html(
            self.assistant.reader, labels, may_write=self.takes_files
        )
        return (*self.documents(labels), adding)

    def documents(self, labels: Labels = ENGLISH) -> tuple[str, str, str]:
        """Head, welcome and list of documents."""
        documents = self.assistant.documents()
        names = {summary.name for summary in documents}
        questions = [question for question, name in self.examples if name in names]
        return (
            documents_html.collection_html(documents, labels),
            present_html.welcome_html(
                questions, len(documents), labels, takes_files=self.takes_files
            ),
            documents_html.documents_html(
                documents, self.assistant.reader, labels, may_write=self.takes_files
            ),
        )

    def answer(
        self,
        question: str,
        exchanges: Exchanges,
        view: View,
        count: Callable[[], None] = lambda: None,
        chosen: str | None = None,
    ) -> Iterator[tuple[str, str | None, str, Exchanges]]:
        """The conversation, the source panel, what stands in the question box, and the exchanges.

        First with the question waiting, then with its answer, then with the source, since a page
        takes longer to be found. None leaves the panel as it is. `count` raises TooMany where one
        person asks too much. `chosen` are the ticked documents.
        """
        labels = view.labels
        exchanges = exchanges[-(TURNS_KEPT - 1) :]
        said = self.conversation(exchanges, view)
        if notice := _refusal(question, labels):
            yield said + present_html.notice_html(notice), None, question, exchanges
            return
        waiting = present_html.waiting_html(present.excerpt(question), labels)
        yield said + waiting, None, "", exchanges
        try:
            count()
            scope = chosen_scope(chosen, self.assistant.documents()) if chosen else EVERYTHING
            answer = self.assistant.ask(question, history(exchanges), scope, view.precision)
        except TooMany as error:
            notice = labels.too_many.format(error.wait_seconds)
        except QAError as error:
            notice = str(error)
        except Exception:
            logging.getLogger(__name__).exception("a question could not be answered")
            notice = labels.unexpected
        else:
            exchange = Exchange(answer=answer)
            exchanges = (*exchanges, exchange)
            said += self.conversation((exchange,), view)
            yield said, None, "", exchanges
            yield said, self.source(answer, view), "", exchanges
            return
        yield said + present_html.notice_html(notice), None, question, exchanges

    def conversation(self, exchanges: Exchanges, view: View) -> str:
        """What was asked and answered, as HTML."""
        return "".join(
            present_html.answer_html(
                exchange.answer,
                view.labels,
                feedback_html(exchange.answer, exchange.id, view.labels) if view.may_write else "",
            )
            for exchange in exchanges
        )

    def source(self, answer: Answer, view: View) -> str:
        """The panel on the answer's first citation; empty where there is none."""
        if answer.status == "abstained":
            return ""
        cited = answer.citations[answer.candidates[0].citations[0]]
        wanted = {"document": cited.document, "start": cited.start, "end": cited.end}
        return self.open({**wanted, "version": cited.version}, view)

    def open(self, wanted: dict[str, Any], view: View) -> str:
        """The panel on `{"document", "start", "end"}`; empty where no document is named.

        `version` is that of the document when it was cited, `page` the one that is turned to;
        `as_text` shows a page's text.
        """
        name, start, end = wanted.get("document"), wanted.get("start"), wanted.get("end")
        page, version = wanted.get("page"), wanted.get("version")
        if not isinstance(name, str):
            return ""
        if not isinstance(start, int) or not isinstance(end, int):
            start = end = 0
        labels, notice, shown = view.labels, "", None
        try:
            document = self.assistant.document(name)
        except InputError:
            return missing_html(labels.removed, labels)
        except QAError as error:
            return missing_html(str(error), labels)
        if version and version != document.version:
            start = end = 0
            notice = labels.changed
        if document.content.page_runs and wanted.get("as_text") is not True:
            page = page if isinstance(page, int) and page > 0 else None
            try:
                shown = self.assistant.page_view(name, start, end, page)
            except QAError:
                notice = notice or labels.pages_unseen
        return source_html(
            document, start, end, labels, view=shown, notice=notice, may_share=view.may_share
        )


def _refusal(question: str, labels: Labels) -> str:
    """Why the question isn't asked; empty where it is. The assistant would say it in English."""
    characters = len(" ".join(question.split()))
    if characters == 0:
        return labels.empty_question
    if characters > MAX_QUESTION_CHARACTERS:
        return labels.long_question.format(
            count=f"{characters:,}", most=f"{MAX_QUESTION_CHARACTERS:,}"
        )
    return ""


def build_page(
    assistant: Assistant,
    examples: Examples = (),
    limit: MinuteLimit | None = None,
    *,
    takes_uploads: bool = False,
) -> "gr.Blocks":
    """The Blocks, ready to be mounted. `examples` are pairs of a question and the document that

    answers it; one is shown only where the collection holds that document. `limit` counts the
    questions of each person, whom the service's gate names. `takes_uploads`: there is a route for
    files, and who may write is offered it.
    """
    import gradio as gr

    limit = limit or MinuteLimit(None, "question")

    def page_for(request: gr.Request) -> Page:
        visitor = visitor_of(request)
        takes_files = takes_uploads and visitor is not None and visitor.may_write
        return Page(visible_to(request, assistant), examples, takes_files=takes_files)

    def ask_typed(
        question: str, chosen: str, kept: Exchanges, request: gr.Request
    ) -> Iterator[Any]:
        def count() -> None:
            limit.count(person_of(request))

        answers = page_for(request).answer(question or "", kept, view_of(request), count, chosen)
        for said, panel, typed, now in answers:
            yield said, gr.skip() if panel is None else panel, typed, now

    def ask_example(
        chosen: str, kept: Exchanges, event: gr.EventData, request: gr.Request
    ) -> Iterator[Any]:
        yield from ask_typed(str(event._data.get("question", "")), chosen, kept, request)

    def open_source(event: gr.EventData, request: gr.Request) -> str:
        return page_for(request).open(event._data, view_of(request))

    def greet(request: gr.Request) -> tuple[Any, ...]:
        view = view_of(request)
        labels = view.labels
        typed = gr.Textbox(
            placeholder=labels.ask_a_question, label=labels.question, submit_btn=labels.ask
        )
        return *page_for(request).first_visit(labels), menu_html(view), typed

    def speak(kept: Exchanges, request: gr.Request) -> tuple[Any, ...]:
        """All in another language, but for the source, which its script asks for."""
        return *greet(request), page_for(request).conversation(kept, view_of(request))

    def list_documents(request: gr.Request) -> tuple[str, ...]:
        return page_for(request).documents(view_of(request).labels)

    def begin_anew() -> tuple[str, str, str, Exchanges]:
        return "", "", "", ()

    blocks = gr.Blocks(title=TITLE, analytics_enabled=False, delete_cache=(3600, 3600))
    with blocks:
        turns = gr.State(())
        # What shows documents is empty until it is known who looks (`greet`).
        with gr.Row(elem_id="top"):
            head_part = gr.HTML(elem_id="head", apply_default_css=False, js_on_load=None)
            menu_part = add_menu(turns, view_of)
        with gr.Row(elem_id="parts"):
            with gr.Column(elem_id="asking", scale=3, min_width=0):
                welcome_part = gr.HTML(
                    elem_id="welcome",
                    apply_default_css=False,
                    js_on_load=(HERE / "welcome.js").read_text("utf-8"),
                )
                conversation_part = gr.HTML(
                    elem_id="conversation",
                    apply_default_css=False,
                    js_on_load=(HERE / "conversation.js").read_text("utf-8"),
                )
                chosen = chosen_part()
                box = gr.Textbox(
                    placeholder=ENGLISH.ask_a_question,
                    label=ENGLISH.question,
                    show_label=False,
                    container=False,
                    submit_btn=ENGLISH.ask,
                    max_lines=6,
                    autofocus=True,
                    elem_id="box",
                )
            with gr.Column(elem_id="reading", scale=2, min_width=0):
                listed = documents_part()
                adding = adding_part()
                source_part = gr.HTML(
                    elem_id="source",
                    apply_default_css=False,
                    js_on_load=(HERE / "source.js").read_text("utf-8"),
                )
        parts = [conversation_part, source_part, box, turns]
        asking: dict[str, Any] = {
            "concurrency_limit": QUESTIONS_AT_ONCE,
            "concurrency_id": "ask",
            "show_progress": "hidden",
            "api_visibility": "private",
            "trigger_mode": "once",
        }
        asked = [
            box.submit(ask_typed, [box, chosen, turns], parts, **asking),
            welcome_part.ask(ask_example, [chosen, turns], parts, **asking),
        ]
        source_part.open(open_source, None, source_part, **QUIETLY)
        menu_part.fresh(begin_anew, None, parts, cancels=asked, **QUIETLY)
        add_feedback(lambda request: visible_to(request, assistant), turns, view_of)
        greeted = [head_part, welcome_part, listed, adding, menu_part, box]
        blocks.load(greet, None, greeted, **QUIETLY)
        menu_part.speak(speak, [turns], [*greeted, conversation_part], **QUIETLY)
        for part in (listed, adding):
            part.changed(list_documents, None, [head_part, welcome_part, listed], **QUIETLY)
        _add_api(assistant, limit)
    blocks.queue(max_size=QUESTIONS_WAITING)
    blocks.state_session_capacity = SESSIONS_KEPT
    queue: Any = blocks._queue
    queue.pending_messages_per_session = LatestSessions(SESSIONS_LISTENING)
    queue.pending_event_ids_session = LatestSessions(SESSIONS_LISTENING)
    # Else it would keep 10,000 events and make a table of them after each, for nobody to see.
    queue.ANALYTICS_MAX_EVENTS = 1
    queue.event_count_at_last_cache = sys.maxsize
    return blocks


def person_of(request: "gr.Request") -> str:
    """Who asks, as the service's gate found out."""
    visitor = visitor_of(request)
    return visitor.person if visitor else ""


def visitor_of(request: "gr.Request") -> Visitor | None:
    """None where it came through no gate, as from Gradio itself."""
    visitor: Visitor | None = request.request.state.visitor if request.request else None
    return visitor


def visible_to(request: "gr.Request", assistant: Assistant) -> Visible:
    """The documents for whoever sent the request."""
    visitor = visitor_of(request)
    return Visible(assistant, visitor.reader if visitor else NOBODY)


def _add_api(assistant: Assistant, limit: MinuteLimit) -> None:
    """The endpoints for `gradio_client`; the page itself does not use them."""
    import gradio as gr
    from gradio.events import api
    from gradio.exceptions import Error

    def ask(
        question: str, request: gr.Request, history: list[dict[str, Any]] | None = None
    ) -> dict[str, Any]:
        """The answer as the JSON of `qa ask --json`."""
        return present.to_json(_ask(question, history, request))

    def chat(
        question: str, request: gr.Request, history: list[dict[str, Any]] | None = None
    ) -> str:
        """The answer as Markdown. `history` is a list of {"question", "answer"}, oldest first."""
        return present.to_markdown(_ask(question, history, request))

    def _ask(question: str, history: list[dict[str, Any]] | None, request: gr.Request) -> Answer:
        try:
            limit.count(person_of(request))
            return visible_to(request, assistant).ask(question, turns_of(history or []))
        except QAError as error:
            raise Error(str(error), print_exception=False) from error

    for function in (chat, ask):
        api(
            function,
            api_name=function.__name__,
            concurrency_limit=QUESTIONS_AT_ONCE,
            concurrency_id="ask",
        )


def turns_of(history: Sequence[dict[str, Any]]) -> tuple[Turn, ...]:
    """Turns from `[{"question", "answer"}]`; InputError where they are something else."""
    turns = []
    for number, turn in enumerate(history[-TURNS_KEPT:], 1):
        question = turn.get("question") if isinstance(turn, dict) else None
        answer = turn.get("answer") if isinstance(turn, dict) else None
        if not isinstance(question, str) or not isinstance(answer, str | None):
            raise InputError(
                f'history: turn {number} must be {{"question": text, "answer": text or null}}'
            )
        turns.append(Turn(question=question, answer=answer))
    return tuple(turns)
