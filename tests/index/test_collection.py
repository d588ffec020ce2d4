import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
import tantivy
from filelock import FileLock

from index import vectors
from index.check import problems
from index.collection import Collection, settings_of
from index.errors import CollectionBusy, CollectionError, InputError, LexicalFailed
from index.lexical import LexicalIndex
from index.load import load
from index.manifest import Manifest
from index.passage_index import PassageIndex
from index.sync import sync
from tests.fakes import WordEmbedder, write
from tests.index.folder import engine_of, index_of

FILES = {f"{number}.txt": f"Note {number}: the well is {number} feet deep." for number in range(9)}
EMBEDDER = WordEmbedder()


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    collection = Collection(tmp_path / "collection", create=True)
    sync(collection, [write(tmp_path / "papers", FILES)], EMBEDDER)
    yield collection
    collection.close()


def found_by_both(collection: Collection) -> tuple[set[int], set[int]]:
    index = index_of(collection)
    dense = index.search_dense(EMBEDDER.encode(["deep well"])[0], 100)
    return {id_ for id_, _ in dense}, {id_ for id_, _ in index.search_lexical(["well"], 100)}


def test_every_passage_reads_back_and_knows_its_document(collection: Collection) -> None:
    passages = collection.passages(collection.store.passage_ids().tolist())
    assert len(passages) == 9
    for passage in passages.values():
        document = collection.document(passage.document)
        assert document.id == passage.document_id
        assert document.text[passage.start : passage.end] == passage.text == document.text


def test_passages_of_a_document_come_in_its_order(tmp_path: Path) -> None:
    text = "\n\n".join(f"# Part {number}\n\n{'It says so. ' * 50}" for number in range(5))
    papers = write(tmp_path / "papers", {"long.md": text, "other.txt": "Other words."})
    with closing(Collection(tmp_path / "collection", create=True)) as collection:
        sync(collection, [papers], EMBEDDER)
        passages = collection.passages_of("long.md")
        assert len(passages) >= 5
        assert [p.start for p in passages] == sorted(p.start for p in passages)
        assert {passage.document for passage in passages} == {"long.md"}
        assert len(passages) + 1 == len(collection.store.passage_ids())
        assert collection.passages_of("none.md") == ()


def test_a_document_reads_back_with_its_headings_and_entries(tmp_path: Path) -> None:
    html = "<h1>Wells</h1><dl><dt>depth(feet)<dd>How deep it is.</dl><p>After."
    papers = write(tmp_path / "papers", {"wells.html": html})
    with closing(Collection(tmp_path / "collection", create=True)) as collection:
        sync(collection, [papers], EMBEDDER)
        loaded = load("wells.html", html.encode())
        assert [heading.until for heading in loaded.headings] == [None, 35]
        assert collection.document("wells.html").content == loaded


def test_both_sides_hold_the_passages_of_the_store(collection: Collection) -> None:
    ids = set(collection.store.passage_ids().tolist())
    assert found_by_both(collection) == (ids, ids)
    assert list(problems(collection, settings_of(EMBEDDER))) == []


def test_vectors_read_back_in_half_precision(collection: Collection) -> None:
    for batch in collection.store.stored_passages(collection.store.passage_ids().tolist()):
        for passage, row in zip(batch.passages, batch.rows, strict=True):
            exact = EMBEDDER.encode([f"{passage.title}\n{passage.text}"])[0]
            np.testing.assert_array_equal(row, exact.astype(np.float16).astype(np.float32))


@pytest.mark.parametrize("damage", ["no vectors", "cut vectors", "no lexical", "broken lexical"])
def test_a_damaged_index_is_made_anew_from_the_store(collection: Collection, damage: str) -> None:
    (vectors,) = collection.directory.glob("vectors-*.faiss")
    lexical = collection.directory / "lexical"
    if damage == "no vectors":
        vectors.unlink()
    elif damage == "cut vectors":
        vectors.write_bytes(vectors.read_bytes()[:-100])
    elif damage == "no lexical":
        shutil.rmtree(lexical)
    else:
        for path in lexical.iterdir():
            path.write_bytes(b"broken")
    reopened = Collection(collection.directory)
    assert [line for line in problems(reopened, settings_of(EMBEDDER)) if "damaged" in line]
    ids = set(reopened.store.passage_ids().tolist())
    assert found_by_both(reopened) == (ids, ids)
    assert list(problems(reopened, settings_of(EMBEDDER))) == []
    reopened.close()


def opened(collection: Collection) -> PassageIndex:
    return PassageIndex.open(collection.directory, Manifest(collection.directory))


@pytest.mark.parametrize("moment", ["before vectors", "between vectors and lexical"])
def test_an_index_that_fell_behind_catches_up(
    collection: Collection, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process is gone after the store has committed and before the index has followed."""
    before = opened(collection)
    collection.store.remove_document("3.txt")
    if moment == "between vectors and lexical":
        behind = opened(collection)
        monkeypatch.setattr(behind._lexical, "commit", lambda *_: exit("killed"))
        removed = np.setdiff1d(behind.ids, collection.store.passage_ids())
        with pytest.raises(SystemExit):
            behind.updated(collection.store.generation, removed, [])
        del behind  # with it goes Tantivy's lock, as when a process ends
    opened_meanwhile = opened(collection)
    assert opened_meanwhile.generation == before.generation
    assert sorted(opened_meanwhile.ids) == sorted(before.ids)
    reopened = Collection(collection.directory)
    ids = set(reopened.store.passage_ids().tolist())
    assert len(ids) == 8
    assert found_by_both(reopened) == (ids, ids)
    assert list(problems(reopened, settings_of(EMBEDDER))) == []
    assert len(list(collection.directory.glob("vectors-*"))) == 1
    reopened.close()


def test_what_a_killed_tantivy_left_behind_is_cleared_away(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen: "FileAlreadyExists" for the list of deletions of a commit that never was."""
    stage = LexicalIndex.stage
    tries: list[int] = []

    def fail_once(self: LexicalIndex, removed: object, added: object) -> object:
        tries.append(len(tries))
        if len(tries) == 1:
            raise LexicalFailed("Failed to open file for write: 'FileAlreadyExists(\"1.588.del\")'")
        return stage(self, removed, added)  # type: ignore[arg-type]

    monkeypatch.setattr(LexicalIndex, "stage", fail_once)
    collection.store.remove_document("3.txt")
    ids = set(collection.store.passage_ids().tolist())
    assert found_by_both(collection) == (ids, ids)
    assert tries == [0, 1]
    assert list(problems(collection, settings_of(EMBEDDER))) == []


def test_where_tantivy_cannot_tidy_up_questions_are_answered(collection: Collection) -> None:
    """Seen: on a full disk its ValueError came through to whoever asked."""
    manifest = collection.directory / "index.json"
    manifest.unlink()  # as after a run that was stopped
    reopened = Collection(collection.directory)
    ids = set(reopened.store.passage_ids().tolist())
    theirs = tantivy.Index.open(str(collection.directory / "lexical")).writer()
    assert found_by_both(reopened) == (ids, ids)
    with (
        reopened.writing(),
        pytest.raises(CollectionError, match=r"\AThe index in [^\n]* can't be read or written"),
    ):
        reopened.follow()
    assert not manifest.exists()
    del theirs
    with reopened.writing():
        reopened.follow()
    assert manifest.exists()
    assert list(problems(reopened, settings_of(EMBEDDER))) == []
    reopened.close()


def test_vectors_that_cannot_be_read_back_are_one_line(
    collection: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen: FAISS' RuntimeError came through where the disk failed under its reading."""
    before = set(index_of(collection).ids.tolist())
    papers = write(tmp_path / "papers", {"new.txt": "The new well."})
    monkeypatch.setattr(vectors, "write_segment", lambda path, *_: path.write_bytes(b"cut"))
    cut = r"\AThe collection in [^\n]* can't be written \(vectors-\d+\.faiss can't be read back\)"
    with pytest.raises(CollectionError, match=cut):
        sync(collection, [papers], EMBEDDER)
    assert found_by_both(collection) == (before, before)
    monkeypatch.undo()
    sync(collection, [papers], EMBEDDER)
    ids = set(collection.store.passage_ids().tolist())
    assert len(ids) == 10
    assert found_by_both(collection) == (ids, ids)
    assert list(problems(collection, settings_of(EMBEDDER))) == []


def test_a_question_keeps_its_index_while_others_change_it(collection: Collection) -> None:
    index = index_of(collection)
    ids = sorted(index.ids)
    other = Collection(collection.directory)
    other.store.remove_document("1.txt")
    with other.writing():
        other.follow()
    other.close()
    assert sorted(index.ids) == ids
    assert len(index.search_lexical(["well"], 100)) == 9
    assert len(index_of(collection).ids) == 8


def test_while_another_process_writes_the_last_whole_index_serves(
    collection: Collection,
) -> None:
    collection.store.remove_document("1.txt")
    reopened = Collection(collection.directory)
    with FileLock(collection.directory / "writer.lock"):
        assert len(index_of(reopened).ids) == 9
        shutil.rmtree(collection.directory / "lexical")
        with pytest.raises(CollectionBusy):
            index_of(Collection(collection.directory))
    assert len(index_of(reopened).ids) == 8
    reopened.close()


def test_changed_settings_are_noticed_and_the_remedy_named(collection: Collection) -> None:
    collection.require(settings_of(EMBEDDER))
    with pytest.raises(CollectionError, match="another embedder: run `qa index`"):
        collection.require(settings_of(WordEmbedder("other")))


def test_an_unknown_document_is_an_input_error(collection: Collection) -> None:
    with pytest.raises(InputError, match="no document 'x': `qa documents` lists"):
        collection.document("x")


def test_no_collection_is_said(tmp_path: Path) -> None:
    with pytest.raises(CollectionError, match=r"There is no collection in .*nowhere: make one"):
        Collection(tmp_path / "nowhere")


def test_a_collection_of_another_version_is_refused_and_kept(collection: Collection) -> None:
    with sqlite3.connect(collection.directory / "collection.sqlite3") as db:
        db.execute("PRAGMA user_version=99")
    db.close()
    for create in (False, True):
        with pytest.raises(CollectionError, match="is of version 99; this program reads version 4"):
            Collection(collection.directory, create=create)
    assert len(collection.documents()) == 9


def test_a_file_of_another_program_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "collection.sqlite3") as db:
        db.execute("CREATE TABLE theirs (a)")
    db.close()
    with pytest.raises(CollectionError, match="of version unknown"):
        Collection(tmp_path, create=True)


@pytest.mark.parametrize("data", [b"", b"not a database at all, but some text" * 40])
def test_a_damaged_file_is_one_line(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "collection.sqlite3").write_bytes(data)
    with pytest.raises(CollectionError, match=r"\A[^\n]+\Z"):
        Collection(tmp_path)


def test_check_names_what_is_wrong(collection: Collection) -> None:
    with sqlite3.connect(collection.directory / "collection.sqlite3") as db:
        first = db.execute("SELECT min(id) FROM passages").fetchone()[0]
        db.execute("UPDATE passages SET text = 'forged' WHERE id = ?", (first,))
        db.execute("UPDATE passages SET vector = zeroblob(128) WHERE id = ?", (first + 1,))
    db.close()
    found = "\n".join(problems(collection, settings_of(EMBEDDER)))
    assert f"Passage {first} of 0.txt doesn't read back" in found
    assert f"The vector of passage {first + 1} has length 0.000" in found
    assert "FAISS holds other vectors than SQLite" in found


def test_an_index_of_changes_that_are_lost_is_told_and_made_anew(
    collection: Collection, tmp_path: Path
) -> None:
    """As where SQLite's log was damaged, or an older copy of its file was put back alone."""
    directory, papers = collection.directory, tmp_path / "papers"
    older = tmp_path / "older.sqlite3"
    with sqlite3.connect(directory / "collection.sqlite3") as db:
        db.execute("VACUUM INTO ?", (str(older),))
    db.close()
    write(papers, {"new.txt": "The mill has 4 sails."})
    sync(collection, [papers], EMBEDDER)
    collection.close()
    for path in directory.glob("collection.sqlite3*"):
        path.unlink()
    shutil.copy(older, directory / "collection.sqlite3")
    reopened = Collection(directory)
    (line,) = problems(reopened, settings_of(EMBEDDER))
    assert line.startswith("The newest changes of documents are lost")
    # The passage that comes now has the id of the one that was lost.
    write(papers, {"new.txt": "The well is 4 feet deep."})
    sync(reopened, [papers], EMBEDDER)
    assert found_by_both(reopened)[1] == set(reopened.store.passage_ids().tolist())
    assert list(problems(reopened, settings_of(EMBEDDER))) == []
    reopened.close()


def test_a_collection_from_before_checksums_gets_them_once(collection: Collection) -> None:
    path = collection.directory / "collection.sqlite3"
    with sqlite3.connect(path) as db:
        kept = db.execute("SELECT * FROM checksums ORDER BY 1").fetchall()
        db.execute("DROP TABLE checksums")
    db.close()
    Collection(collection.directory).close()
    with sqlite3.connect(path) as db:
        assert db.execute("SELECT * FROM checksums ORDER BY 1").fetchall() == kept
        db.execute("DELETE FROM checksums WHERE document_id = 1")
    db.close()
    assert len(kept) == 9
    (line,) = problems(collection, settings_of(EMBEDDER))
    assert line.startswith("0.txt isn't what was kept of its file: `qa remove` it")


def test_a_commit_that_fails_leaves_no_transaction_open(
    collection: Collection, tmp_path: Path
) -> None:
    """A real full disk: SQLite may have no more pages."""
    store = engine_of(collection).store
    pages = store._db.value("PRAGMA page_count")
    store._db.execute(f"PRAGMA max_page_count={pages}")
    before = collection.documents()
    papers = write(tmp_path / "papers", {"long.txt": "The long well is deep. " * 9000})
    for _ in range(2):
        with pytest.raises(CollectionError, match=r"\(database or disk is full\): look for room"):
            sync(collection, [papers], EMBEDDER)
        assert collection.documents() == before
        assert found_by_both(collection)[0] == set(store.passage_ids().tolist())
    store._db.execute("PRAGMA max_page_count=1000000")
    assert sync(collection, [papers], EMBEDDER).added == ["long.txt"]
    assert list(problems(collection, settings_of(EMBEDDER))) == []
