"""The source panel as HTML: a document's text or a page as it looks, with what is cited marked."""

import itertools
import re
from urllib.parse import quote

from index.places import location_at
from index.types import Box, Document, PageView
from qa.labels import ENGLISH, Labels
from qa.present import escape, excerpt, file_in_words, location_in_words, one_line
from qa.present_html import panel_html, parts_html, source_link

WHOLE_CHARACTERS = 20_000  # a document up to this length is shown whole
WINDOW_CHARACTERS = 5_000  # of a longer one, on each side of the cited words
_EMPTY_LINES = re.compile(r"\n(?:[ \t]*\n){2,}")


def source_html(
    document: Document,
    start: int,
    end: int,
    labels: Labels = ENGLISH,
    *,
    view: PageView | None = None,
    notice: str = "",
    may_share: bool = True,
) -> str:
    """The source panel on a document: the characters `[start, end)` are marked.

    On a page as it looks where there is a `view`, else in the text, of which a long one is shown
    around them only. Offsets outside the text are brought inside. `notice` is what to know first.
    """
    length = len(document.text)
    start = max(0, min(start, length))
    end = max(start, min(end, length))
    title = one_line(document.title) or one_line(file_in_words(document.name))
    at = _page_start(document, view.page, start) if view else start
    address = source_link(document.name, start, end, document.version)
    head = (
        f'<h2 dir="auto"><bdi>{escape(title)}</bdi></h2>'
        f'<p class="place">{parts_html(_position(document, at, title, labels, bool(view)))}</p>'
        f'<p class="tools">{_tools_html(document, address, view, labels, may_share)}</p>'
    )
    if notice:  # not in the body, which scrolls to the cited words
        head += f'<p class="changed" role="status">{escape(notice)}</p>'
    if view:
        body = _page_html(document, excerpt(document.text[start:end]), view, labels)
    else:
        body = _whole_text_html(document, start, end, labels)
    return panel_html(address, head, body, labels)


def missing_html(message: str, labels: Labels = ENGLISH) -> str:
    """The source panel where the document can't be opened."""
    return panel_html("", f"<h2>{labels.cannot_show}</h2>", f"<p>{escape(message)}</p>", labels)


def _tools_html(
    document: Document, address: str, view: PageView | None, labels: Labels, may_share: bool
) -> str:
    """Page or text, turning pages, the link to share, and the file.

    `data-turn` links take the place of what is open, so that Back leaves the panel at once.
    Addresses of the service are in `data-path`, since the page may stand in another site's.
    """
    tools = []
    if document.content.page_runs:
        as_page, as_text = (
            f' aria-current="{"true" if is_it else "false"}"' for is_it in (view, not view)
        )
        tools.append(
            f'<span class="switch" role="group" aria-label="{labels.shown_as}">'
            f'<a data-turn href="{escape(address)}"{as_page}>{labels.as_page}</a>'
            f'<a data-turn href="{escape(address)}&amp;view=text"{as_text}>{labels.as_text}</a>'
            "</span>"
        )
    if view:
        here = escape(labels.page_of.format(page=view.page, pages=view.pages))
        tools.append(
            f'<span class="pages">{_turn_html(address, view.page - 1, view, labels.previous_page)}'
            f"<span>{here}</span>"
            f"{_turn_html(address, view.page + 1, view, labels.next_page)}</span>"
        )
    if may_share:
        tools.append(
            f'<button type="button" data-copy data-copied="{escape(labels.copied)}">'
            f"{labels.copy_link}</button>"
        )
    path = f"api/original?document={quote(document.name, safe='')}"
    tools.append(
        f'<a data-path="{escape(path)}" target="_blank" rel="noopener">{labels.open_file}</a>'
    )
    return "".join(tools)


def _turn_html(address: str, page: int, view: PageView, name: str) -> str:
    arrow = "‹" if page < view.page else "›"
    if not 1 <= page <= view.pages:
        return f'<span class="arrow" aria-hidden="true">{arrow}</span>'
    return (
        f'<a class="arrow" data-turn href="{escape(address)}&amp;page={page}"'
        f' aria-label="{name}">{arrow}</a>'
    )


def _page_html(document: Document, quoted: str, view: PageView, labels: Labels) -> str:
    """The picture of the page; boxes are in per cent of it, so that they scale with it."""
    name = quote(document.name, safe="")
    path = f"api/page?document={name}&page={view.page}&version={document.version}"
    boxes = "".join(_box_html(box, view) for box in view.boxes)
    alternative = labels.page_of.format(page=view.page, pages=view.pages)
    marked = labels.marked.replace("{}", quoted) if boxes else ""
    return (
        f'<figure class="sheet" style="aspect-ratio: {view.width:.2f} / {view.height:.2f}">'
        f'<img data-path="{escape(path)}" alt="{escape(alternative)}">{boxes}'
        f'<figcaption class="unseen">{escape(marked)}</figcaption>'
        f'<p class="undrawn">{labels.not_drawn}</p></figure>'
    )


def _box_html(box: Box, view: PageView) -> str:
    across, down = 100 / view.width, 100 / view.height
    return (
        f'<span class="box" style="left: {box.left * across:.3f}%; top: {box.top * down:.3f}%;'
        f" width: {(box.right - box.left) * across:.3f}%;"
        f' height: {(box.bottom - box.top) * down:.3f}%"></span>'
    )


def _page_start(document: Document, page: int, start: int) -> int:
    """Where the page begins in the text, or the citation if that is on it."""
    ranges = [p for p in document.content.pages if p.number == page]
    if not ranges or ranges[0].start <= start < ranges[0].end:
        return start
    return ranges[0].start


def _whole_text_html(document: Document, start: int, end: int, labels: Labels) -> str:
    first, last = _window(document.text, start, end)
    return "".join(
        [
            f'<p class="cut">{labels.begins_earlier}</p>' if first > 0 else "",
            f'<div class="text">{_text_html(document, first, last, start, end, labels)}</div>',
            f'<p class="cut">{labels.goes_on}</p>' if last < len(document.text) else "",
        ]
    )


def _position(
    document: Document, start: int, title: str, labels: Labels, is_page: bool
) -> tuple[str, ...]:
    """File, day and place; a page that is shown is told below."""
    pages = document.content.pages
    page = next((page.number for page in pages if page.start <= start < page.end), None)
    name = one_line(file_in_words(document.name))
    date = document.content.date
    parts = (
        None if name == title else name,
        date and labels.date(date),
        page and not is_page and labels.place("page", page),
        location_in_words(location_at(document.content.places, start), labels),
    )
    return tuple(part for part in parts if part)


def _window(text: str, start: int, end: int) -> tuple[int, int]:
    """The characters to show: all of a short text, else some around, cut at white space."""
    if len(text) <= WHOLE_CHARACTERS:
        return 0, len(text)
    first = max(0, start - WINDOW_CHARACTERS)
    last = min(len(text), end + WINDOW_CHARACTERS, start + WHOLE_CHARACTERS)
    while 0 < first < start and not text[first - 1].isspace():
        first += 1
    while end < last < len(text) and not text[last].isspace():
        last -= 1
    return first, last


def _text_html(
    document: Document, first: int, last: int, start: int, end: int, labels: Labels
) -> str:
    """The characters `[first, last)` in stretches that are marked, heading or menu, or none."""
    content = document.content
    headings = [(h.start, h.end) for h in content.headings if h.start < last and h.end > first]
    menus = [(r.start, r.end) for r in content.navigation if r.start < last and r.end > first]
    pages = {page.start: page.number for page in content.pages if first <= page.start < last}
    bounds = {first, last, min(start, last), min(end, last), *pages}
    for range_start, range_end in (*headings, *menus):
        bounds |= {max(first, range_start), min(last, range_end)}
    cuts = sorted(bounds)
    pieces = []
    for here, there in itertools.pairwise(cuts):
        if here in pages:
            label = labels.page_mark.format(pages[here])
            pieces.append(f'<span class="page" data-label="{label}"></span>')
        tag = "mark" if start <= here < end else "span"
        names = [
            name
            for name, ranges in (("heading", headings), ("menu", menus))
            if any(a <= here < b for a, b in ranges)
        ]
        attribute = f' class="{" ".join(names)}"' if names else ""
        text = content.text[here:there]
        shown = text if tag == "mark" else _EMPTY_LINES.sub("\n\n", text)
        pieces.append(f"<{tag}{attribute}>{escape(shown)}</{tag}>")
    return "".join(pieces)
