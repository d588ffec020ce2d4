"""A text written line by line, with the ranges that its lines make."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from index.types import Content, Heading, Page, Range

MAX_TITLE_CHARACTERS = 300

# Control characters but line feed and tab, and halves of characters that no encoding can write.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A block of the text to be; it holds line breaks only where it is code.

    `level` is a heading's (1 is the highest), 0 for the rest. `page` is 0 without pages. `close`:
    it follows the line before without a blank line (list items, table rows).
    """

    text: str
    level: int = 0
    navigation: bool = False
    close: bool = False
    page: int = 0


def compose(title: str, lines: Iterable[Line], date: str | None = None) -> Content:
    """The text of the lines that aren't blank, and its headings, navigation and pages."""
    parts: list[str] = []
    headings: list[Heading] = []
    navigation: list[Range] = []
    pages: list[Page] = []
    end = 0
    for line in lines:
        text = clean(line.text).strip("\n").rstrip()
        if not text:
            continue
        gap = "" if not parts else "\n" if line.close else "\n\n"
        start, end = end + len(gap), end + len(gap) + len(text)
        parts += (gap, text)
        if line.level:
            headings.append(Heading(level=line.level, start=start, end=end))
        if line.navigation:
            navigation.append(Range(start=start, end=end))
        if line.page:
            if pages and pages[-1].number == line.page:
                start = pages.pop().start
            pages.append(Page(number=line.page, start=start, end=end))
    return Content(
        title=one_line(title),
        text="".join(parts),
        date=date,
        pages=tuple(pages),
        headings=tuple(headings),
        navigation=tuple(navigation),
    )


def clean(text: str) -> str:
    """The text with a space for each control character and U+FFFD for each lone surrogate.

    Its length stays the same. Line feeds and tabs stay.
    """
    return _SURROGATE.sub("\ufffd", _CONTROL.sub(" ", text))


def one_line(text: str) -> str:
    """The text on one line, white space collapsed, cut at 300 characters."""
    words = " ".join(clean(text).split())
    return words if len(words) <= MAX_TITLE_CHARACTERS else words[: MAX_TITLE_CHARACTERS - 1] + "…"
