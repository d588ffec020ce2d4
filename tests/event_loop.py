"""Gradio leaves an event loop unclosed, which warns, where Blocks are built and none runs."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Built = TypeVar("Built")


def in_event_loop(build: Callable[[], Built]) -> Built:
    """What `build` returns, called while an event loop runs."""

    async def call() -> Built:
        return build()

    with ThreadPoolExecutor(1) as thread:  # this one may have a loop already
        return thread.submit(asyncio.run, call()).result()
