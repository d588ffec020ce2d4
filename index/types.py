"""The shapes that the document path passes on.

Offsets are characters (Unicode code points) of a document's text, half-open `[start, end)`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

# Names and numbers, the widest first: (("sheet", "Trade"), ("cell", "B7")). Empty: not known.
Location: TypeAlias = tuple[tuple[str, int | str], ...]


class Selection(NamedTuple):
    """The passages that are searched, by ids (n,): those of `among`, or all but `without`.

    With neither, all are.
    """

    among: NDArray[np.int64] | None = None
    without: NDArray[np.int64] | None = None


EVERY_PASSAGE = Selection()


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """The characters `[start, end)` of a document's text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The characters of one page of a paged format. Numbers start at 1, in the file's order."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Characters that one would find by their location in the file, as its format counts.

    A location is a `slide`; a `sheet` and a `cell`; a `row` and a `column`, in documents with the
    `table`; a `chapter`; a mail's `header`; an `item` of a JSON list or a `line` of JSON lines.
    Numbers start at 1, and so do a table's rows with that of its heads.
    """

    location: Location
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle on a page as it is shown, in points from the page's upper left corner."""

    page: int
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView:
    """A page as it is shown, its size in points, and what is cited on it.

    `page` counts from 1; `pages` is how many the document has.
    """

    page: int
    pages: int
    width: float
    height: float
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """The characters `[first, last]` of a PDF's page, counted as pdfium does."""

    page: int
    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading: its own characters in the text. Level 1 is the highest.

    It stands over what follows to the next heading of its level or a higher one, and no further
    than `until`, which only entries of definition lists have. Of an entry's line only the name is
    the heading ("json.dumps" of "json.dumps(obj)").
    """

    level: int
    start: int
    end: int
    until: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a file says: its text, which never changes, and ranges over it.

    `navigation` is what belongs to the page around the document (menus, share buttons, comment
    forms, running titles): sorted, disjoint ranges that no passage covers. `places` are sorted and
    disjoint, too. `date` is the day that the file gives as its own, as YYYY-MM-DD; None where it
    gives none; so are `author`, a name or several, and `language`, as "en" (ISO 639). `page_runs`
    leads from the text back to the characters of a PDF's pages: int32
    triples (start in the text, page, index of the character on that page), each for what stands up
    to the next one's start (index/boxes.py).
    """

    title: str
    text: str
    date: str | None = None
    author: str | None = None
    language: str | None = None
    pages: tuple[Page, ...] = ()
    headings: tuple[Heading, ...] = ()
    places: Sequence[Place] = ()
    navigation: tuple[Range, ...] = ()
    page_runs: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageRange:
    """Where a passage will be: `[start, end)`, the headings above it, the page and the place that
    it starts in.
    """

    start: int
    end: int
    heading: str | None
    page: int | None
    location: Location = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file of a collection. `name` is its path relative to its root, with forward slashes.

    `upload_folder` is the folder among the uploads that it lies in (index/upload_folders.py); None
    where it came from a folder of somebody's own.
    """

    id: int
    name: str
    sha256: str
    content: Content
    upload_folder: str | None = None

    @property
    def title(self) -> str:
        return self.content.title

    @property
    def text(self) -> str:
        return self.content.text

    @property
    def version(self) -> str:
        """Another one where its file has changed, or is loaded differently."""
        return version_of(self.sha256, len(self.text))


def version_of(sha256: str, characters: int) -> str:
    """A document's version, of its file's bytes and how many characters were read of them."""
    return f"{sha256[:8]}.{characters}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A stretch of a document that is found and read as one; `text == document.text[start:end]`.

    `document` is the document's name. `heading` is the path of headings above it ("2 Data > 2.1
    Sources"), `page` the page that it starts on; None where the document has none. `location` is
    that of the place that it starts in. `version` is the document's.
    """

    id: int
    document_id: int
    document: str
    title: str
    start: int
    end: int
    text: str
    heading: str | None
    page: int | None
    location: Location = ()
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentSummary:
    """A line of the list of documents. `pages` is 0 for formats without pages.

    `author` and `language` are None where the file doesn't give them. `added` is the time when it
    came in, as 2026-01-31T12:00:00+00:00; None where that isn't known. `upload_folder` is a
    `Document`'s.
    """

    name: str
    title: str
    date: str | None
    characters: int
    pages: int
    passages: int
    author: str | None = None
    language: str | None = None
    added: str | None = None
    upload_folder: str | None = None


class Embedder(Protocol):
    """Texts in, rows out: (len(texts), width) float32, each row of length 1.

    `fingerprint` changes whenever the rows for the same text would.
    """

    @property
    def fingerprint(self) -> str: ...

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]: ...
