"""OpenDocument texts put together as LibreOffice writes them."""

import io
import zipfile

import pytest

from index.errors import UnreadableFile
from index.load import archive, load
from tests.index.load_checks import loaded, location_of

NAMES = "".join(
    f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "text", "table", "meta", "draw")
)
META = (
    f'<office:document-meta{NAMES} xmlns:dc="http://purl.org/dc/elements/1.1/"><office:meta>'
    "<dc:title>The harbour</dc:title><meta:creation-date>2020-01-01T00:00:00"
    "</meta:creation-date><dc:date>2024-05-06T01:02:03</dc:date></office:meta>"
    "</office:document-meta>"
)


def odt(body: str, meta: str = META, declaration: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        target.writestr(
            "content.xml",
            f"{declaration}<office:document-content{NAMES}><office:body><office:text>{body}"
            "</office:text></office:body></office:document-content>",
        )
        target.writestr("meta.xml", meta)
    return out.getvalue()


def p(text: str) -> str:
    return f"<text:p>{text}</text:p>"


def row(*cells: str) -> str:
    inside = "".join(f"<table:table-cell>{p(cell)}</table:table-cell>" for cell in cells)
    return f"<table:table-row>{inside}</table:table-row>"


BODY = (
    "<text:tracked-changes><text:p>deleted</text:p></text:tracked-changes>"
    "<text:table-of-content><text:index-body>"
    f"{p('The pier 1')}</text:index-body></text:table-of-content>"
    '<text:h text:outline-level="1">The pier</text:h>'
    + p(
        "It was <text:span>built</text:span> <text:span>in 1907</text:span><text:s text:c='3'/>by"
        "<text:note><text:note-citation>1</text:note-citation><text:note-body>"
        "<text:p>Park and Lee.</text:p></text:note-body></text:note> brothers.<text:line-break/>So."
    )
    + "<text:list><text:list-item><text:p>rope</text:p></text:list-item><text:list-item>"
    "<text:p>sail</text:p><text:list><text:list-item><text:p>big</text:p></text:list-item>"
    "</text:list></text:list-item></text:list>"
    "<table:table><table:table-header-rows>"
    + row("Port", "Country", "Tonnes")
    + "</table:table-header-rows>"
    + row("Busan", "Korea", "5")
    + "<table:table-row><table:table-cell table:number-columns-spanned='2'><text:p>Nakhodka"
    "</text:p></table:table-cell><table:covered-table-cell/><table:table-cell><text:p>7</text:p>"
    "</table:table-cell></table:table-row></table:table>"
    "<text:section><text:p>Последний 마지막 אחרון</text:p></text:section>"
)


def test_the_document() -> None:
    content = loaded("d.odt", odt(BODY))
    assert content.text == (
        "The pier 1\n\nThe pier\n\nIt was built in 1907 by brothers.\nSo.\n\nPark and Lee.\n\n"
        "- rope\n- sail\n- big\n\nPort | Country | Tonnes\n"
        "Port: Busan | Country: Korea | Tonnes: 5\nPort: Nakhodka | Tonnes: 7\n\n"
        "Последний 마지막 אחרון"
    )
    assert (content.title, content.date) == ("The harbour", "2024-05-06")
    assert [content.text[h.start : h.end] for h in content.headings] == ["The pier"]
    assert [content.text[r.start : r.end] for r in content.navigation] == ["The pier 1"]


@pytest.mark.parametrize(
    ("words", "row", "column"),
    [("Country", 1, 2), ("Busan", 2, 1), ("Korea", 2, 2), ("5", 2, 3), ("Nakhodka", 3, 1)],
)
def test_cells_are_located(words: str, row: int, column: int) -> None:
    content = loaded("d.odt", odt(BODY))
    assert location_of(content, words) == {"table": 1, "row": row, "column": column}


def test_a_cell_that_claims_to_be_a_million() -> None:
    many = "<table:table-cell table:number-columns-repeated='1000000'>{}</table:table-cell>"
    rows = f"<table:table-row>{many.format('')}</table:table-row>" + row("a", "b")
    assert loaded("d.odt", odt(f"<table:table>{rows}</table:table>")).text == "a | b"


def test_too_much_xml(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_XML_BYTES", 1_000_000)
    with pytest.raises(UnreadableFile, match="is too large: unpacked"):
        load("d.odt", odt(p("x" * 2_000_000)))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b"words", "is not an odt file"),
        (odt("")[:-100], "is damaged"),
        (odt("<text:p>"), "is damaged"),
        (odt(""), "is empty"),
        (odt(p("&a;"), declaration='<!DOCTYPE x [<!ENTITY a "b">]>'), "declares XML entities"),
        (odt("<text:section>" * 10_000 + "</text:section>" * 10_000), "is (damaged|empty)"),
    ],
)
def test_what_is_no_odt(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile, match=reason):
        load("d.odt", data)
