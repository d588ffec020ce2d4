"""The files in a zip archive, as the formats made of several files have them.

What an archive unpacks to is limited, since a small one can hold any amount. External entities
are never fetched, and XML that declares entities of its own is refused: one can stand for any
amount of text, too.
"""

import io
import zlib
from codecs import BOM_UTF8
from typing import Any, TypeAlias
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from index.errors import UnreadableFile

Element: TypeAlias = Any  # of lxml, which has no types

MAX_XML_BYTES = 200_000_000  # unpacked, of all files that are read
MAX_XML_TAGS = 5_000_000  # each takes up to 150 bytes of memory; a thousand pages have 200,000
LOCKED = "is protected by a password; save a copy without one"
DAMAGED = "is damaged: a part of it can't be read; open it in its own program and save it anew"
_ENTITIES = "declares XML entities, by which a file can swell or hide text; save it anew"
_TOO_LARGE = (
    f"is too large: unpacked, it has over {MAX_XML_BYTES // 1_000_000} MB or "
    f"{MAX_XML_TAGS // 1_000_000} million tags of XML; split it into smaller files"
)
ZIP_ERRORS = (BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # a compound file: old formats, and locked new ones


class Archive:
    """The files of an archive by their names, whose case doesn't count.

    Raises UnreadableFile for data that isn't a sound, unlocked zip archive. `suffix` is the
    format's, for the message.
    """

    def __init__(self, data: bytes, suffix: str) -> None:
        if data.startswith(_OLE):
            raise UnreadableFile(_ole_reason(data, suffix))
        if not data.removeprefix(BOM_UTF8).strip():
            raise UnreadableFile("is empty: it holds nothing; write something in it or remove it")
        if not data.startswith(b"PK"):
            kind = suffix.removeprefix(".")
            raise UnreadableFile(
                f"is not {_article(kind)} {kind} file, whatever its name says; save it as {suffix}"
            )
        try:
            self._archive = ZipFile(io.BytesIO(data))
        except ZIP_ERRORS:
            raise UnreadableFile(
                "is damaged: its zip archive is cut off or broken; get a whole copy of it"
            ) from None
        infos = self._archive.infolist()
        self._infos = {info.filename.replace("\\", "/").lower(): info for info in infos}
        self._bytes_left, self._tags_left = MAX_XML_BYTES, MAX_XML_TAGS

    def check(self) -> None:
        """Unpacks everything once, for a library that reads the archive without such limits.

        Raises UnreadableFile where it is too much, damaged, locked or declares entities.
        """
        for info in self._archive.infolist():
            data = self._read(info)
            if b"<" in data[:200]:
                _check_xml(data)

    def read(self, name: str) -> bytes | None:
        """The file's bytes, or None if there is no such file."""
        info = self._infos.get(name.lower())
        return None if info is None else self._read(info)

    def xml(self, name: str) -> bytes | None:
        """The same of a file of XML, which may not declare entities."""
        data = self.read(name)
        return None if data is None else _check_xml(data)

    def root(self, name: str) -> Element | None:
        """The root element of a file of XML, or None if there is no such file."""
        from lxml import etree

        data = self.xml(name)
        if data is None:
            return None
        parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)
        try:
            return etree.fromstring(data, parser)
        except (SyntaxError, ValueError):  # lxml's XMLSyntaxError is a SyntaxError
            raise UnreadableFile(DAMAGED) from None

    def _read(self, info: ZipInfo) -> bytes:
        if info.flag_bits & 1:
            raise UnreadableFile(LOCKED)
        self._bytes_left -= info.file_size
        try:
            if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
                raise BadZipFile("the standards have no other")
            data = self._archive.read(info) if self._bytes_left >= 0 else b""
        except ZIP_ERRORS:
            raise UnreadableFile(DAMAGED) from None
        self._tags_left -= data.count(b"<") if b"<" in data[:200] else 0
        if min(self._bytes_left, self._tags_left) < 0:
            raise UnreadableFile(_TOO_LARGE)
        return data


def _check_xml(data: bytes) -> bytes:
    if b"<!ENTITY" in data:
        raise UnreadableFile(_ENTITIES)
    return data


def _article(kind: str) -> str:
    return "an" if kind[0] in "aeox" else "a"


def _ole_reason(data: bytes, suffix: str) -> str:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return LOCKED
    old = {".docx": ".doc", ".xlsx": ".xls", ".pptx": ".ppt"}.get(suffix, ".doc")
    return f"is in the old binary format ({old}), whatever its name says; save it as {suffix}"
