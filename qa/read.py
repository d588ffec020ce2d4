"""The reader model: a question and hits -> spans with document offsets.

A passage that doesn't fit is read in overlapping windows. Precision is bf16 where the CPU
computes it natively, else fp32 (`index/precision.py`).
"""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from index.precision import computes_bf16
from qa.decode import best_spans
from qa.pieces import Piece, pieces
from qa.reader_folder import SHIPPED_READER, fingerprint, inputs, load_model, load_tokenizer
from qa.types import Hit, Span
from qa.windows import Window, padded, windows

if TYPE_CHECKING:
    from tokenizers import Tokenizer

BATCH_TOKENS = 4096  # padded; more is no faster on a CPU and takes more memory
# How much longer than a batch's shortest window its longest may be: padding is computed, too
# (docs/performance.md).
PADDED_RATIO = 1.3
SPANS_PER_PIECE = 5


class ExtractiveReader:
    """Marks the words of passages that answer a question. Several threads may share one."""

    def __init__(self, *, model: Any, tokenizer: "Tokenizer", fingerprint: str) -> None:
        self._model = model
        self._tokenizer = tokenizer
        self._fingerprint = fingerprint
        # One pass uses every core; two at once only get in each other's way. Of two questions
        # whose passes take turns, the first would be done as late as the second.
        self._one_read = threading.Lock()

    @classmethod
    def load(cls, folder: Path | None = None) -> "ExtractiveReader":
        """The reader of a folder with config.json, tokenizer.json and model.safetensors.

        None means the one that ships beside this module. Raises InputError where the folder
        isn't a reader.
        """
        folder = SHIPPED_READER if folder is None else folder
        model = load_model(folder)
        if computes_bf16():
            import torch

            model.base_model.to(torch.bfloat16)
        tokenizer = load_tokenizer(folder)
        return cls(model=model, tokenizer=tokenizer, fingerprint=fingerprint(folder))

    @property
    def fingerprint(self) -> str:
        """The first 16 hexadecimal digits of the weights' sha256."""
        return self._fingerprint

    def read(self, question: str, hits: Sequence[Hit], among: Sequence[Hit] = ()) -> list[Span]:
        """The best spans of every hit, best first over all; several a hit, none overlapping.

        `among` are all the hits of the question, if these are only some: a table's rows are
        compared over all of them.
        """
        wanted = {hit.passage.id for hit in hits}
        read = [p for p in pieces(question, among or hits) if p.hit.passage.id in wanted]
        texts, contexts = [piece.text for piece in read], [piece.context for piece in read]
        cut = list(windows(self._tokenizer, question, texts, contexts))
        logits: dict[int, NDArray[np.float32]] = {}
        with self._one_read:
            for batch in _batches(cut):
                rows = self._logits([cut[number] for number in batch])
                logits.update(zip(batch, rows, strict=True))
        spans = []
        for passage, numbers in _by_passage(cut).items():
            spans += _spans(read[passage], [(cut[n], logits[n]) for n in numbers])
        return sorted(spans, key=lambda span: -span.score)

    def _logits(self, batch: Sequence[Window]) -> NDArray[np.float32]:
        """(windows, tokens, 2): start and end logits, padded to the longest window."""
        import torch

        with torch.inference_mode():
            read = inputs(self._model, [w.ids for w in batch], [w.types for w in batch])
            hidden = self._model.base_model(**read).last_hidden_state
            # The last layer is fp32 always: bf16 would round logits to steps of 1/16.
            rows: NDArray[np.float32] = self._model.qa_outputs(hidden.float()).numpy()
        return rows


def _batches(cut: Sequence[Window]) -> Iterator[list[int]]:
    """Numbers of windows, like lengths together, at most `BATCH_TOKENS` with padding each."""
    batch: list[int] = []
    for number in sorted(range(len(cut)), key=lambda number: len(cut[number].ids)):
        # Lengths rise, so this window would be the batch's longest.
        longest = len(cut[number].ids)
        if batch and (
            (len(batch) + 1) * longest > BATCH_TOKENS
            or longest > PADDED_RATIO * len(cut[batch[0]].ids)
        ):
            yield batch
            batch = []
        batch.append(number)
    if batch:
        yield batch


def _by_passage(cut: Sequence[Window]) -> dict[int, list[int]]:
    numbers: dict[int, list[int]] = {}
    for number, window in enumerate(cut):
        numbers.setdefault(window.passage, []).append(number)
    return numbers


def _spans(piece: Piece, read: Sequence[tuple[Window, NDArray[np.float32]]]) -> list[Span]:
    logits = padded([rows[: len(window.ids)] for window, rows in read], fill=0)
    found = best_spans(
        piece.text,
        logits[:, :, 0],
        logits[:, :, 1],
        padded([window.offsets for window, _ in read], fill=0),
        padded([window.words for window, _ in read], fill=-1),
        count=SPANS_PER_PIECE,
        is_row=piece.is_row,
    )
    base = piece.hit.passage.start + piece.start
    return [
        Span(hit=piece.hit, start=base + one.start, end=base + one.end, score=one.score)
        for one in found
    ]
