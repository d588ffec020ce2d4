"""Thirty saved pages: three texts in ten layouts, and what of each is the document.

In a layout TITLE and ARTICLE are the text's; of the words around it those in ‹angles› belong to
the site, those in «guillemets» to the document.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

from index.types import Content
from tests.formats.texts import Section, text

LAYOUTS = Path(__file__).parent / "layouts"
_TEXTS = ("observatory", "mill", "railway")
_SITE = re.compile(r"‹(.*?)›", re.DOTALL)
_OWN = re.compile(r"«(.*?)»", re.DOTALL)
_MARKS = str.maketrans("", "", "‹›«»")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page; the words of the site around the document and of the document, in no order."""

    name: str
    data: bytes
    site: str
    own: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """Of the words of the site, those kept out of the document; of the document's, those lost."""

    kept_out: float
    lost: float


def pages() -> Iterator[Page]:
    for path in sorted(LAYOUTS.iterdir()):
        layout = path.read_text(encoding="utf-8")
        for name in _TEXTS:
            title, sections = text(name).title, text(name).sections
            article = "".join(map(_html, sections))
            html = layout.replace("TITLE", escape(title)).replace("ARTICLE", article)
            own = [title, *_OWN.findall(layout), *map(_words_of, sections)]
            yield Page(
                name=f"{path.stem}-{name}.html",
                data=html.translate(_MARKS).encode(),
                site=" ".join(_SITE.findall(layout)),
                own=" ".join(own),
            )


def _html(section: Section) -> str:
    """Two paragraphs, or a table."""
    half = (len(section.sentences) + 1) // 2
    parts = (section.sentences[:half], section.sentences[half:])
    paragraphs = "".join(f"<p>{escape(' '.join(part))}</p>" for part in parts if part)
    rows = "".join(
        "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in row) + "</tr>"
        for tag, row in zip(["th", *["td"] * len(section.rows)], section.rows, strict=False)
    )
    return f"<h2>{escape(section.heading)}</h2>{paragraphs}{f'<table>{rows}</table>' * bool(rows)}"


def _words_of(section: Section) -> str:
    cells = [cell for row in section.rows for cell in row]
    return " ".join([section.heading, section.paragraph, *cells])


def shares(content: Content, *, site: str, own: str) -> Shares:
    """How the words of a loaded page fell, counted without their order.

    A word that both have is taken for the document's first.
    """
    kept, wanted, other = Counter(_kept(content)), _count(own), _count(site)
    lost = (wanted - kept).total()
    let_in = ((kept - wanted) & other).total()
    return Shares(kept_out=1 - let_in / max(1, other.total()), lost=lost / max(1, wanted.total()))


def _kept(content: Content) -> list[str]:
    """The words of a document that aren't navigation."""
    kept, at = "", 0
    for gap in content.navigation:
        kept += content.text[at : gap.start] + "\n"
        at = gap.end
    return _WORD.findall(kept + content.text[at:])


def _count(words: str) -> Counter[str]:
    return Counter(_WORD.findall(words))
