"""A reader's folder: config.json, model.safetensors and tokenizer.json."""

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from index.bert import MISFIT, Bert, is_bert, load_weights
from index.errors import InputError
from index.precision import computes_bf16
from qa.windows import WINDOW_TOKENS, padded

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from torch import Tensor

SHIPPED_READER = Path(__file__).parent / "reader"

# Windows' token numbers and types, (tokens,) each -> start and end logits, (tokens, 2) each.
Logits = Callable[
    [Sequence[NDArray[np.int64]], Sequence[NDArray[np.int64]]], list[NDArray[np.float32]]
]


def load_reader(folder: Path) -> Logits:
    """What reads, in the precision of `index/precision.py`.

    Raises InputError where the folder isn't a reader.
    """
    config = _config(folder)
    if not is_bert(config):
        return _load_by_library(folder)
    import torch
    from safetensors import SafetensorError

    try:
        weights = load_weights(folder, "bert.")
        bert = Bert(config, weights)
        head = [weights[f"qa_outputs.{part}"].float() for part in ("weight", "bias")]
    except KeyError as error:
        raise _not_a_reader(folder, f"its weights lack {error.args[0]}") from None
    except ValueError as error:
        raise _not_a_reader(folder, str(error)) from None
    except (OSError, TypeError, SafetensorError):
        raise _not_a_reader(folder, MISFIT) from None
    if tuple(head[0].shape) != (2, config["hidden_size"]):
        raise _not_a_reader(folder, MISFIT)

    def logits(
        ids: Sequence[NDArray[np.int64]], types: Sequence[NDArray[np.int64]]
    ) -> list[NDArray[np.float32]]:
        # The last layer is fp32 always: bf16 would round logits to steps of 1/16.
        return [torch.nn.functional.linear(rows, *head).numpy() for rows in bert(ids, types)]

    return logits


def _load_by_library(folder: Path) -> Logits:
    """What isn't BERT is computed by transformers, a window at a time."""
    import torch

    model = load_model(folder)
    if computes_bf16():
        model.base_model.to(torch.bfloat16)

    def logits(
        ids: Sequence[NDArray[np.int64]], types: Sequence[NDArray[np.int64]]
    ) -> list[NDArray[np.float32]]:
        with torch.inference_mode():
            return [
                model.qa_outputs(
                    model.base_model(**inputs(model, [i], [t])).last_hidden_state[0].float()
                ).numpy()
                for i, t in zip(ids, types, strict=True)
            ]

    return logits


def load_model(folder: Path) -> Any:
    """The model to train, in fp32, in evaluation mode. Raises InputError as `load_reader`.

    Not by `from_pretrained`: that prints progress, and starts a missing layer at random.
    """
    import torch
    from safetensors import SafetensorError
    from transformers import AutoConfig, AutoModelForQuestionAnswering

    _config(folder)
    try:
        config = AutoConfig.from_pretrained(folder, local_files_only=True)
        model: Any = AutoModelForQuestionAnswering.from_config(  # type: ignore[no-untyped-call]
            config, dtype=torch.float32
        )
        missing, _ = model.load_state_dict(load_weights(folder), strict=False)
    except (OSError, ValueError, TypeError, KeyError, RuntimeError, SafetensorError):
        raise _not_a_reader(folder, MISFIT) from None
    if missing:
        raise _not_a_reader(folder, f"its weights lack {missing[0]}")
    return model.eval()


def _config(folder: Path) -> dict[str, Any]:
    """The folder's config.json. Raises InputError where it isn't a reader's folder."""
    for name in ("config.json", "tokenizer.json", "model.safetensors"):
        if not (folder / name).is_file():
            raise _not_a_reader(folder, f"it has no file {name}")
    try:
        config: dict[str, Any] = json.loads((folder / "config.json").read_text("utf-8"))
        architecture = config["architectures"][0]
    except (ValueError, KeyError, TypeError, IndexError):
        raise _not_a_reader(folder, "its config.json names no architecture") from None
    if not str(architecture).endswith("ForQuestionAnswering"):
        raise _not_a_reader(folder, f"its config.json names a {architecture}")
    if config.get("max_position_embeddings", WINDOW_TOKENS) < WINDOW_TOKENS:
        raise _not_a_reader(folder, f"it can't read {WINDOW_TOKENS} tokens at once")
    return config


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
