import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from index import folder, load, sync
from index.check import problems
from index.collection import Collection, settings_of
from index.context import passage_context
from index.errors import CollectionBusy, InputError
from index.sync import SyncReport
from tests.fakes import WordEmbedder, write
from tests.index.folder import index_of

FILES = {
    "one.txt": "The bridge was opened in 1901.",
    "sub/two.md": "# Ferries\n\nThe ferry sank in 1899.",
    "sub/deep/three.txt": "Nobody counted the horses.",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write(tmp_path / "papers", FILES)


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    collection = Collection(tmp_path / "collection", create=True)
    yield collection
    collection.close()


@pytest.fixture
def embedder() -> WordEmbedder:
    return WordEmbedder()


def names(collection: Collection) -> list[str]:
    return [document.name for document in collection.documents()]


def assert_whole(collection: Collection, embedder: WordEmbedder) -> None:
    assert list(problems(collection, settings_of(embedder))) == []


def age(path: Path) -> None:
    """Sets a file's time back, as if it had been written long ago."""
    os.utime(path, ns=(1_600_000_000_000_000_000, 1_600_000_000_000_000_000))


def counts(report: SyncReport) -> tuple[int, int, int, int, int]:
    removed, failed = len(report.removed), len(report.failed)
    return len(report.added), len(report.changed), removed, failed, report.unchanged


def test_a_folder_becomes_documents_named_by_their_path(
    collection: Collection, root: Path, embedder: WordEmbedder
) -> None:
    report = sync.sync(collection, [root], embedder)
    assert report.added == ["one.txt", "sub/deep/three.txt", "sub/two.md"]
    assert names(collection) == ["one.txt", "sub/deep/three.txt", "sub/two.md"]
    assert collection.document("one.txt").text == FILES["one.txt"]
    assert_whole(collection, embedder)


def test_unchanged_files_are_neither_opened_nor_embedded(
    collection: Collection,
    root: Path,
    embedder: WordEmbedder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in FILES:
        age(root / name)
    sync.sync(collection, [root], embedder)
    generation = collection.store.generation
    embedder.encoded.clear()
    monkeypatch.setattr(Path, "read_bytes", lambda path: pytest.fail(f"{path} was opened"))
    assert counts(sync.sync(collection, [root], embedder)) == (0, 0, 0, 0, 3)
    assert embedder.encoded == []
    assert collection.store.generation == generation


def test_a_touched_file_with_the_same_bytes_is_unchanged(
    collection: Collection, root: Path, embedder: WordEmbedder
) -> None:
    sync.sync(collection, [root], embedder)
    age(root / "one.txt")
    embedder.encoded.clear()
    assert counts(sync.sync(collection, [root], embedder)) == (0, 0, 0, 0, 3)
    assert embedder.encoded == []


def test_a_change_in_the_same_moment_with_the_same_size_is_noticed(
    collection: Collection, root: Path, embedder: WordEmbedder
) -> None:
    sync.sync(collection, [root], embedder)
    time = (root / "one.txt").stat().st_mtime_ns
    (root / "one.txt").write_text("The bridge was opened in 1902.")
    os.utime(root / "one.txt", ns=(time, time))
    assert sync.sync(collection, [root], embedder).changed == ["one.txt"]


def test_changed_and_removed_files_leave_nothing_behind(
    collection: Collection, root: Path, embedder: WordEmbedder
) -> None:
    sync.sync(collection, [root], embedder)
    (root / "one.txt").write_text("The tunnel was dug in 1910.")
    (root / "sub/two.md").unlink()
    report = sync.sync(collection, [root], embedder)
    assert (report.changed, report.removed) == (["one.txt"], ["sub/two.md"])
    assert names(collection) == ["one.txt", "sub/deep/three.txt"]
    index = index_of(collection)
    assert len(index.ids) == len(index.lexical_ids()) == 2
    assert index.search_lexical(["ferri", "bridg"], 5) == []
    assert_whole(collection, embedder)


def test_another_root_is_left_alone(
    collection: Collection, root: Path, tmp_path: Path, embedder: WordEmbedder
) -> None:
    other = write(tmp_path / "letters", {"four.txt": "Dear sister."})
    sync.sync(collection, [root, other], embedder)
    (root / "one.txt").unlink()
    assert sync.sync(collection, [other], embedder).removed == []
    assert "one.txt" in names(collection)


def test_the_same_name_in_two_roots_gets_the_folder_in_front(
    collection: Collection, root: Path, tmp_path: Path, embedder: WordEmbedder
) -> None:
    letters = write(tmp_path / "letters", {"one.txt": "Dear sister."})
    older = write(tmp_path / "old" / "letters", {"one.txt": "Dear brother."})
    sync.sync(collection, [root, letters, older], embedder)
    assert {"one.txt", "letters/one.txt", "old/letters/one.txt"} <= set(names(collection))
    assert collection.document("old/letters/one.txt").text == "Dear brother."
    assert counts(sync.sync(collection, [], embedder)) == (0, 0, 0, 0, 5)


def test_a_folder_inside_a_root_is_a_part_of_it(
    collection: Collection, root: Path, embedder: WordEmbedder
) -> None:
    sync.sync(collection, [root], embedder)
    (root / "one.txt").unlink()
    (root / "sub/two.md").unlink()
    report = sync.sync(collection, [root / "sub"], embedder)
    assert report.removed == ["sub/two.md"]
    assert names(collection) == ["one.txt", "sub/deep/three.txt"]


def test_a_folder_around_a_root_does_not_double_it(
    collection: Collection, root: Path, embedder: WordEmbedder
) -> None:
    sync.sync(collection, [root / "sub"], embedder)
    report = sync.sync(collection, [root], embedder)
    assert (report.added, report.unchanged) == (["one.txt"], 2)
    assert names(collection) == ["deep/three.txt", "one.txt", "two.md"]


def test_a_root_may_be_one_file(collection: Collection, root: Path, embedder: WordEmbedder) -> None:
    assert sync.sync(collection, [root / "sub/two.md"], embedder).added == ["two.md"]
    assert counts(sync.sync(collection, [root / "sub/two.md"], embedder)) == (0, 0, 0, 0, 1)


def test_unreadable_files_are_named_and_the_rest_goes_on(
    collection: Collection, root: Path, embedder: WordEmbedder
) -> None:
    (root / "empty.txt").touch()
    (root / "binary.txt").write_bytes(bytes(range(256)))
    (root / "picture.png").touch()
    report = sync.sync(collection, [root], embedder)
    assert [failure.name for failure in report.failed] == ["binary.txt", "empty.txt"]
    assert all(failure.reason and "\n" not in failure.reason for failure in report.failed)
    assert counts(report) == (3, 0, 0, 2, 0)
    assert report.skipped == 1


def test_a_file_that_turns_unreadable_no_longer_answers(
    collection: Collection, root: Path, embedder: WordEmbedder
) -> None:
    sync.sync(collection, [root], embedder)
    (root / "one.txt").write_bytes(b"\x00\x01")
    report = sync.sync(collection, [root], embedder)
    assert report.removed == ["one.txt"]
    assert [failure.name for failure in report.failed] == ["one.txt"]
    assert_whole(collection, embedder)


def test_a_file_that_cannot_be_opened_keeps_its_text(
    collection: Collection,
    root: Path,
    embedder: WordEmbedder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sync.sync(collection, [root], embedder)

    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    (root / "one.txt").write_text("Changed.")
    monkeypatch.setattr(Path, "read_bytes", refuse)
    report = sync.sync(collection, [root / "one.txt"], embedder)
    assert [failure.reason for failure in report.failed] == [
        "can't be opened (permission denied): look at its permissions"
    ]
    assert collection.document("one.txt").text == FILES["one.txt"]


def test_a_parser_that_breaks_is_a_reason(
    collection: Collection,
    root: Path,
    embedder: WordEmbedder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def break_down(name: str, data: bytes) -> None:
        raise IndexError

    (root / "sub/two.md").unlink()
    monkeypatch.setattr(load, "load", break_down)
    report = sync.sync(collection, [root], embedder)
    assert {failure.reason for failure in report.failed} == {
        "can't be read (IndexError): save it anew or in another format"
    }


def test_a_link_out_of_the_folder_is_refused_and_one_inside_is_followed(
    collection: Collection, root: Path, tmp_path: Path, embedder: WordEmbedder
) -> None:
    secret = write(tmp_path, {"secret.txt": "The password is swordfish."}) / "secret.txt"
    (root / "out.txt").symlink_to(secret)
    (root / "in.txt").symlink_to(root / "one.txt")
    report = sync.sync(collection, [root], embedder)
    assert [failure.name for failure in report.failed] == ["out.txt"]
    assert "in.txt" in report.added


def test_hidden_files_and_the_collection_itself_are_left_out(
    root: Path, embedder: WordEmbedder
) -> None:
    write(root, {".git/notes.txt": "Hidden.", ".draft.txt": "Hidden."})
    collection = Collection(root / "index", create=True)
    write(root, {"index/stray.txt": "Not a document."})
    report = sync.sync(collection, [root], embedder)
    collection.close()
    assert report.added == ["one.txt", "sub/deep/three.txt", "sub/two.md"]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("gone", "is not there: name a folder or a file that is"),
        ("empty", "holds no documents that can be read: those are"),
        ("papers/picture.png", "is of a kind that can't be read: those are"),
    ],
)
def test_wrong_paths_are_one_line(
    collection: Collection,
    root: Path,
    tmp_path: Path,
    embedder: WordEmbedder,
    path: str,
    message: str,
) -> None:
    (tmp_path / "empty").mkdir()
    (root / "picture.png").touch()
    with pytest.raises(InputError, match=f"{path} {message}"):
        sync.sync(collection, [tmp_path / path], embedder)
    assert collection.store.roots() == {}


def test_without_a_path_and_without_roots_it_says_so(
    collection: Collection, embedder: WordEmbedder
) -> None:
    with pytest.raises(InputError, match="no folders yet"):
        sync.sync(collection, [], embedder)


def test_a_root_that_is_away_keeps_its_documents(
    collection: Collection, root: Path, tmp_path: Path, embedder: WordEmbedder
) -> None:
    sync.sync(collection, [root], embedder)
    root.rename(tmp_path / "unmounted")
    report = sync.sync(collection, [], embedder)
    assert [failure.name for failure in report.failed] == [str(root)]
    assert len(names(collection)) == 3


def test_a_file_over_the_limit_is_refused_by_name(
    collection: Collection,
    root: Path,
    embedder: WordEmbedder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sync, "MAX_FILE_BYTES", 30)
    report = sync.sync(collection, [root], embedder)
    assert [(f.name, f.reason) for f in report.failed] == [
        ("sub/two.md", "has 34 bytes, more than the 30 that are read: split it")
    ]


def test_another_embedder_makes_all_passages_anew_without_the_files(
    collection: Collection, root: Path, tmp_path: Path, embedder: WordEmbedder
) -> None:
    sync.sync(collection, [root], embedder)
    before = index_of(collection)
    root.rename(tmp_path / "away")
    other = WordEmbedder("other words")
    sync.sync(collection, [], other)
    assert_whole(collection, other)
    assert set(index_of(collection).ids.tolist()).isdisjoint(before.ids.tolist())
    for passage in collection.passages(index_of(collection).ids.tolist()).values():
        row = other.encode([passage_context(passage)])[0]
        ((id_, cosine),) = index_of(collection).search_dense(row, 1)
        assert id_ == passage.id
        assert cosine == pytest.approx(1, abs=1e-3)


def test_a_loader_of_another_version_reads_the_files_again(
    collection: Collection,
    root: Path,
    embedder: WordEmbedder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sync.sync(collection, [root], embedder)
    monkeypatch.setattr(load, "VERSION", load.VERSION + 1)
    assert len(sync.sync(collection, [root], embedder).changed) == 3


def test_a_second_writer_is_told(
    collection: Collection, root: Path, embedder: WordEmbedder
) -> None:
    with (
        FileLock(collection.directory / "writer.lock"),
        pytest.raises(CollectionBusy, match="Another process is writing"),
    ):
        sync.sync(collection, [root], embedder)


def test_a_run_that_is_stopped_goes_on_where_it_was(
    collection: Collection, root: Path, embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync, "_PASSAGES_A_COMMIT", 1)

    class Stopping(WordEmbedder):
        def encode(self, texts):  # type: ignore[no-untyped-def]
            if len(self.encoded) == 2:
                raise KeyboardInterrupt
            return super().encode(texts)

    with pytest.raises(KeyboardInterrupt):
        sync.sync(collection, [root], Stopping())
    assert names(collection) == ["one.txt", "sub/deep/three.txt"]
    assert counts(sync.sync(collection, [root], embedder)) == (1, 0, 0, 0, 2)
    assert_whole(collection, embedder)


def test_removing_a_document_takes_its_passages_with_it(
    collection: Collection, root: Path, embedder: WordEmbedder
) -> None:
    sync.sync(collection, [root], embedder)
    sync.remove(collection, "sub/two.md")
    assert names(collection) == ["one.txt", "sub/deep/three.txt"]
    assert index_of(collection).search_lexical(["ferri"], 5) == []
    assert_whole(collection, embedder)
    with pytest.raises(InputError, match=r"no document 'sub/two\.md'"):
        sync.remove(collection, "sub/two.md")


def test_the_kinds_are_named_for_people() -> None:
    assert folder.kinds() == (
        "csv, docx, eml, epub, htm, html, json, jsonl, markdown, md, odt, pdf, pptx, rtf, text,"
        " tsv, txt, xhtml, xlsx"
    )
