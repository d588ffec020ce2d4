"""The question path: a question goes in, an answer with citations comes out."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qa.answer import Assistant as Assistant
    from qa.mount import mount_chat as mount_chat

__all__ = ["Assistant", "mount_chat"]


def __getattr__(name: str) -> object:
    # Opening the question path costs seconds of imports that `import qa` alone shouldn't.
    if name == "Assistant":
        from qa.answer import Assistant

        return Assistant
    if name == "mount_chat":
        from qa.mount import mount_chat

        return mount_chat
    raise AttributeError(f"module 'qa' has no attribute {name!r}")
