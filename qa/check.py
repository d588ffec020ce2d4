"""Whether a collection keeps its promises, with what the question path keeps beside it."""

from collections.abc import Iterator, Mapping

from index import check
from index.collection import Collection
from index.errors import InputError
from qa.feedback import Feedback
from qa.tuning import load_tuning


def problems(collection: Collection, settings: Mapping[str, str]) -> Iterator[str]:
    """What is wrong, one line each with what mends it; nothing if all is well."""
    yield from check.problems(collection, settings)
    yield from Feedback(collection.directory).problems()
    try:
        load_tuning(collection.directory, reader="", embedder="")  # whatever models it is of
    except InputError as error:
        yield str(error)
