"""Office Open XML (ECMA-376; docx, xlsx, pptx): a package's XML parts, and what it says of itself.

Elements and attributes are named without their namespace, so that the transitional and the strict
form of the standard read alike. Parts that hold no text (pictures) are never unpacked.
"""

import posixpath
import re
from collections.abc import Iterator

from index.errors import UnreadableFile
from index.load.about import author, language
from index.load.archive import DAMAGED, Archive, Element
from index.load.day import iso_day

_LAST_ZERO = "1980-01-01"  # where clocks start that nobody has set: in 1601, 1970 or then
_TEMPLATE_DAY = "2013-12-23"  # of python-docx's template, which its documents keep
_NO_TITLE = re.compile(
    r"microsoft (office )?(word|excel|powerpoint)\b.*|(word |powerpoint )?"
    r"(document|documento|dokument|документ|문서|presentation|template|untitled|title)[ \d]*"
    r"|.*\.(docx?|docm|dotx?|rtf|odt|pdf|txt|html?|tmp)|\[.*\]|\W*",
    re.IGNORECASE,
)


class Package:
    """The parts of a package, found by the relationships between them."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def root(self, name: str) -> Element | None:
        """The root element of the part, or None if there is no such part."""
        data = self._archive.xml(name)
        try:
            return None if data is None else _parse(data)
        except (SyntaxError, ValueError):  # lxml's XMLSyntaxError is a SyntaxError
            raise UnreadableFile(DAMAGED) from None

    def related(self, source: str, kind: str) -> dict[str, str]:
        """The names of the parts that the source refers to as this kind, by relationship id.

        The package itself is the source "". A kind is the last word of the relationship's type.
        """
        folder, name = posixpath.split(source)
        relationships = self.root(posixpath.join(folder, "_rels", f"{name}.rels"))
        found = {}
        for relationship in children(relationships):
            target = attribute(relationship, "Target")
            is_kind = attribute(relationship, "Type").rpartition("/")[2] == kind
            if is_kind and attribute(relationship, "TargetMode") != "External":
                path = posixpath.normpath(posixpath.join("/", folder, target.replace("\\", "/")))
                found[attribute(relationship, "Id")] = path.lstrip("/")
        return found

    def related_roots(self, source: str, kind: str) -> Iterator[Element]:
        """The root elements of the parts that the source refers to as this kind."""
        for name in self.related(source, kind).values():
            root = self.root(name)
            if root is not None:
                yield root

    def title_and_date(self) -> tuple[str, str | None]:
        """The title in the properties, "" if it says nothing, and the day of the last change.

        The day is that of the creation where no change is dated, or None.
        """
        properties = self._properties()
        if properties is None:
            return "", None
        title = " ".join(properties.findtext("{*}title", "").split())
        days = (iso_day(properties.findtext("{*}" + name, "")) for name in ("modified", "created"))
        day = next((day for day in days if day and day > _LAST_ZERO and day != _TEMPLATE_DAY), None)
        return "" if _NO_TITLE.fullmatch(title) else title, day

    def author_and_language(self) -> tuple[str | None, str | None]:
        """Who made the file and in which language, by its properties."""
        properties = self._properties()
        if properties is None:
            return None, None
        creator = properties.findtext("{*}creator", "")
        return author(creator), language(properties.findtext("{*}language", ""))

    def _properties(self) -> Element | None:
        return next(self.related_roots("", "core-properties"), None)


def tag(element: Element) -> str:
    """The element's name without its namespace; "" for comments and the like."""
    name = element.tag
    return name.rpartition("}")[2] if isinstance(name, str) else ""


def children(element: Element | None) -> Iterator[Element]:
    """The elements right below, without comments and the like."""
    return iter(()) if element is None else element.iterchildren("{*}*")


def child(element: Element | None, *path: str) -> Element | None:
    """The element's first child of that name, or that child's first child of the next, or None."""
    for name in path:
        if element is not None:
            element = next(element.iterchildren("{*}" + name), None)
    return element


def attribute(element: Element | None, name: str) -> str:
    """The attribute's value, or "" where the element or the attribute is missing."""
    if element is not None:
        for key, value in element.attrib.items():
            if key.rpartition("}")[2] == name:
                return str(value)
    return ""


def number(element: Element | None, name: str = "val") -> int | None:
    """The whole number that the attribute gives, or None where it gives none."""
    value = attribute(element, name)
    return int(value) if re.fullmatch(r"-?\d{1,9}", value, re.ASCII) else None


def is_on(element: Element | None) -> bool:
    """Whether a switch is there and isn't set to off."""
    return element is not None and attribute(element, "val") not in ("0", "false", "off")


def _parse(data: bytes) -> Element:
    from docx.oxml import parse_xml  # it leaves entities alone and refuses depths over 256

    return parse_xml(data)
