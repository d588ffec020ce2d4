"""`qa serve`: a port, the models, and the service until it is stopped."""

import ctypes
import errno
import ipaddress
import logging
import socket
import sys
from contextlib import suppress
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from index.errors import InputError
from qa.access import LOOPBACK, Access, decide
from qa.examples import Examples, examples_of
from qa.request_log import log_to_stderr
from qa.service import EXAMPLES, build_app

SECONDS_TO_FINISH = 3  # for requests that still run when the service is stopped
CONNECTIONS_AT_ONCE = 1000  # of all people together; an open page holds one or two
MAX_HEAD_BYTES = 64 * 1024  # of a request
_M_ARENA_MAX = -8  # its number in malloc.h
_HEAPS = 2


def listen(host: str, port: int) -> socket.socket:
    """A socket bound to an address of this computer; InputError where it can't be had.

    Who may connect to it is decided by `qa.access.decide`.
    """
    address = "127.0.0.1" if host in LOOPBACK else host
    try:
        version = ipaddress.ip_address(address).version
    except ValueError as error:
        raise InputError(
            f"--host {host}: is no IP address; give one of this computer, or 0.0.0.0 for all"
        ) from error
    listener = socket.socket(socket.AF_INET6 if version == 6 else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, port))
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRNOTAVAIL:
            raise InputError(
                f"--host {host}: is no address of this computer; `ip address` lists them"
            ) from error
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
                log_config=None,
                access_log=False,
                proxy_headers=False,  # qa.front does that, and believes listed proxies only
                server_header=False,
                timeout_graceful_shutdown=SECONDS_TO_FINISH,
                limit_concurrency=CONNECTIONS_AT_ONCE,
                http="h11",  # uvicorn's other parser has no limit on the head
                h11_max_incomplete_event_size=MAX_HEAD_BYTES,
            )
        )
        self.page = app.state.page

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and sockets:
            host, port = sockets[0].getsockname()[:2]
            host = f"[{host}]" if ":" in host else host
            print(f"Chapter & Verse is at http://{host}:{port} (Ctrl-C stops it)", flush=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.page.stop_event.set()  # ends the stream by which each open page stays connected
        await super().shutdown(sockets)


def bound_heaps() -> None:
    """Makes all threads share two heaps; before others are started.

    By itself glibc gives new threads up to eight a core, each of which keeps what it once took:
    with files added and removed all the time, memory grew by an eighth in 9,000 questions
    (docs/reliability.md). Other C libraries have no such heaps.
    """
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _HEAPS)


def serve(
    directory: str | Path | None = None,
    host: str = "127.0.0.1",
    port: int = 7860,
    examples: Examples = EXAMPLES,
    access: Access | None = None,
    precision: float | None = None,
) -> None:
    """Serves the collection until it is stopped; prints the address once it listens.

    Port 0 takes a free one. `access` comes from `qa.access.decide` for the same host; `precision`
    is that of `Assistant.open`. Raises QAError where the collection or the address can't be used.
    """
    from qa.answer import Assistant as CollectionAssistant

    bound_heaps()
    access = access or decide(host)
    with listen(host, port) as listener:  # first: it fails fast, the models load slowly
        assistant = CollectionAssistant.open(directory, precision)
        assistant.ask("Ready?")  # models are loaded now, not while the first visitor waits
        # Somebody at a terminal who serves only themselves isn't shown each of their requests.
        quiet = access.kind == "local" and sys.stderr.isatty()
        log_to_stderr(logging.WARNING if quiet else logging.INFO)
        try:
            shown = examples_of(assistant, examples)
            run(build_app(assistant, shown, access, assistant.uploads()), listener)
        except KeyboardInterrupt:
            pass  # uvicorn has finished in good order by now
        finally:
            assistant.close()


def run(app: FastAPI, listener: socket.socket) -> None:
    """Serves until SIGINT or SIGTERM; what is being asked then has a few seconds to finish."""
    AnnouncingServer(app).run(sockets=[listener])
