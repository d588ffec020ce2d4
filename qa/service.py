"""The web service: our own HTTP routes, with the page mounted behind them and a gate before all."""

import ipaddress
from pathlib import Path
from typing import Any, TypeVar

from fastapi import FastAPI, Request
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.routing import Mount, Route

from index.errors import CollectionError, InputError, QAError
from index.scope import EVERYTHING, Scope
from qa import present
from qa.access import Access
from qa.embed_scripts import add_embed_scripts
from qa.examples import Examples
from qa.front import KnownNames, SecurityHeaders
from qa.gate import Gate
from qa.gradio_gate import GradioGate
from qa.limits import (
    CALLS_A_MINUTE,
    MAX_BODY_BYTES,
    UPLOADS_A_MINUTE,
    BodyLimit,
    MinuteLimit,
    TooMany,
)
from qa.page import build_page, turns_of
from qa.request_log import RequestLog
from qa.sign_in import SignIns, add_sign_in
from qa.source_routes import add_source_routes
from qa.upload_routes import add_upload_routes
from qa.uploads import Uploads
from qa.visible import Assistant, Visible
from qa.watch import Watched

HERE = Path(__file__).parent
# Over the documents that come with the project; each is shown only where its document is there.
EXAMPLES = (
    ("When was the Treaty on Basic Relations signed?", "sample/diplomacy-since-1884.md"),
    (
        "Who arranged the first partnership with a Soviet university?",
        "sample/people-and-culture.md",
    ),
    ("Does a Korean bank card work in Russian shops?", "sample/crossing-the-sea.html"),
    (
        "How many Koreans did the census of 2002 find in Sakhalin Oblast?",
        "sample/sakhalin.docx",
    ),
)


class AskBody(BaseModel):
    """`POST /api/ask`."""

    model_config = ConfigDict(extra="forbid", strict=True)
    question: str
    history: list[dict[str, Any]] = []
    documents: list[str] | None = None
    precision: float | None = Field(default=None, ge=0.5, lt=1)


class SearchBody(BaseModel):
    """`POST /api/search`."""

    model_config = ConfigDict(extra="forbid", strict=True)
    query: str
    limit: int = Field(default=10, ge=1, le=100)


Body = TypeVar("Body", bound=BaseModel)


async def read_body(request: Request, kind: type[Body]) -> Body:
    """The request's JSON as `kind`; InputError where it is something else."""
    try:
        return kind.model_validate_json(await request.body())
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "body"
        shape = "JSON with " + ", ".join(kind.model_fields)
        raise InputError(f"{field}: {first['msg']}; send {shape}") from error


def build_app(
    assistant: Assistant,
    examples: Examples = (),
    access: Access | None = None,
    uploads: Uploads | None = None,
) -> FastAPI:
    """The whole service over an open assistant: the routes, and the page at `/`.

    `access` says who may use it; without one, whoever is at this computer. Without `uploads`, of
    the assistant's collection, nobody can bring documents along.
    """
    import gradio as gr

    from qa.mcp_server import McpEndpoint

    access = access or Access()
    watched = Watched(assistant)
    limit = MinuteLimit(access.questions_a_minute, "question")
    sign_ins = SignIns(access)

    mcp = McpEndpoint(watched, limit)
    app = FastAPI(
        title="Chapter & Verse",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=mcp.lifespan,
    )
    app.router.routes.append(Route("/mcp", mcp, methods=["POST"]))
    _add_routes(app, watched, limit, access)
    add_source_routes(app, watched)
    others_ask = access.kind != "local"
    if uploads:
        uploads_limit = MinuteLimit(UPLOADS_A_MINUTE if others_ask else None, "upload")
        add_upload_routes(app, uploads, uploads_limit)
    add_embed_scripts(app)
    add_sign_in(app, access, sign_ins)
    # The last is the outermost. Without a CORSMiddleware of ours, Gradio adds one that answers
    # every origin with credentials. Its scripts ask with credentials always, so a listed origin
    # has to be allowed them; the gate lets no other site use a session.
    app.add_middleware(BodyLimit, upload_paths=("/gradio_api/upload", "/api/documents"))
    app.add_middleware(Gate, access=access, sign_ins=sign_ins)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=access.embed_origins,
        allow_credentials=bool(access.embed_origins),
        allow_methods=["GET", "POST"],
        allow_headers=["authorization", "content-type", "x-gradio-user"],
    )
    app.add_middleware(KnownNames, access=access)
    app.add_middleware(SecurityHeaders, embed_origins=access.embed_origins)
    app.add_middleware(RequestLog)
    page = build_page(
        watched, examples, limit, takes_uploads=uploads is not None and uploads.are_taken
    )
    gr.mount_gradio_app(
        app,
        page,
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
        css_paths=HERE / "page.css",
        js=(HERE / "escape.js").read_text("utf-8"),
    )
    mount = next(route for route in app.routes if isinstance(route, Mount))
    app.state.page = mount.app
    calls = MinuteLimit(CALLS_A_MINUTE if others_ask else None, "call")
    mount.app = GradioGate(mount.app, page, calls)
    return app


def _theme() -> Any:
    import gradio as gr

    return gr.themes.Base(  # names of fonts only: nothing is fetched
        font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]
    )


def _add_routes(app: FastAPI, assistant: Watched, limit: MinuteLimit, access: Access) -> None:
    def visible(request: Request) -> Visible:
        return Visible(assistant, request.state.visitor.reader)

    @app.exception_handler(QAError)
    async def refuse(_request: Request, error: QAError) -> JSONResponse:
        # A collection that can't be asked now may be asked later; the request was all right.
        status = 503 if isinstance(error, CollectionError) else 400
        return JSONResponse({"error": str(error)}, status_code=status)

    @app.exception_handler(TooMany)
    async def refuse_for_now(_request: Request, error: TooMany) -> JSONResponse:
        return JSONResponse({"error": str(error)}, 429, {"Retry-After": str(error.wait_seconds)})

    @app.get("/health")
    def health(request: Request) -> JSONResponse:
        try:
            documents = visible(request).documents()
            visible(request).search("ready", 1)  # the indexes and the embedder, too
        except QAError:
            return JSONResponse({"status": "not ready"}, 503, {"Retry-After": "5"})
        if access.kind != "local" and request.state.visitor.name is None:
            return JSONResponse({"status": "ready"})
        passages = sum(summary.passages for summary in documents)
        return JSONResponse({"status": "ready", "documents": len(documents), "passages": passages})

    @app.get("/metrics")
    def metrics(request: Request) -> Response:
        visitor = request.state.visitor
        if access.kind == "public" and not ipaddress.ip_address(visitor.address).is_loopback:
            raise InputError("/metrics: of a public chat, it is for this computer only")
        return Response(assistant.figures(), media_type="text/plain; version=0.0.4")

    @app.get("/api/documents")
    def documents(request: Request) -> dict[str, Any]:
        return {"documents": present.documents_to_json(visible(request).documents())}

    @app.post("/api/ask")
    async def ask(request: Request) -> dict[str, Any]:
        body = await read_body(request, AskBody)
        turns = turns_of(body.history)
        limit.count(request.state.visitor.person)
        scope = _scope(body.documents)
        answer = await run_in_threadpool(
            visible(request).ask, body.question, turns, scope, body.precision
        )
        return present.to_json(answer)

    @app.post("/api/search")
    async def search(request: Request) -> dict[str, Any]:
        body = await read_body(request, SearchBody)
        limit.count(request.state.visitor.person)
        hits = await run_in_threadpool(visible(request).search, body.query, body.limit)
        return {"query": body.query, "passages": present.hits_to_json(hits)}


def _scope(documents: list[str] | None) -> Scope:
    """The documents to ask by name; None: all."""
    if documents is None:
        return EVERYTHING
    if not documents:
        raise InputError("documents is empty: name those to ask, or leave it out to ask all")
    return Scope(documents=tuple(documents))
