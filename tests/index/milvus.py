"""Milvus Lite for tests: a collection in a file, and a server that several processes share."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from index.address import MilvusAddress, parse_address


def file_address(folder: Path) -> MilvusAddress:
    address = parse_address(f"milvus+file:{folder / 'collection.db'}")
    assert isinstance(address, MilvusAddress)
    return address


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def shared_engine(folder: Path) -> Iterator[str]:
    """The address of an engine in a process of its own, without the collection's name.

    It answers one question at a time, since Milvus Lite numbers rows without a lock.
    """
    port = free_port()
    command = [sys.executable, "-m", "milvus_lite", "server", "--max-workers", "1"]
    command += ["--data-dir", str(folder / "shared.db"), "--port", str(port)]
    engine = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 300
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                assert engine.poll() is None
                assert time.monotonic() < until
                time.sleep(0.05)
        yield f"milvus+http://127.0.0.1:{port}"
    finally:
        engine.terminate()
        engine.wait()
