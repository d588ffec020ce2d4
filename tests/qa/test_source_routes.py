"""Pictures of pages and original files, by the name of a document and by nothing else."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from qa.service import build_app
from qa.source_routes import _page_number
from tests.event_loop import in_event_loop
from tests.keyword_assistant import KeywordAssistant
from tests.papers import ferry_assistant, write_pdf


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeywordAssistant]:
    assistant = ferry_assistant(tmp_path_factory.mktemp("ferry"))
    yield assistant
    assert assistant.collection is not None
    assistant.collection.close()


@pytest.fixture(scope="module")
def papers(assistant: KeywordAssistant) -> Path:
    assert assistant.collection is not None
    return assistant.collection.directory.parent / "papers"


@pytest.fixture(scope="module")
def client(assistant: KeywordAssistant) -> Iterator[TestClient]:
    app = in_event_loop(lambda: build_app(assistant))
    with TestClient(app, "http://127.0.0.1", client=("127.0.0.1", 5)) as client:
        yield client


def test_a_page_is_drawn_and_asked_about_each_time(client: TestClient) -> None:
    drawn = client.get("/api/page", params={"document": "ferry.pdf", "page": "2"})
    assert drawn.headers["content-type"] == "image/png"
    assert Image.open(io.BytesIO(drawn.content)).size == (840, 1190)  # 2 pixels a point
    assert drawn.headers["cache-control"] == "private, no-cache"
    assert drawn.headers["cross-origin-resource-policy"] == "same-origin"
    again = client.get(
        "/api/page",
        params={"document": "ferry.pdf", "page": "2"},
        headers={"If-None-Match": drawn.headers["etag"]},
    )
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("page", ["0", "4", "-1", "1.5", "", "two", "99999999", "²"])
def test_there_is_no_such_page(client: TestClient, page: str) -> None:
    refused = client.get("/api/page", params={"document": "ferry.pdf", "page": page})
    assert refused.status_code == 400
    assert "page" in refused.json()["error"]
    assert "\n" not in refused.json()["error"]


def test_a_page_number_is_plain_digits() -> None:
    assert _page_number("123456") == 123456


@pytest.mark.parametrize(
    "name",
    [
        "../papers/ferry.pdf",
        "/etc/passwd",
        "..",
        "",
        "ferry.pdf/",
        "ferry.pdf\0",
        "FERRY.PDF",
        "%2e",
    ],
)
@pytest.mark.parametrize("path", ["/api/page", "/api/original"])
def test_only_names_of_documents_open_anything(client: TestClient, path: str, name: str) -> None:
    refused = client.get(path, params={"document": name, "page": "1"})
    assert refused.status_code == 400
    assert "no such document" in refused.json()["error"]


def test_only_a_pdf_has_pages(client: TestClient) -> None:
    refused = client.get("/api/page", params={"document": "note.txt", "page": "1"})
    assert refused.status_code == 400
    assert "has no pages that can be drawn" in refused.json()["error"]


@pytest.mark.parametrize(
    ("name", "disposition", "media_type"),
    [
        ("ferry.pdf", "inline", "application/pdf"),
        ("note.txt", "inline", "text/plain; charset=utf-8"),
        ("page.html", "attachment", "application/octet-stream"),
    ],
)
def test_an_original_is_shown_or_saved_and_never_acts(
    client: TestClient, papers: Path, name: str, disposition: str, media_type: str
) -> None:
    file = client.get("/api/original", params={"document": name})
    assert file.content == (papers / name).read_bytes()
    assert file.headers["content-disposition"] == f"{disposition}; filename*=utf-8''{name}"
    assert file.headers["content-type"] == media_type
    assert file.headers["x-content-type-options"] == "nosniff"
    policy = file.headers["content-security-policy"]
    assert policy == ("" if name.endswith("pdf") else "sandbox; ") + "frame-ancestors 'none'"
    assert file.headers["cache-control"] == "no-store"


def test_a_file_that_changed_is_not_given(client: TestClient, papers: Path) -> None:
    before = (papers / "ferry.pdf").read_bytes()
    write_pdf(papers / "ferry.pdf", captain="somebody else")
    try:
        for path in ("/api/original", "/api/page"):
            refused = client.get(path, params={"document": "ferry.pdf", "page": "1"})
            assert refused.status_code == 400
            assert "has changed since it was indexed" in refused.json()["error"]
    finally:
        (papers / "ferry.pdf").write_bytes(before)
