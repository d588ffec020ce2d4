"""What both kinds of collection promise: one in a folder, and one in Milvus."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from index.address import MilvusAddress
from index.check import problems
from index.collection import Collection, settings_of
from index.errors import CollectionError, InputError
from index.load import load
from index.scope import EVERYTHING, Scope, chosen
from index.sync import remove, sync
from index.terms import terms
from tests.fakes import WordEmbedder, write
from tests.index.milvus import file_address

EMBEDDER = WordEmbedder()
FILES = {
    "well.txt": "The well behind the mill is nine feet deep.",
    "2023/mill.md": "---\ndate: 2023-05-01\nauthor: Åsa Ek\nlang: sv\n---\n\n"
    "The mill burned down in 1904 for €1,500.25.",
    "2023/o'neil's \"horse\".txt": "A horse named Bravo pulled the cart.",
    "2024_/мост.md": "---\ndate: 2024-02-29\n---\n\nМост построили в 1902 году. 橋は古い。",
    "2024_/deep/café.csv": "Name,Feet\nWell,9\nMine,30\n",
    "20240/x%.html": "<h1>Wells</h1><dl><dt>depth(feet)<dd>How deep it is.</dl><p>After.",
}


@pytest.fixture(params=["folder", "milvus"], scope="module")
def kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


def address_in(folder: Path, kind: str) -> Path | MilvusAddress:
    return folder / "collection" if kind == "folder" else file_address(folder)


def indexed(folder: Path, kind: str) -> Iterator[Collection]:
    collection = Collection(address_in(folder, kind), create=True)
    sync(collection, [write(folder / "papers", FILES)], EMBEDDER)
    yield collection
    collection.close()


@pytest.fixture(scope="module")
def unchanged(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collection]:
    """A collection that is only read."""
    yield from indexed(tmp_path_factory.mktemp(kind), kind)


@pytest.fixture
def collection(kind: str, tmp_path: Path) -> Iterator[Collection]:
    yield from indexed(tmp_path, kind)


def found(
    collection: Collection, words: str, limit: int = 100, scope: Scope = EVERYTHING
) -> tuple[set[str], set[str]]:
    """The documents that either side finds."""
    sides = collection.search(EMBEDDER.encode([words])[0], terms(words), limit, scope)
    for side in sides:
        assert all(first[1] >= second[1] for first, second in pairwise(side))
    dense, lexical = (collection.passages([id_ for id_, _ in side]).values() for side in sides)
    return {passage.document for passage in dense}, {passage.document for passage in lexical}


def assert_whole(collection: Collection) -> None:
    assert list(problems(collection, settings_of(EMBEDDER))) == []


def test_what_was_indexed_is_there_and_nothing_else(unchanged: Collection) -> None:
    names = sorted(FILES)
    assert [summary.name for summary in unchanged.documents()] == names
    ids = unchanged.store.passage_ids().tolist()
    assert ids == sorted(set(ids))
    assert len(ids) == sum(summary.passages for summary in unchanged.documents())
    for passage in unchanged.passages(ids).values():
        document = unchanged.document(passage.document)
        assert document.id == passage.document_id
        assert document.title == passage.title
        assert document.version == passage.version
        assert document.text[passage.start : passage.end] == passage.text
    assert found(unchanged, "well")[0] == set(names)
    assert_whole(unchanged)


def test_the_list_says_what_the_documents_say(unchanged: Collection) -> None:
    for summary in unchanged.documents():
        document = unchanged.document(summary.name)
        content = document.content
        assert (summary.title, summary.date) == (content.title, content.date)
        assert (summary.author, summary.language) == (content.author, content.language)
        assert (summary.characters, summary.pages) == (len(content.text), len(content.pages))
        assert summary.upload_folder is document.upload_folder is None
        assert datetime.fromisoformat(summary.added or "").utcoffset() == timedelta(0)
    mill = next(s for s in unchanged.documents() if s.name == "2023/mill.md")
    assert (mill.author, mill.language) == ("Åsa Ek", "sv")


def test_when_a_document_came_in_is_kept_over_its_changes(
    collection: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Later(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Later":
            return cls(2099, 1, 2, 3, 4, 5, tzinfo=tz)

    before = {document.name: document.added for document in collection.documents()}
    monkeypatch.setattr("index.store.datetime", Later)
    monkeypatch.setattr("index.milvus_rows.datetime", Later)
    write(tmp_path / "papers", {"well.txt": "It was filled up.", "new.txt": "New words."})
    sync(collection, [], EMBEDDER)
    after = {document.name: document.added for document in collection.documents()}
    assert after == {**before, "new.txt": "2099-01-02T03:04:05+00:00"}


def test_a_document_reads_back_as_it_was_loaded(unchanged: Collection) -> None:
    for name, text in FILES.items():
        assert unchanged.document(name).content == load(name, text.encode())
    with pytest.raises(InputError, match="no document 'x': `qa documents` lists"):
        unchanged.document("x")


def test_a_long_document_reads_back_and_its_passages_come_in_order(
    collection: Collection, tmp_path: Path
) -> None:
    numbers = np.random.default_rng(0).integers(0, 10**9, 12_000)
    write(
        tmp_path / "papers",
        {"long.md": "\n\n".join(f"# Part {n}\n\nIs {n}." for n in numbers[:100])},
    )
    write(tmp_path / "papers", {"wide.txt": " ".join(map(str, numbers))})
    sync(collection, [], EMBEDDER)
    for name in ("long.md", "wide.txt"):
        data = (tmp_path / "papers" / name).read_bytes()
        assert collection.document(name).content == load(name, data)
        starts = [passage.start for passage in collection.passages_of(name)]
        assert len(starts) >= 100
        assert starts == sorted(starts)
    assert collection.passages_of("none.md") == ()


def test_vectors_read_back_in_half_precision_under_their_passages(unchanged: Collection) -> None:
    (batch,) = unchanged.store.stored_passages(unchanged.store.passage_ids().tolist())
    for passage, row in zip(batch.passages, batch.rows, strict=True):
        if passage.heading is None and passage.title not in passage.text:
            exact = EMBEDDER.encode([f"{passage.title}\n{passage.text}"])[0]
            np.testing.assert_array_equal(row, exact.astype(np.float16).astype(np.float32))


def test_the_nearest_are_those_of_brute_force(unchanged: Collection) -> None:
    (batch,) = unchanged.store.stored_passages(unchanged.store.passage_ids().tolist())
    row = EMBEDDER.encode(["How deep is the well?"])[0]
    cosines = batch.rows @ row
    best = [batch.passages[i].id for i in np.argsort(-cosines)[:3]]
    dense = unchanged.search(row, [], 3, EVERYTHING).dense
    assert [id_ for id_, _ in dense] == best
    assert [score for _, score in dense] == pytest.approx(sorted(cosines)[:-4:-1], abs=2e-3)


@pytest.mark.parametrize(
    ("words", "document"),
    [
        ("MILLS burning", "2023/mill.md"),
        ("1,500.25", "2023/mill.md"),
        ("МОСТ", "2024_/мост.md"),
        ("橋は古い", "2024_/мост.md"),
        ("CAFE", "2024_/deep/café.csv"),
        ("Bravo", "2023/o'neil's \"horse\".txt"),
    ],
)
def test_words_are_found_by_their_stems(unchanged: Collection, words: str, document: str) -> None:
    lexical = unchanged.search(EMBEDDER.encode([words])[0], terms(words), 10, EVERYTHING).lexical
    assert unchanged.passages([lexical[0][0]])[lexical[0][0]].document == document


def test_parts_of_a_number_are_not_its_words(unchanged: Collection) -> None:
    assert found(unchanged, "1,500")[1] == found(unchanged, "25")[1] == set()
    assert found(unchanged, "???") == (set(FILES), set())


@pytest.mark.parametrize(
    "scope",
    [
        Scope(documents=("well.txt", "2023/o'neil's \"horse\".txt")),
        Scope(folders=("2024_",)),
        Scope(folders=("2024_/deep/", "2023")),
        Scope(types=("TXT",)),
        Scope(types=(".md", "html"), folders=("2023", "20240")),
        Scope(since="2023-05-02"),
        Scope(until="2023"),
        Scope(since="2023-05", until="2024-02"),
    ],
    ids=str,
)
def test_a_scope_takes_in_the_same_documents(unchanged: Collection, scope: Scope) -> None:
    expected = set(chosen(scope, unchanged.documents()))
    assert found(unchanged, "the well", scope=scope)[0] == expected
    assert found(unchanged, "the well", scope=scope)[1] <= expected


def test_a_filter_goes_before_the_search(unchanged: Collection) -> None:
    dense, _ = found(unchanged, FILES["well.txt"], limit=1, scope=Scope(types=("csv",)))
    assert dense == {"2024_/deep/café.csv"}


@pytest.mark.parametrize(
    ("scope", "line"),
    [
        (Scope(documents=("well.txt", "wall.txt")), "no document 'wall.txt'"),
        (Scope(types=("pdf",)), "No document of the collection is of the type 'pdf'"),
        (Scope(folders=("202",)), "No document of the collection is in the folder '202'"),
        (Scope(since="May"), "'May' is no day"),
    ],
)
def test_what_no_document_is_in_is_said(unchanged: Collection, scope: Scope, line: str) -> None:
    with pytest.raises(InputError, match=line):
        found(unchanged, "well", scope=scope)


def test_a_removed_document_is_gone_from_everywhere(collection: Collection) -> None:
    generation = collection.store.generation
    gone = [passage.id for passage in collection.passages_of("well.txt")]
    remove(collection, "well.txt")
    assert collection.store.generation > generation
    assert collection.passages(gone) == {}
    assert set(gone).isdisjoint(collection.store.passage_ids().tolist())
    assert "well.txt" not in found(collection, "nine feet deep")[0]
    assert found(collection, "nine")[1] == set()
    assert_whole(collection)
    with pytest.raises(InputError, match=r"no document 'well\.txt'"):
        remove(collection, "well.txt")


def test_a_replaced_document_leaves_nothing_of_the_old_one(
    collection: Collection, tmp_path: Path
) -> None:
    before = collection.document("well.txt")
    old = [passage.id for passage in collection.passages_of("well.txt")]
    write(tmp_path / "papers", {"well.txt": "It was filled up with gravel."})
    assert sync(collection, [], EMBEDDER).changed == ["well.txt"]
    assert collection.document("well.txt").id != before.id
    assert collection.passages(old) == {}
    assert found(collection, "nine")[1] == set()
    assert found(collection, "gravel")[1] == {"well.txt"}
    assert_whole(collection)
    write(tmp_path / "papers", {"well.txt": FILES["well.txt"]})
    sync(collection, [], EMBEDDER)
    assert collection.document("well.txt").content == before.content
    assert found(collection, "nine")[1] == {"well.txt"}
    assert_whole(collection)


def test_what_did_not_change_is_left_alone(collection: Collection, tmp_path: Path) -> None:
    embedder = WordEmbedder()
    generation = collection.store.generation
    report = sync(collection, [tmp_path / "papers"], embedder)
    assert (report.unchanged, report.added, embedder.encoded) == (len(FILES), [], [])
    assert collection.store.generation == generation


def test_the_same_name_in_another_folder_gets_that_in_front(
    collection: Collection, tmp_path: Path
) -> None:
    sync(collection, [write(tmp_path / "letters", {"well.txt": "Dear well."})], EMBEDDER)
    assert collection.document("letters/well.txt").text == "Dear well."
    assert collection.document("well.txt").text == FILES["well.txt"]
    assert collection.store.file_of("letters/well.txt")[0] == tmp_path / "letters/well.txt"


def test_a_transaction_that_fails_leaves_everything_as_it_was(
    collection: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "papers", {"well.txt": "It was filled up.", "new.txt": "New words."})
    put_passages = type(collection.store).put_passages

    def fail_second(self: object, *values: object) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise OSError("the disk is full")
        put_passages(self, *values)  # type: ignore[arg-type]

    calls: list[int] = []
    monkeypatch.setattr(type(collection.store), "put_passages", fail_second)
    with pytest.raises(OSError, match="full"):
        sync(collection, [], EMBEDDER)
    assert [summary.name for summary in collection.documents()] == sorted(FILES)
    assert collection.document("well.txt").text == FILES["well.txt"]
    assert_whole(collection)
    monkeypatch.undo()
    assert sync(collection, [], EMBEDDER).added == ["new.txt"]
    assert_whole(collection)


def test_another_embedder_makes_all_passages_anew_without_the_files(
    collection: Collection, tmp_path: Path
) -> None:
    with pytest.raises(CollectionError, match="another embedder: run `qa index`"):
        collection.require(settings_of(WordEmbedder("other")))
    (tmp_path / "papers").rename(tmp_path / "away")
    other = WordEmbedder("other")
    sync(collection, [], other)
    assert list(problems(collection, settings_of(other))) == []
    for passage in collection.passages_of("well.txt"):
        row = other.encode([f"{passage.title}\n{passage.text}"])[0]
        ((id_, cosine),) = collection.search(row, [], 1, EVERYTHING).dense
        assert id_ == passage.id
        assert cosine == pytest.approx(1, abs=1e-3)


def test_questions_are_answered_while_documents_come_and_go(
    collection: Collection, tmp_path: Path
) -> None:
    """Whatever is found reads back from its own document, or is gone as a whole."""

    def ask(_: int) -> None:
        sides = collection.search(EMBEDDER.encode(["deep well"])[0], ["well"], 50, EVERYTHING)
        for passage in collection.passages([id_ for id_, _ in sides.dense]).values():
            try:
                document = collection.document(passage.document)
            except InputError:
                continue
            if document.id == passage.document_id:
                assert document.text[passage.start : passage.end] == passage.text

    with ThreadPoolExecutor(4) as pool:
        asked = pool.map(ask, range(30))
        for number in range(5):
            write(tmp_path / "papers", {"well.txt": f"The well is {number} feet. " * (number + 1)})
            sync(collection, [], EMBEDDER)
            remove(collection, "2023/mill.md")
        list(asked)
    assert_whole(collection)


def test_a_collection_opened_again_is_the_same(
    collection: Collection,
) -> None:
    before = (collection.documents(), found(collection, "deep well"), collection.store.generation)
    collection.close()
    reopened = Collection(collection.address)
    assert (reopened.documents(), found(reopened, "deep well"), reopened.store.generation) == before
    assert_whole(reopened)
    reopened.close()


def test_no_collection_is_said_and_none_is_made(kind: str, tmp_path: Path) -> None:
    address = address_in(tmp_path, kind)
    with pytest.raises(CollectionError, match=r"\AThere is no collection in .*: make one with"):
        Collection(address)
    assert not (address if isinstance(address, Path) else Path(address.uri)).exists()
    empty = Collection(address, create=True)
    assert found(empty, "anything") == (set(), set())
    assert empty.documents() == ()
    empty.close()
