from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from index.collection import Collection
from index.errors import InputError
from index.scope import Scope
from index.sync import sync
from qa.retrieve import fuse, retrieve
from tests.fakes import WordEmbedder, write

FILES = {
    "well.txt": "The well behind the mill is nine feet deep.",
    "mill.txt": "The mill burned down in 1904.",
    "horse.txt": "A horse named Bravo pulled the cart.",
}


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    collection = Collection(tmp_path / "collection", create=True)
    sync(collection, [write(tmp_path / "papers", FILES)], WordEmbedder())
    yield collection
    collection.close()


def test_fusion_is_the_weighted_sum_of_z_scores() -> None:
    dense = [(1, 0.9), (2, 0.5), (3, 0.4)]
    lexical = [(3, 12.0), (1, 4.0)]
    z_dense = (np.array([0.9, 0.5, 0.4]) - 0.6) / np.std([0.9, 0.5, 0.4])
    expected = {
        1: 0.7 * z_dense[0] + 0.3 * -1,
        2: 0.7 * z_dense[1] + 0.3 * -1,  # not among the lexical ones: as their worst
        3: 0.7 * z_dense[2] + 0.3 * 1,
    }
    fused = fuse(dense, lexical, dense_weight=0.7)
    assert [id_ for id_, _ in fused] == [1, 3, 2]
    assert dict(fused) == pytest.approx(expected)


def test_one_side_alone_keeps_its_order() -> None:
    assert [id_ for id_, _ in fuse([(5, 0.9), (4, 0.1)], [], dense_weight=0.7)] == [5, 4]
    assert [id_ for id_, _ in fuse([], [(5, 9.0), (4, 1.0)], dense_weight=0.7)] == [5, 4]


def test_equal_scores_go_by_id_and_nothing_gives_nothing() -> None:
    assert fuse([(7, 0.5), (3, 0.5)], [], dense_weight=0.7) == [(3, 0.0), (7, 0.0)]
    assert fuse([], [], dense_weight=0.7) == []


def test_the_passage_that_shares_the_words_comes_first(collection: Collection) -> None:
    hits = retrieve(collection, WordEmbedder(), "How deep is the well?", limit=2)
    assert (hits[0].rank, hits[0].passage.document) == (1, "well.txt")
    assert len(hits) == 2
    assert hits[0].score > hits[1].score


def test_a_question_without_words_still_finds_by_vector(collection: Collection) -> None:
    assert len(retrieve(collection, WordEmbedder(), "???", limit=9)) == 3


def test_an_empty_collection_finds_nothing(tmp_path: Path) -> None:
    collection = Collection(tmp_path, create=True)
    assert retrieve(collection, WordEmbedder(), "anything", limit=5) == ()
    collection.close()


def test_only_documents_in_scope_are_found(collection: Collection) -> None:
    scope = Scope(documents=("mill.txt", "horse.txt"))
    hits = retrieve(collection, WordEmbedder(), "How deep is the well?", limit=9, scope=scope)
    assert {hit.passage.document for hit in hits} == {"mill.txt", "horse.txt"}
    with pytest.raises(InputError, match="No document of the collection is of the type 'pdf'"):
        retrieve(collection, WordEmbedder(), "well", limit=9, scope=Scope(types=("pdf",)))


def test_a_question_in_another_script_is_searched_by_its_words_alone(tmp_path: Path) -> None:
    class Noise(WordEmbedder):
        """Every text is like the first document's."""

        def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
            return super().encode(["well"] * len(texts))

    collection = Collection(tmp_path / "noise", create=True)
    files = {"a.txt": "The well is deep.", "ko.txt": "등대지기는 염소를 키웠다."}
    sync(collection, [write(tmp_path / "mixed", files)], Noise())
    hits = retrieve(collection, Noise(), "등대의 염소는?", limit=9)
    assert [hit.passage.document for hit in hits] == ["ko.txt"]
    # Where no word is found, something is shown all the same.
    assert len(retrieve(collection, Noise(), "무엇?", limit=9)) == 2
    collection.close()
