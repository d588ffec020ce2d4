"""Which parts of a web page belong to the site around the document.

Elements say so by their tag, role, class or id; runs of bare links by an interface phrase among
them ("Log in", "Contact"). An element with the page's main heading, or with more than half of its
text, is never taken for a menu, whatever it is called.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from selectolax.lexbor import LexborNode

from index.boilerplate import is_interface_phrase
from index.load.compose import Line
from index.load.markup import names
from index.outline import count_words, is_prose

# Navigation, whatever it says.
_TAGS = names("nav search select menu dialog")
_ROLES = names("navigation banner contentinfo search dialog alertdialog menu menubar toolbar")
_SURE_WORDS = names(
    "breadcrumb breadcrumbs share sharing sharedaddy cookie cookies consent gdpr comment comments "
    "respond disqus pagination pager skip"
)
# Navigation unless it holds prose that isn't links.
_LIKELY_TAGS = names("aside form")
_LIKELY_WORDS = names(
    "nav navbar navigation menu sidebar toolbar related newsletter subscribe toc social login "
    "search widget docnav sphinxsidebar"
)
_OTHER_WORDS = names(
    "main site page primary secondary top bottom side left right global local header footer "
    "mobile desktop bar list links link buttons button icons container wrapper wrap block box "
    "area inner banner notice popup form reply thread to content posts articles section"
)
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")
_OWN_FOOTER = ("article", "main", "section", "blockquote", "figure")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A line of a page. `links`: how many it holds if it holds little else, or 0."""

    line: Line
    links: int
    in_main: bool


def is_part_of_site(node: LexborNode, inside: Mapping[str, int], total_characters: int) -> bool:
    """Whether the element is navigation. `inside` counts the open elements by tag.

    `total_characters` is the length of the page's text.
    """
    sure, likely = _signs(node, inside)
    if not (sure or likely):
        return False
    if len(node.text()) > total_characters / 2 or node.css_first("h1, main, article"):
        return False
    return sure or not _holds_prose(node)


def part_site_from_document(blocks: Sequence[Block]) -> list[Line]:
    """The lines of the blocks, with runs of links around the document marked as navigation.

    If nearly all of the page or all of its prose would be navigation, no line is.
    """
    lines = [block.line for block in blocks]
    prose = [i for i, line in enumerate(lines) if not line.navigation and is_prose(line.text)]
    for run in _link_runs(blocks):
        around = prose and (run[-1] < prose[0] or run[0] > prose[-1])
        if around and any(is_interface_phrase(lines[i].text) for i in run):
            for i in run:
                lines[i] = replace(lines[i], navigation=True)
    kept = [line for line in lines if not line.navigation]
    characters = sum(len(line.text) for line in lines)
    lost_prose = not prose and any(is_prose(line.text) for line in lines)
    if lost_prose or sum(len(line.text) for line in kept) < characters / 10:
        return [replace(line, navigation=False) for line in lines]
    return lines


def _signs(node: LexborNode, inside: Mapping[str, int]) -> tuple[bool, bool]:
    """Whether the element surely, or likely, says of itself that it is navigation."""
    tag, attributes = node.tag or "", node.attributes
    if tag in ("body", "main", "article", "p", "span", "a", "li", "td", "th", "pre", "code"):
        return False, False
    role = (attributes.get("role") or "").lower()
    words = set(_known_words(f"{attributes.get('class') or ''} {attributes.get('id') or ''}"))
    sure = (
        tag in _TAGS
        or role in _ROLES
        or (tag == "footer" and not any(inside.get(other) for other in _OWN_FOOTER))
        or (tag == "button" and _stands_alone(node))
        or bool(words & _SURE_WORDS)
    )
    likely = tag in _LIKELY_TAGS or role == "complementary" or bool(words & _LIKELY_WORDS)
    return sure, likely


def _known_words(names: str) -> Iterator[str]:
    """The words of those class names and ids of which every word is known.

    "main-menu" and "mainMenu" give main and menu; "menu-less-article" gives nothing.
    """
    for name in names.split():
        words = [word.lower() for word in _WORD.findall(name)]
        if all(word in _SURE_WORDS | _LIKELY_WORDS | _OTHER_WORDS for word in words):
            yield from words


def _stands_alone(button: LexborNode) -> bool:
    """Not in a sentence, nor in a heading whose text it is (a question that a click unfolds)."""
    parent = button.parent
    return parent is not None and parent.tag in ("div", "form", "header", "section", "body")


def _holds_prose(node: LexborNode) -> bool:
    """Whether there is a sentence in it that isn't mostly links."""
    links = sum(len(link.text()) for link in node.css("a"))
    if links > len(node.text()) / 2:
        return False
    bare = node.text(separator="\n").split("\n")
    parts = (part.text() for part in node.css("p, li, dd, td, div"))
    return any(is_prose(" ".join(part.split())) for part in (*bare, *parts))


def _link_runs(blocks: Sequence[Block]) -> Iterator[list[int]]:
    """The indices of neighbouring blocks that hold only short links, three or more in all."""
    run: list[int] = []
    for i, block in enumerate([*blocks, None]):
        if block and _is_menu_line(block):
            run.append(i)
            continue
        if sum(blocks[j].links for j in run) >= 3:
            yield run
        run = []


def _is_menu_line(block: Block) -> bool:
    is_outside = not (block.in_main or block.line.navigation)
    return is_outside and 0 < count_words(block.line.text) <= 4 * block.links
