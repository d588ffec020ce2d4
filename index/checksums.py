"""A checksum of each document and its passages, by which `qa check` finds damage by the disk."""

import hashlib
from collections.abc import Iterator

from index.database import Database

# In a table of its own, which collections made before get: a document with its passages.
_TABLE = """
CREATE TABLE IF NOT EXISTS checksums (
    document_id INTEGER PRIMARY KEY REFERENCES documents(id) ON DELETE CASCADE,
    sha256 BLOB NOT NULL
)
"""
# All that is kept of a document, but what is only looked at to save reading its file.
_SUMMED = [
    "roots.path",
    "documents.path",
    "name",
    "sha256",
    "title",
    "date",
    "author",
    "language",
    "characters",
    "pages",
    "headings",
    "navigation",
    "places",
    "page_runs",
    "text",
    "added",
]
_SUMMED_PASSAGES = ["id", '"start"', '"end"', "heading", "page", "location", "text", "vector"]


def add_missing_checksums(db: Database) -> None:
    """Collections made before they were kept get them once, of what is there now."""
    is_there = "SELECT count(*) FROM sqlite_master WHERE name = 'checksums'"
    if db.value(is_there):
        return
    with db.transaction():
        if not db.value(is_there):  # another process may have been faster
            db.execute(_TABLE)
            for (id_,) in db.rows("SELECT id FROM documents"):
                put_checksum(db, id_)


def put_checksum(db: Database, document_id: int) -> None:
    """Of what is kept of the document now."""
    checksum = _checksum(db, document_id)
    db.execute("INSERT OR REPLACE INTO checksums VALUES (?, ?)", document_id, checksum)


def changed_documents(db: Database) -> Iterator[str]:
    """The names of those that aren't, with their passages, what was put in."""
    rows = db.rows(
        "SELECT documents.id, CAST(name AS BLOB), checksums.sha256 FROM documents"
        " LEFT JOIN checksums ON document_id = documents.id ORDER BY name"
    )
    for id_, name, checksum in rows:
        if _checksum(db, id_) != checksum:
            yield name.decode(errors="replace")


def _checksum(db: Database, document_id: int) -> bytes:
    """SHA-256 of a document and its passages as SQLite has them, which needn't be text."""
    digest = hashlib.sha256()
    tables = (
        (_SUMMED, "documents LEFT JOIN roots ON roots.id = root_id WHERE documents.id = ?"),
        (_SUMMED_PASSAGES, "passages WHERE document_id = ? ORDER BY id"),
    )
    for columns, table in tables:
        values = ", ".join(f"CAST({column} AS BLOB)" for column in columns)
        for row in db.each(f"SELECT {values} FROM {table}", document_id):  # noqa: S608
            for value in row:
                digest.update(b"-" if value is None else b"%d:" % len(value))
                digest.update(value or b"")
    return digest.digest()
