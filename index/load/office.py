"""Office Open XML: the XML parts of a package (ECMA-376; docx here), and what it says of itself.

Elements and attributes are named without their namespace, so that the transitional and the strict
form of the standard read alike. Parts that hold no text (pictures) are never unpacked.
"""

import io
import posixpath
import re
import zlib
from codecs import BOM_UTF8
from collections.abc import Iterator
from typing import Any, TypeAlias
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from index.errors import UnreadableFile
from index.load.day import iso_day

Element: TypeAlias = Any  # of lxml, which has no types

MAX_XML_BYTES = 200_000_000  # unpacked, of all parts that are read
MAX_XML_TAGS = 5_000_000  # each takes up to 150 bytes of memory; a thousand pages have 200,000
_LOCKED = "is protected by a password; save a copy without one"
_TOO_LARGE = (
    f"is too large: unpacked, it has over {MAX_XML_BYTES // 1_000_000} MB or "
    f"{MAX_XML_TAGS // 1_000_000} million tags of XML; split it into smaller files"
)
_ZIP_ERRORS = (BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # a compound file: old formats, and locked new ones
_LAST_ZERO = "1980-01-01"  # where clocks start that nobody has set: in 1601, 1970 or then
_TEMPLATE_DAY = "2013-12-23"  # of python-docx's template, which its documents keep
_NO_TITLE = re.compile(
    r"microsoft (office )?(word|excel|powerpoint)\b.*|(word |powerpoint )?"
    r"(document|documento|dokument|документ|문서|presentation|template|untitled|title)[ \d]*"
    r"|.*\.(docx?|docm|dotx?|rtf|odt|pdf|txt|html?|tmp)|\[.*\]|\W*",
    re.IGNORECASE,
)


class Package:
    """The parts of a package, found by the relationships between them.

    Raises UnreadableFile for data that isn't a sound, unlocked zip archive.
    """

    def __init__(self, data: bytes) -> None:
        if data.startswith(_OLE):
            raise UnreadableFile(_ole_reason(data))
        if not data.removeprefix(BOM_UTF8).strip():
            raise UnreadableFile("is empty: it holds nothing; write something in it or remove it")
        if not data.startswith(b"PK"):
            raise UnreadableFile("is not a docx file, whatever its name says; save it as .docx")
        try:
            self._archive = ZipFile(io.BytesIO(data))
        except _ZIP_ERRORS:
            raise UnreadableFile(
                "is damaged: its zip archive is cut off or broken; get a whole copy of it"
            ) from None
        infos = self._archive.infolist()
        self._infos = {info.filename.replace("\\", "/").lower(): info for info in infos}
        self._bytes_left, self._tags_left = MAX_XML_BYTES, MAX_XML_TAGS

    def root(self, name: str) -> Element | None:
        """The root element of the part, or None if there is no such part."""
        info = self._infos.get(name.lower())
        if info is None:
            return None
        if info.flag_bits & 1:
            raise UnreadableFile(_LOCKED)
        try:
            return _parse(self._unpack(info))
        except (*_ZIP_ERRORS, SyntaxError):  # lxml's XMLSyntaxError is a SyntaxError
            raise UnreadableFile(
                "is damaged: a part of it can't be read; open it in a word processor and save it"
            ) from None

    def _unpack(self, info: ZipInfo) -> bytes:
        if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise BadZipFile("the standard has no other")
        self._bytes_left -= info.file_size
        data = self._archive.read(info) if self._bytes_left >= 0 else b""
        self._tags_left -= data.count(b"<")
        if min(self._bytes_left, self._tags_left) < 0:
            raise UnreadableFile(_TOO_LARGE)
        return data

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
        properties = next(self.related_roots("", "core-properties"), None)
        if properties is None:
            return "", None
        title = " ".join(properties.findtext("{*}title", "").split())
        days = (iso_day(properties.findtext("{*}" + name, "")) for name in ("modified", "created"))
        day = next((day for day in days if day and day > _LAST_ZERO and day != _TEMPLATE_DAY), None)
        return "" if _NO_TITLE.fullmatch(title) else title, day


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


def _ole_reason(data: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return _LOCKED
    return "is in the old binary format (.doc), whatever its name says; save it as .docx"
