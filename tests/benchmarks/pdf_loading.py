"""How fast PDFs are loaded, in how much memory, and how soon a citation opens on its page.

    python -m tests.benchmarks.pdf_loading R-intro.pdf R-data.pdf R-lang.pdf
    python -m tests.benchmarks.pdf_loading --pages 2000

Without files, one of `--pages` pages is made. Nothing is embedded. Memory is the peak of this
process, which only loads; every 20th passage is opened, boxes and picture apart.
"""

import argparse
import io
import resource
import statistics
import sys
import time
from pathlib import Path

from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from index.load import load, pdf_page
from index.load.pdfium import opened
from index.split import split
from index.stretches import stretches
from index.types import Content

_PROSE = "The ferry of the year {} carried {} people to the island, and {} of them came back. "


def made(pages: int) -> bytes:
    """A file of pages with 40 rows of prose each."""
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    for page in range(pages):
        text = "".join(_PROSE.format(page + i, page * i, i) for i in range(50))
        for i, row in enumerate(simpleSplit(text, "Helvetica", 10, 420)[:40]):
            canvas.setFont("Helvetica", 10)
            canvas.drawString(72, 750 - 16 * i, row)
        canvas.drawCentredString(300, 40, str(page + 1))
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def open_citations(data: bytes, content: Content) -> None:
    """Prints what opening a citation takes, in processor time."""
    boxes_ms, draw_ms = [], []
    for passage in split(content)[::20]:
        start = time.process_time()
        boxes = pdf_page.boxes(data, stretches(content, passage.start, passage.end))
        middle = time.process_time()
        pdf_page.draw(data, boxes[0].page, boxes, 1.5)
        boxes_ms.append(1000 * (middle - start))
        draw_ms.append(1000 * (time.process_time() - middle))
    print(
        f"  a citation: boxes {statistics.median(boxes_ms):.0f} ms (at most {max(boxes_ms):.0f}),"
        f" picture {statistics.median(draw_ms):.0f} ms (at most {max(draw_ms):.0f})"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--pages", type=int, default=2000)
    options = parser.parse_args()
    files = [(path.name, path.read_bytes()) for path in options.files]
    pages = seconds = 0.0
    loaded = []
    for name, data in files or [("made.pdf", made(options.pages))]:
        with opened(data) as document:
            count = len(document)
        start = time.process_time()
        content = load(name, data)
        took = time.process_time() - start
        pages, seconds = pages + count, seconds + took
        loaded.append((data, content))
        print(f"{name}: {count} pages in {took:.1f} s of processor time")
    unit = 1 if sys.platform == "darwin" else 1024
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1024**2
    print(f"{60 * pages / seconds:.0f} pages a minute; {megabytes:.0f} MB at most")
    for data, content in loaded:
        open_citations(data, content)


if __name__ == "__main__":
    main()
