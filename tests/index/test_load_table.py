"""Rows with their heads: what is taken for heads, and that every cell reads back."""

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.load.compose import compose
from index.load.table import (
    Cell,
    begins_with_heads,
    cells_of,
    heads_of,
    in_table,
    is_number,
    table_lines,
)
from index.places import location_at

WORDS = st.text(st.characters(exclude_categories=["C", "Z"]), max_size=6)


@given(st.lists(st.lists(WORDS, min_size=1, max_size=5), max_size=6), st.integers(0, 2))
def test_every_cell_reads_back_from_its_place(table: list[list[str]], head_rows: int) -> None:
    rows = [cells_of(texts) for texts in table]
    content = compose("", table_lines(rows, head_rows, partial(in_table, 7)))
    found = {
        (place.location[1][1], place.location[2][1]): content.text[place.start : place.end]
        for place in content.places
    }
    cells = {
        (number, cell.column): cell.text
        for number, row in enumerate(rows, 1)
        for cell in row
        if cell.text
    }
    assert found.keys() == cells.keys()
    for place in content.places:
        assert location_at(content.places, place.end - 1) == place.location
    heads = heads_of(rows[:head_rows])
    for (row, column), text in cells.items():
        head = heads.get(column, text) if row > head_rows else text
        assert found[row, column] == (text if head == text else f"{head}: {text}")


@pytest.mark.parametrize(
    "text",
    ["12", "1,234.5", "-3", "−3", "$ 5", "12 %", "5 km", "(4)", "17:01", "2017-05-17", "3.5€"],
)
def test_numbers(text: str) -> None:
    assert is_number(text)


@pytest.mark.parametrize(
    "text", ["", "a", "STSAT-2C", "First round", "12 June 2019", "top 10 of us"]
)
def test_what_is_no_number(text: str) -> None:
    assert not is_number(text)


@pytest.mark.parametrize(
    ("rows", "likely", "expected"),
    [
        ([["Port", "t"]], True, False),
        ([["Port", "t"], ["Busan", "5"]], False, True),
        ([["Port", "Flag"], ["Busan", "red"]], False, False),
        ([["Port", "Flag"], ["Busan", "red"]], True, True),
        ([["", "2016", "2017"], ["Busan", "5", "6"]], True, True),
        ([["2016", "2017"], ["5", "6"]], True, False),
        ([["Port", ""], ["Busan", "5"]], True, False),
        ([["5", "6"], ["7", "8"]], True, False),
        ([["a", "a"], ["7", "8"]], True, False),
        ([["Port"], ["5"]], True, False),
    ],
)
def test_what_is_taken_for_heads(rows: list[list[str]], likely: bool, expected: bool) -> None:
    assert begins_with_heads([cells_of(row) for row in rows], likely=likely) is expected


def test_heads_of_two_rows_and_long_ones() -> None:
    top = [Cell(text="", column=1), Cell(text="Trade:", column=2, span=2)]
    low = [*cells_of(["Port", "In", "Trade"]), Cell(text="x" * 61, column=4)]
    assert heads_of([top, low]) == {1: "Port", 2: "Trade In", 3: "Trade"}
