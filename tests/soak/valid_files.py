"""A valid file or more of each format, to be damaged."""

import io
from pathlib import Path

from reportlab.pdfgen.canvas import Canvas

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
        ("e.xhtml", f'<html xmlns="http://www.w3.org/1999/xhtml"><p>{_TEXT}</p></html>'.encode()),
    ]


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
