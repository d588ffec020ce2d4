"""A valid file or more of each format, to be damaged."""

import io
import json
from pathlib import Path

from openpyxl import Workbook
from pptx import Presentation
from reportlab.pdfgen.canvas import Canvas

from tests.index.test_load_epub import book
from tests.index.test_load_odt import odt

SAMPLE = Path(__file__).parents[2] / "docs" / "sample"
_TEXT = (
    "The ferry runs every day of the year. В 1899 году паром затонул. 연락선은 매일 다닌다.\n\n"
    "It was built in 1901 and carries 300 people – or “40 cars”.\n"
)


def valid_files() -> list[tuple[str, bytes]]:
    """Names and bytes: those of the sample, and for other formats a small one made here."""
    files = [
        (path.name, path.read_bytes())
        for path in sorted(SAMPLE.iterdir())
        if path.suffix in (".pdf", ".docx", ".html") or path.name == "space.md"
    ]
    markdown = f"# Ferries\n\n- one\n  - two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n{_TEXT}"
    return [
        *files,
        ("plain.pdf", _plain_pdf()),
        ("a.txt", _TEXT.encode()),
        ("b.text", _TEXT.encode("utf-16")),
        ("c.markdown", markdown.encode()),
        ("d.htm", f"<html><body><main><p>{_TEXT}</p></main></body></html>".encode()),
        *_tables(),
        ("slides.pptx", _slides()),
        ("book.epub", book()),
        ("text.odt", odt(f"<text:p>{_TEXT}</text:p>")),
        (
            "text.rtf",
            b"{\\rtf1\\ansi The ferry \\b runs\\b0  every day.\\par It was built in 1901.}",
        ),
        ("mail.eml", f"Subject: Ferry\nFrom: a@example.org\n\n{_TEXT}".encode()),
        ("e.xhtml", f'<html xmlns="http://www.w3.org/1999/xhtml"><p>{_TEXT}</p></html>'.encode()),
    ]


def _tables() -> list[tuple[str, bytes]]:
    heads = ["Year", "Ferry", "People"]
    values = [[str(1900 + n), f"No. {n}", str(300 + n)] for n in range(20)]
    rows = [heads, *values]
    records = [dict(zip(heads, row, strict=True)) for row in values]
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("Ferries")
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    workbook.save(out)
    return [
        ("t.csv", "\n".join(",".join(row) for row in rows).encode()),
        ("t.tsv", "\n".join("\t".join(row) for row in rows).encode("utf-16")),
        ("t.json", json.dumps(records).encode()),
        ("t.jsonl", "\n".join(json.dumps(record) for record in records).encode()),
        ("t.xlsx", out.getvalue()),
    ]


def _slides() -> bytes:
    slides = Presentation()
    for number in range(3):
        slide = slides.slides.add_slide(slides.slide_layouts[1])
        slide.shapes.title.text = f"Ferry {number}"
        slide.placeholders[1].text = _TEXT
    out = io.BytesIO()
    slides.save(out)
    return out.getvalue()


def _plain_pdf() -> bytes:
    """Nothing in it is compressed, so that a changed byte changes what is drawn."""
    out = io.BytesIO()
    canvas = Canvas(out, pageCompression=0, invariant=1)
    for number in range(3):
        canvas.bookmarkPage(str(number))
        canvas.addOutlineEntry(f"Part {number}", str(number), level=0)
        canvas.drawString(72, 700, "The ferry runs every day of the year, and in the sum-")
        canvas.drawString(72, 688, "mer twice.")
        canvas.showPage()
    canvas.save()
    return out.getvalue()
