from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from index import vector_segment
from index.types import Selection
from index.vector_segment import NewRows, VectorSegment, write_segment
from index.vectors import VectorIndex

NONE = np.empty(0, np.int64)


def unit_rows(count: int, seed: int = 0) -> NDArray[np.float32]:
    return unit(np.random.default_rng(seed).normal(size=(count, 48)))


def unit(rows: NDArray[np.floating]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    divided: NDArray[np.float32] = (rows / lengths).astype(np.float32)
    return divided


def clustered_rows(count: int, seed: int = 0) -> NDArray[np.float32]:
    """Rows around 50 topics, as those of texts are."""
    chance = np.random.default_rng(seed)
    topics = np.random.default_rng(99).normal(size=(50, 48))
    return unit(topics[chance.integers(50, size=count)] + 0.7 * chance.normal(size=(count, 48)))


def halved(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    return rows.astype(np.float16).astype(np.float32)


def updated(
    index: VectorIndex,
    directory: Path,
    generation: int,
    *,
    removed: NDArray[np.int64] = NONE,
    ids: NDArray[np.int64] = NONE,
    rows: NDArray[np.float32] | None = None,
) -> VectorIndex:
    new = NewRows(directory)
    if rows is not None:
        for start in range(0, len(ids), 100):
            new.add(ids[start : start + 100], rows[start : start + 100])
    index = index.updated(directory, generation, removed, new)
    index.remove_other_files(directory, generation)
    new.close()
    return index


@pytest.fixture
def made(tmp_path: Path) -> Callable[[NDArray[np.int64], NDArray[np.float32]], VectorIndex]:
    def make(ids: NDArray[np.int64], rows: NDArray[np.float32]) -> VectorIndex:
        return updated(VectorIndex.empty(), tmp_path, 1, ids=ids, rows=rows)

    return make


Make = Callable[[NDArray[np.int64], NDArray[np.float32]], VectorIndex]


def rows_of(index: VectorIndex) -> dict[int, list[float]]:
    return {
        id_: row.tolist()
        for ids, rows in index.contents()
        for id_, row in zip(ids.tolist(), rows.astype(np.float32), strict=True)
    }


def test_search_equals_brute_force_in_half_precision(made: Make) -> None:
    rows = unit_rows(500)
    ids = np.arange(1000, 1500)
    index = made(ids, rows)
    question = unit_rows(1, seed=1)[0]
    scores = halved(rows) @ question
    best = np.argsort(-scores)[:20]
    found = index.search(question, 20)
    assert [id_ for id_, _ in found] == ids[best].tolist()
    np.testing.assert_allclose([score for _, score in found], scores[best], atol=1e-5)


def test_removed_passages_are_gone_and_the_others_keep_their_ids(
    made: Make, tmp_path: Path
) -> None:
    rows = unit_rows(10)
    index = updated(made(np.arange(1, 11), rows), tmp_path, 2, removed=np.array([1, 5, 10]))
    assert sorted(index.ids.tolist()) == [2, 3, 4, 6, 7, 8, 9]
    for id_ in (2, 6, 9):
        assert index.search(rows[id_ - 1], 1)[0][0] == id_
    assert {id_ for id_, _ in index.search(rows[0], 10)} == {2, 3, 4, 6, 7, 8, 9}
    among = index.search(rows[0], 10, Selection(among=np.array([1, 2, 3])))
    assert {id_ for id_, _ in among} == {2, 3}


def test_opened_again_it_holds_the_same(made: Make, tmp_path: Path) -> None:
    rows = unit_rows(300)
    index = made(np.arange(300), rows)
    index = updated(index, tmp_path, 2, removed=np.array([7]), ids=np.array([300]), rows=rows[:1])
    opened = VectorIndex.open(tmp_path, 2)
    assert sorted(opened.ids.tolist()) == sorted(index.ids.tolist())
    expected = dict(enumerate(halved(rows).tolist())) | {300: halved(rows)[0].tolist()}
    del expected[7]
    assert rows_of(opened) == rows_of(index) == expected
    assert {path.name for path in tmp_path.iterdir()} == {
        "segments-2.json",
        "vectors-1.faiss",
        "vectors-2.faiss",
    }


def test_whatever_comes_and_goes_it_is_what_brute_force_says(tmp_path: Path) -> None:
    """Sixty changes of all sizes, after each of which the files are opened anew."""
    chance = np.random.default_rng(5)
    rows = unit_rows(4000, seed=6)
    index, there, given = VectorIndex.empty(), np.empty(0, np.int64), 0
    most_segments = 0
    for generation in range(1, 61):
        share = chance.choice([0, 0.02, 0.3, 0.9, 1], p=[0.4, 0.3, 0.15, 0.1, 0.05])
        removed = there[chance.random(len(there)) < share]
        ids = np.arange(given, given + chance.choice([0, 1, 9, 120]))
        given += len(ids)
        index = updated(index, tmp_path, generation, removed=removed, ids=ids, rows=rows[ids])
        there = np.concatenate([np.setdiff1d(there, removed), ids])
        index = VectorIndex.open(tmp_path, generation)
        assert sorted(index.ids.tolist()) == there.tolist()
        question = unit_rows(1, seed=generation)[0]
        best = there[np.argsort(-(halved(rows[there]) @ question), kind="stable")[:7]]
        assert [id_ for id_, _ in index.search(question, 7)] == best.tolist()
        segments = len(list(tmp_path.glob("vectors-*")))
        most_segments = max(most_segments, segments)
        assert len(list(tmp_path.glob("segments-*"))) == 1
    assert 3 <= most_segments <= 6


def test_a_small_change_leaves_the_large_segment_as_it_is(made: Make, tmp_path: Path) -> None:
    rows = unit_rows(801)
    index = made(np.arange(800), rows[:800])
    written = (tmp_path / "vectors-1.faiss").stat()
    index = updated(index, tmp_path, 2, ids=np.array([800]), rows=rows[800:])
    assert (tmp_path / "vectors-1.faiss").stat() == written
    assert (tmp_path / "vectors-2.faiss").stat().st_size < written.st_size / 20
    assert index.search(rows[800], 1)[0][0] == 800
    updated(index, tmp_path, 3, removed=np.arange(400))
    assert [path.name for path in tmp_path.glob("vectors-*")] == ["vectors-3.faiss"]


def test_who_opened_it_before_goes_on_with_what_was_there(made: Make, tmp_path: Path) -> None:
    rows = unit_rows(20)
    made(np.arange(20), rows)
    opened = VectorIndex.open(tmp_path, 1)
    updated(opened, tmp_path, 2, removed=np.arange(15))
    assert not (tmp_path / "vectors-1.faiss").exists()
    assert [opened.search(row, 1)[0][0] for row in rows] == list(range(20))


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    assert VectorIndex.empty().search(unit_rows(1)[0], 5) == []
    index = updated(VectorIndex.empty(), tmp_path, 1)
    assert index.search(unit_rows(1)[0], 5) == []
    assert VectorIndex.open(tmp_path, 1).ids.tolist() == []


@pytest.mark.parametrize("data", [b"", b"not an index", b"IwSq" + bytes(200)])
def test_a_damaged_file_is_a_runtime_error(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "vectors-1.faiss"
    path.write_bytes(data)
    with pytest.raises(RuntimeError):
        VectorSegment(path)


@pytest.mark.parametrize("bytes_left", [0, 30, 5_000, -100, -1])
def test_a_file_that_was_cut_is_a_runtime_error(tmp_path: Path, bytes_left: int) -> None:
    path = tmp_path / "vectors-1.faiss"
    write_segment(path, np.arange(100), unit_rows(100).astype(np.float16))
    path.write_bytes(path.read_bytes()[:bytes_left])
    with pytest.raises(RuntimeError):
        VectorSegment(path)


@pytest.mark.parametrize("text", ["", "{", "\0\0\0"])
def test_a_damaged_listing_is_a_value_error(made: Make, tmp_path: Path, text: str) -> None:
    made(np.arange(3), unit_rows(3))
    (tmp_path / "segments-1.json").write_text(text)
    with pytest.raises(ValueError, match="Expecting"):
        VectorIndex.open(tmp_path, 1)


def test_where_nothing_can_be_written_it_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_segment(tmp_path / "gone" / "x.faiss", np.arange(3), unit_rows(3).astype(np.float16))


def test_search_among_some_equals_brute_force_over_them(made: Make) -> None:
    rows = unit_rows(300)
    ids = np.arange(300)
    index = made(ids, rows)
    among = np.random.default_rng(2).choice(ids, 40, replace=False)
    question = unit_rows(1, seed=3)[0]
    best = among[np.argsort(-(halved(rows[among]) @ question))]
    assert [id_ for id_, _ in index.search(question, 10, Selection(among))] == best[:10].tolist()
    assert sorted(id_ for id_, _ in index.search(question, 99, Selection(among))) == sorted(
        among.tolist()
    )
    assert index.search(question, 9, Selection(np.array([5, 10**6]))) == index.search(
        question, 9, Selection(np.array([5]))
    )
    assert index.search(question, 9, Selection(np.array([], np.int64))) == []


def test_search_without_some_equals_brute_force_over_the_others(made: Make, tmp_path: Path) -> None:
    rows = unit_rows(300)
    index = updated(made(np.arange(300), rows), tmp_path, 2, removed=np.arange(20))
    without = np.random.default_rng(2).choice(300, 40, replace=False)
    left = np.setdiff1d(np.arange(20, 300), without)
    question = unit_rows(1, seed=3)[0]
    best = left[np.argsort(-(halved(rows[left]) @ question))]
    found = index.search(question, 999, Selection(without=without))
    assert [id_ for id_, _ in found] == best.tolist()
    assert index.search(question, 9, Selection(without=np.arange(300))) == []
    none = Selection(without=np.array([], np.int64))
    assert index.search(question, 9, none) == index.search(question, 9)


@pytest.fixture
def large_from_2000(monkeypatch: pytest.MonkeyPatch) -> None:
    """The size from which not all rows are compared, so low that a test can reach it."""
    monkeypatch.setattr(vector_segment, "EXACT_BELOW", 2000)


def found_share(index: VectorIndex, rows: NDArray[np.float32]) -> float:
    """recall@10 of questions of the same topics; rows stand under their numbers."""
    questions = clustered_rows(100, seed=8)
    best = np.argsort(-(halved(rows) @ questions.T), axis=0)[:10].T
    hits = [
        len({id_ for id_, _ in index.search(question, 10)} & set(exact.tolist()))
        for question, exact in zip(questions, best, strict=True)
    ]
    return float(np.mean(hits)) / 10


def test_a_large_segment_is_searched_in_part_and_finds_nearly_all(
    made: Make, large_from_2000: None, tmp_path: Path
) -> None:
    rows = clustered_rows(6000)
    index = made(np.arange(6000), rows)
    assert found_share(index, rows) >= 0.98
    assert rows_of(index) == dict(enumerate(halved(rows).tolist()))
    (segment,) = index._segments.values()
    assert (segment._index.nlist, segment._searched) == (77, 16)


def test_of_a_large_segment_too_all_of_a_choice_are_compared(
    made: Make, large_from_2000: None
) -> None:
    rows = clustered_rows(3000)
    index = made(np.arange(3000), rows)
    among = np.random.default_rng(2).choice(3000, 500, replace=False)
    for question in clustered_rows(20, seed=3):
        best = among[np.argsort(-(halved(rows[among]) @ question))]
        assert [id_ for id_, _ in index.search(question, 50, Selection(among))] == best[
            :50
        ].tolist()


def test_of_a_large_segment_none_that_is_left_out_is_found_and_nearly_all_others(
    made: Make, large_from_2000: None
) -> None:
    rows = clustered_rows(6000)
    index = made(np.arange(6000), rows)
    without = np.random.default_rng(2).choice(6000, 2500, replace=False)
    left = np.setdiff1d(np.arange(6000), without)
    hits = 0
    for question in clustered_rows(100, seed=8):
        found = {id_ for id_, _ in index.search(question, 10, Selection(without=without))}
        assert len(found) == 10
        assert not found & set(without.tolist())
        best = left[np.argsort(-(halved(rows[left]) @ question))][:10]
        hits += len(found & set(best.tolist()))
    assert hits >= 980


def test_a_large_segment_takes_changes_and_is_made_again_from_itself(
    made: Make, large_from_2000: None, tmp_path: Path
) -> None:
    rows = clustered_rows(6000)
    index = made(np.arange(3000), rows[:3000])
    index = updated(index, tmp_path, 2, ids=np.arange(3000, 3100), rows=rows[3000:3100])
    assert len(index._segments) == 2
    index = updated(
        index, tmp_path, 3, removed=np.arange(50), ids=np.arange(3100, 6000), rows=rows[3100:]
    )
    assert len(index._segments) == 1
    expected = dict(enumerate(halved(rows).tolist()))
    assert rows_of(index) == {id_: row for id_, row in expected.items() if id_ >= 50}
    assert index.search(rows[4000], 1)[0][0] == 4000


def test_the_same_rows_make_the_same_file(tmp_path: Path, large_from_2000: None) -> None:
    rows = clustered_rows(2500).astype(np.float16)
    for name in ("one", "two"):
        write_segment(tmp_path / name, np.arange(2500), rows)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_a_segment_is_merged_into_a_new_one_of_an_eighth_of_its_size(
    made: Make, tmp_path: Path
) -> None:
    rows = unit_rows(200)
    index = made(np.arange(160), rows[:160])
    index = updated(index, tmp_path, 2, ids=np.arange(160, 179), rows=rows[160:179])
    assert sorted(index._segments) == [1, 2]
    # 3 rows are an eighth of 19, and the 22 that they make together of 160.
    index = updated(index, tmp_path, 3, ids=np.arange(179, 182), rows=rows[179:182])
    assert sorted(index._segments) == [3]
    assert sorted(index.ids.tolist()) == list(range(182))
