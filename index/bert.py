"""BERT's encoder (Devlin et al. 2019, arXiv:1810.04805) for reading on a CPU: no padding.

The texts of a batch lie end to end as the rows of one matrix; only attention goes text by text.
What is more, importing the libraries that have such a model takes longer than a first answer may
(docs/decisions.md).
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from index.precision import computes_bf16

if TYPE_CHECKING:
    from torch import Tensor

# oneDNN prepares a product anew for each number of rows it hasn't seen lately, which takes longer
# than a few more rows do.
_ROWS_STEP = 32
_PASS_TOKENS = 4096  # more is no faster, and takes more memory

MISFIT = "its weights don't fit its config.json"
_SIZES = {
    "hidden_size",
    "intermediate_size",
    "layer_norm_eps",
    "max_position_embeddings",
    "num_attention_heads",
    "num_hidden_layers",
    "type_vocab_size",
    "vocab_size",
}


class Bert:
    """The encoder; its weights are as Hugging Face names them. Several threads may share one."""

    def __init__(self, config: Mapping[str, Any], weights: Mapping[str, "Tensor"]) -> None:
        """Raises ValueError, in words, where the weights lack something or don't fit."""
        import torch

        number = torch.bfloat16 if computes_bf16() else torch.float32
        taken = {
            name: _taken(weights, name, shape).to(number) for name, shape in _shapes(config).items()
        }
        heads: int = config["num_attention_heads"]
        if heads < 1 or config["hidden_size"] % heads:
            raise ValueError(MISFIT)
        self._words = taken["embeddings.word_embeddings.weight"]
        self._positions = taken["embeddings.position_embeddings.weight"]
        self._types = taken["embeddings.token_type_embeddings.weight"]
        self._norm = _Norm(taken, "embeddings.LayerNorm", config["layer_norm_eps"])
        self._layers = [
            _Layer(taken, f"encoder.layer.{layer}", config["layer_norm_eps"], heads)
            for layer in range(config["num_hidden_layers"])
        ]

    @property
    def most_tokens(self) -> int:
        """How long a text may be."""
        return len(self._positions)

    def __call__(
        self, ids: Sequence[NDArray[np.int64]], types: Sequence[NDArray[np.int64]]
    ) -> "list[Tensor]":
        """The last layer, (tokens, width) in fp32 for each text, of its tokens' numbers and types.

        A text has 1 to `most_tokens` tokens.
        """
        import torch

        found: list[Tensor] = []
        with torch.inference_mode():
            for texts in _passes([len(row) for row in ids]):
                found += self._pass(ids[texts], types[texts])
        return found

    def _pass(
        self, ids: Sequence[NDArray[np.int64]], types: Sequence[NDArray[np.int64]]
    ) -> "Sequence[Tensor]":
        import torch
        from torch.nn.functional import embedding, pad

        lengths = [len(row) for row in ids]
        places = np.concatenate([np.arange(length) for length in lengths])
        hidden = self._norm(
            embedding(torch.from_numpy(np.concatenate(ids)), self._words)
            + embedding(torch.from_numpy(places), self._positions)
            + embedding(torch.from_numpy(np.concatenate(types)), self._types)
        )
        hidden = pad(hidden, (0, 0, 0, -len(hidden) % _ROWS_STEP))
        for layer in self._layers:
            hidden = layer(hidden, lengths)
        return torch.split(hidden[: len(places)].float(), lengths)


def _passes(lengths: Sequence[int]) -> Iterator[slice]:
    """The texts in turn, so many together as have `_PASS_TOKENS`."""
    first = tokens = 0
    for number, length in enumerate(lengths):
        if number > first and tokens + length > _PASS_TOKENS:
            yield slice(first, number)
            first, tokens = number, 0
        tokens += length
    if lengths:
        yield slice(first, len(lengths))


class _Layer:
    def __init__(
        self, weights: "Mapping[str, Tensor]", name: str, epsilon: float, heads: int
    ) -> None:
        import torch

        attention = [f"{name}.attention.self.{part}" for part in ("query", "key", "value")]
        self._heads = heads
        self._attended = _Linear(
            torch.cat([weights[f"{part}.weight"] for part in attention]),
            torch.cat([weights[f"{part}.bias"] for part in attention]),
        )
        self._mixed, self._widened, self._narrowed = (
            _Linear(weights[f"{name}.{part}.dense.weight"], weights[f"{name}.{part}.dense.bias"])
            for part in ("attention.output", "intermediate", "output")
        )
        self._norm = _Norm(weights, f"{name}.attention.output.LayerNorm", epsilon)
        self._last_norm = _Norm(weights, f"{name}.output.LayerNorm", epsilon)

    def __call__(self, hidden: "Tensor", lengths: list[int]) -> "Tensor":
        import torch

        rows = sum(lengths)
        attended = [
            self._attention(text) for text in torch.split(self._attended(hidden)[:rows], lengths)
        ]
        attended.append(torch.zeros_like(hidden[rows:]))
        hidden = self._norm(self._mixed.plus(torch.cat(attended), hidden))
        return self._last_norm(self._narrowed.plus(self._widened(hidden, gelu=True), hidden))

    def _attention(self, projected: "Tensor") -> "Tensor":
        """(tokens, 3 x width) of one text -> (tokens, width)."""
        from torch.nn.functional import scaled_dot_product_attention

        tokens, three_widths = projected.shape
        parts = projected.view(tokens, 3, self._heads, -1).permute(1, 2, 0, 3)
        query, key, value = parts.unsqueeze(1)
        mixed = scaled_dot_product_attention(query, key, value)
        return mixed[0].transpose(0, 1).reshape(tokens, three_widths // 3)


class _Linear:
    """A matrix product and what follows it, in one step of oneDNN's where it is in bf16.

    By themselves, GELU, the sum and copying the bias take a third as long again as the product;
    and few rows multiply twice as fast with weights that are laid out beforehand.
    """

    def __init__(self, weight: "Tensor", bias: "Tensor") -> None:
        import torch

        self._is_fused = weight.dtype == torch.bfloat16
        self._bias = bias
        self._weight = weight
        if self._is_fused:
            self._weight = torch.ops.mkldnn._reorder_linear_weight(weight)

    def __call__(self, rows: "Tensor", *, gelu: bool = False) -> "Tensor":
        import torch

        if self._is_fused:
            then, kind = ("gelu", "none") if gelu else ("none", "")
            fused: Tensor = torch.ops.mkldnn._linear_pointwise(
                rows, self._weight, self._bias, then, [], kind
            )
            return fused
        product = torch.nn.functional.linear(rows, self._weight, self._bias)
        return torch.nn.functional.gelu(product) if gelu else product

    def plus(self, rows: "Tensor", others: "Tensor") -> "Tensor":
        """The product and `others`."""
        import torch

        if self._is_fused:
            fused: Tensor = torch.ops.mkldnn._linear_pointwise.binary(
                rows, others, self._weight, self._bias, "add"
            )
            return fused
        return torch.nn.functional.linear(rows, self._weight, self._bias) + others


class _Norm:
    def __init__(self, weights: "Mapping[str, Tensor]", name: str, epsilon: float) -> None:
        self._weight, self._bias = weights[f"{name}.weight"], weights[f"{name}.bias"]
        self._epsilon = epsilon

    def __call__(self, rows: "Tensor") -> "Tensor":
        from torch.nn.functional import layer_norm

        return layer_norm(rows, self._weight.shape, self._weight, self._bias, self._epsilon)


def is_bert(config: Mapping[str, Any]) -> bool:
    """Whether a model's config.json describes what `Bert` computes."""
    return (
        config.get("model_type") == "bert"
        and config.get("hidden_act", "gelu") == "gelu"
        and config.get("position_embedding_type", "absolute") == "absolute"
        and not config.get("is_decoder")
        and config.keys() >= _SIZES
    )


def load_weights(folder: Path, prefix: str = "") -> "dict[str, Tensor]":
    """A folder's model.safetensors; `prefix` is left out where a name begins with it."""
    from safetensors.torch import load_file

    # The oldest files call a norm's weight and bias as TensorFlow did.
    return {
        name.removeprefix(prefix)
        .replace("Norm.gamma", "Norm.weight")
        .replace("Norm.beta", "Norm.bias"): tensor
        for name, tensor in load_file(folder / "model.safetensors").items()
    }


def _shapes(config: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    """What must be there, by its name."""
    width, wide = config["hidden_size"], config["intermediate_size"]
    tables = {
        "word": config["vocab_size"],
        "position": config["max_position_embeddings"],
        "token_type": config["type_vocab_size"],
    }
    found: dict[str, tuple[int, ...]] = {
        f"embeddings.{name}_embeddings.weight": (rows, width) for name, rows in tables.items()
    }
    norms = ["embeddings.LayerNorm"]
    for layer in (f"encoder.layer.{number}" for number in range(config["num_hidden_layers"])):
        norms += [f"{layer}.attention.output.LayerNorm", f"{layer}.output.LayerNorm"]
        for name, rows, columns in (
            ("attention.self.query", width, width),
            ("attention.self.key", width, width),
            ("attention.self.value", width, width),
            ("attention.output.dense", width, width),
            ("intermediate.dense", wide, width),
            ("output.dense", width, wide),
        ):
            found[f"{layer}.{name}.weight"] = (rows, columns)
            found[f"{layer}.{name}.bias"] = (rows,)
    for norm in norms:
        found[f"{norm}.weight"] = found[f"{norm}.bias"] = (width,)
    return found


def _taken(weights: "Mapping[str, Tensor]", name: str, shape: tuple[int, ...]) -> "Tensor":
    if name not in weights:
        raise ValueError(f"its weights lack {name}")
    if tuple(weights[name].shape) != shape:
        raise ValueError(MISFIT)
    return weights[name]
