"""The reader model: a question and hits -> spans with document offsets.

A passage that doesn't fit is read in overlapping windows.
"""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from qa.decode import best_spans
from qa.pieces import Piece, pieces
from qa.reader_folder import (
    SHIPPED_READER,
    Logits,
    fingerprint,
    load_reader,
    load_tokenizer,
)
from qa.types import Hit, Span
from qa.windows import Window, padded, windows

if TYPE_CHECKING:
    from tokenizers import Tokenizer

SPANS_PER_PIECE = 5


class ExtractiveReader:
    """Marks the words of passages that answer a question. Several threads may share one."""

    def __init__(self, *, logits: Logits, tokenizer: "Tokenizer", fingerprint: str) -> None:
        self._logits = logits
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
        return cls(
            logits=load_reader(folder),
            tokenizer=load_tokenizer(folder),
            fingerprint=fingerprint(folder),
        )

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
        with self._one_read:
            logits = self._logits([w.ids for w in cut], [w.types for w in cut])
        spans = []
        for passage, numbers in _by_passage(cut).items():
            spans += _spans(read[passage], [(cut[n], logits[n]) for n in numbers])
        return sorted(spans, key=lambda span: -span.score)


def _by_passage(cut: Sequence[Window]) -> dict[int, list[int]]:
    numbers: dict[int, list[int]] = {}
    for number, window in enumerate(cut):
        numbers.setdefault(window.passage, []).append(number)
    return numbers


def _spans(piece: Piece, read: Sequence[tuple[Window, NDArray[np.float32]]]) -> list[Span]:
    logits = padded([rows for _, rows in read], fill=0)
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
