"""Which documents a question is asked of: some by name, folder, type or date, or all."""

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass

from index.errors import InputError
from index.types import DocumentSummary

_DAY = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a document has to be to be asked; nothing given means anything.

    `documents` are names, `folders` the first part of names ("reports/2024"), `types` the ends of
    file names without their point ("pdf"): a document is in where it is one of them. `since` and
    `until` are days, months or years (YYYY-MM-DD, YYYY-MM, YYYY), both included; a document
    without a date is out where one of them is given.
    """

    documents: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None

    @property
    def is_everything(self) -> bool:
        return self == EVERYTHING


EVERYTHING = Scope()


def chosen(scope: Scope, documents: Sequence[DocumentSummary]) -> list[str]:
    """The names of the documents in scope. Raises InputError where there is none."""
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
            raise InputError(
                f"The collection has no document {name!r}: `qa documents` lists those it has"
            )


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
