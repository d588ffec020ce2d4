from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

import qa.tune
from index.collection import Collection
from index.errors import InputError
from index.sync import sync
from qa.answer import Assistant
from qa.confidence import UNFITTED
from qa.gold import GoldQuestion
from qa.retrieve import DENSE_WEIGHT
from qa.tune import fit_line, tune
from qa.tuning import load_tuning, save_tuning
from tests.fakes import NumberReader, WordEmbedder, write
from tests.index.milvus import file_address

NAMES = [f"{first}{last}" for first in ("al", "be", "ca", "do") for last in "nprstvwxyz"]


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    files = {
        f"{name}.txt": f"The well of {name} is {number} feet deep."
        for number, name in enumerate(NAMES, 10)
    }
    collection = Collection(tmp_path / "collection", create=True)
    sync(collection, [write(tmp_path / "papers", files)], WordEmbedder())
    yield collection
    collection.close()


def gold() -> list[GoldQuestion]:
    """Of every name, but every fourth well is asked for what nobody wrote down."""
    return [
        GoldQuestion(
            id=name,
            question=f"Who dug {name}?" if number % 4 == 0 else f"How deep is the well of {name}?",
            answers=() if number % 4 == 0 else (str(number),),
            documents=() if number % 4 == 0 else (f"{name}.txt",),
        )
        for number, name in enumerate(NAMES, 10)
    ]


def test_the_confidence_comes_nearer_to_the_share_right(collection: Collection) -> None:
    tuned = tune(collection, WordEmbedder(), NumberReader(), UNFITTED, gold())
    assert tuned.questions == 40
    assert tuned.tuning.dense_weight == DENSE_WEIGHT  # both sides find them all
    assert tuned.before["mrr@20"] == tuned.after["mrr@20"] == 1.0
    assert (tuned.after["brier"] or 1) < (tuned.before["brier"] or 0)
    assert tuned.tuning.answer_from is None


def test_a_collection_in_milvus_is_tuned_as_one_in_a_folder(
    collection: Collection, tmp_path: Path
) -> None:
    milvus = Collection(file_address(tmp_path), create=True)
    sync(milvus, [tmp_path / "papers"], WordEmbedder())
    tuned = [
        tune(each, WordEmbedder(), NumberReader(), UNFITTED, gold())
        for each in (collection, milvus)
    ]
    assert tuned[0] == tuned[1]
    save_tuning(milvus.directory, tuned[1].tuning)
    kept = load_tuning(milvus.directory, "numbers", "words")
    assert kept is not None
    assert kept.slope == tuned[0].tuning.slope
    milvus.close()


def test_a_tuning_is_kept_and_used_for_its_models_only(collection: Collection) -> None:
    tuned = tune(collection, WordEmbedder(), NumberReader(), UNFITTED, gold(), precision=0.9)
    save_tuning(collection.directory, tuned.tuning)
    kept = load_tuning(collection.directory, "numbers", "words")
    assert kept is not None
    assert kept.slope == tuned.tuning.slope
    assert [point.answer_from for point in kept.curve] == pytest.approx(
        [point.answer_from for point in tuned.tuning.curve], abs=1e-4
    )
    assert load_tuning(collection.directory, "other", "words") is None
    assert load_tuning(collection.directory, "numbers", "other") is None
    confidence = kept.applied_to(UNFITTED)
    assert confidence.answer_from == tuned.tuning.answer_from
    assert confidence.unsure_from <= confidence.answer_from
    assistant = Assistant(collection, WordEmbedder(), NumberReader(), confidence)
    before = Assistant(collection, WordEmbedder(), NumberReader(), UNFITTED)
    question = gold()[1].question
    assert assistant.ask(question).confidence != before.ask(question).confidence
    assert assistant.ask(question).text == before.ask(question).text


def test_without_a_tuning_there_is_none(tmp_path: Path) -> None:
    assert load_tuning(tmp_path, "numbers", "words") is None


@pytest.mark.parametrize("damage", ["", "{", "[]", "{}", '{"curve": 3}', '{"curve": [[1]]}'])
def test_a_damaged_tuning_is_named(tmp_path: Path, damage: str) -> None:
    (tmp_path / "tuning.json").write_text(damage)
    with pytest.raises(InputError, match=r"tuning\.json is damaged: delete it"):
        load_tuning(tmp_path, "numbers", "words")


class Misled(WordEmbedder):
    """Takes a question for one about the next well."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        following = dict(zip(NAMES, NAMES[1:] + NAMES[:1], strict=True))
        return super().encode(
            [
                " ".join(following.get(word.strip("?"), word) for word in text.split())
                if text.endswith("?")
                else text
                for text in texts
            ]
        )


def test_a_side_that_misleads_loses_weight(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(qa.tune, "DENSE_WEIGHT", 1.0)
    answerable = [question for question in gold() if question.answers]
    others = [replace(question, answers=(), documents=()) for question in answerable[:10]]
    tuned = tune(collection, Misled(), NumberReader(), UNFITTED, answerable + others)
    assert tuned.tuning.dense_weight < 1.0
    assert tuned.after["mrr@20"] == 1.0
    assert (tuned.before["mrr@20"] or 0) < 1.0


@pytest.mark.parametrize("count", [0, 8, 29])
def test_too_few_questions_are_refused(collection: Collection, count: int) -> None:
    with pytest.raises(InputError, match=f"Of {count} gold questions .* it takes 30 questions"):
        tune(collection, WordEmbedder(), NumberReader(), UNFITTED, gold()[:count])


def test_questions_of_one_kind_only_are_refused(collection: Collection) -> None:
    answerable = [question for question in gold() if question.answers]
    with pytest.raises(InputError, match="is right for 30"):
        tune(collection, WordEmbedder(), NumberReader(), UNFITTED, answerable)


def test_the_line_is_the_one_that_a_library_finds() -> None:
    generator = np.random.default_rng(0)
    log_odds = generator.normal(size=20_000)
    right = generator.random(20_000) < 1 / (1 + np.exp(-(0.6 * log_odds - 0.8)))
    slope, shift = fit_line(log_odds, right)
    model = LogisticRegression(C=1e6).fit(log_odds[:, None], right)
    # So many questions leave the prior no say.
    assert slope == pytest.approx(float(model.coef_[0, 0]), abs=0.01)
    assert shift == pytest.approx(float(model.intercept_[0]), abs=0.01)


def test_few_questions_hardly_move_the_line() -> None:
    slope, shift = fit_line(np.array([0.0]), np.array([True]))
    assert slope == pytest.approx(1.0)
    assert 0 < shift < 0.6


def test_certain_and_wrong_from_the_start_the_line_is_still_found() -> None:
    log_odds = np.full(40, 12.0)
    slope, shift = fit_line(log_odds, np.arange(40) < 30)
    assert 1 / (1 + np.exp(-(slope * 12 + shift))) == pytest.approx(0.75, abs=0.02)
