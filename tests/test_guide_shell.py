"""How a page of the guide is read and run, before it is believed in tests/test_guide.py."""

from pathlib import Path

import pytest

from tests.guide_page import commands, matches
from tests.guide_shell import python_command, shell

EXAMPLE = """\
```console
$ cat > a.txt <<'END'
$ not a command
END
$ echo one \\
  two
one two
$ false
```

```python
print(1)
```

```text
1
```
"""


def test_a_page_is_read_as_commands_with_what_they_print() -> None:
    found = [(c.line, c.code, c.shown, c.is_python) for c in commands(EXAMPLE)]
    assert found == [
        (2, "cat > a.txt <<'END'\n$ not a command\nEND", None, False),
        (5, "echo one \\\n  two", "one two\n", False),
        (8, "false", None, False),
        (12, "print(1)\n", "1\n", True),
    ]


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("a\n", "a\n", True),
        ("a\n", "b\n", False),
        ("a\n", "a\nb\n", False),
        ("a\n...\n", "a\n", True),
        ("a\n...\nd\n", "a\nb\nc\nd\n", True),
        ("a\n...\nd\n", "a\nb\nc\n", False),
        ("x (... %)\n", "x (93 %)\n", True),
        ("x (... %)\n", "x (93\n%)\n", False),
        ("x (... %)\n", "y (93 %)\n", False),
        ("a\n\nb\n", "a\n  \nb\n", True),
        ("a.c\n", "abc\n", False),
    ],
)
def test_dots_stand_for_what_is_not_shown(shown: str, printed: str, same: bool) -> None:
    assert matches(shown, printed) is same


def test_the_shell_tells_what_each_command_printed_and_its_status(tmp_path: Path) -> None:
    with shell(tmp_path, tmp_path) as bash:
        done = bash.run(
            [
                "x=3; (exit $x)",
                "echo $?",
                "qa ask 2> err; wc -l < err",
                "qa --help | head -1",
                python_command("y = 2"),
                python_command("import os; print(y, os.getcwd())"),
            ]
        )
    assert done == [
        (3, ""),
        (0, "3\n"),
        (0, "1\n"),
        (0, "usage: qa [-h] COMMAND ...\n"),
        (0, ""),
        (0, f"2 {tmp_path}\n"),
    ]
