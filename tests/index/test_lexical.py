import math
import random
from collections.abc import Callable
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pytest
import tantivy

from index.errors import LexicalFailed
from index.lexical import LexicalIndex
from index.types import Selection

PASSAGES = {
    1: ["trade", "grew", "in", "seoul"],
    2: ["seoul", "seoul", "winter"],
    3: ["the", "ledger", "was", "lost", "in", "moscow", "in", "winter"],
}


def index_of(directory: Path, passages: dict[int, list[str]], generation: int = 1) -> LexicalIndex:
    index = LexicalIndex.open(directory)
    return index.commit(index.stage([], passages.items()), generation)


def bm25(passages: dict[int, list[str]], question: list[str]) -> dict[int, float]:
    """Robertson and Zaragoza 2009 with k1 = 1.2, b = 0.75, as Lucene and Tantivy have it."""
    # The marker document counts as one passage without stems.
    count = len(passages) + 1
    average = sum(map(len, passages.values())) / count
    scores: dict[int, float] = {}
    for stem in question:
        holders = sum(stem in stems for stems in passages.values())
        idf = math.log(1 + (count - holders + 0.5) / (holders + 0.5))
        for id_, stems in passages.items():
            if stem in stems:
                often = stems.count(stem)
                norm = 1.2 * (0.25 + 0.75 * len(stems) / average)
                scores[id_] = scores.get(id_, 0) + idf * often * 2.2 / (often + norm)
    return scores


def test_scores_are_bm25(tmp_path: Path) -> None:
    chance = random.Random(0)
    stems = [f"s{number}" for number in range(30)]
    passages = {id_: chance.choices(stems, k=chance.randint(3, 30)) for id_ in range(1, 60)}
    index = index_of(tmp_path, passages)
    expected = bm25(passages, ["s3", "s7"])
    found = dict(index.search(["s3", "s7", "s3"], 100))
    assert found.keys() == expected.keys()
    for id_, score in found.items():
        assert score == pytest.approx(expected[id_], rel=1e-4)


def test_the_best_come_first_and_no_more_than_asked_for(tmp_path: Path) -> None:
    index = index_of(tmp_path, PASSAGES)
    assert [id_ for id_, _ in index.search(["winter", "seoul"], 2)] == [2, 1]


@pytest.mark.parametrize("stems", [[], ["absent"], ['"AND (', "*"]])
def test_unknown_stems_find_nothing(tmp_path: Path, stems: list[str]) -> None:
    assert index_of(tmp_path, PASSAGES).search(stems, 5) == []


def test_generation_and_passages_last(tmp_path: Path) -> None:
    index_of(tmp_path, PASSAGES, generation=41)
    index = LexicalIndex.open(tmp_path)
    assert (index.generation, sorted(index.ids())) == (41, [1, 2, 3])
    index.commit(index.stage([1, 3], [(4, ["moscow"])]), 42)
    reopened = LexicalIndex.open(tmp_path)
    assert (reopened.generation, sorted(reopened.ids())) == (42, [2, 4])
    assert [id_ for id_, _ in reopened.search(["moscow"], 5)] == [4]


def test_what_was_staged_and_not_committed_is_not_there(tmp_path: Path) -> None:
    index = index_of(tmp_path, PASSAGES)
    index.stage([1], [(9, ["seoul"])])
    reopened = LexicalIndex.open(tmp_path)
    assert (reopened.generation, sorted(reopened.ids())) == (1, [1, 2, 3])


def test_a_new_index_has_no_generation(tmp_path: Path) -> None:
    index = LexicalIndex.open(tmp_path)
    assert (index.generation, index.ids(), index.search(["seoul"], 3)) == (-1, [], [])


def test_search_among_some_scores_them_as_in_all(tmp_path: Path) -> None:
    index = index_of(tmp_path, PASSAGES)
    everything = dict(index.search(["winter", "in"], 9))
    assert set(everything) == {1, 2, 3}
    found = dict(index.search(["winter", "in"], 9, Selection(among=np.array([1, 3, 77]))))
    assert found == pytest.approx({id_: everything[id_] for id_ in (1, 3)})
    assert index.search(["winter"], 9, Selection(among=np.array([], np.int64))) == []


def test_search_without_some_scores_the_others_as_in_all(tmp_path: Path) -> None:
    index = index_of(tmp_path, PASSAGES)
    everything = dict(index.search(["winter", "in"], 9))
    assert set(everything) == {1, 2, 3}
    found = dict(index.search(["winter", "in"], 9, Selection(without=np.array([2, 77]))))
    assert found == pytest.approx({id_: everything[id_] for id_ in (1, 3)})
    assert index.search(["winter", "in"], 9, Selection(without=np.array([1, 2, 3]))) == []
    none = Selection(without=np.array([], np.int64))
    assert dict(index.search(["winter", "in"], 9, none)) == everything


@pytest.mark.parametrize(
    "use",
    [
        lambda index, _: index.collect_garbage(),
        lambda index, _: index.stage([], []),
        lambda _, directory: LexicalIndex.open(directory),
    ],
    ids=["collect garbage", "stage", "open"],
)
def test_a_file_that_fails_is_one_line(
    tmp_path: Path, use: Callable[[LexicalIndex, Path], object]
) -> None:
    index = index_of(tmp_path, PASSAGES)
    (tmp_path / "meta.json").unlink()
    (tmp_path / "meta.json").mkdir()  # reading it is an error of the disk
    with pytest.raises(LexicalFailed) as raised:
        use(index, tmp_path)
    line = str(raised.value)
    assert line.startswith(f"The index in {tmp_path} can't be read or written (")
    assert line.endswith("): look for room on the disk and permissions, then run `qa index`")
    assert "\n" not in line


def test_a_commit_that_fails_is_one_line_and_changes_nothing(tmp_path: Path) -> None:
    index = index_of(tmp_path, PASSAGES)
    writer = index.stage([1], [(9, ["seoul"])])
    meta = (tmp_path / "meta.json").read_bytes()
    (tmp_path / "meta.json").unlink()
    (tmp_path / "meta.json").mkdir()
    with pytest.raises(LexicalFailed, match=r"\AThe index in [^\n]* can't be read or written"):
        index.commit(writer, 2)
    assert (index.generation, sorted(index.ids())) == (1, [1, 2, 3])
    (tmp_path / "meta.json").rmdir()
    (tmp_path / "meta.json").write_bytes(meta)
    assert LexicalIndex.open(tmp_path).generation == 1


def test_nothing_looks_for_commits_of_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen: a lock file that came into a folder while it was being removed."""
    opened: list[Mock] = []
    index = tantivy.Index

    def noted(*arguments: object, **named: object) -> Mock:
        opened.append(Mock(wraps=index(*arguments, **named)))  # type: ignore[arg-type]
        return opened[-1]

    monkeypatch.setattr(tantivy, "Index", noted)
    LexicalIndex.open(tmp_path)
    (mock,) = opened
    mock.config_reader.assert_called_once_with("Manual")
