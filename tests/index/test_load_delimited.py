"""Tables as text: separators, encodings, heads, and what is no table."""

import csv
import io

import pytest

from index.errors import UnreadableFile
from index.load import delimited, load
from tests.index.load_checks import loaded, location_of

FERRIES = [
    ["Ferry", "Built", "Seats", "Home port"],
    ["Aurora", "1987", "420", "Skerry"],
    ["Boreas", "2003", "1,150", 'the "new" pier'],
    ["Corona", "", "96", "Long Sound,\nnorth side"],
]


def table(rows: list[list[str]], delimiter: str = ",") -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "delimiter"), [("f.csv", ","), ("f.csv", ";"), ("f.csv", "\t"), ("f.tsv", "\t")]
)
def test_rows_are_read_with_their_heads(name: str, delimiter: str) -> None:
    content = loaded(name, table(FERRIES, delimiter).encode())
    assert content.text == (
        "Ferry | Built | Seats | Home port\n"
        "Ferry: Aurora | Built: 1987 | Seats: 420 | Home port: Skerry\n"
        'Ferry: Boreas | Built: 2003 | Seats: 1,150 | Home port: the "new" pier\n'
        "Ferry: Corona | Seats: 96 | Home port: Long Sound, north side"
    )
    assert content.title == "f"
    assert content.navigation == ()


@pytest.mark.parametrize("row", [1, 2, 3])
@pytest.mark.parametrize("column", [0, 1, 2, 3])
def test_every_cell_is_located(row: int, column: int) -> None:
    words = " ".join(FERRIES[row][column].split())
    content = loaded("ferries_of_2024.csv", table(FERRIES).encode())
    if words:
        assert location_of(content, words) == {"row": row + 1, "column": column + 1}
        head = f"{FERRIES[0][column]}: {words}"
        assert location_of(content, head) == {"row": row + 1, "column": column + 1}
    assert content.title == "ferries of 2024"


@pytest.mark.parametrize(
    ("words", "encoding"),
    [
        ("Паром «Восток» ходит в порт Находка по понедельникам", "cp1251"),
        ("동해항에서 블라디보스토크까지 가는 배는 월요일에 떠납니다", "cp949"),
        ("Паром «Восток» ходит в порт Находка по понедельникам", "utf-8-sig"),
        ("동해항에서 블라디보스토크까지 가는 배는 월요일에 떠납니다", "utf-16"),
        ("המעבורת מפליגה ביום שני", "utf-8"),
    ],
)
def test_encodings(words: str, encoding: str) -> None:
    rows = [["id", "text"], *([str(n), f"{words}"] for n in range(1, 9))]
    content = loaded("f.csv", table(rows).encode(encoding))
    assert content.text.split("\n")[8] == f"id: 8 | text: {words}"
    assert location_of(content, words, 8) == {"row": 9, "column": 2}


def test_blank_records_count_as_rows() -> None:
    content = loaded("f.csv", b"name,kg\n\nore,5\n,\ncoal,7\n")
    assert content.text == "name | kg\nname: ore | kg: 5\nname: coal | kg: 7"
    assert location_of(content, "7") == {"row": 5, "column": 2}


@pytest.mark.parametrize("text", ["1,2\n3,4", "a,a\nb,c", "x,\ny,z", f"{'long ' * 20},b\nc,d"])
def test_first_rows_that_are_no_heads(text: str) -> None:
    content = loaded("f.csv", text.encode())
    assert ":" not in content.text
    assert location_of(content, content.text.split("\n")[1].split(" | ")[0]) == {
        "row": 2,
        "column": 1,
    }


def test_years_are_heads_beside_a_word() -> None:
    content = loaded("f.csv", b"Port,2016,2017\nBusan,1.5,2.5\n")
    assert content.text == "Port | 2016 | 2017\nPort: Busan | 2016: 1.5 | 2017: 2.5"
    assert location_of(content, "2.5") == {"row": 2, "column": 3}


def test_one_column() -> None:
    assert loaded("f.csv", b"one\ntwo, or three\n").text in (
        "one\ntwo, or three",
        "one\ntwo | or three",
    )


def test_a_longer_row_keeps_its_cells() -> None:
    assert loaded("f.csv", b"a,b\n1,2,3\n").text == "a | b\na: 1 | b: 2 | 3"


def test_a_huge_cell_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="has a cell of more than 131,072 characters"):
        load("f.csv", b'a,b\n1,"' + b"x" * 140_000)


def test_a_long_cell_is_read() -> None:
    long = "The ferry sails every day. " * 4000
    content = loaded("f.csv", f'a,b\n1,"{long}"\n'.encode())
    assert content.text.endswith("b: " + long.strip())


def test_too_many_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "MAX_CELLS", 6)
    with pytest.raises(UnreadableFile, match="has more than 6 cells: split it"):
        load("f.csv", b"a,b\n1,2\n3,4\n5,6\n")


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"", "is empty"), (b",,\n,,\n", "is empty"), (b"PK\x03\x04\0\0\0\0", "is not text")],
)
def test_what_is_no_table(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile, match=reason):
        load("f.csv", data)
