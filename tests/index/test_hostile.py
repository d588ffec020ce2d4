"""Files made to hang, explode or spy: each is loaded, or refused in one line."""

import io
import re
import zipfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from index import sync
from index.collection import Collection
from index.errors import UnreadableFile
from index.limits import MAX_PDF_PAGES, load_seconds
from index.load import pdf_page
from index.load.isolated import load_isolated, stop
from index.stretches import stretches
from index.worker import Worker
from tests.fakes import WordEmbedder

WORDS = "The ferry runs every day."
MAX_PIXELS = pdf_page.MAX_PIXELS
WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


@pytest.fixture(autouse=True, scope="module")
def reader() -> Iterator[None]:
    yield
    stop()


def stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<<%b/Length %d>>stream\n%b\nendstream" % (entries, len(content), content)


def shown(text: str) -> bytes:
    return stream(f"BT /F 12 Tf 20 20 Td ({text}) Tj ET".encode())


def pdf(*objects: bytes) -> bytes:
    """A file of these objects, of which the first is the catalogue."""
    out, offsets = bytearray(b"%PDF-1.7\n"), []
    for number, written in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, written)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size, start = len(offsets) + 1, len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n%b" % (size, table)
    out += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, start)
    return bytes(out)


def one_page(
    *more: bytes,
    box: bytes = b"0 0 400 600",
    entries: bytes = b"",
    kids: bytes = b"3 0 R ",
    resources: bytes = b"",
    content: bytes = shown(WORDS),
) -> bytes:
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%b]/Count %d>>" % (kids, kids.count(b"R")),
        b"<</Type/Page/Parent 2 0 R/MediaBox[%b]/Contents 5 0 R"
        b"/Resources<</Font<</F 4 0 R>>%b>>%b>>" % (box, resources, entries),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        content,
        *more,
    )


def reason(name: str, data: bytes) -> str:
    with pytest.raises(UnreadableFile) as caught:
        load_isolated(name, data)
    line = str(caught.value)
    assert "\n" not in line
    return line


BOXES = ["0 0 1e30 1e30", "0 0 2147483647 2147483647", "0 0 nan inf", "0 0 0 0", "400 600 0 0"]


@pytest.mark.parametrize("box", [*BOXES, "0 0 1000000 40", "0 0 1e-5 1e-5"])
def test_absurd_page_sizes(box: str) -> None:
    data = one_page(box=box.encode())
    content = load_isolated("a.pdf", data)
    assert content.text == WORDS
    worker = Worker()
    (found,) = worker.call(20, pdf_page.boxes, data, stretches(content, 0, len(WORDS)))
    assert found.right - found.left == pytest.approx(133, abs=1)
    picture = worker.call(20, pdf_page.draw, data, 1, (found,), 1.5)
    assert np.prod(Image.open(io.BytesIO(picture)).size) <= 1.1 * MAX_PIXELS
    worker.stop()


@pytest.mark.parametrize("kind", [b"[%b]", b"<</A %b>>", b"(%b)"])
def test_nested_objects(kind: bytes) -> None:
    before, after = kind.split(b"%b")
    nested = before * 300_000 + b"0" + after * 300_000
    assert load_isolated("a.pdf", one_page(entries=b"/X " + nested)).text == WORDS
    deep = stream(b"q " * 300_000 + before * 300_000)
    assert reason("a.pdf", one_page(content=deep)).startswith("has no text")


def test_a_tree_of_pages_that_is_deep_or_a_circle() -> None:
    deep = [b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % number for number in range(3, 20_000)]
    catalogue = b"<</Type/Catalog/Pages 2 0 R>>"
    leaf = b"<</Type/Page/MediaBox[0 0 9 9]>>"
    assert reason("a.pdf", pdf(catalogue, *deep, leaf)).startswith("is damaged")
    assert reason("a.pdf", one_page(kids=b"2 0 R ")).startswith("is damaged")


def test_more_pages_than_are_read() -> None:
    line = reason("a.pdf", one_page(kids=b"3 0 R " * (MAX_PDF_PAGES + 1)))
    assert line == "has 10,001 pages, more than the 10,000 that are read: split it"


def test_forms_that_double_end_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X %d 0 R>>>>"
    forms = [stream(b"/X Do /X Do", entries % number) for number in range(7, 47)]
    doubling = one_page(
        *forms, shown(WORDS), resources=b"/XObject<</X 6 0 R>>", content=stream(b"/X Do")
    )
    monkeypatch.setattr("index.load.isolated.load_seconds", lambda _: 1)
    line = reason("a.pdf", doubling)
    assert line == "takes more than 1 seconds to read: split it or save it anew"
    monkeypatch.undo()
    assert load_isolated("a.pdf", one_page()).text == WORDS


def test_the_time_for_a_file_is_bounded() -> None:
    assert load_seconds(0) == 60
    assert load_seconds(2 * 1024**2) == 180
    assert load_seconds(200 * 1024**2) == 600


@pytest.mark.slow
@pytest.mark.parametrize("tag", ["div", "b", "ul"])
def test_a_million_nested_tags(tag: str) -> None:
    html = f"<{tag}>".encode() * 1_000_000 + WORDS.encode()
    assert load_isolated("a.html", html).text.endswith(WORDS)


def docx(document: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("word/document.xml", document)
    return out.getvalue()


def paragraphs(text: str, entities: str = "") -> bytes:
    body = f"<w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body>"
    return f"<!DOCTYPE d [{entities}]><w:document {WORD}>{body}</w:document>".encode()


def test_a_zip_that_explodes() -> None:
    bomb = docx(paragraphs(WORDS) + b" " * 210_000_000)
    assert len(bomb) < 2_000_000
    assert reason("a.docx", bomb).startswith("is too large: unpacked, it has over 200 MB")


def test_a_zip_that_lies_about_its_size() -> None:
    data = docx(paragraphs("x" * 5_000_000))
    size = (5_000_000 + len(paragraphs(""))).to_bytes(4, "little")
    assert data.count(size) == 2  # before the part and in the list at the end
    assert reason("a.docx", data.replace(size, b"\x09\0\0\0")).startswith("is damaged")


def test_entities_that_explode_and_that_spy(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the password")
    grow = '<!ENTITY a "aaaa">'
    grow += "".join(f'<!ENTITY {b} "{f"&{a};" * 50}">' for a, b in pairwise("abcdefghi"))
    assert reason("a.docx", docx(paragraphs("&i;", grow))).startswith("declares XML entities")
    spy = f'<!ENTITY spy SYSTEM "{secret.as_uri()}">'
    refused = reason("a.docx", docx(paragraphs(f"{WORDS}&spy;", spy)))
    assert refused.startswith("declares XML entities")


def test_links_out_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "secret.pdf").write_bytes(one_page())
    papers = tmp_path / "papers"
    papers.mkdir()
    (papers / "note.txt").write_text("Nothing.")
    (papers / "spy.pdf").symlink_to(tmp_path / "secret.pdf")
    (papers / "folder").symlink_to(tmp_path)
    (papers / "circle.pdf").symlink_to(papers / "circle.pdf")
    collection = Collection(tmp_path / "collection", create=True)
    report = sync.sync(collection, [papers], WordEmbedder())
    assert report.added == ["note.txt"]
    assert ("spy.pdf", "is a link out of the folder: put the file itself there") in {
        (failure.name, failure.reason) for failure in report.failed
    }
    collection.close()


def test_one_bad_file_among_others_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = "[" * 200_000
    monkeypatch.setattr(
        "index.load.isolated.load_seconds", lambda size: 1 if size == len(slow) else 60
    )
    papers = tmp_path / "papers"
    papers.mkdir()
    (papers / "a.pdf").write_bytes(one_page())
    (papers / "b.md").write_text(slow)
    (papers / "c.pdf").write_bytes(one_page())
    collection = Collection(tmp_path / "collection", create=True)
    report = sync.sync(collection, [papers], WordEmbedder())
    assert report.added == ["a.pdf", "c.pdf"]
    assert [failure.name for failure in report.failed] == ["b.md"]
    assert re.fullmatch(r"takes more than 1 seconds to read: .*", report.failed[0].reason)
    collection.close()
