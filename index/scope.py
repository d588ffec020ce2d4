"""Which documents a question is asked of: some by name, folder, type or date, or all."""

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace

from index.errors import InputError, no_document
from index.types import DocumentSummary
from index.upload_folders import may_see

_DAY = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a document has to be to be asked; nothing given means anything.

    `documents` are names, `folders` the first part of names ("reports/2024"), `types` the ends of
    file names without their point ("pdf"): a document is in where it is one of them. `since` and
    `until` are days, months or years (YYYY-MM-DD, YYYY-MM, YYYY), both included; a document
    without a date is out where one of them is given.

    `reader` is the upload folder of the person who asks (index/upload_folders.py): the uploads of
    others are left out, as if they weren't there. None leaves out nothing: for the owner only.
    """

    documents: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None
    reader: str | None = None

    @property
    def is_everything(self) -> bool:
        """Whether all documents are in scope that the one who asks may see."""
        return replace(self, reader=None) == EVERYTHING


EVERYTHING = Scope()


def chosen(scope: Scope, documents: Sequence[DocumentSummary]) -> list[str]:
    """The names of the documents in scope.

    Raises InputError where there is none, though some were asked for.
    """
    if scope.reader is not None:
        documents = [d for d in documents if may_see(d.upload_folder, scope.reader)]
    if scope.is_everything:
        return [document.name for document in documents]
    require_days(scope)
    require_known(scope, {document.name for document in documents})
    names = [document.name for document in documents if _is_in(scope, document)]
    if not names:
        raise none_in(scope)
    return names


def require_days(scope: Scope) -> None:
    """Raises InputError if the scope has a day that is none."""
    for day in (scope.since, scope.until):
        if day is not None and not _DAY.fullmatch(day):
            raise InputError(f"{day!r} is no day: write it as 2024-05-17, 2024-05 or 2024")


def require_known(scope: Scope, known: Set[str]) -> None:
    """Raises InputError if the scope names a document that isn't among those known."""
    for name in scope.documents:
        if name not in known:
            raise no_document(name)


def none_in(scope: Scope) -> InputError:
    """The error for a scope that no document is in."""
    return InputError(
        f"No document of the collection is {_in_words(scope)}: widen the filter or leave it out"
    )


def _is_in(scope: Scope, document: DocumentSummary) -> bool:
    name = document.name
    folders = [folder.strip("/") + "/" for folder in scope.folders]
    suffixes = ["." + type_.lstrip(".").casefold() for type_ in scope.types]
    return (
        (not scope.documents or name in scope.documents)
        and (not folders or any(name.startswith(folder) for folder in folders))
        and (not suffixes or any(name.casefold().endswith(suffix) for suffix in suffixes))
        and (scope.since is None or (document.date or "") >= scope.since)
        # "2024" takes in all of 2024: only as much of the date counts as was given.
        and (
            scope.until is None
            or (document.date is not None and document.date[: len(scope.until)] <= scope.until)
        )
    )


def _in_words(scope: Scope) -> str:
    parts = [
        f"one of {', '.join(map(repr, scope.documents))}" if scope.documents else "",
        f"in the folder {' or '.join(map(repr, scope.folders))}" if scope.folders else "",
        f"of the type {' or '.join(map(repr, scope.types))}" if scope.types else "",
        f"dated {scope.since} or later" if scope.since else "",
        f"dated {scope.until} or earlier" if scope.until else "",
    ]
    return " and ".join(part for part in parts if part)
