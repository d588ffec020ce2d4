"""A folder with a PDF of three pages, and an assistant that answers from it."""

from pathlib import Path

from reportlab.pdfgen.canvas import Canvas

from index import sync
from index.collection import Collection
from tests.fakes import WordEmbedder
from tests.keyword_assistant import KeywordAssistant

FERRY = "Who was the captain of the ferry?"
CAPTAIN = "Morfydd Parry of Porth Du"


def write_pdf(path: Path, *, captain: str = CAPTAIN) -> None:
    """Three pages; the captain stands far down the second one."""
    canvas = Canvas(str(path), pagesize=(420, 595), invariant=1)
    canvas.setTitle("The ferry")
    for page in (1, 2, 3):
        canvas.setFont("Helvetica", 11)
        for row in range(28):
            canvas.drawString(40, 550 - 15 * row, f"Row {row} of page {page} tells of tides.")
        if page == 2:
            canvas.drawString(40, 90, f"The captain of the ferry was {captain}.")
        canvas.showPage()
    canvas.save()


def ferry_assistant(folder: Path) -> KeywordAssistant:
    """Of `folder`/papers, indexed into `folder`/collection."""
    papers = folder / "papers"
    papers.mkdir()
    write_pdf(papers / "ferry.pdf")
    (papers / "note.txt").write_text("Opening\n\nThe ticket office opens at seven o'clock.\n")
    (papers / "page.html").write_text("<h1>Fares</h1><p>Children travel without a ticket.</p>")
    collection = Collection(folder / "collection", create=True)
    sync.sync(collection, [papers], WordEmbedder())
    return KeywordAssistant(collection=collection, folder=folder / "collection")
