"""What stands in front of Gradio's application: the routes that are open, and the shape of a call.

Gradio has some eighty routes, of which the page and `gradio_client` use these few, and answers many
malformed calls with status 500. So a route that isn't listed isn't there, and a call is checked
before Gradio sees it: none of our functions takes a file, an address or anything but texts.

A Gradio session (its conversation, and the answers that wait for it) belongs to whoever knows its
name, which stands in addresses. Here it gets another name for each person, so that somebody else's
session can't be reached.
"""

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index.errors import InputError
from qa.front import inner_path
from qa.limits import MinuteLimit, replayed

if TYPE_CHECKING:
    import gradio as gr

_READ = re.compile(
    r"/((config|theme\.css|favicon\.ico|robots\.txt|manifest\.json"
    r"|((assets|static)/[A-Za-z0-9_.@/+-]{1,200}))?"
    r"|gradio_api/(info|openapi\.json|app_id|startup-events|theme\.css|queue/(data|status)"
    r"|heartbeat/[^/]+|call/[A-Za-z0-9_]+/[A-Za-z0-9_-]+))/?"
)
_CALLED = re.compile(r"/gradio_api/(?:(run|api|call)/([A-Za-z0-9_]+)|queue/join)/?")
_ENDED = re.compile(r"/gradio_api/(cancel|reset)/?")
_HEARTBEAT = re.compile(r"(/gradio_api/heartbeat/)([^/]+)")
_SESSION = re.compile(r"[A-Za-z0-9_-]{1,64}")
_QUERY = "session_hash"


class GradioGate:
    """Refuses with InputError, TooMany, or HTTPException where there is nothing at an address."""

    def __init__(self, app: ASGIApp, blocks: "gr.Blocks", limit: MinuteLimit) -> None:
        """`limit` counts the calls of each person."""
        self.app = app
        self.blocks = blocks
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        path = inner_path(scope)
        if scope["method"] in ("GET", "HEAD", "OPTIONS"):
            if not _READ.fullmatch(path):
                raise HTTPException(404)
            return await self.app(_asked(scope, path), receive, send)
        called = _CALLED.fullmatch(path)
        if scope["method"] != "POST" or not (called or _ENDED.fullmatch(path)):
            raise HTTPException(404)
        visitor = scope["state"]["visitor"]
        self.limit.count(visitor.person)
        body = _object(await Request(scope, receive).body())
        if called:
            self._require_call(body, called[1], called[2])
        else:
            _require_ending(body, path)
        if body.get("session_hash") is not None:
            body["session_hash"] = _session(body["session_hash"], visitor.name)
        sent = _json(body)
        scope = {**scope, "headers": _headers(scope, sent)}
        return await self.app(scope, replayed(sent, receive), _Refusal(send).send)

    def _require_call(self, body: dict[str, Any], way: str | None, name: str | None) -> None:
        """InputError unless it is a call of a function of ours with texts and earlier turns."""
        functions = {n: f for n, f in self.blocks.fns.items() if f.fn}  # not the browser's own
        number = None if way == "call" else body.get("fn_index")
        if number is None and name is not None:
            number = next((n for n, f in functions.items() if f.api_name == name), None)
        if type(number) is not int or number not in functions:
            raise InputError("There is no such function; /gradio_api/info lists those there are")
        data = body.get("data")
        inputs = functions[number].inputs
        lengths = {len(inputs)}
        if way == "call":  # for which Gradio puts in what isn't for callers
            lengths.add(sum(not block.skip_api for block in inputs))
        if not isinstance(data, list) or len(data) not in lengths:
            raise InputError(f"data: is a list of {len(inputs)} values; see /gradio_api/info")
        if not all(map(_is_plain, data)):
            raise InputError('data: holds texts and [{"question", "answer"}], nothing else')
        _require(body, "event_data", dict)
        body["event_data"] = body.get("event_data") or {}  # which the page's functions look into
        _require(body, "trigger_id", int)
        _require(body, "simple_format", bool)
        for key in ("batched", "event_id", "oauth_token"):  # Gradio's own, and what we haven't
            if body.pop(key, None) not in (None, False):
                raise InputError(f"{key}: isn't taken here; leave it out")


class _Refusal:
    """Sends on what Gradio answers; a function's refusal is status 400 instead of 500.

    Gradio gives the text of a refusal as `{"error": text}`, and null where something broke.
    """

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 500:
            self._start = message
            return
        if self._start is not None:
            try:
                refused = isinstance(json.loads(message.get("body", b"")).get("error"), str)
            except (ValueError, AttributeError):
                refused = False
            await self._send({**self._start, "status": 400 if refused else 500})
            self._start = None
        await self._send(message)


def _asked(scope: Scope, path: str) -> Scope:
    """With the session's other name, in the path or the query."""
    query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    if any(key in ("page", "deep_link") and value for key, value in query):
        raise HTTPException(404)  # there is one page, and none is kept
    name = scope["state"]["visitor"].name
    if found := _HEARTBEAT.fullmatch(path):
        inner = found[1] + _session(found[2], name)
        path = scope["path"].removesuffix(path) + inner
        return {**scope, "path": path, "raw_path": path.encode()}
    sessions = [value for key, value in query if key == _QUERY]
    if path.startswith("/gradio_api/queue/data"):
        if len(sessions) != 1:
            raise InputError("session_hash is missing: send the one that joined the queue")
        query = [(key, _session(value, name) if key == _QUERY else value) for key, value in query]
        return {**scope, "query_string": urlencode(query).encode()}
    return scope


def _session(given: object, name: str | None) -> str:
    """What Gradio knows this person's session as. InputError where it is no session's name."""
    if not isinstance(given, str) or not _SESSION.fullmatch(given):
        raise InputError("session_hash: is 1 to 64 letters, digits, - or _")
    if name is None:
        return given
    return hashlib.sha256(f"{name}\0{given}".encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _require_ending(body: dict[str, Any], path: str) -> None:
    _require(body, "event_id", str, needed=True)
    if path.startswith("/gradio_api/cancel"):
        _require(body, "session_hash", str, needed=True)
        _require(body, "fn_index", int, needed=True)


def _require(body: dict[str, Any], key: str, kind: type, *, needed: bool = False) -> None:
    value = body.get(key)
    if type(value) is not kind and (needed or value is not None):
        kinds = {dict: "an object", int: "a whole number", bool: "true or false", str: "text"}
        raise InputError(f"{key}: must be {kinds[kind]}")


def _is_plain(value: object) -> bool:
    """A text, nothing, or a list of turns."""
    if isinstance(value, list):
        return all(
            isinstance(turn, dict)
            and turn.keys() <= {"question", "answer"}
            and all(isinstance(words, str | None) for words in turn.values())
            for turn in value
        )
    return isinstance(value, str | None)


def _object(sent: bytes) -> dict[str, Any]:
    try:
        body = json.loads(sent)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise InputError("body: must be a JSON object")
    return body


def _json(body: dict[str, Any]) -> bytes:
    try:
        return json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
    except ValueError as error:  # NaN, or half a character
        raise InputError("body: holds a number or a text that JSON doesn't have") from error


def _headers(scope: Scope, sent: bytes) -> list[tuple[bytes, bytes]]:
    ours = {b"content-length": b"%d" % len(sent), b"content-type": b"application/json"}
    return [header for header in scope["headers"] if header[0] not in ours] + list(ours.items())
