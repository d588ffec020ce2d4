"""The documents as HTML: the head's line, the list with its ticks, and where files are brought in.

What the scripts say (qa/documents.js, qa/uploads.js, qa/chosen.js) is here too, as attributes of
what they work on, so that all words come from the labels.
"""

from collections.abc import Sequence
from pathlib import PurePosixPath
from urllib.parse import quote

from index import load
from index.types import DocumentSummary
from index.upload_folders import EVERYBODY, NOBODY
from qa.labels import ENGLISH, Labels
from qa.limits import MAX_UPLOAD_BYTES
from qa.present import escape, file_in_words, one_line
from qa.present_html import source_link

LISTED_DOCUMENTS = 500
FILTERED_FROM = 13  # documents; fewer are seen at once


def collection_html(documents: Sequence[DocumentSummary], labels: Labels = ENGLISH) -> str:
    """The head of the page: its name and a line about the collection."""
    passages = sum(document.passages for document in documents)
    line = (
        f'<a href="#documents">{labels.count(labels.documents, len(documents))}</a>'
        f'<span class="passages">, {labels.count(labels.passages, passages)}</span>'
        if documents
        else f'<a href="#documents">{labels.no_documents}</a>'
    )
    return f'<h1>Chapter &amp; Verse</h1><p class="collection">{line}</p>'


def documents_html(
    documents: Sequence[DocumentSummary],
    reader: str = NOBODY,
    labels: Labels = ENGLISH,
    *,
    may_write: bool = False,
) -> str:
    """The list of documents, each with a tick, a link that opens it, and its details.

    `reader` is the upload folder of the one who looks; `may_write`: that person may take out
    uploads, everybody's and their own.
    """
    items = "".join(
        _item_html(document, reader, labels, may_write=may_write)
        for document in documents[:LISTED_DOCUMENTS]
    )
    more = len(documents) - LISTED_DOCUMENTS
    rest = f'<p class="label">{labels.count(labels.more_documents, more)}</p>' if more > 0 else ""
    listed = (
        f'<ul class="documents">{items}</ul>{rest}' if items else f"<p>{labels.no_documents}</p>"
    )
    tools = _tools_html(len(documents), labels) if len(documents) > 1 else ""
    return panel_html(len(documents), tools, listed, labels)


def panel_html(
    documents: int = 0, tools: str = "", listed: str = "", labels: Labels = ENGLISH
) -> str:
    """The panel around the list; empty until it is known who looks."""
    return (
        f'<section class="panel" data-address="#documents" data-total="{documents}"'
        f' data-asking="{escape(labels.asking)}" data-all="{escape(labels.ask_all_again)}">'
        f'<header><a class="back" href="#">{labels.back}</a><h2>{labels.documents_head}</h2>'
        f'{tools}</header><div class="body" tabindex="0" role="region"'
        f' aria-label="{escape(labels.documents_head)}">{listed}</div></section>'
    )


def _tools_html(documents: int, labels: Labels) -> str:
    box = (
        f'<input type="search" class="filter" placeholder="{escape(labels.filter)}"'
        f' aria-label="{escape(labels.filter_long)}" autocomplete="off">'
        if documents >= FILTERED_FROM
        else ""
    )
    return (
        f'<div class="picking">{box}<span class="ticks" role="group"'
        f' aria-label="{escape(labels.tick)}"><span class="label">{labels.tick}</span>'
        f'<button type="button" data-tick="all">{labels.tick_all}</button>'
        f'<button type="button" data-tick="none">{labels.tick_none}</button></span></div>'
        f'<p class="label filtered" role="status" data-none="{escape(labels.none_named)}"></p>'
    )


def _item_html(document: DocumentSummary, reader: str, labels: Labels, *, may_write: bool) -> str:
    file = one_line(file_in_words(document.name))
    title = one_line(document.title) or file
    is_own = document.upload_folder is not None and document.upload_folder == reader
    place = [file if file != title else "", labels.only_you if is_own else ""]
    parts = " · ".join(f"<bdi>{escape(part)}</bdi>" for part in place if part)
    removable = may_write and (is_own or document.upload_folder == EVERYBODY)
    tick, details = (
        escape(text.replace("{}", title)) for text in (labels.tick_document, labels.details_of)
    )
    return (
        f'<li data-document="{quote(document.name, safe="")}" data-shown="{escape(title)} '
        f'{escape(file)}"><input type="checkbox" checked aria-label="{tick}">'
        f'<div><a href="{escape(source_link(document.name, 0, 0))}">'
        f'<bdi class="title">{escape(title)}</bdi><span class="place">{parts}</span></a>'
        f'<details><summary aria-label="{details}">{labels.details}</summary>'
        f"<dl>{_details_html(document, file, labels, is_own=is_own)}</dl>"
        f"{_removal_html(title, labels) if removable else ''}</details></div></li>"
    )


def _details_html(document: DocumentSummary, file: str, labels: Labels, *, is_own: bool) -> str:
    whose = labels.for_you_only if is_own else document.upload_folder and labels.for_everybody
    details = (
        (labels.file, file),
        (labels.format, PurePosixPath(document.name).suffix.lstrip(".").lower()),
        (labels.pages_head, f"{document.pages:,}" if document.pages else ""),
        (labels.characters_head, f"{document.characters:,}"),
        (labels.passages_head, f"{document.passages:,}"),
        (labels.author, one_line(document.author or "")),
        (labels.dated, document.date and labels.date(document.date)),
        (labels.added, document.added and labels.date(document.added[:10])),
        (labels.uploaded, whose),
    )
    return "".join(
        f"<div><dt>{name}</dt><dd><bdi>{escape(value)}</bdi></dd></div>"
        for name, value in details
        if value
    )


def _removal_html(title: str, labels: Labels) -> str:
    """A button, and the question that takes its place."""
    return (
        f'<p class="removal" data-lost="{escape(labels.connection_lost)}">'
        '<button type="button" data-remove="ask"'
        f' aria-label="{escape(labels.remove_document.replace("{}", title))}">{labels.remove}'
        f'</button><span class="sure" hidden>{labels.sure}'
        f' <button type="button" data-remove="yes">{labels.yes_remove}</button> '
        f'<button type="button" data-remove="no">{labels.no_keep}</button></span>'
        '<span class="fault" role="alert"></span></p>'
    )


def adding_html(reader: str = NOBODY, labels: Labels = ENGLISH, *, may_write: bool) -> str:
    """Where files are dropped or chosen; nothing for somebody who may not write."""
    if not may_write:
        return ""
    words = {
        "waiting": labels.file_waiting,
        "sending": labels.file_sending,
        "reading": labels.file_reading,
        "done": labels.file_done,
        "large": labels.file_too_large.format(MAX_UPLOAD_BYTES // 1024**2),
        "kind": labels.file_unknown,
        "lost": labels.connection_lost,
    }
    attributes = "".join(f' data-{key}="{escape(text)}"' for key, text in words.items())
    choice = (
        '<label class="for"><input type="checkbox" name="everybody">'
        f" {labels.for_everybody_too}</label>"
        if reader != NOBODY
        else ""
    )
    kinds = ",".join(sorted(load.SUFFIXES))
    return (
        f'<div class="adding" data-most="{MAX_UPLOAD_BYTES}" data-kinds="{kinds}"{attributes}>'
        f'<ul class="files" aria-live="polite" aria-label="{escape(labels.files_added)}"></ul>'
        f'<div class="drop"><button type="button" class="choose">{labels.add_files}</button>'
        f'<span class="hint">{labels.or_drop}</span>{choice}'
        f'<input type="file" multiple hidden accept="{kinds}"></div></div>'
    )


# Above the question box: how many documents are asked. The script sets `text`; a click asks all.
CHOSEN_TEMPLATE = '<div role="status"><button type="button" class="chosen">${text}</button></div>'
