"""PDFs with fonts that say little of their characters, written by hand."""

import pytest

from index.load import load, pdf_page
from index.stretches import stretches
from tests.index.handmade_pdf import pdf, pictures, stream

LIGATURES = {11: "ff", 12: "fi", 13: "fl", 14: "ffi", 15: "ffl"}
LOW, DEEP = "acemnorsuvwxz", "gpqy"
TALL = "bdfhiklt()ABCDEFGHIJKLMNOPQRSTUVWXYZ"
TOPS = {
    **dict.fromkeys(map(ord, LOW + DEEP), 43),
    **dict.fromkeys(map(ord, TALL), 70),
    **dict.fromkeys(LIGATURES, 70),
    **dict.fromkeys(map(ord, "0123456789"), 64),
    **dict.fromkeys(map(ord, ".,"), 10),
    **{ord("("): 75, ord(")"): 75},
}
FEET = {**dict.fromkeys(map(ord, DEEP), 20), **dict.fromkeys(map(ord, "()"), 25), ord(","): 8}


def shown(rows: list[str]) -> bytes:
    """Rows of ten points, word by word as TeX sets them, in the font F that is upside down."""
    parts = []
    for i, row in enumerate(rows):
        left = 72.0
        for word in row.split(" "):
            code = word.encode("latin-1").hex()
            parts.append(f"0.1 0 0 -0.1 {left:.1f} {500 - 13.6 * i:.1f} Tm <{code}> Tj")
            left += 5 * len(word) + 3.5
    return ("BT /F 1 Tf\n" + "\n".join(parts) + "\nET").encode()


def test_a_font_of_pictures_has_rows_of_one_size_and_ligatures() -> None:
    font, objects = pictures(TOPS, FEET)
    rows = [
        "some nouns can see the sun or moons nor",
        "modi\x0ces the \x0cles or \x0daws (9) of any o\x0ece",
        "so that we su\x0ber \x0f.",
    ]
    data = pdf(shown(rows), {"F": font}, objects)
    content = load("a.pdf", data)
    assert content.text == (
        "some nouns can see the sun or moons nor modifies the files or flaws (9) of any office"
        " so that we suffer  ."
    )
    start = content.text.index("files")
    (box,) = pdf_page.boxes(data, stretches(content, start, start + len("files")))
    assert (box.left, box.right) == pytest.approx((128.5, 148.1), abs=1)
    passage = ("files or flaws", stretches(content, start, start + len("files or flaws")))
    assert pdf_page.misplaced(data, [passage]) == []


def test_a_regular_font_with_thick_stems_is_not_bold() -> None:
    """The weight that a stem's width makes is no reason to part the rows of a paragraph."""
    font = (
        "<< /Type /Font /Subtype /TrueType /BaseFont /ABCDEF+{name} /FirstChar 32 /LastChar 126"
        " /Widths [{widths}] /Encoding /WinAnsiEncoding /FontDescriptor {descriptor} 0 R >>"
    )
    descriptor = (
        b"<< /Type /FontDescriptor /FontName /ABCDEF+%s /Flags 32 /FontBBox [0 -200 900 800]"
        b" /ItalicAngle 0 /Ascent 800 /Descent -200 /CapHeight 700 /StemV %d >>"
    )
    names = {10: ("Times-Roman", 139), 11: ("Times-Italic", 90), 12: ("Unknown", 139)}
    widths = " ".join(["500"] * 95)
    fonts = {
        f"F{number}": font.format(name=name, widths=widths, descriptor=number)
        for number, (name, _) in names.items()
    }
    others = {number: descriptor % (name.encode(), stem) for number, (name, stem) in names.items()}

    def text(name: str) -> str:
        content = (
            f"BT 12 TL 50 500 Td /F11 10 Tf (Ferries) Tj /{name} 10 Tf ( go to the island every day"
            " of the) Tj T* (year, and in summer they go twice as often.) Tj ET"
        )
        return load("a.pdf", pdf(content.encode(), fonts, others)).text

    whole = "Ferries go to the island every day of the year, and in summer they go twice as often."
    assert text("F10") == whole
    assert text("F12") == whole.replace("the year", "the\n\nyear")


def test_small_capitals_and_old_figures_are_letters_and_figures() -> None:
    """Adobe's characters for them aren't Unicode's; nobody could search for them."""
    characters = {0x41: 0xF766, 0x42: 0xF765, 0x43: 0xF772, 0x44: 0xF779, 0x45: 0xF731}
    lines = "".join(f"<{code:02X}> <{meant:04X}>\n" for code, meant in characters.items())
    table = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        "1 begincodespacerange <00> <FF> endcodespacerange\n"
        f"{len(characters)} beginbfchar\n{lines}endbfchar\nendcmap end end"
    )
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman /ToUnicode 10 0 R >>"
    content = b"BT /F 10 Tf 50 500 Td (ABCCDE) Tj ET"
    data = pdf(content, {"F": font}, {10: stream(table.encode())})
    assert load("a.pdf", data).text == "ferry1"
