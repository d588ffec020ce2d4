"""What is hashed when, and what opening an index costs after a change."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from filelock import FileLock

from index.check import problems
from index.collection import Collection, settings_of
from index.manifest import Manifest
from index.passage_index import PassageIndex
from index.scope import Scope
from index.store import FileState
from index.sync import sync
from index.types import Content
from tests.fakes import WordEmbedder, write
from tests.index.folder import engine_of, index_of

EMBEDDER = WordEmbedder()


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that were hashed."""
    names: list[str] = []
    digest = hashlib.file_digest

    def noted(file: Any, name: str) -> Any:
        names.append(Path(file.name).name)
        return digest(file, name)

    monkeypatch.setattr(hashlib, "file_digest", noted)
    return names


@pytest.fixture
def written(tmp_path: Path) -> Path:
    (tmp_path / "lexical").mkdir()
    (tmp_path / "lexical" / "meta.json").write_bytes(b"{}")
    (tmp_path / "vectors-1.faiss").write_bytes(b"rows")
    Manifest(tmp_path).write([tmp_path / "vectors-1.faiss"])
    return tmp_path


def test_a_file_is_hashed_once_by_each(written: Path, hashed: list[str]) -> None:
    manifest = Manifest(written)
    assert [manifest.holds(), manifest.holds()] == [True, True]
    assert sorted(hashed) == ["meta.json", "vectors-1.faiss"]
    (written / "vectors-2.faiss").write_bytes(b"more")
    manifest.write([written / "vectors-1.faiss", written / "vectors-2.faiss"])
    assert sorted(hashed) == ["meta.json", "vectors-1.faiss", "vectors-2.faiss"]
    assert Manifest(written).holds()
    assert len(hashed) == 6


@pytest.mark.parametrize("data", [b"rowz", b"row", b""])
def test_a_file_that_was_written_to_is_hashed_again(written: Path, data: bytes) -> None:
    manifest = Manifest(written)
    assert manifest.holds()
    (written / "vectors-1.faiss").write_bytes(data)
    # A coarse clock may give both writes one time.
    os.utime(written / "vectors-1.faiss", ns=(1, 1))
    assert not manifest.holds()


def test_what_the_disk_changed_by_itself_is_found_by_the_next(written: Path) -> None:
    path = written / "vectors-1.faiss"
    stat = path.stat()
    manifest = Manifest(written)
    assert manifest.holds()
    path.write_bytes(b"rowz")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert manifest.holds()
    assert not Manifest(written).holds()
    # Nor is it taken for what was written, as long as it is noted by who has read it before.
    manifest.write([path])
    assert not Manifest(written).holds()


def test_a_file_that_is_gone_is_left_to_who_opens_it(written: Path) -> None:
    (written / "vectors-1.faiss").unlink()
    assert Manifest(written).holds()


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Where indexes were opened."""
    directories: list[Path] = []
    open_ = PassageIndex.open

    def noted(directory: Path, manifest: Manifest) -> PassageIndex:
        directories.append(directory)
        return open_(directory, manifest)

    monkeypatch.setattr(PassageIndex, "open", noted)
    return directories


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    """Nine documents, open and asked once."""
    files = {
        f"{number}.txt": f"Well number {number} is {number}0 feet deep." for number in range(9)
    }
    with closing(Collection(tmp_path / "collection", create=True)) as collection:
        sync(collection, [write(tmp_path / "papers", files)], EMBEDDER)
        index_of(collection)
        yield collection


def change(collection: Collection, number: int) -> None:
    papers = collection.directory.parent / "papers"
    (papers / f"{number}.txt").unlink()
    write(papers, {f"new-{number}.txt": f"A mill of {number} wheels."})
    sync(collection, [papers], EMBEDDER)


def test_a_change_hashes_what_it_wrote_and_who_asks_next_opens_nothing(
    collection: Collection, hashed: list[str], opened: list[Path]
) -> None:
    before, there = index_of(collection), {p.name for p in collection.directory.rglob("*")}
    ids = sorted(before.ids)
    for number in (1, 2):
        hashed.clear()
        opened.clear()
        change(collection, number)
        # Tantivy writes its list anew each time.
        assert not {name for name in hashed if name in there and name != "meta.json"}
        assert len(hashed) == len(set(hashed)) > 3
        there = {path.name for path in collection.directory.rglob("*")}
        hashed.clear()
        index = index_of(collection)
        assert (len(opened), hashed) == (1, [])  # by who changed it
        assert sorted(index.ids) == collection.store.passage_ids().tolist()
        assert sorted(index.lexical_ids()) == sorted(index.ids)
    assert sorted(before.ids) == ids
    assert len(before.search_lexical(["well"], 100)) == 9
    assert len(index.search_lexical(["well"], 100)) == 7
    assert list(problems(collection, settings_of(EMBEDDER))) == []
    with closing(Collection(collection.directory)) as other:
        assert sorted(index_of(other).ids) == sorted(index.ids)


def test_what_another_process_wrote_is_opened_once(
    collection: Collection, opened: list[Path]
) -> None:
    with closing(Collection(collection.directory)) as other:
        change(other, 1)
    opened.clear()
    indexes = [index_of(collection) for _ in range(3)]
    assert len(opened) == 1
    assert indexes[0] is indexes[1] is indexes[2]
    assert sorted(indexes[0].ids) == collection.store.passage_ids().tolist()


def test_while_a_writer_has_not_followed_the_open_index_serves_and_is_not_opened_anew(
    collection: Collection, opened: list[Path]
) -> None:
    index = index_of(collection)
    collection.store.remove_document("1.txt")
    with FileLock(collection.directory / "writer.lock"):
        assert index_of(collection) is index
        # Between the removal of the manifest and the next one, too.
        engine_of(collection)._manifest.remove()
        assert index_of(collection) is index
    assert opened == []


def test_while_somebody_opens_the_index_others_go_on_with_the_last_one(
    collection: Collection,
) -> None:
    index = index_of(collection)
    collection.store.remove_document("1.txt")
    with engine_of(collection)._opening:
        assert index_of(collection) is index
    assert len(index_of(collection).ids) == 8


@pytest.mark.parametrize("which", ["vectors-*.faiss", "segments-*.json", "lexical/*.store"])
@pytest.mark.parametrize("how", ["gone", "changed"])
def test_damage_under_a_running_process_is_mended_by_the_next_change(
    collection: Collection, which: str, how: str
) -> None:
    """Else the list of files would go on with one that isn't there, or isn't what it was."""
    for path in collection.directory.glob(which):
        data = bytearray(path.read_bytes())
        path.unlink()
        if how == "changed":
            data[len(data) // 2] ^= 1
            path.write_bytes(data)
    change(collection, 1)
    assert list(problems(collection, settings_of(EMBEDDER))) == []
    with closing(Collection(collection.directory)) as other:
        assert list(problems(other, settings_of(EMBEDDER))) == []
        ids = collection.store.passage_ids().tolist()
        assert sorted(index_of(other).ids) == sorted(index_of(other).lexical_ids()) == ids


def statements(collection: Collection) -> list[str]:
    """Fills with what SQLite is asked from now on."""
    asked: list[str] = []
    engine_of(collection).store._db._connection.set_trace_callback(asked.append)
    return asked


def test_documents_are_read_once_after_each_change(collection: Collection) -> None:
    names = [document.name for document in collection.documents()]
    asked = statements(collection)
    assert [document.name for document in collection.documents()] == names
    assert asked == ["SELECT number FROM generation"]
    change(collection, 1)
    assert [document.name for document in collection.documents()] == sorted(
        {*names, "new-1.txt"} - {"1.txt"}
    )


def test_documents_of_a_transaction_that_is_undone_are_not_kept(collection: Collection) -> None:
    """The next one will have its number."""
    store = engine_of(collection).store
    (root_id,) = store.roots().values()

    def undone() -> None:
        with store.transaction():
            state = FileState("", 0, 0, 0)
            store.put_document(root_id, "x.txt", "x.txt", state, Content(text="X.", title="X"))
            assert len(store.summaries()) == 10
            raise ValueError("undone")

    with pytest.raises(ValueError, match="undone"):
        undone()
    store.remove_document("2.txt")
    assert [document.name for document in store.summaries()] == [
        f"{number}.txt" for number in range(9) if number != 2
    ]


def test_the_passages_of_a_choice_are_looked_for_once_after_each_change(
    collection: Collection,
) -> None:
    engine, scope = engine_of(collection), Scope(documents=("1.txt", "3.txt"))
    ids = engine.selection(scope).among
    asked = statements(collection)
    again = engine.selection(scope).among
    assert ids is not None
    assert again is not None
    assert (len(ids), again.tolist()) == (2, ids.tolist())
    assert asked == ["SELECT number FROM generation"]
    write(collection.directory.parent / "papers", {"3.txt": "Well number 3 has dried up."})
    sync(collection, [collection.directory.parent / "papers"], EMBEDDER)
    after = engine.selection(scope).among
    assert after is not None
    assert np.intersect1d(after, ids).tolist() == ids[:1].tolist()
    assert len(after) == 2
