"""Values of JSON records that people wrote, each checked as it is taken out."""

import gzip
import json
import zlib
from pathlib import Path

from index.errors import InputError

MAX_BYTES = 1024**3  # of a file of questions, unpacked


class Malformed(ValueError):
    """What is wrong with a record; becomes a problem or an InputError."""


def read_bytes(path: Path) -> bytes:
    """The file's bytes without a byte order mark; of a .gz file, what it holds."""
    if path.is_dir():
        raise InputError(f"{path} is a folder, not a gold set I can read; give a file")
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or "it is no whole gzip file"
        raise InputError(f"{path} can't be read ({reason}); give a gold file") from None
    if len(data) > MAX_BYTES:
        raise InputError(
            f"{path} holds more than {MAX_BYTES / 1024**3:g} GiB of questions; split it"
        )
    return data.removeprefix(b"\xef\xbb\xbf")


def record_of(line: bytes) -> object:
    """The JSON value in these bytes."""
    try:
        return json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        raise Malformed("it is not UTF-8") from None
    except (ValueError, RecursionError):
        raise Malformed("it is not JSON") from None


def value_at(record: object, key: str) -> object:
    """The value at `key`, None where there is none."""
    if not isinstance(record, dict):
        raise Malformed(f"{_short(record)} stands where a JSON object should")
    return record.get(key)


def text_at(record: object, key: str, default: str | None = None) -> str:
    """The text at `key`; the default, where there is one, if it is null or not there."""
    value = value_at(record, key)
    return default if value is None and default is not None else is_text(value, f'"{key}"')


def is_text(value: object, name: str) -> str:
    """The value, which must be text; `name` is what the message calls it."""
    if not isinstance(value, str):
        raise Malformed(f"{name} must be text, not {_short(value)}")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise Malformed(f"{name} holds half a character, {_short(value)}")
    return value


def words_at(record: object, key: str) -> str:
    """The text at `key`, which must say something."""
    value = text_at(record, key)
    if not value.strip():
        raise Malformed(f'"{key}" is empty')
    return value


def id_of(record: object) -> str:
    """The record's id: words, or a whole number."""
    value = value_at(record, "id")
    return str(value) if type(value) is int else words_at(record, "id")


def list_at(record: object, key: str, default: list[object] | None = None) -> list[object]:
    """The list at `key`; the default, where there is one, if it is null or not there."""
    value = value_at(record, key)
    if value is None and default is not None:
        return default
    if not isinstance(value, list):
        raise Malformed(f'"{key}" must be a list, not {_short(value)}')
    return value


def number_at(record: object, key: str, lowest: int) -> int | None:
    """The whole number at `key`; None where it is null or not there."""
    value = value_at(record, key)
    if value is None:
        return None
    if type(value) is not int or value < lowest:
        raise Malformed(f'"{key}" must be a whole number from {lowest}, not {_short(value)}')
    return value


def _short(value: object) -> str:
    written = "nothing" if value is None else json.dumps(value)
    return written if len(written) <= 40 else f"{written[:39]}…"
