"""The rows of invented tables as examples: each is read by itself, as `qa/pieces.py` has it."""

from collections.abc import Iterable, Iterator
from typing import Any

from index.terms import terms

Record = dict[str, Any]
_OTHER_ROWS = 2  # asked the same question, without an answer; those most like it


def has_table(context: str) -> bool:
    return " | " in context


def row_examples(records: Iterable[Record]) -> Iterator[Record]:
    """Of each question whose answer stands in a cell: its row, then rows that don't answer it.

    Of a question without an answer the rows most like it.
    """
    for record in records:
        rows = _rows(record["context"]) if has_table(record["context"]) else []
        asked = set(terms(record["question"]))
        examples = [
            {**record, "context": row, "answers": _in_row(record["answers"], cells)}
            for row, cells in rows
        ]
        right = [example for example in examples if example["answers"]]
        if record["answers"] and not right:
            continue
        others = [example for example in examples if not example["answers"]]
        others.sort(key=lambda example: -len(asked & set(terms(example["context"]))))
        yield from right[:1]
        yield from others[:_OTHER_ROWS]


def _rows(context: str) -> list[tuple[str, list[tuple[int, int, int]]]]:
    """The rows with their columns named, each with its cells: (start, end, start in the row).

    The first two are offsets of the context. Empty where a row has other columns than the first.
    """
    found = []
    heads: list[str] | None = None
    place = 0
    for line in context.split("\n"):
        cells = line.split(" | ") if has_table(line) else []
        if cells and heads is None:
            heads = cells
        elif cells and heads:
            if len(cells) != len(heads):
                return []
            found.append(_row(heads, cells, place))
        else:
            heads = None
        place += len(line) + 1
    return found


def _row(heads: list[str], cells: list[str], place: int) -> tuple[str, list[tuple[int, int, int]]]:
    row, kept = "", []
    for head, cell in zip(heads, cells, strict=True):
        words = cell.strip()
        start = place + len(cell) - len(cell.lstrip())
        if words:
            row += f"{' | ' if row else ''}{head.strip()}: "
            kept.append((start, start + len(words), len(row)))
            row += words
        place += len(cell) + len(" | ")
    return row, kept


def _in_row(answers: list[Record], cells: list[tuple[int, int, int]]) -> list[Record]:
    """The answers that stand in one of the cells, by their place in the row."""
    return [
        {"text": answer["text"], "answer_start": here + answer["answer_start"] - start}
        for answer in answers
        for start, end, here in cells
        if start <= answer["answer_start"] and answer["answer_start"] + len(answer["text"]) <= end
    ]
