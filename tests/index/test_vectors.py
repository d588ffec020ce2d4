from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from index.vectors import VectorIndex


def unit_rows(count: int, seed: int = 0) -> NDArray[np.float32]:
    rows = np.random.default_rng(seed).normal(size=(count, 48)).astype(np.float32)
    unit: NDArray[np.float32] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit


def test_search_equals_brute_force_in_half_precision() -> None:
    rows = unit_rows(500)
    ids = np.arange(1000, 1500)
    index = VectorIndex.empty(48)
    index.add(ids, rows)
    question = unit_rows(1, seed=1)[0]
    scores = rows.astype(np.float16).astype(np.float32) @ question
    best = np.argsort(-scores)[:20]
    found = index.search(question, 20)
    assert [id_ for id_, _ in found] == ids[best].tolist()
    np.testing.assert_allclose([score for _, score in found], scores[best], atol=1e-5)


def test_removed_passages_are_gone_and_the_others_keep_their_ids() -> None:
    rows = unit_rows(10)
    index = VectorIndex.empty(48)
    index.add(np.arange(1, 11), rows)
    index.remove(np.array([1, 5, 10]))
    assert sorted(index.ids.tolist()) == [2, 3, 4, 6, 7, 8, 9]
    for id_ in (2, 6, 9):
        assert index.search(rows[id_ - 1], 1)[0][0] == id_


def test_saved_and_loaded_it_holds_the_same(tmp_path: Path) -> None:
    index = VectorIndex.empty(48)
    index.add(np.array([7, 3]), unit_rows(2))
    index.save(tmp_path / "vectors-1.faiss")
    loaded = VectorIndex.load(tmp_path / "vectors-1.faiss")
    assert loaded.ids.tolist() == [7, 3]
    np.testing.assert_array_equal(loaded.rows([3, 7]), index.rows([3, 7]))
    assert [path.name for path in tmp_path.iterdir()] == ["vectors-1.faiss"]


def test_an_empty_index_finds_nothing() -> None:
    assert VectorIndex.empty(48).search(unit_rows(1)[0], 5) == []


@pytest.mark.parametrize("data", [b"", b"not an index", b"IxMp" + bytes(200)])
def test_a_damaged_file_is_a_runtime_error(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "vectors-1.faiss"
    path.write_bytes(data)
    with pytest.raises(RuntimeError):
        VectorIndex.load(path)


def test_search_among_some_equals_brute_force_over_them() -> None:
    rows = unit_rows(300)
    ids = np.arange(300)
    index = VectorIndex.empty(48)
    index.add(ids, rows)
    among = np.random.default_rng(2).choice(ids, 40, replace=False)
    question = unit_rows(1, seed=3)[0]
    best = among[np.argsort(-(rows[among].astype(np.float16).astype(np.float32) @ question))]
    assert [id_ for id_, _ in index.search(question, 10, among)] == best[:10].tolist()
    assert sorted(id_ for id_, _ in index.search(question, 99, among)) == sorted(among.tolist())
    assert index.search(question, 9, np.array([5, 10**6])) == index.search(
        question, 9, np.array([5])
    )
    assert index.search(question, 9, np.array([], np.int64)) == []
