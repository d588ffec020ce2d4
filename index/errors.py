"""Errors that are meant for the person who called, not for a programmer.

    QAError
    ├── InputError          what was asked for can't be done as it was asked
    ├── UnreadableFile      one file can't be loaded; the others go on
    └── CollectionError     the collection can't be used as it stands
        ├── CollectionBusy  another process is writing to it
        └── LexicalFailed   Tantivy can't go on with its files

Each message is one line: the value, the rule it breaks and what mends it. `qa` prints it and
exits with 2; anything else that is raised is a defect.
"""


class QAError(Exception):
    """A message for the person who called; see the module's docstring."""


class InputError(QAError):
    """What was asked for can't be done as it was asked."""


class UnreadableFile(QAError):
    """One file can't be loaded; the message is the reason, without the file's name."""


class CollectionError(QAError):
    """The collection can't be used as it stands."""


class CollectionBusy(CollectionError):
    """Another process is writing to the collection."""


class LexicalFailed(CollectionError):
    """Tantivy can't go on with its files: the disk fails, or they aren't whole."""


def no_document(name: str) -> InputError:
    """The error for a document that isn't there, or isn't for the one who asks."""
    return InputError(f"The collection has no document {name!r}: `qa documents` lists those it has")
