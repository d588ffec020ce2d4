"""A page of the guide: its commands with the output that it shows, and its Python.

A ```console block has commands, which begin with `$ `, each followed by what it prints. A command
goes on in the next line after a backslash, and up to `END` after `<<'END'`. In the output a line
`...` stands for any lines, and `...` inside a line for any characters. A ```python block is a
command, too; what it prints stands in the ```text block right after it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """`shown` is the output on the page, None where it shows none; `line` counts from 1."""

    line: int
    code: str
    shown: str | None
    is_python: bool


def commands(page: str) -> list[Command]:
    """The commands of a page in their order."""
    found: list[Command] = []
    end_of_python = None
    for block in _FENCE.finditer(page):
        line = page.count("\n", 0, block.start()) + 2
        kind, body = block.groups()
        if kind == "console":
            found += _console(body, line)
        elif kind == "python":
            found.append(Command(line=line, code=body, shown=None, is_python=True))
        elif kind == "text" and end_of_python and not page[end_of_python : block.start()].strip():
            last = found.pop()
            found.append(Command(line=last.line, code=last.code, shown=body, is_python=True))
        end_of_python = block.end() if kind == "python" else None
    return found


def _console(body: str, first_line: int) -> Iterator[Command]:
    lines = body.splitlines()
    assert lines, f"line {first_line}: an empty block"
    assert lines[0].startswith("$ "), f"line {first_line}: a console block begins with `$ `"
    at = 0
    while at < len(lines):
        start = at
        at = _end_of_command(lines, at)
        code = "\n".join(lines[start:at])[2:]
        output = at
        while at < len(lines) and not lines[at].startswith("$ "):
            at += 1
        shown = "\n".join(lines[output:at]).strip("\n")
        yield Command(
            line=first_line + start,
            code=code,
            shown=f"{shown}\n" if shown else None,
            is_python=False,
        )


def _end_of_command(lines: list[str], at: int) -> int:
    if "<<'END'" in lines[at]:
        return lines.index("END", at) + 1
    while lines[at].endswith("\\"):
        at += 1
    return at + 1


def matches(shown: str, printed: str) -> bool:
    """Whether `printed` is what a page shows, with its `...` for what isn't shown."""
    parts = [
        r"(?:.*\n)*?" if line.strip() == "..." else _in_line(line)
        for line in shown.rstrip("\n").split("\n")
    ]
    return re.fullmatch("".join(parts) + r"\s*", printed.rstrip("\n") + "\n") is not None


def _in_line(line: str) -> str:
    return ".*?".join(map(re.escape, line.rstrip().split("..."))) + r"[ \t]*\n"
