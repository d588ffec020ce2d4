"""The routes by which the source panel gets a document's file and pictures of its pages."""

import asyncio
import re
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from index.errors import InputError
from qa.visible import Assistant, Visible

# Each holds a file in memory; the others wait without a thread.
AT_ONCE = 2
_PLAIN = re.compile(r"\.(txt|text|md|markdown|rst|log|csv|tsv)", re.IGNORECASE)
PDF = "application/pdf"
# Browsers show no PDF in a sandbox. Its own scripts never run in a site's name.
_POLICY = "frame-ancestors 'none'"
_OURS_ONLY = {"Cross-Origin-Resource-Policy": "same-origin"}


def add_source_routes(app: FastAPI, assistant: Assistant) -> None:
    """`GET /api/page?document=NAME&page=3` and `GET /api/original?document=NAME`.

    A document is looked up by its name in the collection, so no path from outside is ever opened;
    and its file is given only while it is the one that was indexed.
    """
    turn = asyncio.Semaphore(AT_ONCE)

    @app.get("/api/page")
    async def page(request: Request, document: str = "", page: str = "") -> Response:
        visible = Visible(assistant, request.state.visitor.reader)
        found = await run_in_threadpool(visible.document, document)
        headers = {
            "ETag": f'"{found.sha256}"',
            "Cache-Control": "private, no-cache",  # kept, and asked about each time
            **_OURS_ONLY,
        }
        number = _page_number(page)
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        async with turn:
            png = await run_in_threadpool(visible.page_png, document, number)
        return Response(png, media_type="image/png", headers=headers)

    @app.get("/api/original")
    async def original(request: Request, document: str = "") -> Response:
        visible = Visible(assistant, request.state.visitor.reader)
        async with turn:
            data = await run_in_threadpool(visible.original, document)
        media_type = _shown_as(document, data)
        disposition = "inline" if media_type else "attachment"
        name = quote(document.rpartition("/")[2], safe="")
        headers = {
            "Content-Disposition": f"{disposition}; filename*=utf-8''{name}",
            "Content-Security-Policy": _POLICY if media_type == PDF else f"sandbox; {_POLICY}",
            **_OURS_ONLY,
        }
        return Response(data, media_type=media_type or "application/octet-stream", headers=headers)


def _page_number(text: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,5}", text):
        raise InputError(f"page: {text[:20]!r} is no page's number; pages count from 1")
    return int(text)


def _shown_as(name: str, data: bytes) -> str | None:
    """The type as which a browser may show it; None where it is to be saved."""
    if data.startswith(b"%PDF-"):
        return PDF
    try:
        data.decode()
    except UnicodeDecodeError:
        return None
    is_plain = _PLAIN.fullmatch("." + name.rpartition(".")[2]) is not None
    return "text/plain; charset=utf-8" if is_plain else None
