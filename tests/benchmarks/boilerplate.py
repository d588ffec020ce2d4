"""How much of the sites around documents is kept out, and how much of the documents is lost.

Over the thirty pages of tests/boilerplate and, where they are given, the HTML of Debian's packages
debian-handbook and python3.11-doc, whose elements tell what is what. Lists of the chapters below
inside of a document are neither its site's nor its own. Of saved pages the words of the paragraphs
that are lost are counted, too:

    python -m tests.benchmarks.boilerplate [--handbook FOLDER] [--python FOLDER] [--worst N]
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser, LexborNode

from index.load import load
from tests.boilerplate.pages import Page, Shares, pages, shares

# What of a page belongs to the site, by its makers.
_HANDBOOK = "ul.docnav, p#title, div.toc, div#banner"
_PYTHON = (
    "div.related, div.sphinxsidebar, div.footer, div.mobile-nav, a.headerlink, div.menu-wrapper"
)
_LISTS = "div.toctree-wrapper"
_PARAGRAPHS = "div.para, div.body p"
_DROPPED = "script, style, template, noscript, head, [hidden], input, select"


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A saved page. `page.own` has the lists of chapters; `without` hasn't; `prose`: paragraphs."""

    page: Page
    without: str
    prose: str


def saved(folder: Path, site: str) -> Iterator[Saved]:
    """The pages of a folder; `site` selects the elements that belong to the site."""
    for path in sorted(folder.rglob("*.html")):
        data = path.read_bytes()
        page = LexborHTMLParser(data.decode("utf-8", "replace"))
        for node in page.css(_DROPPED):
            node.decompose()
        words = " ".join(part.text(separator=" ") for part in _taken_out(page, site))
        own = page.body.text(separator=" ") if page.body else ""
        if not own.strip():
            continue
        list(_taken_out(page, _LISTS))
        yield Saved(
            page=Page(name=path.name, data=data, site=words, own=own),
            without=page.body.text(separator=" ") if page.body else "",
            prose=" ".join(part.text(separator=" ") for part in page.css(_PARAGRAPHS)),
        )


def _taken_out(page: LexborHTMLParser, selector: str) -> Iterator[LexborNode]:
    parts = page.css(selector)
    yield from parts
    for part in parts:
        part.decompose()


def report(name: str, results: Sequence[tuple[Page, Shares]], worst: int, prose: str = "–") -> None:
    kept_out = sum(result.kept_out for _, result in results) / len(results)
    lost = sum(result.lost for _, result in results) / len(results)
    print(f"| {name} | {len(results)} | {kept_out:.1%} | {lost:.2%} | {prose} |")
    for page, result in sorted(results, key=lambda one: -one[1].lost)[:worst]:
        print(f"    lost {result.lost:.2%} {page.name}")
    for page, result in sorted(results, key=lambda one: one[1].kept_out)[:worst]:
        print(f"    kept out {result.kept_out:.1%} {page.name}")


def report_saved(name: str, folder: Path, site: str, worst: int) -> None:
    results = []
    lost = words = 0.0
    for one in saved(folder, site):
        page, content = one.page, load(one.page.name, one.page.data)
        kept_out = shares(content, site=page.site, own=page.own).kept_out
        lost_here = shares(content, site=page.site, own=one.without).lost
        results.append((page, Shares(kept_out=kept_out, lost=lost_here)))
        count = len(one.prose.split())
        words += count
        lost += shares(content, site="", own=one.prose).lost * count
    report(name, results, worst, f"{lost / words:.3%}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--handbook", type=Path)
    parser.add_argument("--python", type=Path)
    parser.add_argument("--worst", type=int, default=0, help="name so many of the worst pages")
    options = parser.parse_args()
    print(
        "| | pages | of the site kept out | of the document lost | of its paragraphs lost |"
        "\n|---|---|---|---|---|"
    )
    made = [
        (page, shares(load(page.name, page.data), site=page.site, own=page.own)) for page in pages()
    ]
    for layout, results in groupby(made, key=lambda one: one[0].name.partition("-")[0]):
        report(layout, list(results), 0)
    report("all ten layouts", made, options.worst)
    for name, folder, site in (
        ("debian-handbook", options.handbook, _HANDBOOK),
        ("python3.11-doc", options.python, _PYTHON),
    ):
        if folder:
            report_saved(name, folder, site, options.worst)


if __name__ == "__main__":
    main()
