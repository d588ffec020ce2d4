"""The day that a file gives as its own."""

import re
from datetime import date

# ISO 8601 with or without hyphens, as in front matter and <meta>, and PDF's "D:20180517…".
_DAY = re.compile(r"\s*(?:D:)?(\d{4})(-?)(\d{2})\2(\d{2})(?!\d)|\s*D:(\d{4})(\d{2})(\d{2})")


def iso_day(value: object) -> str | None:
    """The day that a date, a time or a text begins with, as YYYY-MM-DD; None if it names none."""
    found = _DAY.match(str(value))
    if not found:
        return None
    year, month, day = found.group(1, 3, 4) if found[1] else found.group(5, 6, 7)
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None
