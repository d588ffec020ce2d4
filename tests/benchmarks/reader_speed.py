"""How many full windows a reader reads in a second, as a ratio to another reader's.

    python -m tests.benchmarks.reader_speed READER OTHER

Both read the same eight passages, each exactly one window of 384 tokens, in turn, so that the
ratio holds on a machine whose speed drifts. Decoding is a part of it.
"""

import argparse
import statistics
import time
from pathlib import Path

from index.types import Passage
from qa.read import ExtractiveReader
from qa.reader_folder import SHIPPED_READER, load_tokenizer
from qa.types import Hit
from qa.windows import WINDOW_TOKENS, windows

QUESTION = "Who built the lighthouse at Skerry Point?"
FILLER = "herring were salted on the quay and sent south by rail in wooden barrels. "
PASSAGES = 8
ROUNDS = 15


def full_passage(reader: Path) -> str:
    """As much text as fills one window of the reader."""
    tokenizer = load_tokenizer(reader)
    text = "The lighthouse at Skerry Point was built by two brothers. " + FILLER * 40
    first = next(windows(tokenizer, QUESTION, [text], [""]))
    passage = text[: first.offsets[first.words >= 0][-1, 1]]
    (window,) = windows(tokenizer, QUESTION, [passage], [""])
    assert len(window.ids) == WINDOW_TOKENS
    return passage


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reader", type=Path, nargs="?", default=SHIPPED_READER)
    parser.add_argument("other", type=Path, nargs="?", default=SHIPPED_READER)
    options = parser.parse_args()
    folders = (options.reader, options.other)
    readers = [ExtractiveReader.load(folder) for folder in folders]
    hits = [
        [_hit(full_passage(folder), number) for number in range(PASSAGES)] for folder in folders
    ]
    seconds: list[list[float]] = [[], []]
    for _ in range(ROUNDS + 1):
        for place in (0, 1):
            started = time.perf_counter()
            readers[place].read(QUESTION, hits[place])
            seconds[place].append(time.perf_counter() - started)
    # The first round warms up.
    one, two = (rounds[1:] for rounds in seconds)
    for folder, rounds in zip(folders, (one, two), strict=True):
        print(f"{PASSAGES / statistics.median(rounds):.1f} windows a second, {folder}")
    ratios = [b / a for a, b in zip(one, two, strict=True)]
    print(f"ratio {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")


def _hit(text: str, number: int) -> Hit:
    passage = Passage(
        id=number,
        document_id=number,
        document="x.txt",
        title="x",
        start=0,
        end=len(text),
        text=text,
        heading=None,
        page=None,
    )
    return Hit(passage=passage, score=0.0, rank=1)


if __name__ == "__main__":
    main()
