"""How much of the sites around documents is kept out, and how much of the documents is lost.

Over the thirty pages of tests/boilerplate and, where they are given, the HTML of Debian's packages
debian-handbook and python3.11-doc, whose elements tell what is what:

    python -m tests.benchmarks.boilerplate [--handbook FOLDER] [--python FOLDER] [--worst N]
"""

import argparse
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

from index.load import load
from tests.boilerplate.pages import Page, Shares, pages, shares

# What of a page belongs to the site, by its makers.
_HANDBOOK = "ul.docnav, p#title, div.toc"
_PYTHON = (
    "div.related, div.sphinxsidebar, div.footer, div.mobile-nav, a.headerlink, div.menu-wrapper"
)
_DROPPED = "script, style, template, noscript, head, [hidden], input, select"


def saved(folder: Path, site: str) -> Iterator[Page]:
    """The pages of a folder; `site` selects the elements that belong to the site."""
    for path in sorted(folder.rglob("*.html")):
        data = path.read_bytes()
        page = LexborHTMLParser(data.decode("utf-8", "replace"))
        for node in page.css(_DROPPED):
            node.decompose()
        parts = page.css(site)
        words = " ".join(part.text(separator=" ") for part in parts)
        for part in parts:
            part.decompose()
        own = page.body.text(separator=" ") if page.body else ""
        if own.strip():
            yield Page(name=path.name, data=data, site=words, own=own)


def measured(found: Iterable[Page]) -> Iterator[tuple[Page, Shares]]:
    for page in found:
        yield page, shares(load(page.name, page.data), site=page.site, own=page.own)


def report(name: str, results: list[tuple[Page, Shares]], worst: int) -> None:
    kept_out = sum(result.kept_out for _, result in results) / len(results)
    lost = sum(result.lost for _, result in results) / len(results)
    print(f"| {name} | {len(results)} | {kept_out:.1%} | {lost:.2%} |")
    for page, result in sorted(results, key=lambda one: -one[1].lost)[:worst]:
        print(f"    lost {result.lost:.2%} {page.name}")
    for page, result in sorted(results, key=lambda one: one[1].kept_out)[:worst]:
        print(f"    kept out {result.kept_out:.1%} {page.name}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--handbook", type=Path)
    parser.add_argument("--python", type=Path)
    parser.add_argument("--worst", type=int, default=0, help="name so many of the worst pages")
    options = parser.parse_args()
    print("| | pages | of the site kept out | of the document lost |\n|---|---|---|---|")
    made = list(measured(pages()))
    for layout, results in groupby(made, key=lambda one: one[0].name.partition("-")[0]):
        report(layout, list(results), 0)
    report("all ten layouts", made, options.worst)
    for name, folder, site in (
        ("debian-handbook", options.handbook, _HANDBOOK),
        ("python3.11-doc", options.python, _PYTHON),
    ):
        if folder:
            report(name, list(measured(saved(folder, site))), options.worst)


if __name__ == "__main__":
    main()
