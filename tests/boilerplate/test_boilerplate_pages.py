"""Of thirty made pages nothing of the documents is lost, and most of the sites is kept out."""

import pytest

from index.load import load
from tests.boilerplate.pages import LAYOUTS, pages, shares

# What was reached, so that no change gives it away unseen (tests/benchmarks/boilerplate.py).
KEPT_OUT = {
    "blog": 0.97,
    "council": 1.0,
    "ebook": 0.86,
    "forum": 0.57,
    "magazine": 1.0,
    "manual": 1.0,
    "news": 0.99,
    "soup": 0.38,
    "table": 0.08,
    "wiki": 0.98,
}


def test_there_are_ten_layouts() -> None:
    assert {path.stem for path in LAYOUTS.iterdir()} == set(KEPT_OUT)


@pytest.mark.parametrize("layout", KEPT_OUT)
def test_documents_are_told_from_sites(layout: str) -> None:
    made = [page for page in pages() if page.name.startswith(f"{layout}-")]
    found = [shares(load(page.name, page.data), site=page.site, own=page.own) for page in made]
    assert [one.lost for one in found] == [0, 0, 0]
    assert sum(one.kept_out for one in found) / 3 >= KEPT_OUT[layout]
