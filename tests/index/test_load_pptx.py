"""Presentations made with python-pptx: the words of each slide, and its number."""

import io
from datetime import datetime

import pytest
from pptx import Presentation
from pptx.util import Inches

from index.errors import UnreadableFile
from index.load import load
from tests.index.load_checks import loaded, location_of
from tests.index.test_load_xlsx import changed, workbook


def deck() -> bytes:
    slides = Presentation()
    slides.core_properties.title = "PowerPoint Presentation"
    slides.core_properties.modified = datetime(2024, 3, 2)
    first = slides.slides.add_slide(slides.slide_layouts[0])
    first.shapes.title.text = "The ferry company"
    first.placeholders[1].text = "Annual meeting, Skerry"
    second = slides.slides.add_slide(slides.slide_layouts[1])
    second.placeholders[1].text = "Aurora carries 420 people\nBoreas carries 1,150 people"
    second.shapes.title.text = "Two ships"
    second.notes_slide.notes_text_frame.text = "Boreas was built in 2003."
    third = slides.slides.add_slide(slides.slide_layouts[5])
    third.shapes.title.text = "Trade"
    size = [Inches(n) for n in (1, 2, 6, 2)]
    table = third.shapes.add_table(3, 3, *size).table
    for row, texts in enumerate(
        (("Year", "Exports", "Imports"), ("2016", "6.4", "8.1"), ("2017", "22.4", "9.3"))
    ):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    group = third.shapes.add_group_shape()
    group.shapes.add_textbox(*size).text_frame.text = "Source: the customs\x0boffice"
    hidden = slides.slides.add_slide(slides.slide_layouts[5])
    hidden.shapes.title.text = "Unseen"
    hidden.element.set("show", "0")
    last = slides.slides.add_slide(slides.slide_layouts[6])
    last.shapes.add_textbox(*size).text_frame.text = "Спасибо 감사합니다 شكرا"
    out = io.BytesIO()
    slides.save(out)
    return out.getvalue()


def test_slides() -> None:
    content = loaded("d.pptx", deck())
    assert content.text == (
        "The ferry company\n\nAnnual meeting, Skerry\n\n"
        "Two ships\n\n- Aurora carries 420 people\n- Boreas carries 1,150 people\n\n"
        "Boreas was built in 2003.\n\n"
        "Trade\n\nYear | Exports | Imports\nYear: 2016 | Exports: 6.4 | Imports: 8.1\n"
        "Year: 2017 | Exports: 22.4 | Imports: 9.3\n\nSource: the customs office\n\n"
        "Спасибо 감사합니다 شكرا"
    )
    assert (content.title, content.date) == ("The ferry company", "2024-03-02")
    headings = [content.text[h.start : h.end] for h in content.headings]
    assert headings == ["The ferry company", "Two ships", "Trade"]


@pytest.mark.parametrize(
    ("words", "slide"),
    [
        ("The ferry company", 1),
        ("Annual meeting, Skerry", 1),
        ("Two ships", 2),
        ("420", 2),
        ("1,150 people", 2),
        ("2003", 2),
        ("Trade", 3),
        ("customs office", 3),
        ("감사합니다", 5),
    ],
)
def test_every_slide_is_located(words: str, slide: int) -> None:
    assert location_of(loaded("d.pptx", deck()), words) == {"slide": slide}


def test_cells_are_located() -> None:
    content = loaded("d.pptx", deck())
    for words, row, column in (("6.4", 2, 2), ("8.1", 2, 3), ("2017", 3, 1), ("22.4", 3, 2)):
        cell = {"slide": 3, "table": 1, "row": row, "column": column}
        assert location_of(content, words) == cell


def test_what_is_no_presentation() -> None:
    data = deck()
    for bad, reason in (
        (b"", "is empty"),
        (b"%PDF-1.4", "is not a pptx file"),
        (data[:-2000], "is damaged"),
        (
            changed(
                data,
                "ppt/slides/slide2.xml",
                b"</p:sp>",
                b"",
            ),
            "is damaged",
        ),
        (workbook(S=[["a"]]), "holds no presentation"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", r"is in the old binary format \(.ppt\)"),
    ):
        with pytest.raises(UnreadableFile, match=reason):
            load("d.pptx", bad)
