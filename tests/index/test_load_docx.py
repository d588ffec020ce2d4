"""Word documents made with python-docx, or part by part where Word writes what it doesn't."""

import io
import zipfile
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest
from docx import Document
from docx.oxml import parse_xml

from index.errors import UnreadableFile
from index.load import archive
from index.load.docx import read
from index.load.numbering import Numbering
from index.types import Content
from tests.index.load_checks import loaded, location_of

TRANSITIONAL = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
PROSE = (
    "The ferry to the island runs every day of the year, and in summer it runs twice as often.",
    "Tickets are sold at the pier and on board, and children under six years of age travel free.",
)
CORE = (
    '<c xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">'
    "<dc:title>{}</dc:title><dcterms:created>{}</dcterms:created>"
    "<dcterms:modified>{}</dcterms:modified></c>"
)


def package(parts: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, xml in parts.items():
            archive.writestr(name, xml)
    return out.getvalue()


def relationships(targets: dict[str, str]) -> str:
    found = (
        f'<Relationship Id="{target}" Type="http://x/{kind}" Target="{target}"/>'
        for target, kind in targets.items()
    )
    return f"<Relationships>{''.join(found)}</Relationships>"


def part(xml: str, root: str = "part", namespace: str = TRANSITIONAL) -> str:
    return (
        f'<w:{root} xmlns:w="{namespace}" xmlns:r="r" xmlns:mc="mc" xmlns:v="v" xmlns:m="m">'
        f"{xml}</w:{root}>"
    )


def word(body: str, core: str = "", namespace: str = TRANSITIONAL, **others: str) -> bytes:
    """A package with this in the document's body; `others` are parts by kind ("styles")."""
    parts = {
        "_rels/.rels": relationships(
            {"word/document.xml": "officeDocument", "core.xml": "core-properties"}
        ),
        "word/_rels/document.xml.rels": relationships({f"{kind}.xml": kind for kind in others}),
        "word/document.xml": part(f"<w:body>{body}</w:body>", "document", namespace),
        **{f"word/{kind}.xml": part(xml, kind, namespace) for kind, xml in others.items()},
    }
    return package(parts | ({"core.xml": core} if core else {}))


def paragraph(inside: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{inside}</w:p>"


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def say(text: str, properties: str = "") -> str:
    return paragraph(run(text), properties)


def item(text: str, list_id: int = 1, level: int = 0) -> str:
    number = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>'
    return say(text, number)


def levels(*formats: tuple[str, str], more: str = "") -> str:
    """The levels of an abstract list as (number format, text)."""
    return "".join(
        f'<w:lvl w:ilvl="{i}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
        f'<w:lvlText w:val="{text}"/>{more}</w:lvl>'
        for i, (form, text) in enumerate(formats)
    )


def lists(abstract: str, overrides: str = "") -> str:
    """A part with lists 1 and 2 of one abstract list; the second has the overrides."""
    return (
        f'<w:abstractNum w:abstractNumId="7">{abstract}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>'
        f'<w:num w:numId="2"><w:abstractNumId w:val="7"/>{overrides}</w:num>'
    )


def style(name: str, style_id: str, inside: str = "", kind: str = "paragraph") -> str:
    names = f'w:styleId="{style_id}"><w:name w:val="{name}"/>'
    return f'<w:style w:type="{kind}" {names}{inside}</w:style>'


def styled(text: str, style_id: str) -> str:
    return say(text, f'<w:pStyle w:val="{style_id}"/>')


def table(*rows: tuple[str, ...]) -> str:
    """Cells are their contents; one that begins with `<w:tcPr>` has properties."""
    cells = ("".join(f"<w:tc>{cell}</w:tc>" for cell in row) for row in rows)
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def field(instruction: str, result: str) -> str:
    return (
        f"{mark('begin')}<w:r><w:instrText>{instruction}</w:instrText></w:r>{mark('separate')}"
        f"{result}{mark('end')}"
    )


def mark(kind: str) -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


def words(content: Content, parts: str) -> list[str]:
    return [content.text[r.start : r.end] for r in getattr(content, parts)]


def text(body: str, **others: str) -> str:
    return read(word(body, **others)).text


def test_a_document() -> None:
    document = Document()
    document.core_properties.modified = datetime(2019, 4, 25, 23, 59)
    document.add_heading("Ferry handbook", 0)
    document.add_heading("Rules", 1)
    document.add_paragraph(PROSE[0])
    for colour in ("red", "green"):
        document.add_paragraph(colour, style="List Bullet")
    for place in ("Sign the register.", "Pay."):
        document.add_paragraph(place, style="List Number")
    document.add_heading("Fees", 2)
    rows = document.add_table(rows=3, cols=3).rows
    for row, cells in zip(
        rows, (("", "Week", ""), ("5 m", "10", "12"), ("8 m", "", "14")), strict=True
    ):
        for cell, value in zip(row.cells, cells, strict=True):
            cell.text = value
    rows[0].cells[1].merge(rows[0].cells[2])
    rows[1].cells[0].merge(rows[2].cells[0])
    document.add_paragraph("After\tthe table,\nafter a break.").add_run().add_break()
    out = io.BytesIO()
    document.save(out)

    content = read(out.getvalue())
    assert content.text == (
        f"Ferry handbook\n\nRules\n\n{PROSE[0]}\n\n- red\n- green\n1. Sign the register.\n2. Pay."
        "\n\nFees\n\nWeek\n5 m 8 m | Week: 10 | Week: 12\nWeek: 14"
        "\n\nAfter the table,\nafter a break."
    )
    assert words(content, "headings") == ["Ferry handbook", "Rules", "Fees"]
    assert [heading.level for heading in content.headings] == [1, 1, 2]
    assert (content.title, content.date) == ("Ferry handbook", "2019-04-25")
    assert (content.pages, content.navigation) == ((), ())


@pytest.mark.parametrize(
    ("inside", "shown"),
    [
        (run("one") + "<w:r><w:tab/><w:t>two</w:t></w:r>", "one two"),
        (
            "<w:r><w:t>one</w:t><w:br/><w:t>two</w:t><w:cr/><w:t>three</w:t></w:r>",
            "one\ntwo\nthree",
        ),
        ('<w:r><w:t>one</w:t><w:br w:type="page"/></w:r>', "one"),
        ("<w:r><w:t>har</w:t><w:softHyphen/><w:t>b\u00ado\u200bur</w:t></w:r>", "harbour"),
        ("<w:r><w:t>well</w:t><w:noBreakHyphen/><w:t>known</w:t></w:r>", "well-known"),
        (f"see <w:hyperlink>{run('the ')}{run('rules')}</w:hyperlink>", "the rules"),
        (f"<w:sdt><w:sdtPr/><w:sdtContent>{run('chosen')}</w:sdtContent></w:sdt>", "chosen"),
        (f"<w:ins>{run('now ')}</w:ins><w:moveTo>{run('here')}</w:moveTo>", "now here"),
        (f"a<w:del>{run('then ')}</w:del><w:moveFrom>{run('there')}</w:moveFrom>{run('b')}", "b"),
        ("<w:del><w:r><w:delText>gone</w:delText></w:r></w:del>" + run("stays"), "stays"),
        (run("hidden", "<w:vanish/>") + run("shown", '<w:vanish w:val="0"/>'), "shown"),
        (run("a") + "<w:r><w:commentReference w:id='0'/></w:r>" + run("b"), "ab"),
        ("<!-- note --><?pi?>" + run("a"), "a"),
        ("<m:oMath><m:r><m:t>E=m</m:t></m:r></m:oMath>" + run("c"), "E=mc"),
        (
            "<w:r><w:ruby><w:rt><w:r><w:t>kan</w:t></w:r></w:rt>"
            "<w:rubyBase><w:r><w:t>漢</w:t></w:r></w:rubyBase></w:ruby></w:r>",
            "漢",
        ),
        ('<w:r><w:sym w:font="Wingdings" w:char="F0E0"/></w:r>', "→"),
        ('<w:r><w:sym w:font="Symbol" w:char="F061"/></w:r>' + run("-rays"), "α-rays"),
        ('<w:r><w:sym w:font="Webdings" w:char="F061"/></w:r>' + run("x"), "x"),
        (field("PAGEREF here", run("page 7")), "page 7"),
        (f'<w:fldSimple w:instr="AUTHOR">{run("Kim")}</w:fldSimple>', "Kim"),
        (mark("begin") + field("PAGE", run("3")) + mark("separate") + run("a") + mark("end"), "a"),
        (mark("begin") + "<w:r><w:instrText>XE</w:instrText></w:r>" + mark("end") + run("a"), "a"),
        (
            '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:default w:val="1"/>'
            f"<w:checked/></w:checkBox></w:ffData></w:fldChar></w:r>{mark('end')}{run(' Yes ')}"
            '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:default w:val="0"/>'
            f"</w:checkBox></w:ffData></w:fldChar></w:r>{mark('end')}{run(' No')}",
            "☒ Yes ☐ No",
        ),
    ],
)
def test_what_a_paragraph_shows(inside: str, shown: str) -> None:
    assert text(paragraph(inside)) == shown


def test_hidden_by_style() -> None:
    off = "<w:rPr><w:vanish w:val='false'/></w:rPr>"
    styles = (
        style("Secret", "s", "<w:rPr><w:vanish/></w:rPr>")
        + style("More secret", "m", '<w:basedOn w:val="s"/>')
        + style("Open", "o", off, kind="character")
        + style("Shut", "h", "<w:rPr><w:vanish/></w:rPr>", kind="character")
    )
    shown = run("shown", '<w:rStyle w:val="o"/>')
    body = paragraph(run("hidden ") + shown, '<w:pStyle w:val="m"/>')
    body += paragraph(run("no", '<w:rStyle w:val="h"/>') + run("yes"))
    assert text(body, styles=styles) == "shown\n\nyes"


def test_headings_by_style() -> None:
    styles = (
        style("heading 1", "berschrift1")
        + style("제목2", "a", '<w:basedOn w:val="b"/>')
        + style("Own", "b", '<w:pPr><w:outlineLvl w:val="1"/></w:pPr>')
        + style("TOC Heading", "c", '<w:basedOn w:val="berschrift1"/>')
        + style("Round", "d", '<w:basedOn w:val="e"/>')
        + style("Trip", "e", '<w:basedOn w:val="d"/>')
        + style("Date", "f", '<w:basedOn w:val="Title"/>')
        + style("Title", "Title", '<w:pPr><w:jc w:val="center"/></w:pPr>')
    )
    body = (
        styled("One", "berschrift1")
        + styled("Two", "a")
        + styled("Three", "Heading3")
        + say("Four", '<w:outlineLvl w:val="3"/>')
        + say("no heading", '<w:pStyle w:val="a"/><w:outlineLvl w:val="9"/>')
        + styled("around", "c")
        + styled("in circles", "d")
        + styled("May 2018", "f")
        + paragraph(
            f"{run('Six')}<w:r><w:br/></w:r>{run('again')}", '<w:pStyle w:val="heading 6"/>'
        )
        + styled("long " * 100, "a")
    )
    content = read(word(body, styles=styles))
    assert [(h.level, content.text[h.start : h.end]) for h in content.headings] == [
        (1, "One"),
        (2, "Two"),
        (3, "Three"),
        (4, "Four"),
        (6, "Six again"),
    ]
    assert words(content, "navigation") == ["around"]


def test_lists_are_counted_by_level() -> None:
    numbering = lists(levels(("decimal", "%1."), ("lowerLetter", "%2)"), ("bullet", "o")))
    body = "".join(item(f"i{i}", level=level) for i, level in enumerate((0, 1, 1, 0, 1, 2, 1)))
    shown = "1. i0\na) i1\nb) i2\n2. i3\na) i4\n- i5\nb) i6"
    assert text(body + say("end"), numbering=numbering) == f"{shown}\n\nend"


def test_lists_of_one_abstract_list_count_on_unless_one_begins_anew() -> None:
    restart = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>'
    body = item("a") + item("b", list_id=2) + item("c", list_id=2) + item("d")
    plain = levels(("decimal", "%1."))
    assert text(body, numbering=lists(plain)) == "1. a\n2. b\n3. c\n4. d"
    assert text(body, numbering=lists(plain, restart)) == "1. a\n5. b\n6. c\n7. d"
    other = f'<w:lvlOverride w:ilvl="0">{levels(("upperRoman", "Part %1:"))}</w:lvlOverride>'
    assert text(body, numbering=lists(plain, other)) == "1. a\nPart II: b\nPart III: c\n4. d"


def test_a_level_may_count_through() -> None:
    through = '<w:lvlRestart w:val="0"/>'
    numbering = lists(levels(("decimal", "%1."), ("decimal", "%2."), more=through))
    body = "".join(
        item(letter, level=level) for letter, level in zip("abcd", (0, 1, 0, 1), strict=True)
    )
    assert text(body, numbering=numbering) == "1. a\n1. b\n2. c\n2. d"


def test_a_level_may_be_restarted_by_a_far_one_only() -> None:
    numbering = lists(levels(*[("decimal", f"%{i}.") for i in (1, 2, 3)]))
    last = '<w:lvlText w:val="%3."/>'
    numbering = numbering.replace(last, last + '<w:lvlRestart w:val="1"/>')
    places = (0, 1, 2, 1, 2, 0, 2)
    body = "".join(item(f"i{level}", level=level) for level in places)
    assert text(body, numbering=numbering) == "1. i0\n1. i1\n1. i2\n2. i1\n2. i2\n2. i0\n1. i2"


def test_a_level_above_that_has_not_begun_shows_its_start() -> None:
    numbering = lists(levels(("decimal", "%1."), ("decimal", "%1.%2")))
    body = item("a", level=1) + item("b") + item("c", level=1)
    assert text(body, numbering=numbering) == "1.1 a\n1. b\n1.1 c"


def test_headings_carry_their_numbers() -> None:
    link = '<w:pStyle w:val="Heading2"/>'
    numbering = lists(levels(("upperRoman", "%1"), ("decimal", "%1.%2"))).replace(
        "</w:lvl></w:abstractNum>", f"<w:isLgl/>{link}</w:lvl></w:abstractNum>"
    )
    number = '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>'
    styles = style("heading 1", "Heading1", number) + style("heading 2", "Heading2", number)
    unnumbered = say("Annex", '<w:pStyle w:val="Heading1"/><w:numPr><w:numId w:val="0"/></w:numPr>')
    body = styled("Scope", "Heading1") + styled("Boats", "Heading2") + styled("Ships", "Heading2")
    content = read(word(body + unnumbered, styles=styles, numbering=numbering))
    assert words(content, "headings") == ["I Scope", "1.1 Boats", "1.2 Ships", "Annex"]
    assert content.title == "Scope"


def test_a_list_by_the_style_of_another() -> None:
    numbering = (
        f'<w:abstractNum w:abstractNumId="1">{levels(("decimal", "%1)"))}'
        '<w:styleLink w:val="Steps"/></w:abstractNum>'
        '<w:abstractNum w:abstractNumId="2"><w:numStyleLink w:val="Steps"/></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="2"/></w:num>'
    )
    assert text(item("a") + item("b"), numbering=numbering) == "1) a\n2) b"


def test_what_is_no_item() -> None:
    numbering = lists(levels(("decimal", "%1."), ("none", "")))
    deleted = "<w:rPr><w:del/></w:rPr>"
    number = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    body = item("a") + item("") + say("", number + deleted) + item("c") + item("d", level=1)
    assert text(body + item("e", list_id=9), numbering=numbering) == "1. a\n3. c\n\nd\n\ne"


def markers(form: str, count: int, shown: str = "%1") -> list[str]:
    numbering = Numbering(parse_xml(part(lists(levels((form, shown))))))
    return [numbering.marker("1", 0).strip() for _ in range(count)]


@pytest.mark.parametrize(
    ("form", "begin"),
    [
        ("decimal", "1 2 3"),
        ("decimalZero", "01 02 03"),
        ("upperLetter", "A B C"),
        ("lowerLetter", "a b c"),
        ("russianLower", "а б в"),
        ("ganada", "가 나 다"),
        ("chosung", "ㄱ ㄴ ㄷ"),
        ("japaneseCounting", "一 二 三"),
        ("cardinalText", "1 2 3"),
    ],
)
def test_number_formats(form: str, begin: str) -> None:
    assert " ".join(markers(form, 3)) == begin


def test_number_formats_far_on() -> None:
    assert markers("lowerLetter", 131)[25::26] == ["z", "zz", "zzz", "zzzz", "zzzzz"]
    assert markers("lowerLetter", 131)[-1] == "131"
    tens = ["九", "十", "十一", "十九", "二十", "二十一", "九十九", "100"]
    found = markers("chineseCountingThousand", 100)
    assert [found[i - 1] for i in (9, 10, 11, 19, 20, 21, 99, 100)] == tens


def test_roman_numbers_read_back() -> None:
    digits = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000, "": 0}
    numbers = markers("upperRoman", 4000)
    for expected, roman in enumerate(numbers[:-1], 1):
        values = [digits[letter] for letter in roman] + [0]
        assert sum(-a if a < b else a for a, b in pairwise(values)) == expected
        assert not any(letter * 4 in roman for letter in "IXCM")
        assert not any(letter * 2 in roman for letter in "VLD")
    assert numbers[-1] == "4000"


def test_tracked_paragraph_ends_and_rows() -> None:
    removed = "<w:rPr><w:del/></w:rPr>"
    body = say("The ferry", removed) + say("runs daily.") + say("Next.")
    assert text(body) == "The ferry runs daily.\n\nNext."
    assert text(say("to the end", removed)) == "to the end"
    rows = table((say("a"), say("b")), (say("c"), say("d"))).replace(
        "<w:tr>", "<w:tr><w:trPr><w:del/></w:trPr>", 1
    )
    assert text(rows) == "c | d"
    cells = table((f"<w:tcPr><w:cellDel/></w:tcPr>{say('a')}", say("b")))
    assert text(cells) == "b"


def test_a_raised_first_letter_belongs_to_its_word() -> None:
    body = say("T", '<w:framePr w:dropCap="drop"/>') + say("he ferry runs.")
    assert text(body) == "The ferry runs."


def test_a_contents_field_over_several_paragraphs() -> None:
    begin = f"{mark('begin')}<w:r><w:instrText> TOC \\o </w:instrText></w:r>{mark('separate')}"
    entry = field("PAGEREF x", run("3"))
    body = (
        styled("Contents", "Heading1")
        + paragraph(begin + run("1 Scope ") + entry)
        + say("2 Fees 5")
        + paragraph(run("7 ") + mark("end") + run("After the contents."))
        + styled("Scope", "Heading1")
    )
    content = read(word(body))
    assert content.text == "Contents\n1 Scope 3\n2 Fees 5\n\n7 After the contents.\n\nScope"
    assert words(content, "navigation") == ["Contents", "1 Scope 3", "2 Fees 5"]
    assert (words(content, "headings"), content.title) == (["Scope"], "Scope")
    unclosed = read(word(paragraph(begin + run("1 Scope 3")) + say("The rest of it all.")))
    assert (unclosed.text, unclosed.navigation) == ("1 Scope 3\n\nThe rest of it all.", ())


def test_contents_by_gallery_and_by_style() -> None:
    gallery = '<w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj>'
    block = (
        f"<w:sdt><w:sdtPr>{gallery}</w:sdtPr><w:sdtContent>{say('Scope 3')}</w:sdtContent></w:sdt>"
    )
    styles = style("toc 1", "Verzeichnis1")
    content = read(word(block + styled("Fees 5", "Verzeichnis1") + say("Words."), styles=styles))
    assert words(content, "navigation") == ["Scope 3", "Fees 5"]


def note(kind: str, note_id: int, inside: str, more: str = "") -> str:
    return f'<w:{kind} w:id="{note_id}" {more}>{inside}</w:{kind}>'


def test_notes_follow_what_refers_to_them() -> None:
    notes = (
        note("footnote", 0, say("line"), 'w:type="separator"')
        + note("footnote", 1, say("First note."))
        + note("footnote", 2, say("Second note.") + say("It goes on."))
        + note(
            "footnote", 3, paragraph('<w:r><w:footnoteReference w:id="3"/></w:r>' + run("Self."))
        )
    )
    refer = '<w:r><w:footnoteReference w:id="{}"/></w:r>'
    endnotes = note("endnote", 1, say("At the end."))
    numbering = lists(levels(("bullet", "o")))
    one = paragraph(run("In 1990") + refer.format(1) + run(" it began."))
    two = item("a").replace("</w:p>", refer.format(2) + "</w:p>") + item("b")
    three = table((paragraph(run("c") + refer.format(3)), say("d")), (say("e"), say("f")))
    four = paragraph(run("Last.") + '<w:r><w:endnoteReference w:id="1"/></w:r>') + say("Tail.")
    body = one + two + three + four
    assert text(body, numbering=numbering, footnotes=notes, endnotes=endnotes) == (
        "In 1990 it began.\n\nFirst note.\n\n- a\n- b\n\nSecond note.\n\nIt goes on.\n\n"
        "c | d\ne | f\n\nSelf.\n\nLast.\n\nAt the end.\n\nTail."
    )


def test_a_text_box_stands_once() -> None:
    box = f"<v:textbox><w:txbxContent>{say('boxed')}{say('words')}</w:txbxContent></v:textbox>"
    other = box.replace("boxed", "old")
    both = f"<mc:Choice>{box}</mc:Choice><mc:Fallback>{other}</mc:Fallback>"
    alternate = f"<w:r><mc:AlternateContent>{both}</mc:AlternateContent></w:r>"
    assert text(paragraph(run("a") + alternate + run("b"))) == "ab\n\nboxed\n\nwords"
    assert text(paragraph(f"<w:r><w:pict>{box}</w:pict></w:r>")) == "boxed\n\nwords"
    fallback = f"<mc:AlternateContent><mc:Fallback>{say('old')}</mc:Fallback></mc:AlternateContent>"
    assert text(fallback) == "old"


MERGED = "<w:tcPr><w:vMerge{}/></w:tcPr>{}"


def test_cells() -> None:
    body = table(
        (f'<w:tcPr><w:gridSpan w:val="3"/></w:tcPr>{say("Fees")}',),
        (MERGED.format(' w:val="restart"', say("5 m")), say("summer"), say("10")),
        (MERGED.format("", say("")), say("winter"), say("8") + say("(from May)")),
        (MERGED.format(' w:val="restart"', say("8 m")), say(""), paragraph("<w:r><w:br/></w:r>")),
        (say(""), say("")),
    )
    assert text(say("Before.") + body) == (
        "Before.\n\nFees\n5 m | summer | 10\nwinter | 8 (from May)\n8 m"
    )


def test_wrapped_rows_and_cells() -> None:
    row = f"<w:tr><w:sdt><w:sdtContent><w:tc>{say('a')}</w:tc></w:sdtContent></w:sdt></w:tr>"
    body = f"<w:tbl><w:sdt><w:sdtContent>{row}{row}</w:sdtContent></w:sdt></w:tbl>"
    assert text(body) == "a\na"


def test_cells_that_lay_out_a_page() -> None:
    prose = "".join(map(say, PROSE))
    fees = (say("5 m"), say("10")), (say("8 m"), say("14"))
    rows = "5 m | 10\n8 m | 14"
    assert text(table(*fees, (prose, say("side")), *fees)) == "\n\n".join(
        (rows, *PROSE, "side", rows)
    )
    box = table((styled("Note", "Heading2") + say("boxed"),))
    content = read(word(box + say("after")))
    assert (content.text, words(content, "headings")) == ("Note\n\nboxed\n\nafter", ["Note"])
    inner = table((say("Day"), say("Hours")), (say("Mon"), say("9 to 5")))
    assert text(table((say("left"), inner + say("")))) == "left\n\nDay | Hours\nMon | 9 to 5"


def test_headings_and_numbers_in_rows_of_data() -> None:
    numbering = lists(levels(("decimal", "%1."), ("bullet", "o")))
    body = table(
        (styled("No.", "Heading3"), styled("Fee", "Heading3")),
        (item(""), say("10")),
        (item(""), item("red", level=1) + item("green", level=1)),
    )
    content = read(word(body, numbering=numbering))
    assert (content.text, content.headings) == (
        "No. | Fee\nNo.: 1. | Fee: 10\nNo.: 2. | Fee: - red - green",
        (),
    )


def test_headers_and_footers_stand_once() -> None:
    names = ("a", "b", "c", "a")
    sections = [f'<w:headerReference r:id="{name}.xml"/>' for name in names]
    middle = say("One.", f"<w:sectPr>{sections[0]}{sections[1]}</w:sectPr>")
    last = f'<w:sectPr>{sections[2]}{sections[3]}<w:footerReference r:id="f.xml"/></w:sectPr>'
    handbook = styled("Ferry handbook", "Title")
    headers = {"a": handbook, "b": handbook, "c": say("Part two"), "f": say("Page 7") + say("7")}
    parts = {
        "_rels/.rels": relationships({"word/document.xml": "officeDocument"}),
        "word/document.xml": part(f"<w:body>{middle}{say('Two.')}{last}</w:body>", "document"),
        "word/_rels/document.xml.rels": relationships(
            {f"{name}.xml": "footer" if name == "f" else "header" for name in headers}
        ),
        **{f"word/{name}.xml": part(xml, "hdr") for name, xml in headers.items()},
    }
    content = read(package(parts))
    assert content.text == "Ferry handbook\n\nPart two\n\nOne.\n\nTwo.\n\nPage 7"
    assert words(content, "navigation") == ["Ferry handbook", "Part two", "Page 7"]
    assert (content.headings, content.title) == ((), "")


@pytest.mark.parametrize(
    ("named", "body", "title"),
    [
        ("Ferry  rules", styled("Handbook", "Title"), "Ferry rules"),
        ("Microsoft Word - rules.doc", styled("Handbook", "Title"), "Handbook"),
        ("Document1", say("x") + styled("Handbook", "Title"), "Handbook"),
        ("rules.DOCX", styled("One", "Heading1") + styled("Two", "Heading1"), "One"),
        ("[Document title]", say("x") + styled("One", "Heading1"), "One"),
        ("", say("x") + styled("One", "Heading1") + styled("Two", "Heading1"), ""),
        ("", styled("Subtitle", "Subtitle"), ""),
        ("Agreement of 12.05.2018", say("x"), "Agreement of 12.05.2018"),
    ],
)
def test_titles(named: str, body: str, title: str) -> None:
    assert read(word(body, core=CORE.format(named, "", ""))).title == title


@pytest.mark.parametrize(
    ("created", "modified", "day"),
    [
        ("2018-05-17T10:00:00Z", "2019-04-25T23:59:00+09:00", "2019-04-25"),
        ("2018-05-17", "soon", "2018-05-17"),
        ("2018-05-17", "2013-12-23T23:15:00Z", "2018-05-17"),
        ("1601-01-01T00:00:00Z", "1980-01-01T00:00:00Z", None),
        ("2018", "", None),
    ],
)
def test_dates(created: str, modified: str, day: str | None) -> None:
    assert read(word(say("x"), core=CORE.format("", created, modified))).date == day


def test_the_template_dates_and_titles_nothing() -> None:
    out = io.BytesIO()
    document = Document()
    document.add_paragraph("words")
    document.save(out)
    content = read(out.getvalue())
    assert (content.title, content.date) == ("", None)
    assert (read(word(say("x"))).title, read(word(say("x"))).date) == ("", None)


def test_the_strict_form_reads_alike() -> None:
    numbering = lists(levels(("decimal", "%1.")))
    body = styled("One", "Heading1") + item("a")
    strict = read(word(body, namespace=STRICT, numbering=numbering))
    assert strict == read(word(body, numbering=numbering))
    assert strict.text == "One\n\n1. a"


def test_a_missing_picture_or_list_of_parts_does_no_harm() -> None:
    parts = {"word/document.xml": part(f"<w:body>{say('words')}</w:body>", "document")}
    assert read(package(parts)).text == "words"
    picture = {
        "word/_rels/document.xml.rels": relationships({"media/1.png": "image", "NULL": "styles"})
    }
    assert read(package(parts | picture)).text == "words"
    backslashes = {name.replace("/", "\\"): xml for name, xml in parts.items()}
    assert read(package(backslashes)).text == "words"


def compound(stream: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + stream.encode("utf-16-le")


LOCKED = bytearray(package({"word/document.xml": "<a/>"}))
LOCKED[LOCKED.index(b"PK\x01\x02") + 8] |= 1  # the flag of encryption in the archive's directory


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty: "),
        (b"{\\rtf1 words}", "is not a docx file, "),
        (compound("WordDocument"), r"is in the old binary format \(\.doc\), "),
        (compound("EncryptedPackage"), "is protected by a password; "),
        (bytes(LOCKED), "is protected by a password; "),
        (word(say("x" * 9000))[:-50], "is damaged: its zip archive is cut off "),
        (package({"a.txt": "x"}), "holds no Word document, "),
        (package({"word/document.xml": "<workbook/>"}), "holds no Word document, "),
        (package({"word/document.xml": "<a><b></a>"}), "is damaged: a part of it can't be read; "),
        (word("<a>" * 300 + "</a>" * 300), "is damaged: a part of it can't be read; "),
    ],
)
def test_unreadable(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile, match=f"\\A{reason}.*\\Z"):
        read(data)


def test_a_flipped_bit_is_noticed() -> None:
    data = bytearray(word(say(" ".join(map(str, range(5000))))))
    data[len(data) // 2] ^= 8
    with pytest.raises(UnreadableFile, match="is damaged"):
        read(bytes(data))


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = word(say("words " * 200_000))
    assert len(bomb) < 20_000
    assert len(read(bomb).text) == 1_199_999
    monkeypatch.setattr(archive, "MAX_XML_BYTES", 1_000_000)
    with pytest.raises(UnreadableFile, match="is too large: unpacked"):
        read(bomb)


def test_too_many_tags(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_XML_TAGS", 1000)
    assert text(say("words")) == "words"
    with pytest.raises(UnreadableFile, match="is too large: unpacked"):
        read(word("<w:p/>" * 1000))


def declaring(entities: str, body: str) -> bytes:
    document = part(f"<w:body>{body}</w:body>", "document")
    return package({"word/document.xml": f"<!DOCTYPE d [{entities}]>{document}"})


def test_entities_are_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    entities = f'<!ENTITY file SYSTEM "{(tmp_path / "secret.txt").as_uri()}"><!ENTITY a "aaaa">'
    with pytest.raises(UnreadableFile, match="declares XML entities"):
        read(declaring(entities, say("x&file;") + say("y&a;") + say("end")))


def test_entities_that_grow() -> None:
    entities = '<!ENTITY a "aaaa">'
    entities += "".join(f'<!ENTITY {b} "{f"&{a};" * 50}">' for a, b in pairwise("abcdefghi"))
    with pytest.raises(UnreadableFile, match="declares XML entities"):
        read(declaring(entities, say("&i;")))


def test_deep_nesting() -> None:
    nested = say("core")
    for _ in range(80):
        nested = table((nested,))
    assert text(nested) == "core"
    inline = "<w:ins>" * 240 + run("core") + "</w:ins>" * 240
    assert text(f"<w:p>{inline}</w:p>") == "core"
    assert text(f"<w:p>{mark('begin') * 5000}</w:p>" + say("core")) == "core"


def test_rows_are_read_with_their_heads_and_located() -> None:
    document = Document()
    document.add_paragraph("Ports")
    for _ in range(2):
        rows = document.add_table(rows=3, cols=3).rows
        for row, cells in zip(
            rows,
            (("Port", "Built", "Tonnes"), ("Busan", "1907", "5"), ("동해", "1979", "7,5")),
            strict=True,
        ):
            for cell, value in zip(row.cells, cells, strict=True):
                cell.text = value
        document.add_paragraph("Between.")
    out = io.BytesIO()
    document.save(out)
    content = loaded("d.docx", out.getvalue())
    table_text = (
        "Port | Built | Tonnes\nPort: Busan | Built: 1907 | Tonnes: 5\n"
        "Port: 동해 | Built: 1979 | Tonnes: 7,5"
    )
    assert content.text == f"Ports\n\n{table_text}\n\nBetween.\n\n{table_text}\n\nBetween."
    for number in (1, 2):
        for words_, row, column in (("Busan", 2, 1), ("1907", 2, 2), ("7,5", 3, 3), ("동해", 3, 1)):
            location = {"table": number, "row": row, "column": column}
            assert location_of(content, words_, number) == location
    assert location_of(content, "Between.") == {}


def test_which_rows_of_a_table_are_heads() -> None:
    two = (say("Name"), say("Born")), (say("Kim"), say("in Jeju"))
    assert text(table(*two)) == "Name | Born\nKim | in Jeju"
    numbers = (*two[:1], (say("Kim"), say("1990")))
    assert text(table(*numbers)) == "Name | Born\nName: Kim | Born: 1990"
    marked = table(*two).replace("<w:tr>", "<w:tr><w:trPr><w:tblHeader/></w:trPr>", 1)
    assert text(marked) == "Name | Born\nName: Kim | Born: in Jeju"
