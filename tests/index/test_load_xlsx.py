"""Excel workbooks made with openpyxl: what the sheets show, and where."""

import io
import zipfile
from datetime import date, datetime, time
from typing import Any

import pytest
from openpyxl import Workbook

from index.errors import UnreadableFile
from index.load import archive, load, xlsx
from tests.index.load_checks import loaded, location_of


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def workbook(**sheets: list[list[Any]]) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    return saved(book)


def changed(data: bytes, name: str, old: bytes, new: bytes) -> bytes:
    """The package with the bytes of one part replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for info in source.infolist():
            part = source.read(info)
            if info.filename == name:
                assert old in part
                part = part.replace(old, new)
            target.writestr(info.filename, part)
    return out.getvalue()


TRADE: list[list[Any]] = [
    ["Year", "Exports", "Note"],
    [2016, 6.4, "weak rouble"],
    [2017, 22.4, None],
    [2018, 9, "up"],
]
STAFF: list[list[Any]] = [
    ["Crew of the Aurora"],
    ["Name", "Role"],
    ["Kim Han", "captain"],
    [],
    ["Berth", "Length", "Depth"],
    ["North", 120, 9.5],
    ["South", 80, 7],
]


def test_sheets() -> None:
    content = loaded("harbour_book.xlsx", workbook(Trade=TRADE, Staff=STAFF))
    assert content.text == (
        "Trade\n\nYear | Exports | Note\nYear: 2016 | Exports: 6.4 | Note: weak rouble\n"
        "Year: 2017 | Exports: 22.4\nYear: 2018 | Exports: 9 | Note: up\n\n"
        "Staff\n\nCrew of the Aurora\n\nName | Role\nName: Kim Han | Role: captain\n\n"
        "Berth | Length | Depth\nBerth: North | Length: 120 | Depth: 9.5\n"
        "Berth: South | Length: 80 | Depth: 7"
    )
    assert content.title == "harbour book"
    assert [content.text[h.start : h.end] for h in content.headings] == ["Trade", "Staff"]


@pytest.mark.parametrize(
    ("words", "sheet", "cell"),
    [
        ("Exports: 6.4", "Trade", "B2"),
        ("weak rouble", "Trade", "C2"),
        ("2017", "Trade", "A3"),
        ("22.4", "Trade", "B3"),
        ("9 ", "Trade", "B4"),
        ("up", "Trade", "C4"),
        ("Exports", "Trade", "B1"),
        ("Crew of the Aurora", "Staff", "A1"),
        ("Role", "Staff", "B2"),
        ("Kim Han", "Staff", "A3"),
        ("captain", "Staff", "B3"),
        ("Berth", "Staff", "A5"),
        ("Length", "Staff", "B5"),
        ("North", "Staff", "A6"),
        ("120", "Staff", "B6"),
        ("9.5", "Staff", "C6"),
        ("South", "Staff", "A7"),
        ("80", "Staff", "B7"),
        ("Depth: 7", "Staff", "C7"),
    ],
)
def test_every_cell_is_located(words: str, sheet: str, cell: str) -> None:
    content = loaded("book.xlsx", workbook(Trade=TRADE, Staff=STAFF))
    assert location_of(content, words.strip()) == {"sheet": sheet, "cell": cell}
    assert location_of(content, "Staff") == {"sheet": "Staff"}


def test_what_formats_show() -> None:
    book = Workbook()
    sheet = book.active
    values: list[tuple[Any, str]] = [
        (0.125, "0.0%"),
        (0.5, "0%"),
        (1234567.891, "#,##0.00"),
        (1234.5, "#,##0"),
        (22.400000000000002, "General"),
        (0.00001, "General"),
        (True, "General"),
        (date(2017, 5, 17), "DD.MM.YYYY"),
        (datetime(2017, 5, 17, 9, 30), "YYYY-MM-DD HH:MM"),
        (time(17, 1), "HH:MM"),
        (3.5, "[$€-407] 0.00"),
        (" two  words\nand lines ", "General"),
    ]
    for row, (value, number_format) in enumerate(values, 1):
        cell = sheet.cell(row=row, column=1, value=value)
        cell.number_format = number_format
    shown = loaded("b.xlsx", saved(book)).text.split("\n")[2:]
    assert shown == [
        *("12.5%", "50%", "1,234,567.89", "1,234", "22.4", "1e-05", "TRUE"),
        *("2017-05-17", "2017-05-17 09:30", "17:01", "3.5", "two words and lines"),
    ]


def test_a_formula_is_the_value_that_it_had() -> None:
    data = workbook(S=[["Item", "Price"], ["rope", "=1+1"], ["sail", "=2+2"]])
    part = "xl/worksheets/sheet1.xml"
    data = changed(data, part, b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>")
    text = loaded("b.xlsx", data).text
    assert text == "S\n\nItem | Price\nItem: rope | Price: 2\nItem: sail"


def test_merged_cells_and_columns_apart() -> None:
    book = Workbook()
    sheet = book.active
    for row in (["Port", "Tonnes", None], ["Busan", 5, None], [None, 7, None]):
        sheet.append([None, *row])
    sheet.merge_cells("B2:B3")
    content = loaded("b.xlsx", saved(book))
    assert content.text == "Sheet\n\nPort | Tonnes\nPort: Busan | Tonnes: 5\nTonnes: 7"
    assert location_of(content, "7") == {"sheet": "Sheet", "cell": "C3"}


def test_hidden_sheets_titles_and_dates() -> None:
    book = Workbook()
    book.active.append(["seen"])
    hidden = book.create_sheet("Secret")
    hidden.append(["unseen"])
    hidden.sheet_state = "hidden"
    book.properties.title = "Harbour dues"
    book.properties.modified = datetime(2024, 5, 6)
    content = loaded("b.xlsx", saved(book))
    assert (content.title, content.text) == ("Harbour dues", "Sheet\n\nseen")


def test_right_to_left_and_korean() -> None:
    rows = [["عام", "مجموع"], ["2017", "٢٢"], ["동해", "항구"]]
    content = loaded("b.xlsx", workbook(**{"무역": rows}))
    assert "عام: 2017 | مجموع: ٢٢" in content.text
    assert location_of(content, "항구") == {"sheet": "무역", "cell": "B3"}


def test_absurd_dimensions_and_row_numbers() -> None:
    data = workbook(S=[["a", "b"], ["c", "d"]])
    part = "xl/worksheets/sheet1.xml"
    data = changed(data, part, b'ref="A1:B2"', b'ref="A1:XFD1048576"')
    assert loaded("b.xlsx", data).text == "S\n\na | b\na: c | b: d"
    far = changed(data, part, b'<row r="2"', b'<row r="1048570"')
    assert "a | b" in loaded("b.xlsx", far).text


def test_too_many_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MAX_CELLS", 3)
    with pytest.raises(UnreadableFile, match="has more than 3 cells"):
        load("b.xlsx", workbook(S=[["a", "b"], ["c", "d"]]))


def test_too_much_xml(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_XML_BYTES", 1_000_000)
    data = workbook(S=[["x" * 30_000] * 100])
    assert len(data) < 100_000
    with pytest.raises(UnreadableFile, match="is too large: unpacked"):
        load(
            "b.xlsx",
            changed(data, "xl/styles.xml", b"<styleSheet", b" " * 2_000_000 + b"<styleSheet"),
        )


def test_what_is_no_workbook() -> None:
    data = workbook(S=[["a", "b"], ["c", "d"]])
    declared = changed(
        data, "xl/workbook.xml", b"<workbook", b'<!DOCTYPE w [<!ENTITY a "b">]><workbook'
    )
    for bad, reason in (
        (b"", "is empty"),
        (b"a,b\n1,2\n", "is not an xlsx file"),
        (data[: len(data) // 2], "is damaged"),
        (changed(data, "xl/worksheets/sheet1.xml", b"</row>", b""), "is damaged"),
        (changed(data, "xl/workbook.xml", b"<sheets>", b"<sheets"), "is damaged"),
        (declared, "declares XML entities"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", r"is in the old binary format \(.xls\)"),
        (workbook(S=[]), "is empty"),
    ):
        with pytest.raises(UnreadableFile, match=reason):
            load("b.xlsx", bad)
    with pytest.raises(UnreadableFile, match="holds no Word document"):
        load("b.docx", data)
