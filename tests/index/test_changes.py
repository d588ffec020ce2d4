"""A document that is replaced, renamed, moved, deleted or there twice leaves nothing behind."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index.check import problems
from index.collection import Collection, settings_of
from index.sync import SyncReport, sync
from index.terms import terms
from tests.fakes import WordEmbedder, write
from tests.index.folder import index_of

WELL = "The old well is 40 feet deep."
TOWER = "The tower has 99 steps."
EMBEDDER = WordEmbedder()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write(tmp_path / "papers", {"well.txt": WELL, "old/tower.txt": TOWER})


@pytest.fixture
def collection(tmp_path: Path, root: Path) -> Iterator[Collection]:
    collection = Collection(tmp_path / "collection", create=True)
    sync(collection, [root], EMBEDDER)
    yield collection
    collection.close()


def found(collection: Collection, words: str) -> list[str]:
    """The documents that hold one of the words, by BM25."""
    hits = index_of(collection).search_lexical(terms(words), 100)
    passages = collection.passages([id_ for id_, _ in hits])
    assert len(passages) == len(hits), "an index holds passages that are gone"
    return sorted(passage.document for passage in passages.values())


def changed(collection: Collection, root: Path, change: Callable[[], object]) -> SyncReport:
    """What a sync after the change reports; nothing of the collection contradicts itself."""
    change()
    report = sync(collection, [root], EMBEDDER)
    assert list(problems(collection, settings_of(EMBEDDER))) == []
    passages = [p for name in collection.store.names() for p in collection.passages_of(name)]
    assert sorted(p.id for p in passages) == collection.store.passage_ids().tolist()
    assert sorted(index_of(collection).ids.tolist()) == sorted(p.id for p in passages)
    return report


def test_replaced(collection: Collection, root: Path) -> None:
    before = collection.document("well.txt")
    report = changed(
        collection, root, lambda: (root / "well.txt").write_text("The pond is 6 feet deep.")
    )
    assert report.changed == ["well.txt"]
    assert (found(collection, "well"), found(collection, "pond")) == ([], ["well.txt"])
    after = collection.document("well.txt")
    # By which a citation that was made before knows that its source is another one now.
    assert after.sha256 != before.sha256
    assert after.id != before.id


def test_renamed(collection: Collection, root: Path) -> None:
    before = collection.document("well.txt")
    report = changed(collection, root, lambda: (root / "well.txt").rename(root / "pit.txt"))
    assert (report.added, report.removed) == (["pit.txt"], ["well.txt"])
    assert found(collection, "well") == ["pit.txt"]
    assert collection.document("pit.txt").sha256 == before.sha256


def test_moved(collection: Collection, root: Path) -> None:
    report = changed(
        collection, root, lambda: (root / "old" / "tower.txt").rename(root / "tower.txt")
    )
    assert (report.added, report.removed) == (["tower.txt"], ["old/tower.txt"])
    assert found(collection, "steps") == ["tower.txt"]


def test_deleted(collection: Collection, root: Path) -> None:
    report = changed(collection, root, (root / "well.txt").unlink)
    assert report.removed == ["well.txt"]
    assert found(collection, "well") == []


def test_the_same_bytes_under_two_names(collection: Collection, root: Path) -> None:
    report = changed(collection, root, lambda: (root / "copy.txt").write_text(WELL))
    assert report.added == ["copy.txt"]
    assert found(collection, "well") == ["copy.txt", "well.txt"]
    assert collection.document("copy.txt").sha256 == collection.document("well.txt").sha256
    changed(collection, root, (root / "well.txt").unlink)
    assert found(collection, "well") == ["copy.txt"]


def test_two_that_change_names_with_each_other(collection: Collection, root: Path) -> None:
    well, tower, aside = root / "well.txt", root / "old" / "tower.txt", root / "aside"

    def swap() -> None:
        well.rename(aside)
        tower.rename(well)
        aside.rename(tower)

    report = changed(collection, root, swap)
    assert sorted(report.changed) == ["old/tower.txt", "well.txt"]
    assert found(collection, "well") == ["old/tower.txt"]
    assert found(collection, "steps") == ["well.txt"]
