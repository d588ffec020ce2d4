"""What stands before a passage for the embedder and for BM25, and is never part of its text."""

from index.types import Passage


def with_context(title: str, heading: str | None, text: str) -> str:
    """The title, the headings above and the text, a line each.

    What the text itself opens with isn't said twice.
    """
    above = [title, *(heading.split(" > ") if heading else ())]
    lines = dict.fromkeys(line for line in above if line and not text.startswith(line))
    return "\n".join([*lines, text])


def passage_context(passage: Passage) -> str:
    """A passage with what stands before it."""
    return with_context(passage.title, passage.heading, passage.text)
