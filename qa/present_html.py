"""An answer and a document as HTML; everything that is not ours goes through `escape`."""

import itertools
import re
from collections.abc import Sequence
from urllib.parse import quote

from index.places import location_at
from index.types import Document, Passage
from qa.present import (
    NEAREST,
    NOT_FOUND,
    confidence_line,
    count,
    day_in_words,
    escape,
    excerpt,
    file_in_words,
    heading_of,
    in_sentence,
    location_in_words,
    one_line,
    percent,
    shown,
    where,
)
from qa.types import Answer, Candidate, Citation

WHOLE_CHARACTERS = 20_000  # a document up to this length is shown whole
WINDOW_CHARACTERS = 5_000  # of a longer one, on each side of the cited words
OTHERS = 4  # candidates shown besides the best
_EMPTY_LINES = re.compile(r"\n(?:[ \t]*\n){2,}")


def source_link(document: str, start: int, end: int) -> str:
    """The address within the page that opens a document on the characters `[start, end)`."""
    return f"#source={quote(document, safe='')}&start={start}&end={end}"


def welcome_html(questions: Sequence[str], documents: int, *, takes_files: bool = False) -> str:
    """What stands in place of a conversation: how to begin, and example questions as buttons."""
    if documents == 0:
        files = '<a href="#documents">Add files</a> here, or' if takes_files else "Add"
        return (
            '<div class="welcome"><h2>There is nothing to read yet</h2>'
            f"<p>{files} the folder with your documents, then load this page again:</p>"
            "<pre>qa index FOLDER</pre></div>"
        )
    buttons = "".join(
        f'<li><button type="button" data-question="{escape(question)}">{escape(question)}'
        "</button></li>"
        for question in questions
    )
    examples = f'<p class="label">For example</p><ul>{buttons}</ul>' if buttons else ""
    return (
        '<div class="welcome"><h2>Ask your documents</h2>'
        "<p>The answer comes in their own words, with the place where it stands. "
        f"Where they don't say, you are told so.</p>{examples}</div>"
    )


def question_html(question: str) -> str:
    """What was asked."""
    return f'<div class="question" dir="auto"><bdi>{escape(question)}</bdi></div>'


def waiting_html(question: str) -> str:
    """A question that is being answered."""
    return f'{question_html(question)}<div class="answer waiting">Reading your documents …</div>'


def notice_html(message: str) -> str:
    """A question that could not be asked, and why."""
    return f'<div class="notice" role="alert">{escape(message)}</div>'


def answer_html(answer: Answer) -> str:
    """A turn of the conversation: the question and its answer, possibility or abstention."""
    body = _abstention_html(answer) if answer.status == "abstained" else _found_html(answer)
    meant = (
        f'<p class="meant">Understood as: <bdi>{escape(answer.standalone_question)}</bdi></p>'
        if answer.standalone_question != answer.question
        else ""
    )
    return (
        f'{question_html(answer.question)}{meant}<div class="answer {answer.status}">{body}</div>'
    )


def _found_html(answer: Answer) -> str:
    heading = heading_of(answer)
    label = f'<p class="label">{heading}</p>' if heading else ""
    best = shown(answer)
    others = [candidate for candidate in answer.candidates if candidate not in best][:OTHERS]
    more = ""
    if others:
        items = "".join(
            f'<li><p class="other"><bdi>{escape(excerpt(other.text))}</bdi> '
            f'<span class="confidence">{percent(other.confidence)}</span></p>'
            f"{_evidence_html(answer, other)}</li>"
            for other in others
        )
        more = (
            f"<details><summary>{count(len(others), 'other possible answer')}</summary>"
            f"<ul>{items}</ul></details>"
        )
    return label + "".join(_candidate_html(answer, candidate) for candidate in best) + more


def _candidate_html(answer: Answer, candidate: Candidate) -> str:
    words = f'<p class="words"><bdi>{escape(one_line(candidate.text))}</bdi></p>'
    line = confidence_line(answer, candidate).capitalize()
    confidence = f'<p class="confidence">{line}</p>' if line else ""
    return f"{'' if candidate.evidence else words}{_evidence_html(answer, candidate)}{confidence}"


def _evidence_html(answer: Answer, candidate: Candidate) -> str:
    """The sentence with the words marked, then every place that gives them."""
    dated = bool(answer.disagreement)
    places = "".join(
        f"<li>{_place_html(answer.citations[number], str(number + 1), dated=dated)}</li>"
        for number in candidate.citations
    )
    before, words, after = in_sentence(answer.citations[candidate.citations[0]])
    quoted = (
        f'<blockquote class="whole" dir="auto">{escape(candidate.text)}</blockquote>'
        if candidate.evidence
        else f'<blockquote dir="auto">{escape(before)}<mark>{escape(words)}</mark>{escape(after)}'
        "</blockquote>"
    )
    return f'{quoted}<ul class="places">{places}</ul>'


def _abstention_html(answer: Answer) -> str:
    items = "".join(
        f"<li>{_place_html(hit.passage, str(number))}"
        f'<p class="excerpt" dir="auto">{escape(excerpt(hit.passage.text))}</p></li>'
        for number, hit in enumerate(answer.hits[:NEAREST], 1)
    )
    nearest = (
        f'<p class="label">The nearest places</p><ul class="places nearest">{items}</ul>'
        if items
        else ""
    )
    return (
        f'<p class="words">{escape(NOT_FOUND)}</p><p>I answer only from these documents and would '
        f"rather not guess. Other words for the question may help.</p>{nearest}"
    )


def _place_html(place: Citation | Passage, number: str, *, dated: bool = False) -> str:
    first, *rest = where(place, dated=dated)
    details = f'<span class="place">{_parts_html(rest)}</span>' if rest else ""
    return (
        f'<a class="citation" href="{escape(source_link(place.document, place.start, place.end))}">'
        f'<span class="number">{number}</span><span class="what"><bdi class="title">{escape(first)}'
        f"</bdi>{details}</span></a>"
    )


def _parts_html(parts: Sequence[str]) -> str:
    return " · ".join(f"<bdi>{escape(part)}</bdi>" for part in parts)


def source_html(document: Document, start: int, end: int) -> str:
    """The source panel on a document: the characters `[start, end)` are marked.

    A long document is shown around them only. Offsets outside the text are brought inside.
    """
    length = len(document.text)
    start = max(0, min(start, length))
    end = max(start, min(end, length))
    first, last = _window(document.text, start, end)
    title = one_line(document.title) or one_line(document.name)
    head = (
        f'<h2 dir="auto"><bdi>{escape(title)}</bdi></h2>'
        f'<p class="place">{_parts_html(_position(document, start, title))}</p>'
    )
    body = "".join(
        [
            '<p class="cut">… the document begins earlier</p>' if first > 0 else "",
            f'<div class="text">{_text_html(document, first, last, start, end)}</div>',
            '<p class="cut">the document goes on …</p>' if last < length else "",
        ]
    )
    return _panel_html(source_link(document.name, start, end), head, body)


def _panel_html(address: str, head: str, body: str) -> str:
    """`data-address` tells the page's script what is open; the link shows on a phone only."""
    return (
        f'<section class="panel" data-address="{escape(address)}"><header>'
        f'<a class="back" href="#">Back to the conversation</a>{head}</header>'
        f'<div class="body" tabindex="0">{body}</div></section>'
    )


def missing_html(message: str) -> str:
    """The source panel where the document can't be opened."""
    return _panel_html("", "<h2>This can't be shown</h2>", f"<p>{escape(message)}</p>")


def _position(document: Document, start: int, title: str) -> tuple[str, ...]:
    pages = document.content.pages
    page = next((page.number for page in pages if page.start <= start < page.end), None)
    name = one_line(file_in_words(document.name))
    date = document.content.date
    parts = (
        None if name == title else name,
        date and day_in_words(date),
        page and f"page {page}",
        location_in_words(location_at(document.content.places, start)),
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


def _text_html(document: Document, first: int, last: int, start: int, end: int) -> str:
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
            pieces.append(f'<span class="page" data-label="Page {pages[here]}"></span>')
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
