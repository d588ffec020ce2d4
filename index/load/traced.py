"""Text that knows which characters of its page it was read from.

A PDF's rows are cleaned, joined and cut on their way into a document. All of that is done to text
and sources together, so that a range of the document leads back to the page by construction.
"""

import re
from array import array
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Traced:
    """A text and, for each of its characters, the page's index of the one that it was read from.

    White space that was put in has the indices that follow those of what stands before it.
    """

    text: str
    sources: "array[int]"

    def __len__(self) -> int:
        return len(self.text)

    def __add__(self, other: "Traced") -> "Traced":
        return Traced(self.text + other.text, self.sources + other.sources)

    def part(self, start: int, end: int) -> "Traced":
        return Traced(self.text[start:end], self.sources[start:end])

    def strip(self) -> "Traced":
        start = len(self.text) - len(self.text.lstrip())
        return self.part(start, len(self.text.rstrip()))

    def written(self, text: str) -> "Traced":
        """The same characters written otherwise: the text is as long as this one."""
        if len(text) != len(self.text):
            raise ValueError(f"{len(text)} characters in the place of {len(self.text)}")
        return Traced(text, self.sources)

    def until(self, text: str) -> "Traced":
        """This text cut at its end, or with white space at its end, so that it is `text`."""
        if not (self.text.startswith(text) or text.startswith(self.text)):
            raise ValueError(f"{text!r} doesn't begin as {self.text!r}")
        following = self.sources[-1] + 1
        added = array("i", range(following, following + len(text) - len(self.text)))
        return Traced(text, self.sources[: len(text)] + added)

    def sub(self, pattern: re.Pattern[str], write: Callable[[re.Match[str]], str]) -> "Traced":
        """As `pattern.sub(write, text)`; what is written is no longer than what it replaces."""
        pieces: list[str] = []
        sources, end = array("i"), 0
        for match in pattern.finditer(self.text):
            new = write(match)
            pieces += (self.text[end : match.start()], new)
            sources += self.sources[end : match.start()]
            sources += self.sources[match.start() : match.start() + len(new)]
            end = match.end()
        if not pieces:
            return self
        return Traced("".join(pieces) + self.text[end:], sources + self.sources[end:])
