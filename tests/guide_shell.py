"""One bash for a page of the guide; `qa` and Python blocks in it are run by this process.

So a page may use all of the shell (`cd`, pipes, `export`, `$?`), and yet the models, which take
seconds to load, are loaded once for all pages: the `qa` on the shell's PATH is a small script that
hands its arguments, folder, environment and input to a thread here, which calls `qa.cli.main`.
"""

import io
import json
import os
import shlex
import socket
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator, Sequence
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any
from unittest import mock

from qa.cli import main

MARK = "\x1e"  # between what one command printed and the next
TIMEOUT_SECONDS = 300

_SHIM = """\
#!{python} -IS
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as connection:
    connection.connect({address!r})
    call = {{"arguments": sys.argv[1:], "folder": os.getcwd(), "environment": dict(os.environ)}}
    call["typed"] = sys.stdin.read()
    connection.sendall(json.dumps(call).encode() + b"\\n")
    with connection.makefile("rb") as answer:
        done = json.loads(answer.read())
try:
    for number, text in done["written"]:
        os.write(number, text.encode())
except BrokenPipeError:
    pass
sys.exit(done["status"])
"""


class Shell:
    """Commands of one page, run in a folder by bash. `run` may be called once."""

    def __init__(self, folder: Path, variables: dict[str, str]) -> None:
        self._folder = folder
        self._variables = variables

    def run(self, commands: Sequence[str]) -> list[tuple[int, str]]:
        """The status and the output (both streams) of each command."""
        # `$?` is set back, so that the next command can print it.
        lines = [
            f'{command}\nstatus=$?; printf "{MARK}$status{MARK}"; (exit $status)'
            for command in commands
        ]
        done = subprocess.run(
            ["bash", "-c", "exec 2>&1\n" + "\n".join(lines)],
            cwd=self._folder,
            env={**os.environ, **self._variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
        parts = done.stdout.split(MARK)
        assert len(parts) == 2 * len(commands) + 1, f"bash stopped: {done.stdout}{done.stderr}"
        return [(int(parts[i + 1]), parts[i]) for i in range(0, 2 * len(commands), 2)]


@contextmanager
def shell(folder: Path, workplace: Path) -> Iterator[Shell]:
    """A shell in `folder`; `workplace` is an empty folder for what it needs."""
    address = str(workplace / "socket")
    shim = workplace / "qa"
    shim.write_text(_SHIM.format(python=sys.executable, address=address))
    shim.chmod(0o700)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        thread = threading.Thread(target=_serve, args=[listener])
        thread.start()
        try:
            path = (str(workplace), str(Path(sys.executable).parent), os.environ["PATH"])
            yield Shell(folder, {"PATH": os.pathsep.join(path)})
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def python_command(code: str) -> str:
    """A Python block as a command of the shell."""
    return f"qa {_PYTHON} {shlex.quote(code)}"


_PYTHON = "--python-block"


def _serve(listener: socket.socket) -> None:
    names: dict[str, Any] = {"__name__": "__main__"}
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection, connection.makefile("rb") as received:
            connection.sendall(json.dumps(_run(json.loads(received.readline()), names)).encode())


class _Stream(io.TextIOBase):
    """Keeps what is written, in order with what is written to the other stream."""

    def __init__(self, number: int, written: list[tuple[int, str]]) -> None:
        self._number = number
        self._written = written

    def write(self, text: str) -> int:
        self._written.append((self._number, text))
        return len(text)


def _run(call: dict[str, Any], names: dict[str, Any]) -> dict[str, Any]:
    written: list[tuple[int, str]] = []
    with (
        chdir(call["folder"]),
        mock.patch.dict(os.environ, call["environment"], clear=True),
        redirect_stdout(_Stream(1, written)),
        redirect_stderr(_Stream(2, written)),
        mock.patch("sys.stdin", io.StringIO(call["typed"])),
    ):
        try:
            if call["arguments"][0] == _PYTHON:
                exec(compile(call["arguments"][1], "<page>", "exec"), names)  # noqa: S102
                status = 0
            else:
                status = main(call["arguments"])
        except SystemExit as stopped:  # --help
            status = int(stopped.code or 0)
        except Exception:  # noqa: BLE001  a page may be wrong in any way
            traceback.print_exc()
            status = 1
    return {"status": status, "written": written}
