"""What a file may take, so that one bad file can't stop the others or the computer.

The office formats have limits on what they unpack of their own (index/load/office.py).
"""

MAX_FILE_BYTES = 200 * 1024 * 1024
MAX_PDF_PAGES = 10_000

# Of the process that reads files which are more than plain text, and of the one that draws pages.
MAX_WORKER_BYTES = 3 * 1024**3  # of address space
MAX_DRAW_SECONDS = 20
MAX_LOAD_SECONDS = 600


def load_seconds(size_bytes: int) -> float:
    """What a file of that size may take to be read: some ten times what a sound one does."""
    return min(60 + 60 * size_bytes / 1024**2, MAX_LOAD_SECONDS)
