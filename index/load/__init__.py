"""A file's bytes to its Content: the text, which never changes afterwards, and ranges over it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TypeVar

from index import boilerplate, outline
from index.errors import UnreadableFile
from index.load import (
    delimited,
    docx,
    eml,
    epub,
    html,
    markdown,
    odt,
    pdf,
    pptx,
    records,
    rtf,
    text,
    xlsx,
)
from index.load.compose import one_line
from index.types import Content, Heading, Range

VERSION = 6  # add one whenever the same file would load as another Content

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
    ".odt": odt.read,
    ".rtf": rtf.read,
    ".pptx": pptx.read,
    ".xlsx": xlsx.read,
    ".csv": delimited.read,
    ".tsv": delimited.read,
    ".epub": epub.read,
    ".eml": eml.read,
    ".json": records.read,
    ".jsonl": records.read_lines,
}
SUFFIXES = frozenset(_READERS)
# Data: no site stands around it, and none of its rows is a title.
_DATA = frozenset((".xlsx", ".csv", ".tsv", ".json", ".jsonl"))

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
    if path.suffix.lower() in _DATA:
        return replace(content, title=content.title or _title_of(path.stem))
    return _complete(content, path.stem)


def _title_of(stem: str) -> str:
    return one_line(stem.replace("_", " ").replace("-", " ")) or "Untitled"


def _complete(content: Content, stem: str) -> Content:
    """The content with navigation by its words added, and a title if it had none."""
    blocks = outline.blocks(content.text)
    site = [r for r in content.navigation if content.text[r.start : r.end].strip()]
    rest = _outside(blocks, site)
    entries = [Range(start=h.start, end=h.until) for h in content.headings if h.until is not None]
    by_words = boilerplate.navigation(content.text, rest, entries)
    navigation = _merge(content.text, (*site, *by_words))
    title = (
        content.title
        or one_line(outline.find_title(content.text, blocks, navigation))
        or _title_of(stem)
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
