"""A reader's folder: config.json, model.safetensors and tokenizer.json."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from index.errors import InputError
from qa.windows import WINDOW_TOKENS, padded

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from torch import Tensor

SHIPPED_READER = Path(__file__).parent / "reader"


def load_model(folder: Path) -> Any:
    """The model in fp32, in evaluation mode. Raises InputError where the folder isn't a reader.

    Not by `from_pretrained`: that prints progress, and starts a missing layer at random.
    """
    import safetensors.torch
    import torch
    from transformers import AutoConfig, AutoModelForQuestionAnswering

    for name in ("config.json", "tokenizer.json", "model.safetensors"):
        if not (folder / name).is_file():
            raise _not_a_reader(folder, f"it has no file {name}")
    try:
        architecture = json.loads((folder / "config.json").read_text("utf-8"))["architectures"][0]
    except (ValueError, KeyError, TypeError, IndexError):
        raise _not_a_reader(folder, "its config.json names no architecture") from None
    if not str(architecture).endswith("ForQuestionAnswering"):
        raise _not_a_reader(folder, f"its config.json names a {architecture}")
    try:
        config = AutoConfig.from_pretrained(folder, local_files_only=True)
        model: Any = AutoModelForQuestionAnswering.from_config(  # type: ignore[no-untyped-call]
            config, dtype=torch.float32
        )
        stored = safetensors.torch.load_file(folder / "model.safetensors")
        # BERT's files call LayerNorm's weight and bias as TensorFlow did.
        weights = {
            name.replace("Norm.gamma", "Norm.weight").replace("Norm.beta", "Norm.bias"): tensor
            for name, tensor in stored.items()
        }
        missing, _ = model.load_state_dict(weights, strict=False)
    except (OSError, ValueError, TypeError, KeyError, RuntimeError, safetensors.SafetensorError):
        raise _not_a_reader(folder, "its weights don't fit its config.json") from None
    if missing:
        raise _not_a_reader(folder, f"its weights lack {missing[0]}")
    if config.max_position_embeddings < WINDOW_TOKENS:
        raise _not_a_reader(folder, f"it can't read {WINDOW_TOKENS} tokens at once")
    return model.eval()


def inputs(
    model: Any, ids: Sequence[NDArray[np.int64]], types: Sequence[NDArray[np.int64]]
) -> dict[str, "Tensor"]:
    """What the model's encoder takes, (windows, tokens), padded to the longest window."""
    import torch

    columns = {"input_ids": ids, "attention_mask": [np.ones_like(row) for row in ids]}
    if getattr(model.config, "type_vocab_size", 1) > 1:
        columns["token_type_ids"] = types
    return {name: torch.from_numpy(padded(rows, fill=0)) for name, rows in columns.items()}


def load_tokenizer(folder: Path) -> "Tokenizer":
    """The tokenizer of a reader's folder. Raises InputError where it can't be read."""
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    except Exception:  # noqa: BLE001  tokenizers raises nothing more exact
        raise _not_a_reader(folder, "its tokenizer.json can't be read") from None
    # The file may carry settings from training.
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def fingerprint(folder: Path) -> str:
    """The first 16 hexadecimal digits of the weights' sha256."""
    with (folder / "model.safetensors").open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


def _not_a_reader(folder: Path, reason: str) -> InputError:
    return InputError(
        f"{folder} is not an extractive reader: {reason}; "
        "name a folder with config.json, tokenizer.json and model.safetensors of a "
        "question-answering model, or none for the shipped one"
    )
