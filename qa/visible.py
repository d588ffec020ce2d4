"""What one person sees of the documents: those of folders, everybody's uploads, and their own.

All ways of asking (page, API, gradio_client, MCP) go through a `Visible`, so that what isn't for
somebody is left out before the search, and in one place.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from index.errors import no_document
from index.scope import EVERYTHING, Scope
from index.types import Document, DocumentSummary, PageView
from index.upload_folders import may_see
from qa.feedback import Feedback
from qa.types import Answer, Hit, Turn


class Assistant(Protocol):
    """What the service needs of `qa.answer.Assistant`."""

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        scope: Scope = EVERYTHING,
        precision: float | None = None,
    ) -> Answer: ...
    def search(self, query: str, limit: int, scope: Scope = EVERYTHING) -> tuple[Hit, ...]: ...
    def document(self, name: str) -> Document: ...
    def documents(self) -> tuple[DocumentSummary, ...]: ...
    def original(self, name: str) -> bytes: ...
    def page_view(self, name: str, start: int, end: int, page: int | None = None) -> PageView: ...
    def page_png(self, name: str, page: int) -> bytes: ...
    @property
    def feedback(self) -> Feedback: ...
    @property
    def generation(self) -> int: ...


class Visible:
    """An assistant over the documents that one person may see.

    `reader` is the upload folder of that person; "" of somebody who isn't known by name.
    """

    def __init__(self, assistant: Assistant, reader: str) -> None:
        self._assistant = assistant
        self.reader = reader

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        scope: Scope = EVERYTHING,
        precision: float | None = None,
    ) -> Answer:
        scope = replace(scope, reader=self.reader)
        return self._assistant.ask(question, history, scope, precision)

    def search(self, query: str, limit: int, scope: Scope = EVERYTHING) -> tuple[Hit, ...]:
        return self._assistant.search(query, limit, replace(scope, reader=self.reader))

    def document(self, name: str) -> Document:
        """Raises InputError where there is none for this person."""
        document = self._assistant.document(name)
        if not may_see(document.upload_folder, self.reader):
            raise no_document(name)
        return document

    def documents(self) -> tuple[DocumentSummary, ...]:
        """By name."""
        return tuple(
            document
            for document in self._assistant.documents()
            if may_see(document.upload_folder, self.reader)
        )

    def original(self, name: str) -> bytes:
        """The document's file. Raises InputError as `document` does, or where it has changed."""
        self.document(name)
        return self._assistant.original(name)

    def page_view(self, name: str, start: int, end: int, page: int | None = None) -> PageView:
        """Raises InputError as `document` does, or where the page can't be shown."""
        self.document(name)
        return self._assistant.page_view(name, start, end, page)

    def page_png(self, name: str, page: int) -> bytes:
        """Raises InputError as `document` does, or where the page can't be drawn."""
        self.document(name)
        return self._assistant.page_png(name, page)

    @property
    def feedback(self) -> Feedback:
        return self._assistant.feedback

    @property
    def generation(self) -> int:
        return self._assistant.generation
