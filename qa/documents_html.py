"""The documents as HTML: the head's line, the list with its ticks, and where files are brought in.

What the scripts say (qa/documents.js, qa/uploads.js, qa/chosen.js) is here too, as attributes of
what they work on, so that all words stand in one place.
"""

from collections.abc import Sequence
from pathlib import PurePosixPath
from urllib.parse import quote

from index import load
from index.types import DocumentSummary
from index.upload_folders import EVERYBODY, NOBODY
from qa.limits import MAX_UPLOAD_BYTES
from qa.present import count, day_in_words, escape, file_in_words, one_line
from qa.present_html import source_link

LISTED_DOCUMENTS = 500
FILTERED_FROM = 13  # documents; fewer are seen at once

NO_DOCUMENTS = "No documents yet"
LOST = "The connection was lost; please try again"


def collection_html(documents: Sequence[DocumentSummary]) -> str:
    """The head of the page: its name and a line about the collection."""
    passages = sum(document.passages for document in documents)
    line = (
        f'<a href="#documents">{count(len(documents), "document")}</a>'
        f'<span class="passages">, {count(passages, "passage")}</span>'
        if documents
        else f'<a href="#documents">{NO_DOCUMENTS}</a>'
    )
    return f'<h1>Chapter &amp; Verse</h1><p class="collection">{line}</p>'


def documents_html(
    documents: Sequence[DocumentSummary], reader: str = NOBODY, *, may_write: bool = False
) -> str:
    """The list of documents, each with a tick, a link that opens it, and its details.

    `reader` is the upload folder of the one who looks; `may_write`: that person may take out
    uploads, everybody's and their own.
    """
    items = "".join(
        _item_html(document, reader, may_write=may_write)
        for document in documents[:LISTED_DOCUMENTS]
    )
    more = len(documents) - LISTED_DOCUMENTS
    rest = f'<p class="label">and {count(more, "more document")}</p>' if more > 0 else ""
    listed = f'<ul class="documents">{items}</ul>{rest}' if items else f"<p>{NO_DOCUMENTS}.</p>"
    tools = _tools_html(len(documents)) if len(documents) > 1 else ""
    return panel_html(len(documents), tools, listed)


def panel_html(documents: int = 0, tools: str = "", listed: str = "") -> str:
    """The panel around the list; empty until it is known who looks."""
    return (
        f'<section class="panel" data-address="#documents" data-total="{documents}">'
        '<header><a class="back" href="#">Back to the conversation</a><h2>Documents</h2>'
        f'{tools}</header><div class="body" tabindex="0">{listed}</div></section>'
    )


def _tools_html(documents: int) -> str:
    box = (
        '<input type="search" class="filter" placeholder="Filter by name" aria-label="Filter the'
        ' list of documents by name" autocomplete="off">'
        if documents >= FILTERED_FROM
        else ""
    )
    return (
        f'<div class="tools">{box}<span class="ticks" role="group" aria-label="Ask">'
        '<span class="label">Ask</span><button type="button" data-tick="all">all</button>'
        '<button type="button" data-tick="none">none</button></span></div>'
        '<p class="label filtered" role="status" data-none="No document has that in its name">'
        "</p>"
    )


def _item_html(document: DocumentSummary, reader: str, *, may_write: bool) -> str:
    file = one_line(file_in_words(document.name))
    title = one_line(document.title) or file
    is_own = document.upload_folder is not None and document.upload_folder == reader
    place = [file if file != title else "", "only you see it" if is_own else ""]
    parts = " · ".join(f"<bdi>{escape(part)}</bdi>" for part in place if part)
    removable = may_write and (is_own or document.upload_folder == EVERYBODY)
    return (
        f'<li data-document="{quote(document.name, safe="")}" data-shown="{escape(title)} '
        f'{escape(file)}"><input type="checkbox" checked aria-label="Ask {escape(title)}">'
        f'<div><a href="{escape(source_link(document.name, 0, 0))}">'
        f'<bdi class="title">{escape(title)}</bdi><span class="place">{parts}</span></a>'
        f'<details><summary aria-label="Details of {escape(title)}">Details</summary>'
        f"<dl>{_details_html(document, file, is_own=is_own)}</dl>"
        f"{_removal_html(title) if removable else ''}</details></div></li>"
    )


def _details_html(document: DocumentSummary, file: str, *, is_own: bool) -> str:
    details = {
        "File": file,
        "Format": PurePosixPath(document.name).suffix.lstrip(".").lower(),
        "Pages": f"{document.pages:,}" if document.pages else "",
        "Characters": f"{document.characters:,}",
        "Passages": f"{document.passages:,}",
        "Dated": document.date and day_in_words(document.date),
        "Added": document.added and day_in_words(document.added[:10]),
        "Uploaded": "for you only" if is_own else document.upload_folder and "for everybody",
    }
    return "".join(
        f"<div><dt>{name}</dt><dd><bdi>{escape(value)}</bdi></dd></div>"
        for name, value in details.items()
        if value
    )


def _removal_html(title: str) -> str:
    """A button, and the question that takes its place."""
    return (
        f'<p class="removal" data-lost="{LOST}"><button type="button" data-remove="ask"'
        f' aria-label="Remove {escape(title)}">Remove</button><span class="sure" hidden>'
        "Remove the file and its words for good?"
        ' <button type="button" data-remove="yes">Yes, remove</button> '
        '<button type="button" data-remove="no">No, keep</button></span>'
        '<span class="fault" role="alert"></span></p>'
    )


def adding_html(reader: str = NOBODY, *, may_write: bool) -> str:
    """Where files are dropped or chosen; nothing for somebody who may not write."""
    if not may_write:
        return ""
    words = {
        "waiting": "Waiting",
        "sending": "Sending …",
        "reading": "Reading …",
        "done": "Added",
        "large": f"is larger than {MAX_UPLOAD_BYTES // 1024**2} MiB; split it",
        "kind": "is of a kind that can't be read",
        "lost": LOST,
    }
    attributes = "".join(f' data-{key}="{escape(text)}"' for key, text in words.items())
    choice = (
        '<label class="for"><input type="checkbox" name="everybody"> for everybody, not only me'
        "</label>"
        if reader != NOBODY
        else ""
    )
    kinds = ",".join(sorted(load.SUFFIXES))
    return (
        f'<div class="adding" data-most="{MAX_UPLOAD_BYTES}" data-kinds="{kinds}"{attributes}>'
        '<ul class="files" aria-live="polite" aria-label="Files being added"></ul>'
        '<div class="drop"><button type="button" class="choose">Add files</button>'
        f'<span class="hint">or drop them here</span>{choice}'
        f'<input type="file" multiple hidden accept="{kinds}"></div></div>'
    )


# Above the question box: how many documents are asked. The script sets `text`; a click asks all.
CHOSEN_TEMPLATE = (
    '<div role="status"><button type="button" class="chosen" title="Ask all documents again"'
    ' data-asking="Asking {chosen} of {total} documents">${text}</button></div>'
)
