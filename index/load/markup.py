"""The bytes of a page made into its elements."""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from index.load import text as plain


def names(words: str) -> frozenset[str]:
    """The words of a list that is easier to read without quotation marks."""
    return frozenset(words.split())


MAX_DEPTH = 500  # browsers stop at about this depth too

_DROPPED = names(
    "script style template noscript svg head iframe object canvas audio video annotation textarea "
    "datalist"
)
# An end tag for these may be left out, so their count says nothing about depth.
_UNNESTED = names(
    "p li dt dd tr td th thead tbody tfoot option area base br col embed hr img input link meta "
    "source track wbr"
)
_CHARSET = re.compile(rb"<(?:meta|\?xml)[^>]*?(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.I)
_ENCODING = re.compile(
    r"(iso-8859-\d+|latin1|windows-\d+|cp\d+|euc-(kr|jp)|shift_jis|gb2312|gbk|gb18030|big5"
    r"|koi8-[ru]|tis-620|macintosh|iso-2022-jp)"
)
# What browsers read under another name, by the WHATWG's Encoding Standard.
_READ_AS = {
    **dict.fromkeys(("iso-8859-1", "latin1", "us-ascii"), "cp1252"),
    **dict.fromkeys(("euc-kr", "ks_c_5601-1987", "ksc5601"), "cp949"),
    **dict.fromkeys(("gb2312", "gbk"), "gb18030"),
    **dict.fromkeys(("shift_jis", "x-sjis"), "cp932"),
    "iso-8859-9": "cp1254",
}
_DISPLAY_NONE = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([A-Za-z][^\s/<>]*)[^<>]*>")


def decode(data: bytes) -> str:
    """The page's characters: by its mark, as UTF-8 if it is that, as it declares, or by guess."""
    if data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        return plain.decode(data)
    text = plain.decode_utf8(data)
    declared = _CHARSET.search(data[:4096])
    if text is not None or not declared:
        return plain.decode(data) if text is None else text
    name = declared[1].decode("ascii", errors="replace").lower()
    name = _READ_AS.get(name, name)
    if not _ENCODING.fullmatch(name):
        return plain.decode(data)
    try:
        return data.decode(name)
    except (LookupError, UnicodeDecodeError):
        return plain.decode(data)


def nodes(root: LexborNode) -> Iterator[tuple[bool, LexborNode]]:
    """The nodes below in document order, each as (True, node) and elements again as (False, node).

    A loop, not a recursion: a page may nest deeper than Python's stack.
    """
    end = root.mem_id
    node = root.child
    while node is not None and node.mem_id != end:
        shown = node.is_text_node or (node.is_element_node and not _is_dropped(node))
        if shown:
            yield True, node
        if shown and node.child is not None:
            node = node.child
            continue
        if shown and node.is_element_node:
            yield False, node
        while node.next is None:
            node = node.parent
            if node is None or node.mem_id == end:
                return
            yield False, node
        node = node.next


def _is_dropped(node: LexborNode) -> bool:
    if node.tag in _DROPPED:
        return True
    attributes = node.attributes
    if "mw-editsection" in (attributes.get("class") or ""):  # "[edit]" inside a wiki's headings
        return True
    hidden = "hidden" in attributes and (attributes["hidden"] or "").lower() != "until-found"
    return hidden or bool(_DISPLAY_NONE.search(attributes.get("style") or ""))


def parse(html: str) -> LexborHTMLParser:
    return LexborHTMLParser(_limit_depth(html))


def _limit_depth(html: str) -> str:
    """The page without the tags deeper than 500; the parser's time grows with depth squared."""
    depth = deepest = 0
    for tag in _TAG.finditer(html):
        if tag[2].lower() not in _UNNESTED:
            depth = max(0, depth - 1) if tag[1] else depth + 1
            deepest = max(deepest, depth)
    if deepest <= MAX_DEPTH:
        return html
    depth = 0

    def keep(tag: re.Match[str]) -> str:
        nonlocal depth
        if tag[2].lower() in _UNNESTED:
            return tag[0]
        if tag[1]:
            depth -= 1
            return tag[0] if depth < MAX_DEPTH else ""
        depth += 1
        return tag[0] if depth <= MAX_DEPTH else ""

    return _TAG.sub(keep, html)
