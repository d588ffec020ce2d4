"""A child process whose every step on the disk waits for leave: to go on, to fail, or to die.

The kernel stops the child before each system call that changes a file, whichever library makes it
(Python, SQLite, FAISS, Tantivy), and asks the test what to do: seccomp's user notification, see
`man 2 seccomp_unotify`. So a test can kill a run before any step or in the midst of a write, and
let the n-th write find the disk full.
"""

import ctypes
import errno
import fcntl
import multiprocessing
import os
import platform
import select
import signal
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import reduction
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal

# Numbers of x86-64, with the argument that holds a path, or -1 where the first is a descriptor.
_WRITES = {"write": (1, -1), "pwrite64": (18, -1), "writev": (20, -1), "pwritev": (296, -1)}
_FLUSHES = {"fsync": (74, -1), "fdatasync": (75, -1)}
_NAMES = {
    "open": (2, 0),
    "openat": (257, 1),
    "rename": (82, 0),
    "renameat": (264, 1),
    "renameat2": (316, 1),
    "link": (86, 0),
    "linkat": (265, 1),
    "unlink": (87, 0),
    "unlinkat": (263, 1),
    "mkdir": (83, 0),
    "mkdirat": (258, 1),
    "rmdir": (84, 0),
}
_OTHERS = {
    "truncate": (76, 0),
    "ftruncate": (77, -1),
    "fallocate": (285, -1),
    "sendfile": (40, -1),
    "copy_file_range": (326, -1),
}
_READS = {"read": (0, -1), "pread64": (17, -1)}
_CHANGES = _WRITES | _FLUSHES | _NAMES | _OTHERS
_BY_NUMBER = {number: (name, at) for name, (number, at) in (_CHANGES | _READS).items()}

_SECCOMP, _PIDFD_OPEN, _PIDFD_GETFD = 317, 434, 438
_RECEIVE, _SEND = 0xC0502100, 0xC0182101
_CONTINUE = 1
_AT_FDCWD = -100
_LIBC = ctypes.CDLL(None, use_errno=True)

Action = Literal["go on", "kill", "half, then kill", "half"] | int
"""What becomes of a step; a number is the errno that it fails with."""


@dataclass(frozen=True, slots=True)
class Step:
    """A system call on a file below the watched folder, by its path there."""

    call: str
    path: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the function returned, None if it was killed; the steps that it came to."""

    returned: Any
    steps: tuple[Step, ...]


def why_not() -> str | None:
    """Why no child can be watched here; None if it can."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return "steps are counted by Linux' seccomp on x86-64 only"
    context = _context()
    process = context.Process(target=_try)
    process.start()
    process.join()
    return None if process.exitcode == 0 else "seccomp's user notification isn't allowed here"


def watched(
    folder: Path,
    decide: Callable[[int, Step], Action],
    function: Callable[..., Any],
    *arguments: Any,
    reads: bool = False,
) -> Outcome:
    """Runs a module's function in a child; `decide` gets each step below `folder`, from 0 on.

    With `reads`, reading is a step, too. What the function returns has to be picklable.
    """
    context = _context()
    ours, theirs = context.Pipe()
    process = context.Process(target=_child, args=(theirs, reads, function, arguments))
    process.start()
    theirs.close()
    steps: list[Step] = []
    returned = None
    listener = reduction.recv_handle(ours)
    poll = select.poll()
    for descriptor in (listener, ours.fileno(), process.sentinel):
        poll.register(descriptor, select.POLLIN)
    try:
        while True:
            events = dict(poll.poll())
            ready = events.keys()
            if events.get(listener, 0) & select.POLLIN:
                _answer(listener, process.pid or 0, folder, decide, steps)
            elif ours.fileno() in ready:
                try:
                    returned = ours.recv()
                except EOFError:
                    poll.unregister(ours.fileno())
            elif process.sentinel in ready:
                break
            else:  # nobody is left who could ask
                poll.unregister(listener)
    except BaseException:
        process.kill()
        raise
    finally:
        process.join()
        os.close(listener)
        ours.close()
    if isinstance(returned, BaseException):
        raise returned
    return Outcome(returned=returned, steps=tuple(steps))


def _context() -> Any:
    # A server that has imported all and started no thread makes each child in milliseconds.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.reliability.runs"])
    return context


def _try() -> None:
    os.close(_listen(reads=False))


def _child(
    connection: Connection, reads: bool, function: Callable[..., Any], arguments: tuple[Any, ...]
) -> None:
    listener = _listen(reads=reads)
    reduction.send_handle(connection, listener, os.getppid())
    os.close(listener)
    try:
        returned = function(*arguments)
    except BaseException as error:  # noqa: BLE001  # it is raised in the parent
        returned = error
    connection.send(returned)


def _listen(*, reads: bool) -> int:
    """Has the kernel ask whoever holds the descriptor that is returned; for good."""
    calls = _CHANGES | _READS if reads else _CHANGES
    numbers = sorted(number for number, _ in calls.values())
    load, jump_if_equal, give = 0x20, 0x15, 0x06
    asks, goes_on = 0x7FC00000, 0x7FFF0000
    program = [(load, 0, 0, 0)]
    program += [(jump_if_equal, len(numbers) - i, 0, number) for i, number in enumerate(numbers)]
    program += [(give, 0, 0, goes_on), (give, 0, 0, asks)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in program))
    header = ctypes.create_string_buffer(
        struct.pack("HxxxxxxQ", len(program), ctypes.addressof(code))
    )
    _LIBC.prctl(38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS: whoever isn't root may do it, too
    return _called(_SECCOMP, 1, 8, header)  # SET_MODE_FILTER, FILTER_FLAG_NEW_LISTENER


def _called(number: int, *arguments: Any) -> int:
    result: int = _LIBC.syscall(number, *arguments)
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


def _answer(
    listener: int,
    child: int,
    folder: Path,
    decide: Callable[[int, Step], Action],
    steps: list[Step],
) -> None:
    request = bytearray(80)
    try:
        fcntl.ioctl(listener, _RECEIVE, request)
    except OSError as error:
        if error.errno == errno.ENOENT:  # it was killed meanwhile
            return
        raise
    id_, thread, _, number, _, _, *arguments = struct.unpack("QIIiIQ6Q", request)
    action: Action = "go on"
    step = _step(folder, thread, number, arguments)
    if step is not None:
        action = decide(len(steps), step)
        steps.append(step)
    value, code, flags = 0, 0, 0
    if isinstance(action, int):
        code = -action
    elif action.startswith("half"):
        value = _write_half(child, thread, number, arguments)
    if action in ("kill", "half, then kill"):
        os.kill(child, signal.SIGKILL)
        return
    if action == "go on":
        flags = _CONTINUE
    try:
        fcntl.ioctl(listener, _SEND, struct.pack("QqiI", id_, value, code, flags))
    except OSError as error:
        if error.errno != errno.ENOENT:
            raise


def _step(folder: Path, thread: int, number: int, arguments: list[int]) -> Step | None:
    """None for what is outside of the folder, or doesn't change anything."""
    name, at = _BY_NUMBER[number]
    if name in ("open", "openat") and not arguments[at + 1] & (os.O_CREAT | os.O_TRUNC):
        return None
    try:
        if at < 0:
            path = Path(f"/proc/{thread}/fd/{arguments[0]}").readlink()
        else:
            path = Path(os.fsdecode(_memory(thread, arguments[at], 4096).split(b"\0")[0]))
            base = ctypes.c_int(arguments[0] & 0xFFFFFFFF).value if at else _AT_FDCWD
            where = "cwd" if base == _AT_FDCWD else f"fd/{base}"
            path = Path(f"/proc/{thread}/{where}").readlink() / path
    except OSError:  # a descriptor or path that isn't there: the call fails by itself
        return None
    if not path.is_relative_to(folder):
        return None
    if name in ("open", "openat") and path.exists() and not arguments[at + 1] & os.O_TRUNC:
        return None
    return Step(name, path.relative_to(folder).as_posix())


def _memory(thread: int, address: int, size: int) -> bytes:
    memory = os.open(f"/proc/{thread}/mem", os.O_RDONLY)
    try:
        # A page at a time: what lies behind the last one may not be there.
        first = min(size, 4096 - address % 4096)
        data = os.pread(memory, first, address)
        if b"\0" in data or first == size:
            return data
        try:
            return data + os.pread(memory, size - first, address + first)
        except OSError:
            return data
    finally:
        os.close(memory)


def _write_half(child: int, thread: int, number: int, arguments: list[int]) -> int:
    """Does the first half of a write in the child's place; returns how many bytes that was."""
    name, _ = _BY_NUMBER[number]
    if name not in ("write", "pwrite64"):
        return 0
    descriptor, address, size, offset, *_ = arguments
    half = size // 2
    memory = os.open(f"/proc/{thread}/mem", os.O_RDONLY)
    data = os.pread(memory, half, address)
    os.close(memory)
    process = _called(_PIDFD_OPEN, child, 0)
    theirs = _called(_PIDFD_GETFD, process, descriptor, 0)
    os.close(process)
    written = os.pwrite(theirs, data, offset) if name == "pwrite64" else os.write(theirs, data)
    os.close(theirs)
    return written
