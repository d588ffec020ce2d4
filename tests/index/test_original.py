"""Citations opened on the pages of the files that they come from."""

import io
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from index import sync
from index.check import problems
from index.checksums import put_checksum
from index.collection import Collection, settings_of
from index.errors import InputError
from index.original import citation_boxes, original, page_png, page_view
from index.types import PageView
from tests.fakes import WordEmbedder
from tests.index.folder import engine_of

ROWS = ("The ferry runs every day of the year, and in sum-", "mer twice, for in summer it is full.")


def write(path: Path, rows: tuple[str, ...] = ROWS) -> None:
    canvas = Canvas(str(path), pagesize=(400, 300), invariant=1)
    for page in range(2):
        canvas.setFont("Helvetica", 10)
        for i, row in enumerate((*rows, f"The end of page {page + 1}.")):
            canvas.drawString(50, 200 - 12 * i, row)
        canvas.showPage()
    canvas.save()


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    papers = tmp_path / "papers"
    papers.mkdir()
    write(papers / "ferry.pdf")
    (papers / "note.txt").write_text("The ferry is full.")
    collection = Collection(tmp_path / "collection", create=True)
    sync.sync(collection, [papers], WordEmbedder())
    yield collection
    collection.close()


@pytest.fixture
def file(collection: Collection, tmp_path: Path) -> Path:
    return tmp_path / "papers" / "ferry.pdf"


def found(collection: Collection) -> list[str]:
    return list(problems(collection, settings_of(WordEmbedder())))


def test_a_citation_has_its_boxes_and_its_page_drawn(collection: Collection) -> None:
    text = collection.document("ferry.pdf").text
    start = text.rindex("summer twice")
    boxes = citation_boxes(collection, "ferry.pdf", start, start + len("summer twice"))
    assert [box.page for box in boxes] == [2, 2]
    assert boxes[0].right > boxes[1].right  # "sum-" ends the row, "mer twice" begins one
    plain, marked, other = (
        np.asarray(Image.open(io.BytesIO(page_png(collection, "ferry.pdf", page, marks, scale=2))))
        for page, marks in ((2, ()), (2, boxes), (1, boxes))
    )
    assert plain.shape == (600, 800, 3)
    changed = (plain != marked).any(axis=2)
    for box in boxes:
        y, x = int(box.top + box.bottom), int(box.left + box.right)  # the middle, at scale 2
        assert changed[y, x]
    assert not changed[: int(2 * boxes[0].top) - 1].any()
    assert not (other == np.array((255, 221, 87))).all(axis=2).any()


def test_a_page_has_what_it_shows_of_a_citation(collection: Collection) -> None:
    text = collection.document("ferry.pdf").text
    start = text.rindex("summer twice")
    end = start + len("summer twice")
    boxes = citation_boxes(collection, "ferry.pdf", start, end)
    second = page_view(collection, "ferry.pdf", start, end)
    assert second == PageView(page=2, pages=2, width=400, height=300, boxes=boxes)
    assert page_view(collection, "ferry.pdf", start, end, 1) == replace(second, page=1, boxes=())
    assert page_view(collection, "ferry.pdf", start, end, 10**9) == second  # there is no such page
    assert page_view(collection, "ferry.pdf", 0, 0).page == 1
    assert page_view(collection, "ferry.pdf", start, 2**70, 2).boxes[: len(boxes)] != ()
    assert page_view(collection, "ferry.pdf", -(2**70), -1).boxes == ()
    with pytest.raises(InputError, match="has no pages"):
        page_view(collection, "note.txt", 0, 3)


def test_passages_have_their_documents_version(collection: Collection, file: Path) -> None:
    before = collection.document("ferry.pdf").version
    assert {p.version for p in collection.passages_of("ferry.pdf")} == {before}
    write(file, ("The ferry is gone.",))
    sync.sync(collection, [file.parent], WordEmbedder())
    after = collection.document("ferry.pdf").version
    assert after != before
    assert {p.version for p in collection.passages_of("ferry.pdf")} == {after}


def test_the_file_is_the_one_that_was_indexed(collection: Collection, file: Path) -> None:
    assert original(collection, "ferry.pdf") == file.read_bytes()
    assert original(collection, "note.txt") == b"The ferry is full."
    sync.sync(collection, [file.parent.parent], WordEmbedder())  # a folder around the other one
    assert original(collection, "ferry.pdf") == file.read_bytes()


def test_a_file_indexed_by_itself_is_found(tmp_path: Path) -> None:
    write(tmp_path / "alone.pdf")
    collection = Collection(tmp_path / "collection", create=True)
    sync.sync(collection, [tmp_path / "alone.pdf"], WordEmbedder())
    assert original(collection, "alone.pdf") == (tmp_path / "alone.pdf").read_bytes()
    collection.close()


def test_a_file_that_changed_or_is_gone_is_named(collection: Collection, file: Path) -> None:
    write(file, ("Another text.",))
    with pytest.raises(InputError, match=r"\Aferry.pdf has changed since it was indexed: run `qa"):
        citation_boxes(collection, "ferry.pdf", 0, 9)
    with pytest.raises(InputError, match="has changed since"):
        page_png(collection, "ferry.pdf", 1, ())
    file.unlink()
    with pytest.raises(InputError, match=r"file of ferry.pdf can't be opened \(no such file"):
        citation_boxes(collection, "ferry.pdf", 0, 9)


def test_what_can_not_be_drawn_says_so(collection: Collection) -> None:
    assert citation_boxes(collection, "note.txt", 0, 9) == ()
    with pytest.raises(InputError, match=r"\Anote.txt has no pages that can be drawn"):
        page_png(collection, "note.txt", 1, ())
    with pytest.raises(InputError, match="There is no page 3: the file has 2"):
        page_png(collection, "ferry.pdf", 3, ())
    with pytest.raises(InputError, match=r"no document 'other\.pdf'"):
        original(collection, "other.pdf")
    for scale in (0.0, -1.0, float("nan")):
        with pytest.raises(InputError, match="The scale is"):
            page_png(collection, "ferry.pdf", 1, (), scale=scale)


def test_check_looks_for_every_passage_on_its_page(collection: Collection, file: Path) -> None:
    assert found(collection) == []
    database = sqlite3.connect(collection.directory / "collection.sqlite3")
    (runs,) = database.execute(
        "SELECT page_runs FROM documents WHERE name = 'ferry.pdf'"
    ).fetchone()
    moved = np.frombuffer(runs, "<i4").reshape(-1, 3) + np.array([0, 0, 3], "<i4")
    with database:
        database.execute("UPDATE documents SET page_runs = ? WHERE name = 'ferry.pdf'", [moved])
    database.close()
    # As a loader that is wrong would have it, not a damaged disk.
    store = engine_of(collection).store
    put_checksum(store._db, store.document("ferry.pdf").id)
    lines = found(collection)
    assert len(lines) == sum(document.passages for document in collection.documents()) - 1
    for line in lines:
        assert "of ferry.pdf isn't seen on its page where it should be: run `qa index`" in line
    write(file, ("Another text.",))  # nothing can be said of a file that has changed
    assert found(collection) == []
