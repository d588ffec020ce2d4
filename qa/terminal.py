"""What every command ends with: its exit status, and one JSON object on stdout if asked for."""

import json
from typing import Any

DONE, FAILED, WRONG = 0, 1, 2


def print_json(value: Any) -> None:
    """Text as it is: JSON does its own escaping."""
    print(json.dumps(value, ensure_ascii=False, indent=2))
