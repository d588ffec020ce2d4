import pytest

from index.errors import InputError
from index.scope import EVERYTHING, Scope, chosen
from index.types import DocumentSummary


def summary(name: str, date: str | None = None) -> DocumentSummary:
    return DocumentSummary(name=name, title=name, date=date, characters=1, pages=0, passages=1)


DOCUMENTS = (
    summary("reports/2023.pdf", "2023-12-31"),
    summary("reports/2024.PDF", "2024-06-01"),
    summary("reports-old/2020.md"),
    summary("notes.md", "2024-12-31"),
)


@pytest.mark.parametrize(
    ("scope", "names"),
    [
        (EVERYTHING, ["reports/2023.pdf", "reports/2024.PDF", "reports-old/2020.md", "notes.md"]),
        (Scope(documents=("notes.md",)), ["notes.md"]),
        (Scope(folders=("reports",)), ["reports/2023.pdf", "reports/2024.PDF"]),
        (Scope(folders=("/reports/",)), ["reports/2023.pdf", "reports/2024.PDF"]),
        (Scope(types=("pdf",)), ["reports/2023.pdf", "reports/2024.PDF"]),
        (Scope(types=(".md", "PDF"), folders=("reports-old",)), ["reports-old/2020.md"]),
        (Scope(since="2024"), ["reports/2024.PDF", "notes.md"]),
        (Scope(until="2024"), ["reports/2023.pdf", "reports/2024.PDF", "notes.md"]),
        (Scope(until="2024-06"), ["reports/2023.pdf", "reports/2024.PDF"]),
        (Scope(since="2024-06-01", until="2024-06-01"), ["reports/2024.PDF"]),
    ],
)
def test_documents_in_scope(scope: Scope, names: list[str]) -> None:
    assert chosen(scope, DOCUMENTS) == names


@pytest.mark.parametrize(
    ("scope", "message"),
    [
        (Scope(documents=("gone.md",)), "no document 'gone.md'"),
        (Scope(types=("docx",)), "No document of the collection is of the type 'docx'"),
        (Scope(folders=("report",)), "in the folder 'report'"),
        (Scope(since="2025"), "dated 2025 or later"),
        (Scope(since="May 2024"), "'May 2024' is no day"),
    ],
)
def test_a_filter_that_matches_nothing_says_so(scope: Scope, message: str) -> None:
    with pytest.raises(InputError, match=message):
        chosen(scope, DOCUMENTS)
