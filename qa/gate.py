"""Who asks, and from which site: what stands in front of every route, Gradio's and MCP's too."""

import base64
import binascii
import ipaddress
import re
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from index.errors import QAError
from qa.access import Access, Visitor
from qa.front import TOKEN_PATH, inner_path
from qa.sign_in import COOKIE, SignIns, too_many_tries
from qa.tokens import name_in_session, name_in_token

OPEN_PATHS = ("/health", "/embed.js")
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
# What a read-only service is asked; all else that would change something is refused.
READING = re.compile(
    r"/(api/(ask|search)|mcp|login|logout"
    r"|gradio_api/(queue/join|call/[^/]+|call/v2/[^/]+|run/[^/]+|api/[^/]+|cancel|reset))/?"
)


def from_elsewhere(headers: Headers) -> bool:
    """Whether another origin's page made the browser send this."""
    if site := headers.get("sec-fetch-site"):  # which no script can change; over http it is missing
        return site not in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is not None and origin.partition("://")[2] != headers.get("host")


class Gate:
    """Lets a request pass, with who sends it in `scope["state"]["visitor"]`, or refuses it."""

    def __init__(self, app: ASGIApp, access: Access, sign_ins: SignIns) -> None:
        self.app = app
        self.access = access
        self.sign_ins = sign_ins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        try:
            response = await self._refusal(scope)
        except QAError as error:  # the users file is gone, say
            response = JSONResponse({"error": str(error)}, 503)
        return await (response or self.app)(scope, receive, send)

    async def _refusal(self, scope: Scope) -> Response | None:
        """None where it may pass; `scope` then holds the visitor."""
        headers = Headers(scope=scope)
        root = scope.get("root_path", "")
        safe = scope["method"] in SAFE_METHODS
        elsewhere = from_elsewhere(headers)
        if not safe and elsewhere and headers.get("origin") not in self.access.embed_origins:
            error = "Another site may not do that: list it with --embed-origin ORIGIN"
            return JSONResponse({"error": error}, 403)
        path = inner_path(scope)
        address = (scope.get("client") or ("", 0))[0]
        if self.access.kind == "local" and not _is_loopback(address):
            return JSONResponse({"error": "Only this computer may ask"}, 403)
        name: str | int | None
        token = TOKEN_PATH.match(scope["path"].removeprefix(root))
        if token:
            name = self._token(token[1])
            scope["root_path"] = root + token[0]
        elif headers.get("authorization", "").lower().startswith("bearer "):
            name = self._token(headers["authorization"][7:].strip())
        elif elsewhere and not (safe and headers.get("sec-fetch-mode") == "navigate"):
            name = None  # what a browser adds by itself isn't the other site's to use
        else:
            name = await self._signed_in(scope, headers, address)
        if isinstance(name, int):
            return too_many_tries(name)
        nobody_signs_in = self.access.kind in ("local", "public")
        read_only = self.access.kind == "public" or (name or "").startswith("embed:")
        # A site that may embed the chat reads what its visitors see; it changes nothing for them.
        may_write = (
            not read_only and not elsewhere and (name is not None or self.access.kind == "local")
        )
        visitor = Visitor(name=name, address=address, may_write=may_write)
        scope["state"] = {**scope.get("state", {}), "visitor": visitor}
        scope["state"].get("log", {})["who"] = visitor.person
        is_open = path in OPEN_PATHS or (path == "/login" and self.access.kind == "users")
        if (token or not nobody_signs_in) and name is None and not is_open:
            return self._sign_in_first(scope, headers, root)
        reads = safe or (scope["method"] == "POST" and READING.fullmatch(path))
        if not reads and not may_write:
            return JSONResponse({"error": "This chat is read-only: nothing can be changed"}, 403)
        return None

    def _token(self, token: str) -> str | None:
        secret = self.access.embed_secret
        name = name_in_token(secret, token) if secret else None
        return None if name is None else f"embed:{name}"  # never the name of one who signs in

    async def _signed_in(self, scope: Scope, headers: Headers, address: str) -> str | int | None:
        if self.access.kind == "header":
            given = headers.getlist(self.access.header)
            return given[0][:256] if len(given) == 1 and given[0].strip() else None
        if self.access.kind == "host" and self.access.person is not None:
            return self.access.person(Request(scope))
        if self.access.users is None:
            return None
        authorization = headers.get("authorization", "")
        if authorization.lower().startswith("basic "):
            try:
                given_pair = base64.b64decode(authorization[6:], validate=True).decode()
            except (binascii.Error, UnicodeDecodeError):
                return None
            name, _, password = given_pair.partition(":")
            return await run_in_threadpool(self.sign_ins.sign_in, name, password, address)
        session = Request(scope).cookies.get(COOKIE)
        hashes = self.access.users.hashes()
        return name_in_session(self.access.secret, session, hashes) if session else None

    def _sign_in_first(self, scope: Scope, headers: Headers, root: str) -> Response:
        if (
            self.access.kind == "users"
            and scope["method"] == "GET"
            and "text/html" in headers.get("accept", "")
            and scope["root_path"] == root  # no token, which would be void
        ):
            wanted = quote(scope["path"]) if inner_path(scope) != "/" else ""
            following = f"?next={quote(wanted, safe='')}" if wanted else ""
            return RedirectResponse(f"{root}/login{following}", 303)
        error = "Please sign in first"
        if scope["root_path"] != root:
            error = "The link to this chat has expired: please load the page anew"
        elif self.access.kind == "header":
            error = "Please come through the proxy, which says who you are"
        return JSONResponse({"error": error}, 401, {"WWW-Authenticate": "Bearer"})


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
