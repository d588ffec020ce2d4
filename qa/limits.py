"""How much one person may ask and bring along: in a minute, in a request, and altogether."""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index.errors import QAError
from qa import present

QUESTIONS_A_MINUTE = 30  # where others than the owner of the machine are served
UPLOADS_A_MINUTE = 30  # likewise
CALLS_A_MINUTE = 300  # likewise, of all that the page does; questions are among them
MAX_BODY_BYTES = 64 * 1024
MAX_UPLOAD_BYTES = 50 * 1024 * 1024
MAX_UPLOADS = 200  # of one person, and of everybody's together
KEYS = 10_000


class TooMany(QAError):
    """Too much was asked for in a short time; in `wait_seconds` it can be asked again."""

    def __init__(self, message: str, wait_seconds: int) -> None:
        super().__init__(message)
        self.wait_seconds = wait_seconds


class Rate:
    """At most `count` in any `seconds` for each key. The 10,000 keys used last are kept."""

    def __init__(
        self, count: int, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.count = count
        self.seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._times: OrderedDict[str, deque[float]] = OrderedDict()

    def take(self, key: str) -> int:
        """0 where it may go on, else the whole seconds to wait (then nothing is counted)."""
        with self._lock:
            now = self._clock()
            times = self._times.setdefault(key, deque())
            self._times.move_to_end(key)
            if len(self._times) > KEYS:
                self._times.popitem(last=False)
            while times and times[0] <= now - self.seconds:
                times.popleft()
            if len(times) >= self.count:
                return int(times[0] + self.seconds - now) + 1
            times.append(now)
            return 0

    def give_back(self, key: str) -> None:
        """As if the key's last `take` hadn't been."""
        with self._lock:
            if times := self._times.get(key):
                times.pop()


class MinuteLimit:
    """Questions, uploads or calls (`thing`) a minute of one person; None: as many as they like."""

    def __init__(self, a_minute: int | None, thing: str) -> None:
        self._rate = Rate(a_minute, 60) if a_minute else None
        self._thing = thing

    def count(self, person: str) -> None:
        """Raises TooMany."""
        wait = self._rate.take(person) if self._rate else 0
        if self._rate and wait:
            raise TooMany(
                f"{present.count(self._rate.count, self._thing)} in a minute of one person is the"
                f" most: please try again in {present.count(wait, 'second')}",
                wait,
            )


class BodyLimit:
    """Reads what is sent before anything else runs, so that too much of it never gets further."""

    def __init__(self, app: ASGIApp, upload_paths: Sequence[str]) -> None:
        """What is sent to `upload_paths` has limits of its own there."""
        self.app = app
        self.upload_paths = upload_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            return await self.app(scope, receive, send)
        if scope["path"].removeprefix(scope.get("root_path", "")) in self.upload_paths:
            return await self.app(scope, receive, send)
        body = bytearray()
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > MAX_BODY_BYTES:
                error = f"body: longer than {MAX_BODY_BYTES:,} bytes; send a shorter question"
                refused = JSONResponse({"error": error}, 413, {"Connection": "close"})
                return await refused(scope, receive, send)
        return await self.app(scope, replayed(bytes(body), receive), send)


def replayed(body: bytes, receive: Receive) -> Receive:
    """What receives `body` first, which has been read already, and then what comes after it."""
    read = False

    async def receive_again() -> Message:
        nonlocal read
        if read:
            return await receive()
        read = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again
