"""Functions for a worker: well-behaved ones and others."""

import os
import sys
from typing import Any

from index.types import Box


def doubled(box: Box) -> Box:
    return Box(
        page=2 * box.page,
        left=2 * box.left,
        top=2 * box.top,
        right=2 * box.right,
        bottom=2 * box.bottom,
    )


def repeated(data: bytes, times: int) -> bytes:
    return data * times


def process_id() -> int:
    return os.getpid()


def kept(value: Any) -> Any:
    return value


def fail(kind: type[Exception], message: str) -> None:
    raise kind(message)


def recurse(depth: int) -> int:
    return recurse(depth + 1) + 1


def end_by(number: int) -> None:
    os.kill(os.getpid(), number)


def hang() -> None:
    while True:
        pass


def printed(words: str) -> str:
    os.write(1, words.encode())
    print(words)
    return words


def doom_the_next() -> None:
    """Leaves the process such that its next call ends it."""
    sys.stdin.buffer.close()


class Code:
    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.system, ("true",)


def answer_with_code() -> Code:
    return Code()


def answer_with_noise() -> None:
    for number in range(3, 20):
        try:
            os.write(number, b"noise")
        except OSError:
            continue
