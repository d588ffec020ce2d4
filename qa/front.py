"""The outermost layer: the names that the service is known by, which proxies it believes, headers.

Plain ASGI, so that streams pass.
"""

import ipaddress
import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from qa.access import Access

# A visitor's token is a part of the path, so that it needs no cookie and goes with every request.
TOKEN_PATH = re.compile(
    r"/t/([A-Za-z0-9_-]{1,1000}\.[A-Za-z0-9_-]{1,1000}\.[A-Za-z0-9_-]{1,200})(?=/)"
)
_HOST = re.compile(r"(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9.-]+))(?::\d{1,5})?")
_FORWARDED = (b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"forwarded")


class SecurityHeaders:
    """Headers that browsers keep to. Gradio's page has inline scripts, so no script-src."""

    def __init__(self, app: ASGIApp, embed_origins: tuple[str, ...]) -> None:
        self.app = app
        ancestors = " ".join(("'self'", *embed_origins))
        self.headers = {
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": (
                f"frame-ancestors {ancestors}; object-src 'none'; base-uri 'self'"
            ),
            "Referrer-Policy": "no-referrer",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
                if not inner_path(scope).startswith(("/assets/", "/static/")):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self.app(scope, receive, send_with_headers)


class KnownNames:
    """Refuses a host name that isn't the service's, and believes proxies only.

    A name on the web that resolves to this machine must not read the documents (DNS rebinding);
    that takes a name, so a plain address passes.
    """

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self.app = app
        self.access = access
        self.behind_proxy = ProxyHeadersMiddleware(
            app,  # type: ignore[arg-type]
            [str(network) for network in access.proxies],
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            return await send({"type": "websocket.close", "code": 1008})
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        if not self._knows(Headers(scope=scope).get("host", "")):
            error = "This service isn't known by that name: start it with --name NAME"
            return await JSONResponse({"error": error}, 400)(scope, receive, send)
        drop = {b"x-gradio-server"}  # by which Gradio would be told its own address
        is_proxy = self._is_proxy((scope.get("client") or ("", 0))[0])
        if not is_proxy:
            drop |= {*_FORWARDED, self.access.header.encode()}
        headers = [(name, value) for name, value in scope["headers"] if name not in drop]
        scope = {**scope, "headers": headers}
        if is_proxy:
            return await self.behind_proxy(scope, receive, send)  # type: ignore[arg-type]
        return await self.app(scope, receive, send)

    def _knows(self, host: str) -> bool:
        found = _HOST.fullmatch(host)
        name = (found[1] or found[2]).lower() if found else ""
        return name in ("localhost", *self.access.names) or _address(name) is not None

    def _is_proxy(self, peer: str) -> bool:
        address = _address(peer)
        return address is not None and any(address in network for network in self.access.proxies)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def inner_path(scope: Scope) -> str:
    """The path below the place where the service is mounted, without a token."""
    path = str(scope.get("path", ""))
    inner = path.removeprefix(scope.get("root_path", ""))
    return TOKEN_PATH.sub("", inner, count=1) if inner.startswith("/t/") else inner
