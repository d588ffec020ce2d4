"""The most common sentence-transformers model: the mean of what BERT makes of a text's tokens.

Like all-MiniLM-L6-v2 (Reimers and Gurevych 2019, arXiv:1908.10084).
"""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from tokenizers import Tokenizer

from index.bert import Bert, is_bert, load_weights
from index.errors import InputError

_PARTS = ["Transformer", "Pooling", "Normalize"]


Rows = Callable[[Sequence[str]], NDArray[np.float32]]


def load_mean_bert(folder: Path) -> Rows | None:
    """Texts to rows (texts, width), not yet of length 1; None for a model of another making.

    Raises InputError where the weights don't fit.
    """
    try:
        settings = _settings(folder)
        if settings is None:
            return None
        bert = Bert(_read(folder / "config.json"), load_weights(folder))
    except ValueError as error:
        raise InputError(f"{folder} is no sentence-transformers model: {error}") from None
    except (KeyError, TypeError, AttributeError, SafetensorError):
        raise InputError(
            f"{folder} is no sentence-transformers model: its files can't be read"
        ) from None
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    most = settings.get("max_seq_length") or bert.most_tokens
    tokenizer.enable_truncation(min(most, bert.most_tokens))

    def rows(texts: Sequence[str]) -> NDArray[np.float32]:
        encoded = tokenizer.encode_batch([text.strip() for text in texts])
        ids = [np.array(text.ids, np.int64) for text in encoded]
        tokens = bert(ids, [np.zeros_like(text) for text in ids])
        return np.stack([text.mean(0).numpy() for text in tokens])

    return rows


def _settings(folder: Path) -> dict[str, Any] | None:
    """How the model takes its texts; None if it does anything else than `load_mean_bert`."""
    if not all((folder / name).is_file() for name in ("tokenizer.json", "model.safetensors")):
        return None
    parts = _read(folder / "modules.json")
    if [part["type"].rpartition(".")[2] for part in parts] != _PARTS:
        return None
    pooling = _read(folder / parts[1]["path"] / "config.json")
    asking = _read(folder / "config_sentence_transformers.json")
    settings: dict[str, Any] = _read(folder / "sentence_bert_config.json")
    fits = (
        is_bert(_read(folder / "config.json"))
        and {name for name, on in pooling.items() if on is True} - {"include_prompt"}
        == {"pooling_mode_mean_tokens"}
        and not asking.get("default_prompt_name")
        and not settings.get("do_lower_case")
    )
    return settings if fits else None


def _read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8")) if path.is_file() else {}
