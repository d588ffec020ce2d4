"""The question path: a question goes in, an answer with citations comes out."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qa.answer import Assistant as Assistant

__all__ = ["Assistant"]


def __getattr__(name: str) -> object:
    # Opening the question path costs seconds of imports that `import qa` alone shouldn't.
    if name == "Assistant":
        from qa.answer import Assistant

        return Assistant
    raise AttributeError(f"module 'qa' has no attribute {name!r}")
