"""A document's content as plain lists, for stores that write JSON, and back."""

from collections.abc import Mapping
from typing import Any

from index.places import PackedPlaces
from index.types import Content, Heading, Page, Range


def to_fields(content: Content) -> dict[str, Any]:
    """What a content holds besides places and page runs, of numbers, texts and lists only."""
    return {
        "title": content.title,
        "text": content.text,
        "date": content.date,
        "author": content.author,
        "language": content.language,
        "pages": [(page.number, page.start, page.end) for page in content.pages],
        "headings": [
            (h.level, h.start, h.end) if h.until is None else (h.level, h.start, h.end, h.until)
            for h in content.headings
        ],
        "navigation": [(gap.start, gap.end) for gap in content.navigation],
    }


def from_fields(fields: Mapping[str, Any], places: bytes, page_runs: bytes) -> Content:
    """What `to_fields` was given; `places` are as `index.places.packed` gives them."""
    return Content(
        title=fields["title"],
        text=fields["text"],
        date=fields["date"],
        author=fields["author"],
        language=fields["language"],
        pages=tuple(Page(number=n, start=s, end=e) for n, s, e in fields["pages"]),
        headings=tuple(
            Heading(level=level, start=start, end=end, until=until[0] if until else None)
            for level, start, end, *until in fields["headings"]
        ),
        places=PackedPlaces(places),
        navigation=tuple(Range(start=s, end=e) for s, e in fields["navigation"]),
        page_runs=page_runs,
    )
