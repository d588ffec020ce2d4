"""A text written line by line, with the ranges that its lines make."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from index.types import Content, Heading, Location, Page, Place, Range

MAX_TITLE_CHARACTERS = 300

# Control characters but line feed and tab, and halves of characters that no encoding can write.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A block of the text to be; it holds line breaks only where it is code.

    `level` is a heading's (1 is the highest), 0 for the rest. `page` is 0 without pages. `close`:
    it follows the line before without a blank line (list items, table rows). `joint`: what stands
    between it and the line before where both are one paragraph that a page's end cuts. `depth`:
    how many definitions of entries it lies in. `name_characters`: the length of the name with
    which the line of an entry begins, 0 for other lines. `location`: where the line stands;
    `cells` are sorted, disjoint parts of the line that say so more closely, as offsets in `text`,
    which then has no white space around it. `sources`: the page's index of each of the text's
    characters, where the page can be shown.
    """

    text: str
    level: int = 0
    navigation: bool = False
    close: bool = False
    page: int = 0
    joint: str | None = None
    depth: int = 0
    name_characters: int = 0
    location: Location = ()
    cells: tuple[Place, ...] = ()
    sources: Sequence[int] = ()


def compose(
    title: str,
    lines: Iterable[Line],
    date: str | None = None,
    author: str | None = None,
    language: str | None = None,
) -> Content:
    """The text of the lines that aren't blank, and its headings, navigation, pages and places."""
    parts: list[str] = []
    headings: list[Heading] = []
    navigation: list[Range] = []
    pages: list[Page] = []
    places: list[Place] = []
    page_runs = bytearray()
    entries: list[tuple[int, int]] = []  # (index in headings, depth) of those not over yet
    end = 0
    for line in lines:
        text = clean(line.text).strip("\n").rstrip()
        if not text:
            continue
        while entries and line.depth <= entries[-1][1]:
            index, _ = entries.pop()
            headings[index] = replace(headings[index], until=end)
        gap = "\n" if line.close else "\n\n" if line.joint is None else line.joint
        gap = gap if parts else ""
        start, end = end + len(gap), end + len(gap) + len(text)
        parts += (gap, text)
        if line.level:
            if line.name_characters:
                entries.append((len(headings), line.depth))
            heading_end = min(end, start + line.name_characters) if line.name_characters else end
            headings.append(Heading(level=line.level, start=start, end=heading_end))
        if line.navigation:
            navigation.append(Range(start=start, end=end))
        if line.page:
            if pages and pages[-1].number == line.page:
                start = pages.pop().start
            pages.append(Page(number=line.page, start=start, end=end))
        for place in _places(line, start, end):
            if places and places[-1].location == place.location:
                place = replace(place, start=places.pop().start)
            places.append(place)
        if line.sources:
            page_runs += _page_runs(line, end - len(text), len(text))
    for index, _ in entries:
        headings[index] = replace(headings[index], until=end)
    return Content(
        title=one_line(title),
        text="".join(parts),
        date=date,
        author=author,
        language=language,
        pages=tuple(pages),
        headings=tuple(headings),
        navigation=tuple(navigation),
        places=tuple(places),
        page_runs=bytes(page_runs),
    )


def _places(line: Line, start: int, end: int) -> Iterator[Place]:
    """The places in a line that stands at `[start, end)`."""
    for cell in line.cells:
        location = line.location + cell.location
        yield Place(location=location, start=start + cell.start, end=start + cell.end)
    if line.location and not line.cells:
        yield Place(location=line.location, start=start, end=end)


def _page_runs(line: Line, start: int, length: int) -> bytes:
    """The runs of a line that stands from `start` on; see Content."""
    offset = len(line.text) - len(line.text.lstrip("\n"))
    sources = np.asarray(line.sources[offset : offset + length], "<i4")
    firsts = np.append(0, np.flatnonzero(sources[1:] != sources[:-1] + 1) + 1)
    runs = np.empty((len(firsts), 3), "<i4")
    runs[:, 0], runs[:, 1], runs[:, 2] = start + firsts, line.page, sources[firsts]
    return runs.tobytes()


def clean(text: str) -> str:
    """The text with a space for each control character and U+FFFD for each lone surrogate.

    Its length stays the same. Line feeds and tabs stay.
    """
    return _SURROGATE.sub("\ufffd", _CONTROL.sub(" ", text))


def one_line(text: str) -> str:
    """The text on one line, white space collapsed, cut at 300 characters."""
    words = " ".join(clean(text).split())
    return words if len(words) <= MAX_TITLE_CHARACTERS else words[: MAX_TITLE_CHARACTERS - 1] + "…"
