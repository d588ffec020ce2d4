"""What commands share: exit statuses, one JSON object on stdout if asked for, `--precision`."""

import argparse
import json
from typing import Any

DONE, FAILED, WRONG = 0, 1, 2


def print_json(value: Any) -> None:
    """Text as it is: JSON does its own escaping."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


def add_precision(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--precision",
        type=_precision,
        metavar="SHARE",
        help="answer only so that this share of answers is right, such as 0.9",
    )


def _precision(text: str) -> float:
    """A share of answers that are to be right, for argparse."""
    try:
        share = float(text)
    except ValueError:
        share = 0.0
    if not 0.5 <= share < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a share from 0.5 to below 1")
    return share
