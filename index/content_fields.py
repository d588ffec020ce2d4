"""A document's content as plain lists, for stores that write JSON, and back."""

from collections.abc import Mapping
from typing import Any

from index.types import Content, Heading, Page, Place, Range


def to_fields(content: Content) -> dict[str, Any]:
    """What a content holds besides its page runs, of numbers, texts, lists and names only."""
    return {
        "title": content.title,
        "text": content.text,
        "date": content.date,
        "pages": [(page.number, page.start, page.end) for page in content.pages],
        "headings": [
            (h.level, h.start, h.end) if h.until is None else (h.level, h.start, h.end, h.until)
            for h in content.headings
        ],
        "places": [(place.start, place.end, dict(place.location)) for place in content.places],
        "navigation": [(gap.start, gap.end) for gap in content.navigation],
    }


def from_fields(fields: Mapping[str, Any], page_runs: bytes) -> Content:
    """What `to_fields` was given."""
    return Content(
        title=fields["title"],
        text=fields["text"],
        date=fields["date"],
        pages=tuple(Page(number=n, start=s, end=e) for n, s, e in fields["pages"]),
        headings=tuple(
            Heading(level=level, start=start, end=end, until=until[0] if until else None)
            for level, start, end, *until in fields["headings"]
        ),
        places=tuple(
            Place(start=s, end=e, location=tuple(location.items()))
            for s, e, location in fields["places"]
        ),
        navigation=tuple(Range(start=s, end=e) for s, e in fields["navigation"]),
        page_runs=page_runs,
    )
