from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from index.check import problems
from index.collection import Collection, settings_of
from tests.benchmarks import made_collection
from tests.benchmarks.made_collection import make
from tests.fakes import WordEmbedder, write

EMBEDDER = WordEmbedder()


def test_a_made_collection_is_whole_and_like_what_it_is_made_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(made_collection, "_DOCUMENTS_A_TRANSACTION", 2)
    papers = write(tmp_path / "papers", {"a.txt": "One well. Two mills.", "b.txt": "Nine horses."})
    make(tmp_path / "collection", 530, [papers], EMBEDDER)
    with closing(Collection(tmp_path / "collection")) as collection:
        assert list(problems(collection, settings_of(EMBEDDER))) == []
        ids = collection.store.passage_ids().tolist()
        assert len(ids) == 530
        stored = list(collection.store.stored_passages(ids))
        passages = [passage for batch in stored for passage in batch.passages]
        rows = np.concatenate([batch.rows for batch in stored])
        real, made = rows[:2], rows[2:]
        assert {passage.document for passage in passages[:2]} == {"a.txt", "b.txt"}
        words = {word for passage in passages[2:] for word in passage.text.split()}
        assert words == {"One", "well.", "Two", "mills.", "Nine", "horses."}
        nearest = (made @ real.T).max(axis=1)
        assert abs(float(nearest.mean()) - 0.8) < 0.05
