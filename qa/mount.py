"""The chat inside of somebody's own FastAPI application."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request

from index.errors import InputError
from qa.access import Access, checked_name, checked_origin
from qa.examples import examples_of
from qa.limits import QUESTIONS_A_MINUTE
from qa.service import build_app
from qa.tokens import embed_secret


def mount_chat(
    app: FastAPI,
    path: str = "/chat",
    collection: str | Path | None = None,
    *,
    person: Callable[[Request], str | None] | None = None,
    names: Sequence[str] = (),
    embed_origins: Sequence[str] = (),
    questions_a_minute: int = QUESTIONS_A_MINUTE,
) -> None:
    """Puts the page, `/api`, `/mcp` and the scripts for other sites below `path` of `app`.

    The collection (else QA_COLLECTION, else `.collection`) is opened now, and closed when `app`
    stops. `person` gives the name of who sends a request, as your application knows it, or None to
    refuse; without it only browsers on this computer are answered. `names` are the host names of
    your application. Raises QAError where the collection can't be used, or `path` is no path.
    """
    from qa.answer import Assistant

    if not path.startswith("/") or path.endswith("/"):
        raise InputError(f"path {path!r}: begins with / and doesn't end with it, such as /chat")
    access = Access(
        kind="local" if person is None else "host",
        person=person,
        names=tuple(map(checked_name, names)),
        embed_origins=tuple(map(checked_origin, embed_origins)),
        embed_secret=embed_secret(),
        questions_a_minute=None if person is None else questions_a_minute,
    )
    assistant = Assistant.open(collection)
    assistant.ask("Ready?")  # models are loaded now, not while the first visitor waits
    examples = examples_of(assistant, ())
    chat = build_app(assistant, examples, access, assistant.uploads())
    app.mount(path, chat)
    others = app.router.lifespan_context

    # A mounted application's own lifespan isn't run by Starlette.
    @asynccontextmanager
    async def lifespan(app: Any) -> AsyncIterator[Any]:
        async with others(app) as state, chat.router.lifespan_context(chat):
            try:
                yield state
            finally:
                chat.state.page.stop_event.set()
                assistant.close()

    app.router.lifespan_context = lifespan
