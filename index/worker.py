"""A process of its own for work that may hang, explode or crash: parsing the files of strangers.

The worker is this module run as a program. It gets a function and its arguments and gives back
what the function returns; it is ended where it takes too long, too much memory, or crashes, and
started anew for the next call. What it says is read without trust: only plain values and the
types of index/types.py are built from it.
"""

import atexit
import contextlib
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from index.errors import InputError, UnreadableFile
from index.limits import MAX_WORKER_BYTES

_BUILDABLE = ("index.types",)
_CPU_GRACE_SECONDS = 5

_P = ParamSpec("_P")
_R = TypeVar("_R")


class Worker:
    """Runs one function at a time in a process of its own. Safe to use from several threads."""

    def __init__(self, *, memory_bytes: int = MAX_WORKER_BYTES) -> None:
        """The process starts with the first call."""
        self._memory_bytes = memory_bytes
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def call(
        self, seconds: float, function: Callable[_P, _R], *arguments: _P.args, **_: _P.kwargs
    ) -> _R:
        """What the function, a module's own, returns for these arguments within that time.

        Raises UnreadableFile and InputError as the function does, and UnreadableFile where it
        breaks a limit or fails in any other way.
        """
        with self._lock:
            used = self._process is not None
            kind, value = self._ask(seconds, function, arguments)
            if kind == "crashed" and used:
                # What an earlier file has left behind may be to blame.
                kind, value = self._ask(seconds, function, arguments)
        if kind == "returned":
            return value  # type: ignore[no-any-return]
        if kind == "asked wrongly":
            raise InputError(value)
        raise UnreadableFile(self._reason(kind, value, seconds))

    def stop(self) -> None:
        """Ends the process; the next call starts another."""
        with self._lock:
            self._end()

    def _reason(self, kind: str, value: str, seconds: float) -> str:
        if kind == "unreadable":
            return value
        if kind == "too long":
            return f"takes more than {seconds:.0f} seconds to read: split it or save it anew"
        if kind == "too much":
            gigabytes = self._memory_bytes / 1024**3
            return f"takes more than {gigabytes:g} GB of memory to read: split it or save it anew"
        if kind == "crashed":
            return "can't be read: it makes its reader crash; save it anew or in another format"
        return f"can't be read ({value}): save it anew or in another format"

    def _ask(
        self, seconds: float, function: Callable[..., Any], arguments: tuple[Any, ...]
    ) -> tuple[str, Any]:
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._process = self._start()
        process = self._process
        assert process.stdin is not None  # noqa: S101
        assert process.stdout is not None  # noqa: S101
        late = threading.Event()

        def end() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(seconds, end)
        timer.daemon = True
        timer.start()
        try:
            pickle.dump((seconds, function, arguments), process.stdin, protocol=5)
            process.stdin.flush()
            kind, value = _Reply(process.stdout).load()
        except Exception:  # noqa: BLE001  # the pipe is cut, or what comes through it is no answer
            kind, value = "too long" if late.is_set() else "crashed", ""
        except BaseException:
            self._end()
            raise
        finally:
            timer.cancel()
        if kind in ("too long", "too much", "crashed"):
            self._end()
        return str(kind), value

    def _start(self) -> "subprocess.Popen[bytes]":
        atexit.register(self._end)
        # The package that is running, wherever it was imported from.
        paths = [str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
        return subprocess.Popen(  # noqa: S603
            [sys.executable, "-P", "-m", "index.worker", str(self._memory_bytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join(filter(None, paths)),
                "OPENBLAS_NUM_THREADS": "1",  # each thread would take address space
            },
        )

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            atexit.unregister(self._end)
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):  # nobody reads what was still to be written
                        pipe.close()


class _Reply(pickle.Unpickler):
    """Plain values and our own types, and nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        if module in _BUILDABLE and "." not in name:
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name}")


def _serve(memory_bytes: int) -> None:
    """Answers calls until the pipe they come through is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the caller, which ends this
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a parser prints is no answer
    _limit("RLIMIT_AS", memory_bytes)
    while True:
        try:
            seconds, function, arguments = pickle.load(sys.stdin.buffer)  # noqa: S301
        except EOFError:
            return
        _limit_cpu(seconds)
        answer = _answer(function, arguments)
        del arguments
        pickle.dump(answer, answers, protocol=5)
        answers.flush()


def _answer(function: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[str, Any]:
    try:
        return "returned", function(*arguments)
    except UnreadableFile as error:
        return "unreadable", str(error)
    except InputError as error:
        return "asked wrongly", str(error)
    except MemoryError:
        return "too much", ""
    except Exception as error:  # noqa: BLE001
        return "failed", type(error).__name__


def _limit(name: str, amount: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    kind = getattr(resource, name)
    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        amount = min(amount, hard)
    with contextlib.suppress(OSError, ValueError):  # macOS doesn't limit address space
        resource.setrlimit(kind, (amount, hard))


def _limit_cpu(seconds: float) -> None:
    """Ends this process some time after the caller would have, should the caller be gone."""
    used = sum(os.times()[:2])
    _limit("RLIMIT_CPU", int(used + seconds + _CPU_GRACE_SECONDS))


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
