"""What stands above a passage for embedder, BM25 and reader, and is never part of its text."""

from index.types import Passage


def context(title: str, heading: str | None, text: str) -> str:
    """The title and the headings above a text, a line each.

    What the text itself opens with isn't said twice.
    """
    above = [title, *(heading.split(" > ") if heading else ())]
    lines = dict.fromkeys(line for line in above if line and not text.startswith(line))
    return "".join(f"{line}\n" for line in lines)


def with_context(title: str, heading: str | None, text: str) -> str:
    """The text with what stands above it."""
    return context(title, heading, text) + text


def passage_context(passage: Passage) -> str:
    """A passage with what stands above it."""
    return with_context(passage.title, passage.heading, passage.text)
