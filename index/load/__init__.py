"""A file's bytes to its Content: the text, which never changes afterwards, and ranges over it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TypeVar

from index import boilerplate, outline
from index.errors import UnreadableFile
from index.load import docx, html, markdown, pdf, text
from index.load.compose import one_line
from index.types import Content, Heading, Range

VERSION = 4  # add one whenever the same file would load as another Content

_READERS = {
    ".txt": text.read,
    ".text": text.read,
    ".md": markdown.read,
    ".markdown": markdown.read,
    ".html": html.read,
    ".htm": html.read,
    ".xhtml": html.read,
    ".pdf": pdf.read,
    ".docx": docx.read,
}
SUFFIXES = frozenset(_READERS)

_Part = TypeVar("_Part", Range, Heading)


def load(name: str, data: bytes) -> Content:
    """What the file says. `name` gives the format by its suffix, and a title where it has none.

    Raises UnreadableFile with the reason, without the name.
    """
    path = PurePosixPath(name)
    read = _READERS.get(path.suffix.lower())
    if read is None:
        known = ", ".join(sorted(SUFFIXES))
        raise UnreadableFile(f"is of a format that can't be read; convert it to one of {known}")
    content = read(data)
    if not content.text.strip():
        raise UnreadableFile("is empty: it holds no text; write some in it or remove it")
    return _complete(content, path.stem)


def _complete(content: Content, stem: str) -> Content:
    """The content with navigation by its words added, and a title if it had none."""
    blocks = outline.blocks(content.text)
    site = [r for r in content.navigation if content.text[r.start : r.end].strip()]
    rest = _outside(blocks, site)
    navigation = _merge(content.text, (*site, *boilerplate.navigation(content.text, rest)))
    title = (
        content.title
        or one_line(outline.find_title(content.text, blocks, navigation))
        or one_line(stem.replace("_", " ").replace("-", " "))
        or "Untitled"
    )
    headings = tuple(_outside(content.headings, navigation))
    return replace(content, title=title, navigation=navigation, headings=headings)


def _outside(parts: Iterable[_Part], ranges: Sequence[Range]) -> list[_Part]:
    """Those of the sorted parts that share no character with the sorted ranges."""
    outside = []
    at = 0
    for part in parts:
        while at < len(ranges) and ranges[at].end <= part.start:
            at += 1
        if at == len(ranges) or part.end <= ranges[at].start:
            outside.append(part)
    return outside


def _merge(text: str, ranges: Iterable[Range]) -> tuple[Range, ...]:
    """The ranges sorted, those that have only white space between them as one."""
    merged: list[Range] = []
    for found in sorted(ranges, key=lambda found: found.start):
        if merged and not text[merged[-1].end : found.start].strip():
            merged[-1] = Range(start=merged[-1].start, end=max(merged[-1].end, found.end))
        else:
            merged.append(found)
    return tuple(merged)
