"""A collection's records as rows of Milvus's tables, and back."""

import base64
import hashlib
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.content_fields import from_fields, to_fields
from index.context import with_context
from index.milvus_tables import TEXT_BYTES
from index.places import packed
from index.store import FileState, location_from_json
from index.terms import terms
from index.types import Content, DocumentSummary, Passage, PassageRange, version_of

Row = dict[str, Any]

_PIECE_CHARACTERS = 60_000
_QUOTE = "zz"

FILE_FIELDS = ("path", "name", "sha256", "size_bytes", "modified_ns", "loader_version")
_OPTIONAL = ("date", "author", "language", "added")  # "" where there is none
SUMMARY_FIELDS = ("name", "title", "characters", "pages", "passages", *_OPTIONAL)
CITED_FIELDS = ("id", "name", "title", "sha256", "characters")  # of a passage's document
PASSAGE_FIELDS = (
    "id",
    "slot",
    "document_id",
    "start",
    "end",
    "text",
    "heading",
    "page",
    "location",
)


def key_of(*parts: str | int) -> int:
    """A key above 0 that says the same as the parts; 63 bits, so that two never share one.

    Of 100 million passages two do with a probability of 1 in 1,800.
    """
    digest = hashlib.blake2b(json.dumps(parts).encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "big") >> 1) or 1


def document_row(
    slot: int,
    id_: int,
    root_id: int,
    path: str,
    name: str,
    state: FileState,
    content: Content,
) -> Row:
    """A row of `documents`, added now; how many `passages` and `pieces` it has is put in later."""
    return {
        "slot": slot,
        "id": id_,
        "root_id": root_id,
        "path": path,
        **_filtered(name, content.date),
        **state._asdict(),
        "title": _cut(content.title),
        "author": _cut(content.author or ""),
        "language": content.language or "",
        "added": datetime.now(UTC).isoformat(timespec="seconds"),
        "characters": len(content.text),
        "pages": len(content.pages),
    }


def text_rows(slot: int, document_id: int, content: Content) -> list[Row]:
    """A content, packed, in pieces that fit into a field."""
    fields = {
        **to_fields(content),
        "places": base64.b64encode(packed(content.places)).decode("ascii"),
        "page_runs": base64.b64encode(content.page_runs).decode("ascii"),
    }
    data = base64.b64encode(zlib.compress(json.dumps(fields).encode())).decode("ascii")
    return [
        {
            "id": key_of(document_id, "text", number),
            "slot": slot,
            "document_id": document_id,
            "number": number,
            "data": data[first : first + _PIECE_CHARACTERS],
        }
        for number, first in enumerate(range(0, len(data), _PIECE_CHARACTERS))
    ]


def content_of(rows: Iterable[Mapping[str, Any]]) -> Content:
    """The content that `text_rows` was given, from all its rows in any order."""
    data = "".join(row["data"] for row in sorted(rows, key=lambda row: row["number"]))
    fields = json.loads(zlib.decompress(base64.b64decode(data)))
    places, page_runs = (base64.b64decode(fields[name]) for name in ("places", "page_runs"))
    return from_fields(fields, places, page_runs)


def passage_rows(
    document: Row, content: Content, ranges: Sequence[PassageRange], vectors: NDArray[np.float32]
) -> list[Row]:
    """Rows of `passages` for a row of `documents`; `vectors` (len(ranges), width)."""
    # Half precision as in a folder; Milvus Lite has no type for it.
    rounded = vectors.astype(np.float16).astype(np.float32)
    rows = []
    for number, (range_, vector) in enumerate(zip(ranges, rounded, strict=True)):
        words = content.text[range_.start : range_.end]
        rows.append(
            {
                "id": key_of(document["id"], number, range_.start, range_.end),
                "slot": document["slot"],
                "document_id": document["id"],
                **_filtered(document["name"], content.date),
                "start": range_.start,
                "end": range_.end,
                "heading": _cut(range_.heading or ""),
                "page": range_.page or 0,
                "location": json.dumps(dict(range_.location)),
                "text": words,
                "stems": stems_text(terms(with_context(content.title, range_.heading, words))),
                "vector": vector.tolist(),
            }
        )
    return rows


def passage_of(row: Mapping[str, Any], document: Mapping[str, Any]) -> Passage:
    """The passage in a row of `passages`, of the document in a row of `documents`."""
    return Passage(
        id=row["id"],
        document_id=row["document_id"],
        document=document["name"],
        title=document["title"],
        start=row["start"],
        end=row["end"],
        text=row["text"],
        heading=row["heading"] or None,
        page=row["page"] or None,
        location=location_from_json(row["location"]),
        version=version_of(document["sha256"], document["characters"]),
    )


def summary_of(row: Mapping[str, Any]) -> DocumentSummary:
    fields = {name: row[name] for name in SUMMARY_FIELDS}
    return DocumentSummary(**fields | {name: row[name] or None for name in _OPTIONAL})


def stems_text(stems: Iterable[str]) -> str:
    """Stems so that Milvus's `standard` analyzer gives them back, one word each.

    It cuts at all that isn't a letter or a digit, each engine by its own tables. So whatever isn't
    plain ASCII is written in base32, which is, behind a mark that no other stem begins with.
    """
    text = " ".join(map(_plain, stems))
    return text if len(text) <= TEXT_BYTES else text[:TEXT_BYTES].rpartition(" ")[0]


def _plain(stem: str) -> str:
    if stem.isascii() and stem.isalnum() and not stem.startswith(_QUOTE):
        return stem
    encoded = base64.b32encode(stem.encode()).decode("ascii")
    return _QUOTE + encoded.lower().rstrip("=")


def _filtered(name: str, date: str | None) -> Row:
    """What `index.milvus_filter` asks for."""
    return {"name": name, "backwards": name.casefold()[::-1], "date": date or ""}


def _cut(text: str) -> str:
    """As much of a text as fits into a field."""
    return text.encode()[:TEXT_BYTES].decode("utf-8", "ignore")
