"""Figures of the service for Prometheus."""

import time
from collections.abc import Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from index.errors import QAError
from index.scope import EVERYTHING, Scope
from index.types import Document, DocumentSummary, PageView
from qa.feedback import Feedback
from qa.types import Answer, Hit, Turn
from qa.visible import Assistant


class Watched:
    """An assistant whose questions are counted, however they are asked."""

    def __init__(self, assistant: Assistant) -> None:
        self.assistant = assistant
        self._registry = CollectorRegistry()
        self._questions = Counter(
            "qa_questions",
            "Questions by what became of them",
            ["status"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "qa_question_seconds",
            "Time to answer a question",
            registry=self._registry,
            buckets=(0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10),
        )
        self._documents = Gauge("qa_documents", "Documents", registry=self._registry)
        self._passages = Gauge("qa_passages", "Passages", registry=self._registry)
        for status in ("answered", "unsure", "abstained", "refused", "failed"):
            self._questions.labels(status)

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        scope: Scope = EVERYTHING,
        precision: float | None = None,
    ) -> Answer:
        status = "failed"
        started = time.perf_counter()
        try:
            answer = self.assistant.ask(question, history, scope, precision)
            status = answer.status
        except QAError:
            status = "refused"
            raise
        finally:
            self._questions.labels(status).inc()
            self._seconds.observe(time.perf_counter() - started)
        return answer

    def search(self, query: str, limit: int, scope: Scope = EVERYTHING) -> tuple[Hit, ...]:
        return self.assistant.search(query, limit, scope)

    def document(self, name: str) -> Document:
        return self.assistant.document(name)

    def original(self, name: str) -> bytes:
        return self.assistant.original(name)

    def page_view(self, name: str, start: int, end: int, page: int | None = None) -> PageView:
        return self.assistant.page_view(name, start, end, page)

    def page_png(self, name: str, page: int) -> bytes:
        return self.assistant.page_png(name, page)

    @property
    def feedback(self) -> Feedback:
        return self.assistant.feedback

    @property
    def generation(self) -> int:
        return self.assistant.generation

    def documents(self) -> tuple[DocumentSummary, ...]:
        return self.assistant.documents()

    def figures(self) -> bytes:
        """Prometheus' text format."""
        documents = self.documents()
        self._documents.set(len(documents))
        self._passages.set(sum(summary.passages for summary in documents))
        return generate_latest(self._registry)
