"""The whole question path: a question in, the exact words of documents out, or none."""

import os
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from index.address import MilvusAddress, parse_address
from index.collection import Collection, settings_of
from index.embed import model_folder, open_embedder
from index.errors import InputError
from index.places import location_at
from index.scope import EVERYTHING, Scope
from index.types import Document, DocumentSummary, Embedder, Passage
from qa.choose import Choice, choose, reranked
from qa.confidence import UNFITTED, Confidence, load_confidence
from qa.converse import Meant, stand_alone, with_topic
from qa.disagree import differing
from qa.evidence import is_whole, sentence_around
from qa.question_type import QuestionType, question_type
from qa.read import ExtractiveReader
from qa.reader_folder import SHIPPED_READER
from qa.retrieve import retrieve
from qa.types import Answer, Candidate, Citation, Hit, Reader, Span, Status, Timings, Turn

DEFAULT_DIRECTORY = ".collection"
MAX_QUESTION_CHARACTERS = 1000

# Passages found for a question, and how many of them are read.
FOUND = 20
READ = 8

_CANDIDATES = 5
_CITATIONS_A_CANDIDATE = 5


class Assistant:
    """A collection, an embedder and a reader. Safe to use from several threads."""

    def __init__(
        self, collection: Collection, embedder: Embedder, reader: Reader, confidence: Confidence
    ) -> None:
        self._collection = collection
        self._embedder = embedder
        self._reader = reader
        self.confidence = confidence

    @classmethod
    def open(cls, directory: str | Path | None = None) -> "Assistant":
        """Opens the collection in `directory`, else QA_COLLECTION, else `.collection`.

        It may be an address of Milvus, too: milvus+http://HOST:PORT/NAME, milvus+file:FILE.db.

        Raises CollectionError if there is none, or it was made with other settings; InputError if
        QA_EMBEDDER or QA_READER name no model.
        """
        folder = reader_folder()  # before the embedder, which shuts the hub off if it is packaged
        embedder = open_embedder()
        collection = Collection(collection_address(directory))
        collection.require(settings_of(embedder))
        reader = ExtractiveReader.load(folder)
        confidence = load_confidence(folder, reader.fingerprint) or UNFITTED
        return cls(collection, embedder, reader, confidence)

    def close(self) -> None:
        self._collection.close()

    def ask(self, question: str, history: Sequence[Turn] = (), scope: Scope = EVERYTHING) -> Answer:
        """Asks the documents in scope. `history` are the turns before, oldest first.

        Raises InputError for a question that is empty or too long, and where no document is in
        scope.
        """
        question = _checked(question)
        meant = stand_alone(question, history)
        answer = self._answer(question, meant, scope)
        if meant.question != question or answer.status == "answered":
            return answer
        topical = with_topic(question, history)
        if topical is None:
            return answer
        other = self._answer(question, topical, scope)
        # Where neither is likely, it is more likely a follow-up than a question of nothing.
        stays = answer.status == "unsure" and answer.confidence > other.confidence
        better = answer if stays else other
        return replace(better, timings=answer.timings + other.timings)

    def _answer(self, question: str, meant: Meant, scope: Scope) -> Answer:
        """The answer to a question by what is meant by it."""
        started = time.perf_counter()
        hits = retrieve(self._collection, self._embedder, meant.query, limit=FOUND, scope=scope)
        retrieved = time.perf_counter()
        spans = self._reader.read(meant.question, hits[:READ])
        read = time.perf_counter()
        type_ = question_type(meant.question)
        found = choose(type_, meant.question, spans)[:_CANDIDATES]
        candidates, citations = self._present(type_, found)
        confidence = candidates[0].confidence if candidates else 0.0
        # Positions hold only where no document was replaced or removed meanwhile.
        unchanged = len(candidates) == len(found)
        disagreement = differing(type_, meant.question, found, self.confidence) if unchanged else ()
        return Answer(
            question=question,
            standalone_question=meant.question,
            question_type=type_,
            status=self._status(candidates, disagreement),
            confidence=confidence,
            candidates=candidates,
            citations=citations,
            disagreement=disagreement,
            hits=reranked(hits, spans),
            timings=Timings(
                retrieve_ms=1000 * (retrieved - started),
                read_ms=1000 * (read - retrieved),
                total_ms=1000 * (time.perf_counter() - started),
            ),
        )

    @property
    def generation(self) -> int:
        """Counts the changes of what can be found; kept with feedback."""
        return self._collection.store.generation

    def search(self, query: str, limit: int = 10, scope: Scope = EVERYTHING) -> tuple[Hit, ...]:
        """Passages only, best first. Raises InputError as `ask` does."""
        return retrieve(self._collection, self._embedder, _checked(query), limit=limit, scope=scope)

    def document(self, name: str) -> Document:
        """Raises InputError if the collection has no document of that name."""
        return self._collection.document(name)

    def documents(self) -> tuple[DocumentSummary, ...]:
        """By name."""
        return self._collection.documents()

    def passages(self, document: str) -> tuple[Passage, ...]:
        """The passages of the document of that name, in its order."""
        return self._collection.passages_of(document)

    def best_in(self, question: str, passages: Sequence[Passage]) -> str:
        """The words of these passages that answer best, however unlikely; "" if none do."""
        hits = [Hit(passage=passage, score=0.0, rank=1) for passage in passages]
        type_ = question_type(question)
        choices = choose(type_, question, self._reader.read(question, hits))
        candidates, _ = self._present(type_, choices[:1])
        return candidates[0].text if candidates else ""

    def _status(self, candidates: Sequence[Candidate], disagreement: Sequence[int]) -> Status:
        """Two likely answers are shown however little each is ahead of the other."""
        if not candidates:
            return "abstained"
        status = self.confidence.status(candidates[0].confidence)
        return "unsure" if status == "abstained" and disagreement else status

    def _present(
        self, type_: QuestionType, choices: Sequence[Choice]
    ) -> tuple[tuple[Candidate, ...], tuple[Citation, ...]]:
        """The choices as candidates, and all the places that they are cited from."""
        candidates: list[Candidate] = []
        citations: list[Citation] = []
        documents: dict[int, Document] = {}
        for choice in choices:
            first = len(citations)
            citations += [
                cite(document, span)
                for span in self._places(type_, choice)
                if (document := self._document_of(span, documents))
            ]
            if len(citations) > first:
                candidates.append(
                    Candidate(
                        text=citations[first].quote,
                        confidence=self.confidence.of(type_, choice.score, choice.margin),
                        evidence=type_ != "words" and is_whole(citations[first]),
                        citations=tuple(range(first, len(citations))),
                    )
                )
        return tuple(candidates), tuple(citations)

    def _places(self, type_: QuestionType, choice: Choice) -> list[Span]:
        """Where a choice is cited from: the first span, and those that speak for it by themselves.

        The same words elsewhere may say something else ("one").
        """
        first, *others = choice.spans[:_CITATIONS_A_CANDIDATE]
        likely = self.confidence.unsure_from
        return [
            first,
            *(s for s in others if self.confidence.of(type_, s.score, s.score) >= likely),
        ]

    def _document_of(self, span: Span, documents: dict[int, Document]) -> Document | None:
        """The document that a span was read in; None if it has been replaced or removed since."""
        passage = span.hit.passage
        if passage.document_id not in documents:
            try:
                documents[passage.document_id] = self._collection.document(passage.document)
            except InputError:
                return None
        document = documents[passage.document_id]
        return document if document.id == passage.document_id else None


def cite(document: Document, span: Span) -> Citation:
    """Where a span stands. AssertionError if the document doesn't say it, which is a defect."""
    quote = document.text[span.start : span.end]
    if quote != span.text:
        raise AssertionError(f"{document.name} doesn't say {span.text!r} at {span.start}")
    passage = span.hit.passage
    sentence = sentence_around(passage.text, span.start - passage.start, span.end - passage.start)
    page = next((p.number for p in document.content.pages if p.start <= span.start < p.end), None)
    return Citation(
        document=document.name,
        title=document.title,
        date=document.content.date,
        page=page,
        heading=passage.heading,
        start=span.start,
        end=span.end,
        quote=quote,
        sentence=passage.text[sentence.start : sentence.end],
        sentence_start=passage.start + sentence.start,
        location=location_at(document.content.places, span.start),
    )


def _checked(question: str) -> str:
    # A shell may hand over bytes that aren't text, which Python holds as lone surrogates.
    question = " ".join(question.encode("utf-8", "replace").decode().split())
    if not question:
        raise InputError("The question is empty: ask one in a sentence")
    if len(question) > MAX_QUESTION_CHARACTERS:
        raise InputError(
            f"The question has {len(question):,} characters, more than the"
            f" {MAX_QUESTION_CHARACTERS:,} that are read: shorten it"
        )
    return question


def collection_address(address: str | Path | None) -> Path | MilvusAddress:
    """The address given, else QA_COLLECTION, else `.collection`.

    Raises InputError where it is neither a folder's path nor an engine's address.
    """
    return parse_address(str(address or os.environ.get("QA_COLLECTION") or DEFAULT_DIRECTORY))


def reader_folder() -> Path:
    """The folder of the shipped reader, or of what QA_READER names."""
    name = os.environ.get("QA_READER")
    return model_folder(name, "QA_READER") if name else SHIPPED_READER
