"""Every direct dependency is permissive, chosen for a reason that is written down, and listed."""

import re
from pathlib import Path

import pytest

from tests.dependencies import direct, licences, table

ROOT = Path(__file__).parent.parent
PERMISSIVE = {
    "0BSD", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSD", "BSD-2-Clause", "BSD-3-Clause",
    "BSL-1.0", "CC0-1.0", "MIT", "MIT-CMU", "PSF-2.0", "Zlib",
}  # fmt: skip
# What else is taken, and why that is all right.
OTHERS = {
    "hypothesis": {"MPL-2.0"},  # tests only; what is changed in its own files must be shared
    "tqdm": {"MPL-2.0"},  # likewise, for the files that are under it; used unchanged
    "pypdfium2": {"dependency licenses"},  # PDFium's own, BSD and alike, which the wheel lists
}


@pytest.mark.parametrize("name", direct())
def test_its_licence_is_permissive(name: str) -> None:
    found = set(licences(name))
    assert found
    assert found - OTHERS.get(name, set()) <= PERMISSIVE


def test_its_reason_is_written_down() -> None:
    text = (ROOT / "docs" / "decisions.md").read_text("utf-8")
    section = text.partition("## Dependencies")[2].partition("\n## ")[0]
    first = " ".join(re.findall(r"^\| ([^|]*) \|", section, re.M))
    written = set(re.findall(r"[A-Za-z0-9][\w.-]*", first))
    assert [name for name in direct() if name not in written] == []


def test_the_table_of_the_page_is_what_is_installed() -> None:
    page = (ROOT / "docs" / "security.md").read_text("utf-8")
    assert table() in page, "put in what `python -m tests.dependencies` prints"
