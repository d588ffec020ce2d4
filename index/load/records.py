"""JSON and JSON lines (.json, .jsonl): the fields of each object as lines "name: value".

Fields of objects inside an object carry its name before theirs ("address > city: Seoul"). A long
text is a paragraph of its own. Objects of a list stand apart, and are located by their number in
it, or by their line.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from index.errors import UnreadableFile
from index.load.about import author, language
from index.load.compose import Line, compose
from index.load.day import iso_day
from index.load.text import decode
from index.types import Content

PROSE_CHARACTERS = 200  # a longer value is a paragraph of its own
MAX_DEPTH = 50
_TOO_DEEP = f"nests values more than {MAX_DEPTH} deep: flatten it"


def read(data: bytes) -> Content:
    """The fields of a JSON file; title and date are those of its object, if it is one.

    Raises UnreadableFile for what isn't JSON, naming the line.
    """
    text = decode(data)
    if not text.strip():
        return Content(title="", text="")
    value = _parse(text, first_line=1)
    if isinstance(value, list):
        lines = [
            replace(line, location=(("item", number),))
            for number, item in enumerate(value, 1)
            for line in _record(item)
        ]
        return compose("", lines)
    fields = value if isinstance(value, dict) else {}
    title = fields.get("title")
    lines = list(_record(value))
    return compose(
        title if isinstance(title, str) else "",
        lines,
        iso_day(fields.get("date")),
        author(fields.get("author")),
        language(fields.get("language")),
    )


def read_lines(data: bytes) -> Content:
    """The fields of the objects of JSON lines, one a line. Raises UnreadableFile as `read` does."""
    lines: list[Line] = []
    for number, text in enumerate(decode(data).split("\n"), 1):
        if text.strip():
            record = _record(_parse(text, first_line=number))
            lines += [replace(line, location=(("line", number),)) for line in record]
    return compose("", lines)


def _parse(text: str, first_line: int) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        line = first_line + error.lineno - 1
        raise UnreadableFile(f"is not JSON at line {line:,} ({error.msg}): mend it there") from None
    except RecursionError:
        raise UnreadableFile(_TOO_DEEP) from None
    except ValueError:  # a whole number of thousands of digits
        raise UnreadableFile("holds a number with too many digits: write it as text") from None


def _record(value: Any) -> Iterator[Line]:
    """The lines of one object, of which all but the first and the paragraphs are close."""
    first = True
    for name, text in _fields(value, ()):
        is_prose = len(text) > PROSE_CHARACTERS
        if name and is_prose:
            yield Line(text=f"{name}:", close=not first)
        if is_prose or not name:
            yield from (Line(text=paragraph) for paragraph in text.split("\n\n"))
        else:
            yield Line(text=f"{name}: {' '.join(text.split())}", close=not first)
        first = False


def _fields(value: Any, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The names and values of an object's fields, and of what is inside them."""
    if len(path) > MAX_DEPTH:
        raise UnreadableFile(_TOO_DEEP)
    name = " > ".join(path)
    if isinstance(value, dict):
        for key, inside in value.items():
            yield from _fields(inside, (*path, " ".join(key.split())))
    elif isinstance(value, list):
        plain = [_shown(item) for item in value if not isinstance(item, dict | list)]
        if len(plain) == len(value):
            yield from [(name, ", ".join(plain))] if plain else []
        else:
            for number, item in enumerate(value, 1):
                yield from _fields(item, (*path, str(number)))
    elif value is not None and value != "":
        yield name, _shown(value)


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
