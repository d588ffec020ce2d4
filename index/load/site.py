"""Which parts of a web page belong to the site around the document.

Elements say so by their tag, role, class or id (some names count only where there are links);
runs of bare links by an interface phrase among them ("Log in", "Contact"). An element with the
page's main heading, or with more than half of its text, is never taken for a menu, whatever it is
called.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from selectolax.lexbor import LexborNode

from index.load.compose import Line
from index.load.markup import names
from index.outline import MIN_PROSE_WORDS, count_words, is_prose
from index.sentences import sentences

# Navigation, whatever it says.
_TAGS = names("nav search select menu dialog")
_ROLES = names("navigation banner contentinfo search dialog alertdialog menu menubar toolbar")
_SURE_WORDS = names(
    "breadcrumb breadcrumbs share sharing sharedaddy cookie cookies consent gdpr eucookie "
    "cookiebanner cookiebar cookieconsent cookielaw cookienotice cookiebot onetrust comment "
    "comments respond disqus pagination pager skip relatedposts yarpp"
)
# Whole names that widespread programs give (MediaWiki, phpBB).
_SURE_NAMES = names(
    "sitenotice sitesub contentsub printfooter catlinks mw-jump-link jumpbox post-buttons"
)
_FOOTER_WORDS = names("footer foot")  # of an element that isn't part of an article or section
# The way to this page, if it is of links. Paragraphs may be one too.
_TRAIL_WORDS = names("breadcrumb breadcrumbs crumbs bc")
# Navigation if half of it is links, three or more, and none of it prose.
_LINKED_WORDS = names("left right tools also recommended popular recent trending tags categories")
# Navigation if there is something to fill in or to press.
_FORM_WORDS = names("newsletter subscribe signup")
# Navigation unless it holds prose that isn't links.
_LIKELY_TAGS = names("aside form")
_LIKELY_WORDS = names(
    "nav navbar navigation menu sidebar toolbar topbar masthead related newsletter subscribe toc "
    "social login search widget docnav sphinxsidebar feedback copyright"
)
_OTHER_WORDS = names(
    "main site page primary secondary top bottom side global local header eu yoast jp mw overlay "
    "modal law info message mobile desktop bar list links link buttons button icons container "
    "wrapper wrap block box area inner banner notice popup form reply thread to content posts "
    "articles section"
)
_KNOWN_WORDS = (
    _SURE_WORDS
    | _FOOTER_WORDS
    | _TRAIL_WORDS
    | _LINKED_WORDS
    | _FORM_WORDS
    | _LIKELY_WORDS
    | _OTHER_WORDS
)
LONG = 200  # characters
_CLAUSES = re.compile(r"[,;] (?:[^\W\d]+ ){3}")  # prose, though its last stop is missing
_NOTES = re.compile(r"\b(?:foot|end)?notes?\b", re.IGNORECASE)
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")
_TEXT_TAGS = names("body main article p span a li td th pre code")
_OWN_FOOTER = ("article", "main", "section", "blockquote", "figure")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A line of a page. `links`: how many it holds if it holds little else, or 0.

    `phrases`: how many of these say what menus do. `in_footer`: in the footer of the site.
    """

    line: Line
    links: int
    phrases: int
    in_main: bool
    in_footer: bool


def is_part_of_site(node: LexborNode, inside: Mapping[str, int], total_characters: int) -> bool:
    """Whether the element is navigation. `inside` counts the open elements by tag.

    `total_characters` is the length of the page's text.
    """
    words = set(_known_words(node))
    if node.tag in _TEXT_TAGS:
        sure, likely = False, node.tag == "p" and _is_trail(node, words)
    else:
        sure, likely = _is_sure(node, words, inside), _is_likely(node, words)
    if not (sure or likely):
        return False
    if len(node.text()) > total_characters / 2 or node.css_first("h1, main, article"):
        return False
    return sure or not (_holds_prose(node) or node.css_first("pre"))


def part_site_from_document(blocks: Sequence[Block]) -> list[Line]:
    """The lines of the blocks, with runs of links around the document marked as navigation.

    If nearly all of the page or all of its prose would be navigation, no line is. The prose of a
    footer (copyright, licence) doesn't count.
    """
    lines = [block.line for block in blocks]
    prose = [i for i, line in enumerate(lines) if not line.navigation and is_prose(line.text)]
    for run in _link_runs(blocks):
        around = prose and (run[-1] < prose[0] or run[0] > prose[-1])
        if around and any(blocks[i].phrases for i in run):
            for i in run:
                lines[i] = replace(lines[i], navigation=True)
    kept = [line for line in lines if not line.navigation]
    characters = sum(len(line.text) for line in lines)
    lost_prose = not prose and any(
        is_prose(block.line.text) for block in blocks if not block.in_footer
    )
    if lost_prose or sum(len(line.text) for line in kept) < characters / 10:
        return [replace(line, navigation=False) for line in lines]
    return lines


def is_footer(node: LexborNode) -> bool:
    """Whether the element says of itself that it is a footer, if maybe only an article's."""
    named = _FOOTER_WORDS.intersection(_known_words(node))
    return node.tag == "footer" or (node.tag == "div" and bool(named))


def _is_sure(node: LexborNode, words: set[str], inside: Mapping[str, int]) -> bool:
    return (
        node.tag in _TAGS
        or _role(node) in _ROLES
        or (is_footer(node) and not any(inside.get(other) for other in _OWN_FOOTER))
        or (node.tag == "button" and _stands_alone(node))
        or bool(words & _SURE_WORDS)
        or any(name.lower() in _SURE_NAMES for name in _own_names(node))
        or (bool(words & _FORM_WORDS) and node.css_first("form, input, button") is not None)
    )


def _is_likely(node: LexborNode, words: set[str]) -> bool:
    return (
        (node.tag in _LIKELY_TAGS and not _is_note(node))
        or _role(node) == "complementary"
        or _is_banner(node)
        or bool(words & _LIKELY_WORDS)
        or _is_trail(node, words)
        or (bool(words & _LINKED_WORDS) and _is_mostly_links(node))
    )


def _is_banner(node: LexborNode) -> bool:
    """A header without headings, beside what the page says is its document."""
    if node.tag != "header" or node.css_first("h1, h2, h3, main, article"):
        return False
    around = node.parent
    while around is not None and around.tag not in ("main", "article", "section"):
        if around.css_first("main, article"):
            return True
        around = around.parent
    return False


def _is_trail(node: LexborNode, words: set[str]) -> bool:
    return bool(words & _TRAIL_WORDS) and node.css_first("a") is not None


def _is_mostly_links(node: LexborNode) -> bool:
    links = [len("".join(link.text().split())) for link in node.css("a")]
    return len(links) >= 3 and 2 * sum(links) >= len("".join(node.text().split()))


def _is_note(node: LexborNode) -> bool:
    """A note of the document, however short."""
    named = _NOTES.search((node.attributes.get("class") or "").replace("-", " "))
    return bool(named) or _role(node) in ("note", "doc-footnote", "doc-endnote")


def _role(node: LexborNode) -> str:
    return (node.attributes.get("role") or "").lower()


def _known_words(node: LexborNode) -> Iterator[str]:
    """The words of those class names and ids of which every word is known.

    "main-menu" and "mainMenu" give main and menu; "menu-less-article" gives nothing.
    """
    for name in _own_names(node):
        words = [word.lower() for word in _WORD.findall(name)]
        if all(word in _KNOWN_WORDS for word in words):
            yield from words


def _own_names(node: LexborNode) -> list[str]:
    """An element's classes and its id, unless that only says what its heading does."""
    attributes = node.attributes
    names = (attributes.get("class") or "").split()
    return (
        names if _is_named_after_heading(node) else [*names, *(attributes.get("id") or "").split()]
    )


def _is_named_after_heading(node: LexborNode) -> bool:
    """A section whose id was made of its heading ("Comments"), with nothing to fill in."""
    id_, heading = node.attributes.get("id"), node.css_first("h1, h2, h3, h4, h5, h6")
    if not id_ or heading is None or node.css_first("form, input, textarea, button"):
        return False
    numbered = _letters(heading.text()).lstrip("0123456789")
    return node.tag == "section" and _letters(id_) == numbered


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


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
    return any(map(_has_sentence, {" ".join(part.split()) for part in (*bare, *parts)}))


def _has_sentence(text: str) -> bool:
    """Whether it is prose or a sentence of it is, be it one that announces what follows."""
    if count_words(text) < MIN_PROSE_WORDS:
        return False
    if is_prose(text) or (len(text) >= LONG and _CLAUSES.search(text)):
        return True
    found = (text[part.start : part.end] for part in sentences(text, 0, len(text)))
    return any(
        is_prose(sentence) or (sentence.endswith(":") and count_words(sentence) >= MIN_PROSE_WORDS)
        for sentence in found
    )


def _link_runs(blocks: Sequence[Block]) -> Iterator[list[int]]:
    """The indices of neighbouring blocks that hold only short links, three or more in all.

    Two will do if both say what menus do.
    """
    run: list[int] = []
    for i, block in enumerate([*blocks, None]):
        if block and _is_menu_line(block):
            run.append(i)
            continue
        links = sum(blocks[j].links for j in run)
        if links >= 3 or (links == 2 and sum(blocks[j].phrases for j in run) == 2):
            yield run
        run = []


def _is_menu_line(block: Block) -> bool:
    is_outside = not (block.in_main or block.line.navigation)
    return is_outside and 0 < count_words(block.line.text) <= 4 * block.links
