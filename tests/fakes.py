"""Stand-ins for the models: small, exact, and functions of their input."""

import re
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.types import Hit, Span

WIDTH = 64


class WordEmbedder:
    """A row is the sum of one fixed random direction for each word: shared words are near."""

    def __init__(self, fingerprint: str = "words") -> None:
        self.fingerprint = fingerprint
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.encoded += texts
        rows = np.array([self._row(text) for text in texts], np.float32).reshape(-1, WIDTH)
        unit: NDArray[np.float32] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit

    def _row(self, text: str) -> NDArray[np.float64]:
        words = re.findall(r"\w+", text.casefold()) or ["?"]
        seeds = [zlib.crc32(f"{self.fingerprint} {word}".encode()) for word in words]
        directions = [np.random.default_rng(seed).normal(size=WIDTH) for seed in seeds]
        row: NDArray[np.float64] = np.sum(directions, axis=0)
        return row


class NumberReader:
    """Answers with the numbers of a passage; the more words of the question, the surer."""

    fingerprint = "numbers"

    def read(self, question: str, hits: Sequence[Hit], among: Sequence[Hit] = ()) -> list[Span]:
        asked = set(re.findall(r"\w+", question.casefold()))
        spans = [
            Span(
                hit=hit,
                start=hit.passage.start + number.start(),
                end=hit.passage.start + number.end(),
                score=float(len(asked & set(re.findall(r"\w+", hit.passage.text.casefold())))) - 2,
            )
            for hit in hits
            for number in re.finditer(r"\d[\d,.]*\d|\d", hit.passage.text)
        ]
        return sorted(spans, key=lambda span: -span.score)


def write(folder: Path, files: dict[str, str]) -> Path:
    """Makes text files by their relative path, and returns the folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder
