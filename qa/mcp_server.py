"""The collection for language models: the tools `ask`, `search` and `read`, documents as resources.

Model Context Protocol over streamable HTTP, as a route of ours behind the same gate as all others
(Gradio's own MCP mount has no sign-in in front of its list of tools). Without sessions: each POST
stands alone, so nothing is kept for a client that is gone.
"""

import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote, unquote

from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    ListResourcesResult,
    ListToolsResult,
    PaginatedRequestParams,
    ReadResourceRequestParams,
    ReadResourceResult,
    Resource,
    TextContent,
    TextResourceContents,
    Tool,
    ToolAnnotations,
)
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from index.errors import InputError, QAError
from qa import present
from qa.labels import ENGLISH
from qa.limits import MAX_BODY_BYTES, MinuteLimit
from qa.visible import Assistant, Visible

READ_CHARACTERS = 20_000  # of a document at a time
RESOURCE_CHARACTERS = 1_000_000
RESOURCES_A_PAGE = 100
SCHEME = "document:///"


class Ask(BaseModel):
    """Answers a question with the exact words of the documents and where they stand, or says that

    the documents don't say. Quote `answer` as it is; `citations` name document and place.
    """

    model_config = ConfigDict(extra="forbid", strict=True)
    question: str = Field(description="One question in a sentence")


class Search(BaseModel):
    """Finds passages of the documents, best first."""

    model_config = ConfigDict(extra="forbid", strict=True)
    query: str = Field(description="Words or a question")
    limit: int = Field(default=10, ge=1, le=50, description="How many passages")


class Read(BaseModel):
    """A document's text from `start` on, at most 20,000 characters; `characters` is its length."""

    model_config = ConfigDict(extra="forbid", strict=True)
    document: str = Field(description="A document's name, as the other tools give it")
    start: int = Field(default=0, ge=0, description="The first character, counted from 0")


TOOLS: dict[str, type[Ask | Search | Read]] = {"ask": Ask, "search": Search, "read": Read}


class McpEndpoint:
    """The ASGI application at `/mcp`. It answers while its `lifespan` runs."""

    def __init__(self, assistant: Assistant, limit: MinuteLimit) -> None:
        self.assistant = assistant
        self.limit = limit
        self._requests: StreamableHTTPSessionManager | None = None

    @asynccontextmanager
    async def lifespan(self, _app: Any) -> AsyncIterator[None]:
        server = Server(
            "chapter-and-verse",
            title="Chapter & Verse",
            instructions="Answers come from a person's documents, in their exact words.",
            on_list_tools=self._list_tools,
            on_call_tool=self._call_tool,
            on_list_resources=self._list_resources,
            on_read_resource=self._read_resource,
        )
        self._requests = StreamableHTTPSessionManager(
            server, json_response=True, stateless=True, max_request_body_size=MAX_BODY_BYTES
        )
        async with self._requests.run():
            yield
        self._requests = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._requests is None:
            stopped = JSONResponse({"error": "The service isn't running yet"}, 503)
            return await stopped(scope, receive, send)
        return await self._requests.handle_request(scope, receive, send)

    async def _list_tools(self, _context: Any, _page: PaginatedRequestParams | None) -> Any:
        reads = ToolAnnotations(read_only_hint=True, open_world_hint=False)
        return ListToolsResult(
            tools=[
                Tool(
                    name=name,
                    description=" ".join((kind.__doc__ or "").split()),
                    input_schema=kind.model_json_schema(),
                    annotations=reads,
                )
                for name, kind in TOOLS.items()
            ]
        )

    async def _call_tool(self, context: Any, call: CallToolRequestParams) -> Any:
        """What went wrong is told as the tool's result, so that the model can mend its call."""
        try:
            arguments = _arguments(call.name, call.arguments or {})
            self.limit.count(context.request.state.visitor.person)
            found = await run_in_threadpool(_answer, self._visible(context), arguments)
        except QAError as error:
            return CallToolResult(content=[TextContent(text=str(error))], is_error=True)
        except Exception:
            logging.getLogger(__name__).exception("a call could not be answered")
            return CallToolResult(content=[TextContent(text=ENGLISH.unexpected)], is_error=True)
        text = json.dumps(found, ensure_ascii=False)
        return CallToolResult(content=[TextContent(text=text)], structured_content=found)

    def _visible(self, context: Any) -> Visible:
        return Visible(self.assistant, context.request.state.visitor.reader)

    async def _list_resources(self, context: Any, page: PaginatedRequestParams | None) -> Any:
        cursor = page.cursor if page else None
        first = int(cursor) if cursor and cursor.isdecimal() and len(cursor) < 10 else 0
        documents = await run_in_threadpool(self._visible(context).documents)
        last = first + RESOURCES_A_PAGE
        return ListResourcesResult(
            resources=[
                Resource(
                    uri=SCHEME + quote(summary.name),
                    name=summary.name,
                    title=present.one_line(summary.title),
                    mime_type="text/plain",
                )
                for summary in documents[first:last]
            ],
            next_cursor=str(last) if last < len(documents) else None,
        )

    async def _read_resource(self, context: Any, wanted: ReadResourceRequestParams) -> Any:
        uri = str(wanted.uri)
        name = unquote(uri.removeprefix(SCHEME))
        try:
            document = await run_in_threadpool(self._visible(context).document, name)
        except QAError as error:
            raise MCPError(INVALID_PARAMS, str(error)) from error
        if len(document.text) > RESOURCE_CHARACTERS:
            raise MCPError(INVALID_PARAMS, f"{name}: is too long for once; use the tool `read`")
        text = TextResourceContents(uri=uri, mime_type="text/plain", text=document.text)
        return ReadResourceResult(contents=[text])


def _answer(assistant: Visible, arguments: Ask | Search | Read) -> dict[str, Any]:
    if isinstance(arguments, Ask):
        return present.to_json(assistant.ask(arguments.question))
    if isinstance(arguments, Search):
        hits = assistant.search(arguments.query, arguments.limit)
        return {"query": arguments.query, "passages": present.hits_to_json(hits)}
    document = assistant.document(arguments.document)
    end = min(len(document.text), arguments.start + READ_CHARACTERS)
    return {
        "document": document.name,
        "title": document.title,
        "characters": len(document.text),
        "start": arguments.start,
        "end": max(arguments.start, end),
        "text": document.text[arguments.start : end],
    }


def _arguments(tool: str, given: dict[str, Any]) -> Ask | Search | Read:
    kind = TOOLS.get(tool)
    if kind is None:
        raise InputError(f"{tool!r}: no such tool; there are {', '.join(TOOLS)}")
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "arguments"
        raise InputError(f"{field}: {first['msg']}") from error
