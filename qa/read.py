"""The reader model: a question and hits -> spans with document offsets.

A passage that doesn't fit is read in overlapping windows. Precision is bf16 where the CPU
computes it natively, else fp32 (`index/precision.py`).
"""

import hashlib
import json
import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from index.errors import InputError
from index.precision import computes_bf16
from qa.decode import best_spans
from qa.types import Hit, Span

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

SHIPPED_READER = Path(__file__).parent / "reader"
WINDOW_TOKENS = 384
STRIDE_TOKENS = 128  # how far one window overlaps the next
MAX_QUESTION_TOKENS = 64  # so that a passage always has room
BATCH_TOKENS = 4096  # padded; more is no faster on a CPU and takes more memory
SPANS_PER_HIT = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Window:
    """One window over the passage of `hits[hit]`; arrays (tokens,), `offsets` (tokens, 2)."""

    hit: int
    ids: NDArray[np.int64]
    types: NDArray[np.int64]
    offsets: NDArray[np.int64]
    words: NDArray[np.int64]


class ExtractiveReader:
    """Marks the words of passages that answer a question. Several threads may share one."""

    def __init__(self, *, model: Any, tokenizer: "Tokenizer", fingerprint: str) -> None:
        self._model = model
        self._tokenizer = tokenizer
        self._fingerprint = fingerprint
        # One pass uses every core; two at once only get in each other's way.
        self._one_pass = threading.Lock()

    @classmethod
    def load(cls, folder: Path | None = None) -> "ExtractiveReader":
        """The reader of a folder with config.json, tokenizer.json and model.safetensors.

        None means the one that ships beside this module. Raises InputError where the folder
        isn't a reader.
        """
        folder = SHIPPED_READER if folder is None else folder
        for name in ("config.json", "tokenizer.json", "model.safetensors"):
            if not (folder / name).is_file():
                raise _not_a_reader(folder, f"it has no file {name}")
        return cls(
            model=_load_model(folder),
            tokenizer=_load_tokenizer(folder),
            fingerprint=_sha256(folder / "model.safetensors")[:16],
        )

    @property
    def fingerprint(self) -> str:
        """The first 16 hexadecimal digits of the weights' sha256."""
        return self._fingerprint

    def read(self, question: str, hits: Sequence[Hit]) -> list[Span]:
        """The best spans of every hit, best first over all; several a hit, none overlapping."""
        windows = list(_windows(self._tokenizer, question, hits))
        logits: dict[int, NDArray[np.float32]] = {}
        for batch in _batches(windows):
            rows = self._logits([windows[number] for number in batch])
            logits.update(zip(batch, rows, strict=True))
        spans = []
        for hit, numbers in _by_hit(windows).items():
            spans += _spans(hits[hit], [(windows[n], logits[n]) for n in numbers])
        return sorted(spans, key=lambda span: -span.score)

    def _logits(self, windows: Sequence[_Window]) -> NDArray[np.float32]:
        """(windows, tokens, 2): start and end logits, padded to the longest window."""
        import torch

        ids, types = (
            torch.from_numpy(_padded([getattr(window, name) for window in windows], fill=0))
            for name in ("ids", "types")
        )
        mask = _padded([np.ones_like(window.ids) for window in windows], fill=0)
        inputs = {"input_ids": ids, "attention_mask": torch.from_numpy(mask)}
        if getattr(self._model.config, "type_vocab_size", 1) > 1:
            inputs["token_type_ids"] = types
        with self._one_pass, torch.inference_mode():
            hidden = self._model.base_model(**inputs).last_hidden_state
            # The last layer is fp32 always: bf16 would round logits to steps of 1/16.
            rows: NDArray[np.float32] = self._model.qa_outputs(hidden.float()).numpy()
        return rows


def _load_model(folder: Path) -> Any:
    """The model in evaluation mode.

    Not by `from_pretrained`: that prints progress, and starts a missing layer at random.
    """
    import safetensors.torch
    import torch
    from transformers import AutoConfig, AutoModelForQuestionAnswering

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
    if computes_bf16():
        model.base_model.to(torch.bfloat16)
    return model.eval()


def _load_tokenizer(folder: Path) -> "Tokenizer":
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    except Exception:  # noqa: BLE001  tokenizers raises nothing more exact
        raise _not_a_reader(folder, "its tokenizer.json can't be read") from None
    # The file may carry settings from training.
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _not_a_reader(folder: Path, reason: str) -> InputError:
    return InputError(
        f"{folder} is not an extractive reader: {reason}; "
        "name a folder with config.json, tokenizer.json and model.safetensors of a "
        "question-answering model, or none for the shipped one"
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _windows(tokenizer: "Tokenizer", question: str, hits: Sequence[Hit]) -> Iterator[_Window]:
    """Windows of `[CLS] question [SEP] passage [SEP]`, passage by passage."""
    asked = tokenizer.encode(_encodable(question), add_special_tokens=False)
    asked.truncate(MAX_QUESTION_TOKENS)
    room = WINDOW_TOKENS - len(asked) - tokenizer.num_special_tokens_to_add(is_pair=True)
    texts = [_encodable(hit.passage.text) for hit in hits]
    passages = tokenizer.encode_batch(texts, add_special_tokens=False)
    for number, passage in enumerate(passages):
        passage.truncate(room, stride=STRIDE_TOKENS)
        for part in (passage, *passage.overflowing):
            yield _window(number, tokenizer.post_process(asked, part))


def _encodable(text: str) -> str:
    """The text, of the same length, without lone surrogates, which tokenizers refuses."""
    return re.sub("[\ud800-\udfff]", "\ufffd", text)


def _window(hit: int, encoding: "Encoding") -> _Window:
    words = [
        word if sequence == 1 and word is not None else -1
        for word, sequence in zip(encoding.word_ids, encoding.sequence_ids, strict=True)
    ]
    return _Window(
        hit=hit,
        ids=np.array(encoding.ids, dtype=np.int64),
        types=np.array(encoding.type_ids, dtype=np.int64),
        offsets=np.array(encoding.offsets, dtype=np.int64),
        words=np.array(words, dtype=np.int64),
    )


def _batches(windows: Sequence[_Window]) -> Iterator[list[int]]:
    """Numbers of windows, like lengths together, at most `BATCH_TOKENS` with padding."""
    batch: list[int] = []
    for number in sorted(range(len(windows)), key=lambda number: len(windows[number].ids)):
        # Lengths rise, so this window would be the batch's longest.
        if batch and (len(batch) + 1) * len(windows[number].ids) > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(number)
    if batch:
        yield batch


def _by_hit(windows: Sequence[_Window]) -> dict[int, list[int]]:
    numbers: dict[int, list[int]] = {}
    for number, window in enumerate(windows):
        numbers.setdefault(window.hit, []).append(number)
    return numbers


def _spans(hit: Hit, read: Sequence[tuple[_Window, NDArray[np.float32]]]) -> list[Span]:
    logits = _padded([rows[: len(window.ids)] for window, rows in read], fill=0)
    found = best_spans(
        hit.passage.text,
        logits[:, :, 0],
        logits[:, :, 1],
        _padded([window.offsets for window, _ in read], fill=0),
        _padded([window.words for window, _ in read], fill=-1),
        count=SPANS_PER_HIT,
    )
    base = hit.passage.start
    return [
        Span(hit=hit, start=base + one.start, end=base + one.end, score=one.score) for one in found
    ]


def _padded(arrays: Sequence[NDArray[Any]], *, fill: int) -> NDArray[Any]:
    """Arrays of unlike lengths as one, (arrays, longest, ...)."""
    longest = max(len(array) for array in arrays)
    rows = np.full((len(arrays), longest, *arrays[0].shape[1:]), fill, dtype=arrays[0].dtype)
    for row, array in zip(rows, arrays, strict=True):
        row[: len(array)] = array
    return rows
