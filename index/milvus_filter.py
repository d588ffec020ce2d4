"""Which documents are asked, as a condition that Milvus applies before it searches."""

from index.milvus_client import is_one_of, quoted
from index.scope import Scope, require_days


def condition_of(scope: Scope) -> str:
    """The condition over `documents` and `passages`; "" where everything is in scope.

    It takes in the same documents as `index.scope.chosen`; whoever is the scope's `reader` may see
    all, since there are no uploads here. Raises InputError for what is no day.
    """
    require_days(scope)
    parts = []
    if scope.documents:
        parts.append(is_one_of("name", scope.documents))
    if scope.folders:
        folders = [folder.strip("/") + "/" for folder in scope.folders]
        parts.append(" or ".join(_begins("name", folder) for folder in folders))
    if scope.types:
        # The end of a name is the beginning of the name written backwards.
        ends = ["." + type_.lstrip(".").casefold() for type_ in scope.types]
        parts.append(" or ".join(_begins("backwards", end[::-1]) for end in ends))
    if scope.since is not None:
        parts.append(f"date >= {quoted(scope.since)}")
    if scope.until is not None:
        # "2024" takes in all of 2024: "~" comes after all that a date may go on with.
        parts.append(f'date != "" and date <= {quoted(scope.until + "~")}')
    return " and ".join(f"({part})" for part in parts)


def _begins(field: str, start: str) -> str:
    """That a field begins so, without the wildcards that `like` would see in a name."""
    end = start[:-1] + chr(ord(start[-1]) + 1)
    return f"({field} >= {quoted(start)} and {field} < {quoted(end)})"
