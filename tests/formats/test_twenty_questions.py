"""Twenty questions over a document of each format: where the words are right, so is the place.

What the reader gets wrong doesn't count, as long as it gets half of them.
"""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
import pytest

from index.collection import Collection
from index.embed import open_embedder
from index.original import citation_boxes
from index.sync import sync
from qa import Assistant
from qa.metrics import f1
from qa.types import Citation
from tests.browser.browsing import chromium
from tests.formats import tables, writers
from tests.formats.texts import Fact, text

pytestmark = pytest.mark.slow

_TEXTS = {
    "observatory.txt": writers.plain,
    "mill.md": writers.markdown,
    "railway.html": writers.html,
    "school.docx": writers.docx,
    "bees.pptx": writers.pptx,
    "voyage.epub": writers.epub,
    "choir.eml": writers.eml,
    "garden.rtf": writers.rtf,
    "clocks.odt": writers.opendocument,
}
_HEADERS = (
    ("Who sent the mail about the choir trip to Tartu?", "Almut Behr", "From"),
    ("When was the mail about the choir trip to Tartu sent?", "Mon, 05 Aug 2024", "Date"),
)

Where = dict[str, int | str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A question, the document that answers it, and where it does."""

    document: str
    fact: Fact
    location: Where
    page: int | None = None
    heading: str | None = None


def _prose_cases() -> Iterator[Case]:
    locate: dict[str, Callable[[Fact], Where]] = {
        "bees.pptx": lambda fact: {"slide": fact.section + 1, **_in_table(fact)},
        "voyage.epub": lambda fact: {"chapter": fact.heading},
    }
    for name in _TEXTS:
        has_headings = not name.endswith((".txt", ".rtf", ".eml"))
        for fact in text(Path(name).stem).facts:
            yield Case(
                document=name,
                fact=fact,
                location=locate.get(name, _in_table)(fact),
                heading=fact.heading if has_headings else None,
            )
    for question, answer, header in _HEADERS:
        fact = Fact(question=question, answer=answer, holder=answer, section=0, heading="")
        yield Case(document="choir.eml", fact=fact, location={"header": header})


def _in_table(fact: Fact) -> Where:
    return {"table": 1, "row": fact.row, "column": fact.column} if fact.row else {}


def _pdf_cases(printed: bool) -> Iterator[Case]:
    """The first sections are by ReportLab; the others are printed by Chromium, if it is there."""
    for fact in text("harbour").facts:
        by_chromium = printed and fact.section > 2
        yield Case(
            document="harbour-2.pdf" if by_chromium else "harbour-1.pdf",
            fact=fact,
            location={},
            page=fact.section - 2 + 1 if by_chromium else fact.section + 1,
        )


def _table_cases() -> Iterator[Case]:
    for table, facts in (
        (tables.HUTS, tables.HUTS.facts(count=10)),
        (tables.FERRIES, tables.FERRIES.facts(first=10, count=10)),
    ):
        for fact in facts:
            cell = f"{'ABCDE'[fact.column - 1]}{fact.row + writers.ROWS_ABOVE_TABLE}"
            yield Case(
                document="transport.xlsx", fact=fact, location={"sheet": table.name, "cell": cell}
            )
    for fact in tables.APPLES.facts():
        where: Where = {"row": fact.row, "column": fact.column}
        yield Case(document="apples.csv", fact=fact, location=where)
    for fact in tables.BELLS.facts():
        where = {"row": fact.row, "column": fact.column}
        yield Case(document="bells.tsv", fact=fact, location=where)
    for fact in tables.BRIDGES.facts():
        yield Case(document="bridges.json", fact=fact, location={"item": fact.row - 1})
    for fact in tables.SLEDGES.facts():
        yield Case(document="sledges.jsonl", fact=fact, location={"line": fact.row - 1})


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> bytes | None:
    """Two sections as PDF by Chromium."""
    if shutil.which("chromium") is None:
        return None
    harbour = text("harbour")
    with chromium() as browser:
        page = browser.new_page()
        page.set_content(writers.printable(harbour, harbour.sections[2:]))
        return page.pdf(format="A5")


@pytest.fixture(scope="module")
def collection(
    tmp_path_factory: pytest.TempPathFactory, printed: bytes | None
) -> Iterator[Collection]:
    folder = tmp_path_factory.mktemp("documents")
    harbour = text("harbour")
    first = harbour.sections if printed is None else harbour.sections[:2]
    files = {
        **{name: write(text(Path(name).stem)) for name, write in _TEXTS.items()},
        "harbour-1.pdf": writers.pdf(harbour, first),
        **({} if printed is None else {"harbour-2.pdf": printed}),
        "transport.xlsx": writers.xlsx([tables.HUTS, tables.FERRIES]),
        "apples.csv": writers.delimited(tables.APPLES, ","),
        "bells.tsv": writers.delimited(tables.BELLS, "\t"),
        "bridges.json": writers.json_list(tables.BRIDGES),
        "sledges.jsonl": writers.json_lines(tables.SLEDGES),
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    collection = Collection(tmp_path_factory.mktemp("collection"), create=True)
    report = sync(collection, [folder], open_embedder())
    assert (len(report.added), report.failed) == (len(files), [])
    yield collection
    collection.close()


@pytest.fixture(scope="module")
def assistant(collection: Collection) -> Iterator[Assistant]:
    assistant = Assistant.open(collection.directory)
    yield assistant
    assistant.close()


def test_right_words_are_cited_in_the_right_place(
    collection: Collection, assistant: Assistant, printed: bytes | None
) -> None:
    right: dict[str, int] = {}
    asked: dict[str, int] = {}
    wrong: list[tuple[str, str]] = []
    for case in (*_prose_cases(), *_pdf_cases(printed is not None), *_table_cases()):
        format_ = Path(case.document).suffix
        asked[format_] = asked.get(format_, 0) + 1
        answer = assistant.ask(case.fact.question)
        is_right = answer.text is not None and _is_right(answer.text, case.fact.answer)
        right[format_] = right.get(format_, 0) + is_right
        if is_right:
            citation = answer.citations[0]
            faults = _faults(case, citation, collection.document(case.document).text)
            if format_ == ".pdf":
                faults += _box_faults(collection, citation)
            wrong += [(case.fact.question, fault) for fault in faults]
    print("\n".join(f"{format_}: {right[format_]} of {asked[format_]}" for format_ in asked))
    assert not wrong, "\n".join(f"{question} {fault}" for question, fault in wrong)
    assert min(asked.values()) >= 20
    assert all(2 * right[format_] >= count for format_, count in asked.items()), right


def _is_right(said: str, answer: str) -> bool:
    """Half of the words, as in `qa evaluate`; but "210 cm" isn't "245 cm" by half."""
    return f1(said, [answer]) >= 0.5 and (said in answer or answer in said)


def _faults(case: Case, citation: Citation, document: str) -> list[str]:
    """What is wrong with where it is cited from, and with the characters that are marked."""
    found = (citation.document, citation.page, dict(citation.location))
    faults = [] if found == (case.document, case.page, case.location) else [f"in {found}"]
    if case.heading is not None and (citation.heading or "").split(" > ")[-1] != case.heading:
        faults.append(f"under {citation.heading}")
    if document[citation.start : citation.end] != citation.quote:
        faults.append("doesn't read back")
    holder = case.fact.holder
    # A cell may say the same as another; a sentence stands there once.
    start = citation.start if case.fact.row else document.index(holder)
    inside = start <= citation.start and citation.end <= start + len(holder)
    if not inside or citation.quote not in holder:
        faults.append(f"marks {citation.quote!r}")
    return faults


def _box_faults(collection: Collection, citation: Citation) -> list[str]:
    """What is wrong with where a citation is drawn: beyond the page, or over other words."""
    path, _ = collection.store.file_of(citation.document)
    boxes = citation_boxes(collection, citation.document, citation.start, citation.end)
    under = ""
    faults = [] if boxes else ["no boxes"]
    with pypdfium2.PdfDocument(path) as document:
        page = document[(citation.page or 0) - 1]
        width, height = page.get_size()
        for box in boxes:
            across = 0 <= box.left < box.right <= width
            if box.page != citation.page or not (across and 0 <= box.top < box.bottom <= height):
                faults.append(f"{box} beyond the page")
            under += page.get_textpage().get_text_bounded(
                left=box.left, right=box.right, top=height - box.top, bottom=height - box.bottom
            )
    if re.findall(r"\w", under) != re.findall(r"\w", citation.quote):
        faults.append(f"{under!r} under the boxes")
    return faults
