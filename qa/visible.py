"""What one person sees of the documents: those of folders, everybody's uploads, and their own.

All ways of asking (page, API, gradio_client, MCP) go through a `Visible`, so that what isn't for
somebody is left out before the search, and in one place.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from index.errors import no_document
from index.scope import EVERYTHING, Scope
from index.types import Document, DocumentSummary
from index.upload_folders import may_see
from qa.types import Answer, Hit, Turn


class Assistant(Protocol):
    """What the service needs of `qa.answer.Assistant`."""

    def ask(
        self, question: str, history: Sequence[Turn] = (), scope: Scope = EVERYTHING
    ) -> Answer: ...
    def search(self, query: str, limit: int, scope: Scope = EVERYTHING) -> tuple[Hit, ...]: ...
    def document(self, name: str) -> Document: ...
    def documents(self) -> tuple[DocumentSummary, ...]: ...


class Visible:
    """An assistant over the documents that one person may see.

    `reader` is the upload folder of that person; "" of somebody who isn't known by name.
    """

    def __init__(self, assistant: Assistant, reader: str) -> None:
        self._assistant = assistant
        self.reader = reader

    def ask(self, question: str, history: Sequence[Turn] = (), scope: Scope = EVERYTHING) -> Answer:
        return self._assistant.ask(question, history, replace(scope, reader=self.reader))

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
