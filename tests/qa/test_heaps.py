"""How many heaps the threads of a process take, which glibc itself tells."""

import platform
import subprocess
import sys

import pytest

# Sixteen threads, alive together, hold something each.
THREADS = """
import ctypes, re, sys, tempfile, threading
from qa.serve import bound_heaps
if sys.argv[1] == "bound":
    bound_heaps()
libc = ctypes.CDLL(None)
libc.malloc.restype = libc.fopen.restype = ctypes.c_void_p
together = threading.Barrier(16)
def hold():
    libc.malloc(100)
    together.wait()
threads = [threading.Thread(target=hold) for _ in range(16)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
with tempfile.NamedTemporaryFile() as told:
    file = ctypes.c_void_p(libc.fopen(told.name.encode(), b"w"))
    libc.malloc_info(0, file)
    libc.fclose(file)
    print(len(re.findall("<heap nr", open(told.name).read())))
"""


def heaps(how: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", THREADS, how], capture_output=True, text=True, check=True
    )
    return int(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="glibc's heaps")
def test_threads_share_two_heaps() -> None:
    assert heaps("bound") <= 2 < heaps("as it comes")
