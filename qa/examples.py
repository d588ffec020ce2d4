"""Questions to begin with: those that come with the documents shipped, else some of the collection.

These are made of headings by rule, and shown only where the assistant answered them when tried.
"""

import time
from collections.abc import Callable, Iterator, Sequence

from index.errors import QAError
from index.types import Document, DocumentSummary
from index.upload_folders import NOBODY
from qa.present import one_line
from qa.visible import Assistant, Visible

Examples = Sequence[tuple[str, str]]

SHOWN = 4
_TRIES = 8
_SECONDS = 1.0  # the start waits for it
_MAX_CHARACTERS = 60  # of a title or heading; a longer one makes no question to read
# What parts of documents on anything are called.
_SAID_EVERYWHERE = (
    *("abstract", "appendix", "bibliography", "conclusion", "conclusions", "contents", "foreword"),
    *("introduction", "notes", "overview", "preface", "references", "summary"),
)


def examples_of(
    assistant: Assistant, shipped: Examples, clock: Callable[[], float] = time.monotonic
) -> Examples:
    """Pairs of a question and the document that answers it, of what everybody may see.

    `shipped` where one of their documents is there; else at most four, tried within a second.
    """
    visible = Visible(assistant, NOBODY)
    documents = visible.documents()
    if {document.name for document in documents} & {name for _, name in shipped}:
        return shipped
    ends = clock() + _SECONDS
    made: list[tuple[str, str]] = []
    for tried, (question, name) in enumerate(_questions(visible, documents)):
        if tried == _TRIES or len(made) == SHOWN or clock() > ends:
            break
        if _is_answered(visible, question, name):
            made.append((question, name))
    return tuple(made)


def _questions(visible: Visible, documents: Sequence[DocumentSummary]) -> Iterator[tuple[str, str]]:
    """One of each document, of documents from all over the list."""
    for summary in documents[:: max(1, len(documents) // _TRIES)]:
        document = visible.document(summary.name)
        question = next(_questions_of(document), None)
        if question is not None:
            yield question, document.name


def _questions_of(document: Document) -> Iterator[str]:
    """Of headings that are a question, or say what a part is about."""
    title = one_line(document.title)
    for heading in document.content.headings:
        words = one_line(document.text[heading.start : heading.end]).lstrip("0123456789. ")
        plain = words.casefold().rstrip(":.")
        if not 3 < len(words) <= _MAX_CHARACTERS or plain in (title.casefold(), *_SAID_EVERYWHERE):
            continue
        if words.endswith("?"):
            yield words
        elif len(title) <= _MAX_CHARACTERS:
            yield f"What does {title} say about {words.rstrip(':.')}?"


def _is_answered(visible: Visible, question: str, name: str) -> bool:
    try:
        answer = visible.ask(question)
    except QAError:
        return False
    if answer.status != "answered":
        return False
    return answer.citations[answer.candidates[0].citations[0]].document == name
