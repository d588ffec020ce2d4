"""Uploads: safe names, and roots whose path says whose the documents are."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.collection import Collection
from index.errors import InputError
from index.load import SUFFIXES
from index.scope import EVERYTHING, Scope, chosen
from index.sync import remove, sync
from index.terms import terms
from index.types import EVERY_PASSAGE, Selection
from index.upload_folders import (
    EVERYBODY,
    NOBODY,
    UPLOADS,
    file_name,
    folder_of,
    may_see,
    upload_folder,
)
from tests.fakes import WordEmbedder, write
from tests.index.folder import engine_of

EIRA, OWEN = folder_of("eira"), folder_of("owen")


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    collection = Collection(tmp_path / "papers" / ".collection", create=True)
    yield collection
    collection.close()


def upload(collection: Collection, folder: str, name: str, text: str) -> None:
    root = collection.directory.resolve() / UPLOADS / folder
    write(root, {name: text})
    if root not in collection.store.roots():
        collection.store.add_root(root)
    sync(collection, [root / name], WordEmbedder())


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\eira\\Tax 2024.PDF", "Tax 2024.PDF"),
        ("/.hidden.md", "hidden.md"),
        ("a\x00b\x1b[31m\nc.txt", "a b [31m c.txt"),
        ("\u202egpj.txt", "gpj.txt"),
        ("<img src=x onerror=alert(1)>.html", "<img src=x onerror=alert(1)>.html"),
        ("보고서.hwp.docx", "보고서.hwp.docx"),
        ("e\u0301tude.txt", "étude.txt"),
        ("x" * 500 + ".txt", "x" * 176 + ".txt"),
        ("한" * 300 + ".txt", "한" * 58 + ".txt"),
    ],
)
def test_a_file_gets_a_safe_name(sent: str, kept: str) -> None:
    assert file_name(sent) == kept


@pytest.mark.parametrize("sent", ["", ".", "..", ".txt", "run.exe", "a.txt/", "a.txt\x00.exe", "x"])
def test_only_files_that_can_be_read_are_taken(sent: str) -> None:
    with pytest.raises(InputError, match="is of a kind that can't be read: those are csv, docx"):
        file_name(sent)


@given(st.text(max_size=300))
def test_any_name_becomes_one_file_in_its_folder(text: str) -> None:
    name = file_name(f"{text}x.txt")
    assert Path(name).name == name
    assert not name.startswith(".")
    assert len(os.fsencode(name)) <= 180
    assert Path(name).suffix in SUFFIXES
    assert file_name(name) == name


def test_a_folder_does_not_tell_the_name() -> None:
    assert len(EIRA) == 32
    assert "eira" not in EIRA
    assert folder_of("Eira") != EIRA != OWEN


def test_who_may_see_what() -> None:
    for folder in (None, EVERYBODY):
        assert may_see(folder, "")
        assert may_see(folder, EIRA)
    assert may_see(EIRA, EIRA)
    assert not may_see(EIRA, OWEN)
    assert not may_see(EIRA, "")
    assert not may_see("", "")


@pytest.mark.parametrize(
    ("root", "folder"),
    [("uploads/everybody", "everybody"), ("uploads", None), ("/papers/uploads/x", None)],
)
def test_only_folders_of_the_collection_are_uploads(root: str, folder: str | None) -> None:
    assert upload_folder(root) == folder


def test_names_do_not_tell_of_other_peoples_uploads(collection: Collection) -> None:
    upload(collection, EIRA, "plan.txt", "The tower has 99 steps.")
    upload(collection, OWEN, "plan.txt", "The tower has 12 steps.")
    upload(collection, EVERYBODY, "plan.txt", "The tower has 50 steps.")
    folders = {d.name: d.upload_folder for d in collection.documents()}
    assert folders == {
        f"{EIRA}/plan.txt": EIRA,
        f"{OWEN}/plan.txt": OWEN,
        "plan.txt": EVERYBODY,
    }


def test_a_reader_sees_folders_everybodys_and_their_own(
    collection: Collection, tmp_path: Path
) -> None:
    sync(collection, [write(tmp_path / "papers", {"a.txt": "Nobody counted."})], WordEmbedder())
    engine = engine_of(collection)
    assert engine.selection(Scope(reader="")) == EVERY_PASSAGE
    upload(collection, EIRA, "b.txt", "Somebody counted.")
    upload(collection, EVERYBODY, "c.txt", "All counted.")

    def seen(scope: Scope) -> list[str]:
        return chosen(scope, collection.documents())

    own = f"{EIRA}/b.txt"
    assert seen(EVERYTHING) == [own, "a.txt", "c.txt"]
    assert seen(Scope(reader=EIRA)) == [own, "a.txt", "c.txt"]
    for other in (OWEN, ""):
        assert seen(Scope(reader=other)) == ["a.txt", "c.txt"]
        with pytest.raises(InputError, match=f"has no document '{own}'"):
            seen(Scope(reader=other, documents=(own,)))
        hidden = engine.selection(Scope(reader=other)).without
        assert hidden is not None
        assert {p.document for p in collection.passages(hidden.tolist()).values()} == {own}
    remove(collection, own)
    assert engine.selection(Scope(reader=OWEN)) == EVERY_PASSAGE


@pytest.mark.parametrize("uploads", [1, 3, 4, 9])
def test_of_however_many_private_uploads_none_is_found_by_another(
    collection: Collection, tmp_path: Path, uploads: int
) -> None:
    """Few are left out by their own ids, many by those of the others."""
    papers = {f"{number}.txt": f"The mill number {number} turns." for number in range(3)}
    sync(collection, [write(tmp_path / "papers", papers)], WordEmbedder())
    for number in range(uploads):
        upload(collection, EIRA, f"own {number}.txt", f"The mill of plan {number} turns.")
    engine = engine_of(collection)
    engine.index()
    selection = engine.selection(Scope(reader=OWEN))
    assert (selection.without is not None) == (uploads <= 3)
    own = {f"{EIRA}/own {number}.txt" for number in range(uploads)}
    for reader, seen in ((OWEN, set(papers)), (NOBODY, set(papers)), (EIRA, own | set(papers))):
        found = collection.search(
            WordEmbedder().encode(["The mill turns."])[0],
            terms("The mill turns."),
            100,
            Scope(reader=reader),
        )
        for side in found:
            passages = collection.passages([id_ for id_, _ in side])
            assert {passage.document for passage in passages.values()} == seen


def test_whose_an_upload_is_holds_where_the_collection_is_moved(
    collection: Collection, tmp_path: Path
) -> None:
    upload(collection, EIRA, "b.txt", "Somebody counted.")
    collection.close()
    moved = Collection(Path(shutil.move(collection.directory, tmp_path / "elsewhere")))
    (document,) = moved.documents()
    assert document.upload_folder == EIRA
    assert moved.document(document.name).upload_folder == EIRA
    assert moved.store.file_of(document.name)[0].read_text() == "Somebody counted."
    report = sync(moved, [], WordEmbedder())
    assert (report.unchanged, report.removed, report.failed) == (1, [], [])
    moved.close()


def test_indexing_the_folder_around_leaves_uploads_alone(
    collection: Collection, tmp_path: Path
) -> None:
    papers = write(tmp_path / "papers", {"a.txt": "Nobody counted."})
    sync(collection, [papers], WordEmbedder())
    upload(collection, EVERYBODY, "b.txt", "All counted.")
    assert sync(collection, [papers], WordEmbedder()).removed == []
    assert [d.name for d in collection.documents()] == ["a.txt", "b.txt"]


def test_the_file_of_an_upload_goes_with_it(collection: Collection, tmp_path: Path) -> None:
    papers = write(tmp_path / "papers", {"a.txt": "Nobody counted."})
    sync(collection, [papers], WordEmbedder())
    upload(collection, EVERYBODY, "b.txt", "All counted.")
    assert remove(collection, "b.txt") is True
    assert not (collection.directory / UPLOADS / EVERYBODY / "b.txt").exists()
    assert remove(collection, "a.txt") is False
    assert (papers / "a.txt").exists()
    report = sync(collection, [], WordEmbedder())  # an upload folder may be empty
    assert report.added == ["a.txt"]


def test_when_a_document_came_in_is_kept_over_its_changes(
    collection: Collection, tmp_path: Path
) -> None:
    upload(collection, EVERYBODY, "b.txt", "All counted.")
    (first,) = collection.documents()
    assert first.added is not None
    with collection.store.transaction():
        engine_of(collection).store._db.execute(
            "UPDATE documents SET added = '2020-01-31T12:00:00+00:00'"
        )
    upload(collection, EVERYBODY, "b.txt", "All have counted again.")
    (second,) = collection.documents()
    assert (second.added, second.characters) == ("2020-01-31T12:00:00+00:00", 23)


def test_a_collection_from_before_is_brought_up(collection: Collection) -> None:
    upload(collection, EVERYBODY, "b.txt", "All counted.")
    engine_of(collection).store._db.execute("ALTER TABLE documents DROP COLUMN added")
    collection.close()
    opened = Collection(collection.directory)
    assert [(d.name, d.added) for d in opened.documents()] == [("b.txt", None)]
    opened.close()


@pytest.mark.parametrize("before", [True, False])
def test_what_comes_in_during_a_search_is_not_found_by_another(
    collection: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: bool
) -> None:
    """Before or after what is hidden is looked for: the index that is searched is the earlier."""
    papers = write(tmp_path / "papers", {f"{n}.txt": f"The mill {n} turns." for n in range(9)})
    sync(collection, [papers], WordEmbedder())
    upload(collection, EIRA, "first.txt", "The mill of the first plan turns.")
    engine, question = engine_of(collection), "The mill turns."
    select = engine.selection

    def selection(scope: Scope) -> Selection:
        if before:
            upload(collection, EIRA, "second.txt", "The mill of the second plan turns.")
            collection.follow()
        selected = select(scope)
        if not before:
            upload(collection, EIRA, "second.txt", "The mill of the second plan turns.")
            collection.follow()
        return selected

    monkeypatch.setattr(engine, "selection", selection)
    row = WordEmbedder().encode([question])[0]
    for side in collection.search(row, terms(question), 100, Scope(reader=OWEN)):
        passages = collection.passages([id_ for id_, _ in side])
        assert {passage.document for passage in passages.values()} == {f"{n}.txt" for n in range(9)}
    monkeypatch.undo()
    for side in collection.search(row, terms(question), 100, Scope(reader=EIRA)):
        assert len(side) == 11
