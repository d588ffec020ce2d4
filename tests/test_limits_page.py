"""The table of limits says what the code does."""

import re
from pathlib import Path

from index.limits import (
    MAX_DRAW_SECONDS,
    MAX_FILE_BYTES,
    MAX_LOAD_SECONDS,
    MAX_PDF_PAGES,
    MAX_WORKER_BYTES,
)
from qa import limits, page, serve, sign_in
from qa.answer import MAX_QUESTION_CHARACTERS
from qa.documents_html import LISTED_DOCUMENTS
from qa.feedback import MAX_NOTES
from qa.mcp_server import READ_CHARACTERS, RESOURCE_CHARACTERS, Search
from qa.note import MAX_CHARACTERS
from qa.records import MAX_BYTES
from qa.service import SearchBody
from qa.source_routes import AT_ONCE
from qa.tokens import MAX_TOKEN_SECONDS, SESSION_SECONDS

MIB, GIB = 1024**2, 1024**3
PAGE = Path(__file__).parent.parent / "docs" / "guide" / "limits.md"


def most(model: type[SearchBody] | type[Search]) -> int:
    """The largest `limit`."""
    rules = model.model_fields["limit"].metadata
    return next(int(rule.le) for rule in rules if hasattr(rule, "le"))


MOST = [
    f"{MAX_QUESTION_CHARACTERS:,} characters",
    f"{page.TURNS_KEPT}",
    f"{limits.QUESTIONS_A_MINUTE} (`--questions-a-minute`)",
    f"{limits.CALLS_A_MINUTE}",
    f"{page.QUESTIONS_AT_ONCE}, and {page.QUESTIONS_WAITING} more wait",
    f"{page.SESSIONS_KEPT:,}",
    f"{page.SESSIONS_LISTENING:,}",
    f"{serve.CONNECTIONS_AT_ONCE:,}",
    f"{limits.MAX_BODY_BYTES:,} bytes",
    f"{serve.MAX_HEAD_BYTES:,} bytes",
    f"{limits.MAX_UPLOAD_BYTES // MIB} MiB",
    f"{limits.MAX_UPLOADS}",
    f"{limits.UPLOADS_A_MINUTE}",
    f"{LISTED_DOCUMENTS}",
    f"{sign_in.TRIES} in {sign_in.TRIES_SECONDS // 60} minutes",
    f"{sign_in.TRIES_OF_A_NAME} in {sign_in.TRIES_SECONDS // 60} minutes",
    f"{sign_in.KEPT_SIGN_INS}",
    f"{limits.KEYS:,}",
    f"{SESSION_SECONDS // 86400} days",
    f"{MAX_TOKEN_SECONDS // 3600} hours",
    f"{most(SearchBody)}; {most(Search)}",
    f"{READ_CHARACTERS:,} characters",
    f"{RESOURCE_CHARACTERS:,} characters",
    f"{MAX_CHARACTERS:,} characters",
    f"{MAX_NOTES:,}",
    f"{AT_ONCE}, each within {MAX_DRAW_SECONDS} seconds",
    f"{MAX_FILE_BYTES // MIB} MiB; a PDF {MAX_PDF_PAGES:,} pages",
    f"{MAX_LOAD_SECONDS} seconds, {MAX_WORKER_BYTES // GIB} GiB of memory",
    f"{MAX_BYTES // GIB} GiB",
]


def test_every_limit_of_the_table_is_the_codes() -> None:
    table = PAGE.read_text("utf-8").partition("| what | most | the answer |")[2]
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", table.partition("\n\n")[0], re.M)
    assert [row[1] for row in rows] == MOST
