"""E-books (.epub): their pages in reading order, each read as HTML.

A chapter is named by the book's table of contents. Where one file of the book holds several, each
begins at the heading that says the same as the contents do. The contents page itself is navigation.
"""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import unquote

from index.errors import UnreadableFile
from index.load import html
from index.load.about import author, language
from index.load.archive import LOCKED, Archive, Element
from index.load.compose import Line, compose, one_line
from index.load.day import iso_day
from index.load.markup import decode, parse
from index.types import Content

_CONTAINER = "META-INF/container.xml"
_DC = "{http://purl.org/dc/elements/1.1/}"
_LETTERS = re.compile(r"[\W_]+")


def read(data: bytes) -> Content:
    """The text of a book, its title, date, headings and chapters.

    Raises UnreadableFile if it is locked, damaged, too large or another kind of file.
    """
    archive = Archive(data, ".epub")
    container = archive.root(_CONTAINER)
    rootfile = None if container is None else container.find(".//{*}rootfile")
    name = "" if rootfile is None else rootfile.get("full-path", "")
    package = archive.root(name)
    if package is None:
        raise UnreadableFile("holds no e-book, whatever its name says; save it as .epub")
    book = _Book(archive, package, posixpath.dirname(name))
    lines = list(book.lines())
    days = (iso_day(element.text or "") for element in package.iterfind(".//{*}date"))
    title = package.findtext(f".//{_DC}title") or ""
    creators = [element.text for element in package.iterfind(f".//{_DC}creator")]
    tag = package.findtext(f".//{_DC}language")
    day = next(filter(None, days), None)
    return compose(title, lines, day, author(creators), language(tag))


class _Book:
    """The files of a book by the ids that its package gives them."""

    def __init__(self, archive: Archive, package: Element, folder: str) -> None:
        self.archive = archive
        self.folder = folder
        items = {item.get("id"): item for item in package.iterfind(".//{*}manifest/{*}item")}
        spine = package.find(".//{*}spine")
        listed = [] if spine is None else spine.iterfind("{*}itemref")
        self.pages = [
            self._path(folder, items[ref.get("idref")].get("href", ""))
            for ref in listed
            if ref.get("idref") in items
        ]
        properties = {key: (item.get("properties") or "").split() for key, item in items.items()}
        navigation = next((key for key in items if "nav" in properties[key]), None)
        ncx = None if spine is None else spine.get("toc")
        self.navigation, self.ncx = (
            self._path(folder, items[key].get("href", "")) if key in items else ""
            for key in (navigation, ncx)
        )
        self._refuse_locked()

    def _path(self, folder: str, href: str) -> str:
        path = unquote(href.partition("#")[0])
        return posixpath.normpath(posixpath.join(folder, path)) if path else ""

    def _refuse_locked(self) -> None:
        encryption = self.archive.root("META-INF/encryption.xml")
        if encryption is None:
            return
        locked = {
            posixpath.normpath(unquote(reference.get("URI", "")))
            for reference in encryption.iterfind(".//{*}CipherReference")
        }
        if locked.intersection(self.pages):  # and not the fonts only
            raise UnreadableFile(LOCKED)

    def lines(self) -> Iterator[Line]:
        """The lines of all pages, with the chapters that they stand in."""
        chapters = self._chapters()
        chapter = ""
        for path in dict.fromkeys(self.pages):
            data = self.archive.read(path)
            if data is None:
                continue
            labels = chapters.get(path, [])
            chapter = labels[0] if labels else chapter
            by_letters = {_letters(label): label for label in labels}
            for line in html.lines(parse(decode(data))):
                if line.level:
                    chapter = by_letters.get(_letters(line.text), chapter)
                yield replace(
                    line,
                    location=(("chapter", chapter),) if chapter else (),
                    navigation=line.navigation or path == self.navigation,
                )

    def _chapters(self) -> dict[str, list[str]]:
        """The labels of the table of contents by the files that they lead to, in its order."""
        chapters: dict[str, list[str]] = {}
        for path, label in (*self._from_navigation(), *self._from_ncx()):
            if label and label not in chapters.setdefault(path, []):
                chapters[path].append(label)
        return chapters

    def _from_navigation(self) -> Iterator[tuple[str, str]]:
        data = self.archive.read(self.navigation)
        if data is None:
            return
        page = parse(decode(data))
        lists = page.css("nav")
        contents = [nav for nav in lists if nav.attributes.get("epub:type") == "toc"] or lists[:1]
        for link in (link for nav in contents for link in nav.css("a")):
            href = link.attributes.get("href") or ""
            yield self._path(posixpath.dirname(self.navigation), href), one_line(link.text())

    def _from_ncx(self) -> Iterator[tuple[str, str]]:
        root = None if self.navigation else self.archive.root(self.ncx)
        for point in () if root is None else root.iter("{*}navPoint"):
            content = point.find("{*}content")
            href = "" if content is None else content.get("src", "")
            label = point.findtext("{*}navLabel/{*}text") or ""
            yield self._path(posixpath.dirname(self.ncx), href), one_line(label)


def _letters(text: str) -> str:
    return _LETTERS.sub("", text).casefold()
