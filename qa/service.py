"""The web service: our own HTTP routes, with the page mounted behind them; this machine only."""

import socket
from pathlib import Path
from typing import Any, TypeVar

import uvicorn
from fastapi import FastAPI, Request
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index.errors import InputError, QAError
from qa import present
from qa.page import Assistant, Examples, build_page, turns_of

LOOPBACK = ("127.0.0.1", "localhost")
MAX_BODY_BYTES = 64 * 1024
SECONDS_TO_FINISH = 3  # for requests that still run when the service is stopped
# Over the documents that come with the project; each is shown only where its document is there.
EXAMPLES = (
    ("When was the Treaty on Basic Relations signed?", "sample/diplomacy-since-1884.md"),
    (
        "Who arranged the first partnership with a Soviet university?",
        "sample/people-and-culture.md",
    ),
    ("Does a Korean bank card work in Russian shops?", "sample/crossing-the-sea.html"),
    (
        "Why did South Korea stop paying out its loan to the Soviet Union?",
        "sample/loans-and-arms.md",
    ),
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "frame-ancestors 'self'",
    "Referrer-Policy": "no-referrer",
}


class SecurityHeaders:
    """Adds `HEADERS` to every response; as plain ASGI it leaves streams alone."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await self.app(scope, receive, send_with_headers)


class AskBody(BaseModel):
    """`POST /api/ask`."""

    model_config = ConfigDict(extra="forbid", strict=True)
    question: str
    history: list[dict[str, Any]] = []


class SearchBody(BaseModel):
    """`POST /api/search`."""

    model_config = ConfigDict(extra="forbid", strict=True)
    query: str
    limit: int = Field(default=10, ge=1, le=100)


Body = TypeVar("Body", bound=BaseModel)


async def read_body(request: Request, kind: type[Body]) -> Body:
    """The request's JSON as `kind`; InputError where it is too long or something else."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise InputError(f"body: longer than {MAX_BODY_BYTES:,} bytes; send a shorter question")
    try:
        return kind.model_validate_json(bytes(body))
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "body"
        raise InputError(f"{field}: {first['msg']}; send {_shape(kind)}") from error


def _shape(kind: type[BaseModel]) -> str:
    return "JSON with " + ", ".join(kind.model_fields)


def build_app(assistant: Assistant, examples: Examples = ()) -> FastAPI:
    """The whole service over an open assistant: `/health`, `/api/*`, and the page at `/`."""
    import gradio as gr

    app = FastAPI(title="Chapter & Verse", docs_url=None, redoc_url=None, openapi_url=None)
    _add_routes(app, assistant)
    # Without a CORSMiddleware of ours, Gradio adds one that answers every origin with credentials.
    app.add_middleware(CORSMiddleware, allow_origins=[])
    # A name on the web that resolves to this machine must not read the documents (DNS rebinding).
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(LOOPBACK))
    app.add_middleware(SecurityHeaders)
    gr.mount_gradio_app(
        app,
        build_page(assistant, examples),
        path="/",
        footer_links=[],
        run_history=False,
        allowed_paths=[],
        show_error=False,
        max_file_size=MAX_BODY_BYTES,
        ssr_mode=False,
        enable_monitoring=False,
        mcp_server=False,
        theme=_theme(),
        css_paths=Path(__file__).with_name("page.css"),
    )
    app.state.page = next(route.app for route in app.routes if isinstance(route, Mount))
    return app


def _theme() -> Any:
    import gradio as gr

    return gr.themes.Base(  # names of fonts only: nothing is fetched
        font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]
    )


def _add_routes(app: FastAPI, assistant: Assistant) -> None:
    @app.exception_handler(QAError)
    async def refuse(_request: Request, error: QAError) -> JSONResponse:
        return JSONResponse({"error": str(error)}, status_code=400)

    @app.get("/health")
    def health() -> dict[str, Any]:
        documents = assistant.documents()
        passages = sum(summary.passages for summary in documents)
        return {"status": "ready", "documents": len(documents), "passages": passages}

    @app.get("/api/documents")
    def documents() -> dict[str, Any]:
        return {"documents": present.documents_to_json(assistant.documents())}

    @app.post("/api/ask")
    async def ask(request: Request) -> dict[str, Any]:
        body = await read_body(request, AskBody)
        turns = turns_of(body.history)
        return present.to_json(await run_in_threadpool(assistant.ask, body.question, turns))

    @app.post("/api/search")
    async def search(request: Request) -> dict[str, Any]:
        body = await read_body(request, SearchBody)
        hits = await run_in_threadpool(assistant.search, body.query, body.limit)
        return {"query": body.query, "passages": present.hits_to_json(hits)}


def listen(host: str, port: int) -> socket.socket:
    """A socket bound to a loopback address; InputError where it can't be had."""
    if host not in LOOPBACK:
        raise InputError(
            f"--host {host}: only {' and '.join(LOOPBACK)} are served, as there is no sign-in yet; "
            "leave --host out"
        )
    listener = socket.socket(socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        listener.close()
        raise InputError(
            f"--port {port}: {error.strerror or error}; choose another, such as --port {port + 1}"
        ) from error
    except OverflowError as error:
        listener.close()
        raise InputError(f"--port {port}: a port is 0 to 65535; choose one in between") from error
    return listener


class AnnouncingServer(uvicorn.Server):
    """Prints the address on stdout once it listens; when it stops, open pages let go at once."""

    def __init__(self, app: FastAPI) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                log_level="warning",
                access_log=False,
                timeout_graceful_shutdown=SECONDS_TO_FINISH,
            )
        )
        self.page = app.state.page

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and sockets:
            host, port = sockets[0].getsockname()
            print(f"Chapter & Verse is at http://{host}:{port} (Ctrl-C stops it)", flush=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.page.stop_event.set()  # ends the stream by which each open page stays connected
        await super().shutdown(sockets)


def serve(
    directory: str | Path | None = None,
    host: str = "127.0.0.1",
    port: int = 7860,
    examples: Examples = EXAMPLES,
) -> None:
    """Serves the collection until it is stopped; prints the address once it listens.

    Port 0 takes a free one. Raises QAError where the collection or the address can't be used.
    """
    from qa.answer import Assistant as CollectionAssistant

    with listen(host, port) as listener:  # first: it fails fast, the models load slowly
        assistant = CollectionAssistant.open(directory)
        assistant.ask("Ready?")  # models are loaded now, not while the first visitor waits
        try:
            run(build_app(assistant, examples), listener)
        except KeyboardInterrupt:
            pass  # uvicorn has finished in good order by now
        finally:
            assistant.close()


def run(app: FastAPI, listener: socket.socket) -> None:
    """Serves until SIGINT or SIGTERM; what is being asked then has a few seconds to finish."""
    AnnouncingServer(app).run(sockets=[listener])
