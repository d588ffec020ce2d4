"""Lines of JSON on stderr: one for each request, and for what went wrong.

None has a question's or a document's words: whoever runs the service may pass them on.
"""

import json
import logging
import re
import secrets
import sys
import time
import traceback
from datetime import UTC, datetime
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.front import inner_path

REQUESTS = logging.getLogger("qa.requests")
MAX_PATH = 200
# Whoever knows a session's or an event's name may listen to it.
_LISTENED = re.compile(r"(/gradio_api/(?:heartbeat|call/[^/]+)/).+", re.DOTALL)


class RequestLog:
    """Gives every request a number, in its answer and in its line of the log."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        number = secrets.token_hex(8)  # ours: one that is sent along could be anything
        fields: dict[str, Any] = {"who": None}  # the gate, further in, says who
        scope = {**scope, "state": {**scope.get("state", {}), "log": fields}}
        status = 0
        started = time.perf_counter()

        async def send_with_number(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = number
            await send(message)

        path = inner_path(scope)  # without a token
        try:
            await self.app(scope, receive, send_with_number)
        finally:
            if not path.startswith(("/assets/", "/static/")):
                fields |= {
                    "request": number,
                    "method": scope["method"],
                    "path": _LISTENED.sub(r"\1*", path)[:MAX_PATH],
                    "status": status,
                    "ms": round(1000 * (time.perf_counter() - started), 1),
                }
                REQUESTS.info("request", extra={"fields": fields})


class JsonLines(logging.Formatter):
    """A line of JSON for each record. Of an error its kind and place, not its message: that may

    have a question's words in it.
    """

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "log": record.name,
            "event": record.msg.strip()
            if isinstance(record.msg, str)
            else type(record.msg).__name__,
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            frames = traceback.extract_tb(record.exc_info[2])[-8:]
            line["where"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        return json.dumps(line)  # ASCII only: nothing in it can turn, end or colour a line


def log_to_stderr(level: int) -> None:
    """All logs of this process as lines of JSON."""
    lines = logging.StreamHandler(sys.stderr)
    lines.setFormatter(JsonLines())
    logging.basicConfig(handlers=[lines], level=logging.WARNING, force=True)
    REQUESTS.setLevel(level)
