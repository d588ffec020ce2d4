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
from index.language import other_language
from index.original import original, page_png, page_view
from index.places import location_at
from index.scope import EVERYTHING, Scope
from index.types import Document, DocumentSummary, Embedder, PageView, Passage
from qa.choose import Choice, choose, reranked
from qa.confidence import UNFITTED, Confidence, load_confidence
from qa.converse import Meant, stand_alone, with_topic
from qa.disagree import differing
from qa.enough import spans_of
from qa.evidence import is_whole, sentence_around
from qa.features import features, features_alone
from qa.feedback import Feedback
from qa.question_type import QuestionType, question_type
from qa.read import ExtractiveReader
from qa.reader_folder import SHIPPED_READER
from qa.retrieve import DENSE_WEIGHT, retrieve
from qa.tuning import load_tuning
from qa.turns import Turns
from qa.types import Answer, Candidate, Citation, Hit, Reader, Span, Status, Timings, Turn
from qa.uploads import Uploads

DEFAULT_DIRECTORY = ".collection"
MAX_QUESTION_CHARACTERS = 1000

FOUND = 20  # passages, for each question

PIXELS_A_POINT = 2.0  # of a page's picture: 1,190 across for A4, sharp on a phone, too

_CANDIDATES = 5
_CITATIONS_A_CANDIDATE = 5


class Assistant:
    """A collection, an embedder and a reader. Safe to use from several threads."""

    def __init__(
        self,
        collection: Collection,
        embedder: Embedder,
        reader: Reader,
        confidence: Confidence,
        dense_weight: float = DENSE_WEIGHT,
    ) -> None:
        self._collection = collection
        self._embedder = embedder
        self._reader = reader
        self.confidence = confidence
        self._dense_weight = dense_weight
        self._turns = Turns()

    @classmethod
    def open(
        cls, directory: str | Path | None = None, precision: float | None = None
    ) -> "Assistant":
        """Opens the collection in `directory`, else QA_COLLECTION, else `.collection`.

        It may be an address of Milvus, too: milvus+http://HOST:PORT/NAME, milvus+file:FILE.db.

        What `qa tune` fitted to it is used. Of what it answers at least `precision` is right, by
        what was measured; None: what is more likely right than wrong is answered. Raises
        CollectionError if there is none, or it was made with other settings; InputError if
        QA_EMBEDDER or QA_READER name no model, or the precision can't be kept.
        """
        folder = reader_folder()  # before the embedder, which shuts the hub off if it is packaged
        embedder = open_embedder()
        collection = Collection(collection_address(directory))
        collection.require(settings_of(embedder))
        reader = ExtractiveReader.load(folder)
        confidence = load_confidence(folder, reader.fingerprint) or UNFITTED
        dense_weight = DENSE_WEIGHT
        tuning = load_tuning(collection.directory, reader.fingerprint, embedder.fingerprint)
        if tuning is not None:
            confidence, dense_weight = tuning.applied_to(confidence), tuning.dense_weight
        if precision is not None:
            confidence = confidence.at_precision(precision)
        return cls(collection, embedder, reader, confidence, dense_weight)

    def close(self) -> None:
        self._collection.close()

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        scope: Scope = EVERYTHING,
        precision: float | None = None,
    ) -> Answer:
        """Asks the documents in scope. `history` are the turns before, oldest first.

        `precision` is that of `open`, for this question. Raises InputError for a question that is
        empty or too long, where no document is in scope, and where the precision can't be kept.
        """
        question = _checked(question)
        confidence = self.confidence
        if precision is not None:
            confidence = confidence.at_precision(precision)
        with self._turns.asking():
            return self._asked(question, history, scope, confidence)

    def _asked(
        self, question: str, history: Sequence[Turn], scope: Scope, confidence: Confidence
    ) -> Answer:
        meant = stand_alone(question, history)
        answer = self._answer(question, meant, scope, confidence)
        settled = answer.status == "answered" or answer.unread_language is not None
        if meant.question != question or settled:
            return answer
        topical = with_topic(question, history)
        if topical is None:
            return answer
        other = self._answer(question, topical, scope, confidence)
        # Where neither is likely, it is more likely a follow-up than a question of nothing.
        stays = answer.status == "unsure" and answer.confidence > other.confidence
        better = answer if stays else other
        return replace(better, timings=answer.timings + other.timings)

    def _answer(self, question: str, meant: Meant, scope: Scope, confidence: Confidence) -> Answer:
        """The answer to a question by what is meant by it."""
        started = time.perf_counter()
        hits = self._retrieve(meant.query, FOUND, scope)
        retrieved = time.perf_counter()
        spans = spans_of(self._reader, meant.question, hits)
        read = time.perf_counter()
        type_ = question_type(meant.question)
        found = choose(type_, meant.question, spans)[:_CANDIDATES]
        candidates, citations = self._present(type_, meant.question, found, confidence)
        # Positions hold only where no document was replaced or removed meanwhile.
        unchanged = len(candidates) == len(found)
        disagreement = differing(type_, meant.question, found, confidence) if unchanged else ()
        status = _status(candidates, disagreement, confidence)
        nearest = other_language(meant.question) or (
            other_language(hits[0].passage.text) if hits else None
        )
        unread = nearest if status != "answered" else None
        if unread:
            # A guess from what lies further off would be taken for what the nearest one says.
            status, candidates, citations, disagreement = "abstained", (), (), ()
        return Answer(
            question=question,
            standalone_question=meant.question,
            question_type=type_,
            status=status,
            confidence=candidates[0].confidence if candidates else 0.0,
            candidates=candidates,
            citations=citations,
            disagreement=disagreement,
            hits=hits if unread else reranked(hits, spans),
            timings=Timings(
                retrieve_ms=1000 * (retrieved - started),
                read_ms=1000 * (read - retrieved),
                total_ms=1000 * (time.perf_counter() - started),
            ),
            unread_language=unread,
        )

    @property
    def generation(self) -> int:
        """Counts the changes of what can be found; kept with feedback."""
        return self._collection.store.generation

    def search(self, query: str, limit: int = 10, scope: Scope = EVERYTHING) -> tuple[Hit, ...]:
        """Passages only, best first. Raises InputError as `ask` does."""
        query = _checked(query)
        with self._turns.asking():
            return self._retrieve(query, limit, scope)

    def _retrieve(self, query: str, limit: int, scope: Scope) -> tuple[Hit, ...]:
        return retrieve(
            self._collection,
            self._embedder,
            query,
            limit=limit,
            scope=scope,
            dense_weight=self._dense_weight,
        )

    def uploads(self) -> Uploads:
        """What brings documents into this collection that lie in no folder of its own."""
        return Uploads(self._collection, self._embedder, self._turns)

    def document(self, name: str) -> Document:
        """Raises InputError if the collection has no document of that name."""
        return self._collection.document(name)

    def original(self, name: str) -> bytes:
        """The bytes of a document's file; InputError if it is gone or has changed."""
        return original(self._collection, name)

    def page_view(self, name: str, start: int, end: int, page: int | None = None) -> PageView:
        """A page of a PDF, else the one that `[start, end)` begins on, with its boxes.

        InputError if it can't be drawn.
        """
        return page_view(self._collection, name, start, end, page)

    def page_png(self, name: str, page: int) -> bytes:
        """The picture of a page of a PDF. InputError if it can't be drawn."""
        return page_png(self._collection, name, page, (), scale=PIXELS_A_POINT)

    @property
    def feedback(self) -> Feedback:
        """What people said of answers."""
        return Feedback(self._collection.directory)

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
        candidates, _ = self._present(type_, question, choices[:1], self.confidence)
        return candidates[0].text if candidates else ""

    def _present(
        self,
        type_: QuestionType,
        question: str,
        choices: Sequence[Choice],
        confidence: Confidence,
    ) -> tuple[tuple[Candidate, ...], tuple[Citation, ...]]:
        """The choices as candidates, and all the places that they are cited from."""
        candidates: list[Candidate] = []
        citations: list[Citation] = []
        documents: dict[int, Document] = {}
        for choice in choices:
            first = len(citations)
            citations += [
                cite(document, span)
                for span in _places(type_, question, choice, confidence)
                if (document := self._document_of(span, documents))
            ]
            if len(citations) > first:
                candidates.append(
                    Candidate(
                        text=citations[first].quote,
                        confidence=confidence.of(type_, features(type_, question, choice)),
                        evidence=type_ != "words" and is_whole(citations[first]),
                        citations=tuple(range(first, len(citations))),
                    )
                )
        return tuple(candidates), tuple(citations)

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


def _status(
    candidates: Sequence[Candidate], disagreement: Sequence[int], confidence: Confidence
) -> Status:
    """Two likely answers are shown however little each is ahead of the other."""
    if not candidates:
        return "abstained"
    status = confidence.status(candidates[0].confidence)
    return "unsure" if status == "abstained" and disagreement else status


def _places(
    type_: QuestionType, question: str, choice: Choice, confidence: Confidence
) -> list[Span]:
    """Where a choice is cited from: the first span, and those that speak for it by themselves.

    The same words elsewhere may say something else ("one").
    """
    first, *others = choice.spans[:_CITATIONS_A_CANDIDATE]
    likely = confidence.unsure_from
    return [
        first,
        *(s for s in others if confidence.of(type_, features_alone(type_, question, s)) >= likely),
    ]


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
        version=document.version,
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
