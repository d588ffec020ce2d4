"""BERT without padding, beside transformers' own, in fp32."""

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from transformers import BertConfig, BertModel

from index import bert
from index.bert import Bert, is_bert, load_weights

LENGTHS = [1, 31, 32, 33, 512, 5, 64]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=90,
        hidden_size=32,
        num_hidden_layers=3,
        num_attention_heads=4,
        intermediate_size=48,
        max_position_embeddings=512,
    )
    model = BertModel(config)
    for weights in model.parameters():  # as made, biases are 0 and norms 1
        torch.nn.init.normal_(weights, std=0.3)
    folder = tmp_path_factory.mktemp("bert")
    model.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def model(folder: Path) -> BertModel:
    model: BertModel = BertModel.from_pretrained(folder)
    return model


@pytest.fixture
def texts() -> tuple[list[NDArray[np.int64]], list[NDArray[np.int64]]]:
    random = np.random.default_rng(7)
    return (
        [random.integers(90, size=length) for length in LENGTHS],
        [random.integers(2, size=length) for length in LENGTHS],
    )


def load(folder: Path, model: BertModel) -> Bert:
    return Bert(model.config.to_dict(), load_weights(folder))


@pytest.mark.parametrize("tokens", [4096, 64, 1])
def test_layers_are_those_of_transformers_however_many_texts_a_pass_takes(
    folder: Path,
    model: BertModel,
    texts: tuple[list[NDArray[np.int64]], list[NDArray[np.int64]]],
    tokens: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bert, "computes_bf16", lambda: False)
    monkeypatch.setattr(bert, "_PASS_TOKENS", tokens)
    ours = load(folder, model)(*texts)
    for ids, types, own in zip(*texts, ours, strict=True):
        with torch.inference_mode():
            row, kinds = torch.from_numpy(ids)[None], torch.from_numpy(types)[None]
            their = model(input_ids=row, token_type_ids=kinds).last_hidden_state[0]
        assert own.dtype == torch.float32
        assert own.numpy() == pytest.approx(their.numpy(), abs=1e-4)


def test_passes_hold_all_texts_in_turn_within_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bert, "_PASS_TOKENS", 64)
    passes = [LENGTHS[some] for some in bert._passes(LENGTHS)]
    assert passes == [[1, 31, 32], [33], [512], [5], [64]]
    assert list(bert._passes([])) == []


def test_no_texts_no_layers(folder: Path, model: BertModel) -> None:
    assert load(folder, model)([], []) == []


@pytest.mark.parametrize(
    ("change", "fits"),
    [
        ({}, True),
        ({"model_type": "roberta"}, False),
        ({"hidden_act": "relu"}, False),
        ({"position_embedding_type": "relative_key"}, False),
        ({"is_decoder": True}, False),
        ({"vocab_size": None}, False),
    ],
)
def test_what_is_bert(model: BertModel, change: dict[str, object], fits: bool) -> None:
    config = {k: v for k, v in (model.config.to_dict() | change).items() if v is not None}
    assert is_bert(config) is fits


def test_weights_that_lack_something_or_dont_fit(folder: Path, model: BertModel) -> None:
    config, weights = model.config.to_dict(), load_weights(folder)
    with pytest.raises(ValueError, match=r"don't fit"):
        Bert(config | {"intermediate_size": 49}, weights)
    with pytest.raises(ValueError, match=r"don't fit"):
        Bert(config | {"num_attention_heads": 5}, weights)
    del weights["encoder.layer.2.output.LayerNorm.bias"]
    with pytest.raises(ValueError, match=r"lack encoder\.layer\.2\.output\.LayerNorm\.bias"):
        Bert(config, weights)
