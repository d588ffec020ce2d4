"""Texts and tables as files of each format, by the format's own writer."""

import csv
import io
import json
import zipfile
from collections.abc import Sequence
from email.message import EmailMessage
from html import escape

from docx import Document
from openpyxl import Workbook
from pptx import Presentation
from pptx.util import Inches
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate

from tests.formats.tables import Table
from tests.formats.texts import Section, Text
from tests.index.test_load_epub import CONTAINER, page
from tests.index.test_load_odt import odt, p, row

ROWS_ABOVE_TABLE = 2  # of a sheet: its title and a blank row


def plain(text: Text) -> bytes:
    parts = [text.title]
    for section in text.sections:
        parts += [section.heading, section.paragraph]
    return "\n\n".join(parts).encode()


def markdown(text: Text) -> bytes:
    parts = [f"# {text.title}"]
    for section in text.sections:
        parts += [f"## {section.heading}", section.paragraph]
        if section.rows:
            head, *rows = (f"| {' | '.join(cells)} |" for cells in section.rows)
            parts.append("\n".join([head, "|" + "---|" * len(section.rows[0]), *rows]))
    return "\n\n".join(parts).encode()


def html(text: Text) -> bytes:
    body = "".join(f"<h2>{escape(s.heading)}</h2>{_html_body(s)}" for s in text.sections)
    return (
        f"<!doctype html><title>{escape(text.title)}</title><nav><a href='/'>Home</a></nav>"
        f"<main><h1>{escape(text.title)}</h1>{body}</main>"
    ).encode()


def _html_body(section: Section) -> str:
    if not section.rows:
        return f"<p>{escape(section.paragraph)}</p>"
    head, *rows = section.rows
    lines = ["".join(f"<th>{escape(cell)}</th>" for cell in head)]
    lines += ["".join(f"<td>{escape(cell)}</td>" for cell in cells) for cells in rows]
    return "<table>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>"


def printable(text: Text, sections: Sequence[Section]) -> str:
    """A page of HTML that prints each section on a page of its own."""
    body = "".join(
        f"<section style='break-before: page'><h2>{escape(s.heading)}</h2>{_html_body(s)}</section>"
        for s in sections
    )
    return f"<!doctype html><title>{escape(text.title)}</title><p>{escape(text.title)}</p>{body}"


def pdf(text: Text, sections: Sequence[Section]) -> bytes:
    """A title page, then a page for each section."""
    styles = getSampleStyleSheet()
    story = [Paragraph(escape(text.title), styles["Title"])]
    for section in sections:
        story += [
            PageBreak(),
            Paragraph(escape(section.heading), styles["Heading2"]),
            Paragraph(escape(section.paragraph), styles["BodyText"]),
        ]
    out = io.BytesIO()
    SimpleDocTemplate(out, invariant=1).build(story)
    return out.getvalue()


def docx(text: Text) -> bytes:
    document = Document()
    document.add_heading(text.title, 0)
    for section in text.sections:
        document.add_heading(section.heading, 1)
        if section.sentences:
            document.add_paragraph(section.paragraph)
        if section.rows:
            table = document.add_table(len(section.rows), len(section.rows[0]))
            for line, cells in zip(table.rows, section.rows, strict=True):
                for cell, words in zip(line.cells, cells, strict=True):
                    cell.text = words
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def pptx(text: Text) -> bytes:
    """A title slide, then a slide for each section, its sentences as points."""
    slides = Presentation()
    slides.slides.add_slide(slides.slide_layouts[0]).shapes.title.text = text.title
    for section in text.sections:
        slide = slides.slides.add_slide(slides.slide_layouts[1 if section.sentences else 5])
        slide.shapes.title.text = section.heading
        if section.sentences:
            slide.placeholders[1].text = "\n".join(section.sentences)
        if section.rows:
            size = (len(section.rows), len(section.rows[0]))
            frame = slide.shapes.add_table(
                *size, Inches(1), Inches(2), Inches(8), Inches(0.4 * size[0])
            )
            for line, cells in enumerate(section.rows):
                for column, words in enumerate(cells):
                    frame.table.cell(line, column).text = words
    out = io.BytesIO()
    slides.save(out)
    return out.getvalue()


def epub(text: Text) -> bytes:
    files = {
        f"{n}.xhtml": page(f"<h1>{escape(s.heading)}</h1>{_html_body(s)}")
        for n, s in enumerate(text.sections, 1)
    }
    links = "".join(
        f'<li><a href="{n}.xhtml">{escape(s.heading)}</a></li>'
        for n, s in enumerate(text.sections, 1)
    )
    files["contents.xhtml"] = page(f'<nav epub:type="toc"><ol>{links}</ol></nav>')
    items = "".join(
        f'<item id="i{n}" href="{name}" properties="{"nav" if name[0] == "c" else ""}"/>'
        for n, name in enumerate(files)
    )
    spine = "".join(f'<itemref idref="i{n}"/>' for n in range(len(files)))
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf"><metadata'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{escape(text.title)}</dc:title></metadata>"
        f"<manifest>{items}</manifest><spine>{spine}</spine></package>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/epub+zip")
        archive.writestr("META-INF/container.xml", CONTAINER)
        archive.writestr("OEBPS/book.opf", package)
        for name, content in files.items():
            archive.writestr(f"OEBPS/{name}", content)
    return out.getvalue()


def eml(text: Text) -> bytes:
    message = EmailMessage()
    message["Subject"] = text.title
    message["From"] = "Almut Behr <almut@example.org>"
    message["To"] = "Everybody <choir@example.org>"
    message["Date"] = "Mon, 05 Aug 2024 18:30:00 +0200"
    paragraphs = [part for s in text.sections for part in (s.heading, s.paragraph)]
    message.set_content("\n\n".join(paragraphs))
    return message.as_bytes()


def rtf(text: Text) -> bytes:
    paragraphs = [text.title, *(w for s in text.sections for w in (s.heading, s.paragraph))]
    coded = "".join(f"{_rtf_words(words)}\\par\n" for words in paragraphs)
    return f"{{\\rtf1\\ansi\\deff0{{\\fonttbl{{\\f0 Times;}}}}\n{coded}}}".encode("ascii")


def _rtf_words(words: str) -> str:
    return "".join(c if c.isascii() else f"\\u{ord(c)}?" for c in words)


def opendocument(text: Text) -> bytes:
    body = p(text.title)
    for section in text.sections:
        body += f'<text:h text:outline-level="1">{escape(section.heading)}</text:h>'
        if section.sentences:
            body += p(escape(section.paragraph))
        if section.rows:
            rows = "".join(row(*map(escape, cells)) for cells in section.rows)
            body += f"<table:table>{rows}</table:table>"
    return odt(body, meta="<x/>")


def xlsx(tables: Sequence[Table]) -> bytes:
    """A sheet for each table, with a title and a blank row above it."""
    workbook = Workbook()
    workbook.remove(workbook.active)
    for table in tables:
        sheet = workbook.create_sheet(table.name)
        sheet.append([f"All {table.name.lower()} of the district"])
        sheet.append([])
        for cells in table.rows:
            sheet.append([int(cell) if cell.isdigit() else cell for cell in cells])
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def delimited(table: Table, delimiter: str) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(table.rows)
    return out.getvalue().encode()


def _records(table: Table) -> list[dict[str, str]]:
    head, *rows = table.rows
    return [dict(zip(head, cells, strict=True)) for cells in rows]


def json_list(table: Table) -> bytes:
    return json.dumps(_records(table), ensure_ascii=False, indent=2).encode()


def json_lines(table: Table) -> bytes:
    lines = (json.dumps(record, ensure_ascii=False) for record in _records(table))
    return "\n".join(lines).encode()
