"""Who wrote a file and in which language, by what each format has for it."""

import io
import json
from collections.abc import Callable

import docx
import openpyxl
import pptx
import pytest
from reportlab.pdfgen.canvas import Canvas

from index.load import load
from index.load.about import author, language
from tests.index.test_load_odt import odt

NAME = "Enid Vaughan"


def office(write: Callable[[str, str], object]) -> bytes:
    out = io.BytesIO()
    write(NAME, "cy-GB").save(out)  # type: ignore[attr-defined]
    return out.getvalue()


def word(name: str, tag: str) -> object:
    document = docx.Document()
    document.add_paragraph("The tower is 31 metres high.")
    document.core_properties.author, document.core_properties.language = name, tag
    return document


def workbook(name: str, tag: str) -> object:
    book = openpyxl.Workbook()
    book.active.append(["Tower", 31])
    book.properties.creator, book.properties.language = name, tag
    return book


def slides(name: str, tag: str) -> object:
    show = pptx.Presentation()
    show.slides.add_slide(show.slide_layouts[0]).shapes.title.text = "Towers"
    show.core_properties.author, show.core_properties.language = name, tag
    return show


def pdf() -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, lang="cy-GB")
    canvas.setAuthor(NAME)
    canvas.drawString(72, 700, "The tower is 31 metres high.")
    canvas.save()
    return out.getvalue()


META = (
    '<office:document-meta xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"><office:meta>'
    f"<dc:creator>{NAME}</dc:creator><dc:language>cy-GB</dc:language></office:meta>"
    "</office:document-meta>"
)
FILES = {
    "a.docx": office(word),
    "a.xlsx": office(workbook),
    "a.pptx": office(slides),
    "a.pdf": pdf(),
    "a.odt": odt("<text:p>The tower is 31 metres high.</text:p>", meta=META),
    "a.html": f"<html lang=cy-GB><meta name=Author content='{NAME}'><p>High.</p>".encode(),
    "a.md": f"---\nauthor: {NAME}\nlang: cy_GB\n---\nHigh.\n".encode(),
    "a.eml": f"From: {NAME} <e@example.org>\nContent-Language: cy\n\nHigh.\n".encode(),
    "a.json": json.dumps({"author": NAME, "language": "cy", "text": "High."}).encode(),
    "a.rtf": b"{\\rtf1\\ansi{\\info{\\author Enid Vaughan}}The tower is high.}",
}


@pytest.mark.parametrize("name", FILES)
def test_what_a_file_says_of_itself(name: str) -> None:
    content = load(name, FILES[name])
    assert content.author == NAME
    assert content.language == (None if name == "a.rtf" else "cy")


@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a.html", "a.md", "a.json"])
def test_what_says_nothing_of_itself_has_neither(name: str) -> None:
    content = load(name, b"31" if name == "a.json" else b"The tower, 31 metres\n")
    assert (content.author, content.language) == (None, None)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("  Enid\nVaughan ", "Enid Vaughan"),
        (["Kim", "", "Lee"], "Kim, Lee"),
        ("python-docx", None),
        ("Microsoft Office User", None),
        (["openpyxl"], None),
        (31, None),
        ("-", None),
    ],
)
def test_authors(name: object, expected: str | None) -> None:
    assert author(name) == expected


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("en-GB", "en"),
        ("pt_BR", "pt"),
        (" KO ", "ko"),
        ("und", None),
        ("english!", None),
        (1, None),
    ],
)
def test_languages(tag: object, expected: str | None) -> None:
    assert language(tag) == expected
