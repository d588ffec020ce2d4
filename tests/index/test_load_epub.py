"""E-books put together file by file: reading order, chapters, and what is refused."""

import io
import zipfile

import pytest

from index.errors import UnreadableFile
from index.load import load
from tests.index.load_checks import loaded, location_of

CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
)
PAGES = {
    "cover.xhtml": "<p>A cover</p>",
    "one.xhtml": "<h1>The Harbour</h1><p>The pier was built in 1907 by two brothers.</p>",
    "one_b.xhtml": "<p>It is 80 metres long, and &nbsp;nobody knows why.</p>",
    "two&amp;three.xhtml": (
        "<h2>II. The Island</h2><p>Skerry has 31 houses.</p>"
        '<h2 id="x">III: The Lighthouse</h2><p>It is 33 metres high.</p>'
        "<h3>Its keeper</h3><p>Kim Han keeps it.</p>"
    ),
}
CHAPTERS = (
    ("one.xhtml", "The Harbour"),
    ("two%26three.xhtml", "II The Island"),
    ("two%26three.xhtml#x", "III The Lighthouse"),
)
QUESTIONS = [
    ("1907", "The Harbour"),
    ("two brothers", "The Harbour"),
    ("80 metres", "The Harbour"),
    ("31 houses", "II The Island"),
    ("II. The Island", "II The Island"),
    ("33 metres", "III The Lighthouse"),
    ("Kim Han", "III The Lighthouse"),
]


def page(body: str) -> str:
    return (
        '<?xml version="1.0"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml" '
        f'xmlns:epub="http://www.idpf.org/2007/ops"><head><title>x</title></head><body>{body}'
        "</body></html>"
    )


def book(others: dict[str, str] | None = None, *, ncx: bool = False) -> bytes:
    """A book with its contents as a page, or as an older book has them; `others` are files."""
    links = "".join(f'<li><a href="{path}">{label}</a></li>' for path, label in CHAPTERS)
    points = "".join(
        f"<navPoint><navLabel><text>{label}</text></navLabel><content src='{path}'/></navPoint>"
        for path, label in CHAPTERS
    )
    files = PAGES if ncx else {**PAGES, "nav.xhtml": f'<nav epub:type="toc"><ol>{links}</ol></nav>'}
    ids = {name: f"i{n}" for n, name in enumerate(files)}
    items = "".join(
        f'<item id="{id_}" href="{name}"' + (" properties='nav'/>" if "nav" in name else "/>")
        for name, id_ in ids.items()
    )
    order = sorted(ids, key=lambda name: (name != "cover.xhtml", name != "nav.xhtml"))
    spine = "".join(f'<itemref idref="{ids[name]}"/>' for name in order)
    opf = (
        '<package xmlns="http://www.idpf.org/2007/opf"><metadata '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Skerry, a history</dc:title>'
        "<dc:date>2021-04-05T00:00:00Z</dc:date></metadata>"
        f'<manifest>{items}<item id="ncx" href="toc.ncx"/></manifest>'
        + ("<spine toc='ncx'>" if ncx else "<spine>")
        + f"{spine}</spine></package>"
    )
    parts = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER,
        "OEBPS/book.opf": opf,
        **{"OEBPS/" + name.replace("&amp;", "&"): page(body) for name, body in files.items()},
        **({"OEBPS/toc.ncx": f"<!DOCTYPE ncx><ncx><navMap>{points}</navMap></ncx>"} if ncx else {}),
        **(others or {}),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, text in parts.items():
            target.writestr(name, text)
    return out.getvalue()


@pytest.mark.parametrize("ncx", [False, True])
@pytest.mark.parametrize(("words", "chapter"), QUESTIONS)
def test_every_chapter_is_located(words: str, chapter: str, ncx: bool) -> None:
    content = loaded("b.epub", book(ncx=ncx))
    assert location_of(content, words) == {"chapter": chapter}


def test_the_pages_in_order() -> None:
    content = loaded("b.epub", book())
    assert content.text.split("\n\n") == [
        "A cover",
        "1. The Harbour\n2. II The Island\n3. III The Lighthouse",
        "The Harbour",
        "The pier was built in 1907 by two brothers.",
        "It is 80 metres long, and nobody knows why.",
        "II. The Island",
        "Skerry has 31 houses.",
        "III: The Lighthouse",
        "It is 33 metres high.",
        "Its keeper",
        "Kim Han keeps it.",
    ]
    assert (content.title, content.date) == ("Skerry, a history", "2021-04-05")
    (contents,) = content.navigation
    assert content.text[contents.start : contents.end].startswith("1. The Harbour")
    assert location_of(content, "A cover") == {}


@pytest.mark.parametrize(("path", "locked"), [("OEBPS/one.xhtml", True), ("OEBPS/f.otf", False)])
def test_only_locked_pages_are_refused(path: str, locked: bool) -> None:
    encryption = f'<encryption><x><CipherReference URI="{path}"/></x></encryption>'
    data = book({"META-INF/encryption.xml": encryption})
    if locked:
        with pytest.raises(UnreadableFile, match="is protected by a password"):
            load("b.epub", data)
    else:
        assert loaded("b.epub", data).title == "Skerry, a history"


def test_a_page_that_is_missing_is_left_out() -> None:
    data = book({"OEBPS/book.opf": "<package/>"})
    with pytest.raises(UnreadableFile, match="is empty"):
        load("b.epub", data)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b"A book", "is not an epub file"),
        (book()[:-700], "is damaged"),
        (book({"META-INF/container.xml": "<container/>"}), "holds no e-book"),
        (book({"META-INF/container.xml": "<container>"}), "is damaged"),
        (
            book({"META-INF/container.xml": '<!DOCTYPE c [<!ENTITY a "b">]><c>&a;</c>'}),
            "declares XML entities",
        ),
    ],
)
def test_what_is_no_book(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile, match=reason):
        load("b.epub", data)
