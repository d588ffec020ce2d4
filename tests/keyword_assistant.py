"""An assistant without models, for tests of the page: it matches the question's words.

The best sentence is the one that shares most of the question's long words; the answer is the
longest run of its words that the question does not have. Confidence is the share of words found.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from index.collection import Collection
from index.errors import InputError
from index.original import original, page_png, page_view
from index.scope import EVERYTHING, Scope, chosen
from index.types import Content, Document, DocumentSummary, Heading, Page, PageView, Passage, Range
from qa.feedback import Feedback
from qa.types import Answer, Candidate, Citation, Hit, Status, Timings, Turn

ZOO = (
    "Opening hours\n\nThe zoo opens at half past nine. The penguin feeding takes place daily at "
    "eleven o'clock near the eastern pond. Dogs are not admitted.\n"
)
FILLER = "".join(
    f"Paragraph {number} of the chronicle tells of harvests, bridges and markets.\n\n"
    for number in range(1, 900)
)
CHRONICLE = (
    f"The chronicle\n\n{FILLER}The lighthouse keeper was called Henrietta Marsh.\n\n"
    f"{FILLER.replace('Paragraph', 'Entry')}"
)
HOSTILE_NAME = '<img src=x onerror="window.hacked=1">\u202etxt.exe\x1b[31m `${window.hacked=2}`.txt'
HOSTILE = (
    "<script>window.hacked=3</script> **bold** [link](javascript:window.hacked=4) {{this}}\n\n"
    "The treasure lies under <b onclick='window.hacked=5'>the ${window.hacked=6} oak</b> "
    "\u202ereversed\x07 {{{value}}} </mark></section> today.\n"
)


def document(number: int, name: str, title: str, text: str) -> Document:
    """A document whose first line is its heading and its page 1."""
    first = text.find("\n")
    content = Content(
        title=title,
        text=text,
        pages=(Page(number=1, start=0, end=first), Page(number=2, start=first, end=len(text))),
        headings=(Heading(level=1, start=0, end=first),),
        navigation=(Range(start=len(text) - 1, end=len(text)),),
    )
    return Document(id=number, name=name, sha256=f"{number:064x}", content=content)


DOCUMENTS = (
    document(1, "zoo.txt", "A day at the zoo", ZOO),
    document(2, "town/chronicle.txt", "Chronicle of the town", CHRONICLE),
    document(3, HOSTILE_NAME, "<h1>Not a title</h1> & \u202eevil", HOSTILE),
)


class KeywordAssistant:
    """Answers from the given documents, or from those of a collection, whose files it opens."""

    generation = 7

    def __init__(
        self,
        documents: Sequence[Document] = DOCUMENTS,
        collection: Collection | None = None,
        folder: Path = Path("nowhere"),
    ) -> None:
        """`folder` is where feedback is kept."""
        self.collection = collection
        if collection:
            documents = [collection.document(kept.name) for kept in collection.documents()]
        self.kept = {document.name: document for document in documents}
        self.histories: list[tuple[Turn, ...]] = []
        self.precisions: list[float | None] = []
        self.feedback = Feedback(folder)

    def original(self, name: str) -> bytes:
        return original(self._files(name), name)

    def page_view(self, name: str, start: int, end: int, page: int | None = None) -> PageView:
        return page_view(self._files(name), name, start, end, page)

    def page_png(self, name: str, page: int) -> bytes:
        return page_png(self._files(name), name, page, (), scale=2)

    def _files(self, name: str) -> Collection:
        self.document(name)
        if self.collection is None:
            raise InputError(f"The file of {name} can't be opened: there is none")
        return self.collection

    def documents(self) -> tuple[DocumentSummary, ...]:
        return tuple(
            DocumentSummary(
                name=name,
                title=document.title,
                date=None,
                characters=len(document.text),
                pages=len(document.content.pages),
                passages=len(_passages(document)),
            )
            for name, document in sorted(self.kept.items())
        )

    def document(self, name: str) -> Document:
        if name not in self.kept:
            raise InputError(f"{name!r}: no such document; see the list of documents")
        return self.kept[name]

    def search(self, query: str, limit: int = 10, scope: Scope = EVERYTHING) -> tuple[Hit, ...]:
        wanted = _words(query)
        asked = chosen(scope, self.documents())
        passages = [p for name in asked for p in _passages(self.kept[name])]
        scored = [(len(wanted & _words(passage.text)), passage) for passage in passages]
        scored.sort(key=lambda pair: -pair[0])
        return tuple(
            Hit(passage=passage, score=float(score), rank=rank)
            for rank, (score, passage) in enumerate(scored[:limit], 1)
        )

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        scope: Scope = EVERYTHING,
        precision: float | None = None,
    ) -> Answer:
        self.histories.append(tuple(history))
        self.precisions.append(precision)
        if not question.strip():
            raise InputError("The question is empty; type one.")
        if len(question) > 1000:
            raise InputError(f"The question has {len(question):,} characters; 1,000 is the most.")
        for name in scope.documents:
            self.document(name)
        wanted = _words(question)
        hits = self.search(question, 5, scope)
        found = []
        for hit in hits:
            citation = _cite(hit.passage, wanted)
            share = len(wanted & _words(citation.sentence)) / max(1, len(wanted))
            if share > 0:
                found.append((share, citation))
        found.sort(key=lambda pair: -pair[0])
        best = found[0][0] if found else 0.0
        status: Status = "answered" if best > 0.6 else "unsure" if best > 0.4 else "abstained"
        return Answer(
            question=question,
            standalone_question=question,
            question_type="words",
            status=status,
            confidence=0.97 * best,
            candidates=tuple(
                Candidate(
                    text=citation.quote,
                    confidence=0.97 * share,
                    evidence=False,
                    citations=(number,),
                )
                for number, (share, citation) in enumerate(found)
            ),
            citations=tuple(citation for _, citation in found),
            disagreement=(),
            hits=hits,
            timings=Timings(retrieve_ms=1.0, read_ms=2.0, total_ms=3.0),
        )


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", text.lower()) if len(word) > 3}


def _passages(document: Document) -> list[Passage]:
    heading = document.text.partition("\n")[0]
    return [
        Passage(
            id=1000 * document.id + number,
            document_id=document.id,
            document=document.name,
            title=document.title,
            start=found.start(),
            end=found.end(),
            text=found.group(),
            heading=heading,
            page=2,
            version=document.version,
        )
        for number, found in enumerate(re.finditer(r"(?<=\n\n).+", document.text))
    ]


def _cite(passage: Passage, wanted: set[str]) -> Citation:
    sentences = list(re.finditer(r"[^.]+\.?", passage.text))
    best = max(sentences, key=lambda found: len(wanted & _words(found.group())))
    start, end = _answer(best.group(), wanted)
    start, end = best.start() + start, best.start() + end
    return Citation(
        document=passage.document,
        title=passage.title,
        date=None,
        page=passage.page,
        heading=passage.heading,
        start=passage.start + start,
        end=passage.start + end,
        quote=passage.text[start:end],
        sentence=best.group(),
        sentence_start=passage.start + best.start(),
        version=passage.version,
    )


def _answer(sentence: str, wanted: set[str]) -> tuple[int, int]:
    """The longest run of words, without the last stop, that has none of the wanted words."""
    longest, first, last = (0, 0), None, 0
    for word in [*re.finditer(r"\S+", sentence.rstrip("."))]:
        if _words(word.group()) & wanted:
            first = None
            continue
        first = word.start() if first is None else first
        last = word.end()
        if last - first > longest[1] - longest[0]:
            longest = (first, last)
    return longest
