"""An answer as HTML; everything that is not ours goes through `escape`."""

from collections.abc import Sequence
from urllib.parse import quote

from index.types import Passage
from qa.labels import ENGLISH, Labels
from qa.present import (
    NEAREST,
    confidence_line,
    escape,
    excerpt,
    excerpt_of,
    heading_of,
    in_sentence,
    not_found,
    one_line,
    percent,
    shown,
    where,
)
from qa.types import Answer, Candidate, Citation

OTHERS = 4  # candidates shown besides the best


def source_link(document: str, start: int, end: int, version: str = "") -> str:
    """The address within the page that opens a document on the characters `[start, end)`.

    With the document's version, these are marked only as long as it is the same.
    """
    link = f"#source={quote(document, safe='')}&start={start}&end={end}"
    return f"{link}&version={version}" if version else link


def welcome_html(
    questions: Sequence[str],
    documents: int,
    labels: Labels = ENGLISH,
    *,
    takes_files: bool = False,
) -> str:
    """What stands in place of a conversation: how to begin, and example questions as buttons."""
    if documents == 0:
        how = labels.add_folder
        if takes_files:
            how = f'<a href="#documents">{labels.add_files}</a> {labels.or_a_folder}'
        return (
            f'<div class="welcome"><h2>{labels.nothing_yet}</h2><p>{how}</p>'
            "<pre>qa index FOLDER</pre></div>"
        )
    buttons = "".join(
        f'<li><button type="button" data-question="{escape(question)}">{escape(question)}'
        "</button></li>"
        for question in questions
    )
    examples = f'<p class="label">{labels.for_example}</p><ul>{buttons}</ul>' if buttons else ""
    return f'<div class="welcome"><h2>{labels.welcome}</h2><p>{labels.promise}</p>{examples}</div>'


def question_html(question: str) -> str:
    """What was asked."""
    return f'<div class="question" dir="auto"><bdi>{escape(question)}</bdi></div>'


def waiting_html(question: str, labels: Labels = ENGLISH) -> str:
    """A question that is being answered."""
    return f'{question_html(question)}<div class="answer waiting">{labels.waiting}</div>'


def notice_html(message: str) -> str:
    """A question that could not be asked, and why."""
    return f'<div class="notice" role="alert">{escape(message)}</div>'


def answer_html(answer: Answer, labels: Labels = ENGLISH, said: str = "") -> str:
    """A turn of the conversation: the question and its answer, possibility or abstention.

    `said` is where people say what they think of it; it is HTML.
    """
    is_found = answer.status != "abstained"
    body = _found_html(answer, labels) if is_found else _abstention_html(answer, labels)
    seconds = labels.seconds.format(f"{answer.timings.total_ms / 1000:.2f}")
    meant = (
        f'<p class="meant">{labels.understood_as} <bdi>{escape(answer.standalone_question)}</bdi>'
        "</p>"
        if answer.standalone_question != answer.question
        else ""
    )
    return (
        f'{question_html(answer.question)}{meant}<div class="answer {answer.status}">{body}'
        f'<div class="foot">{said}<span class="time">{seconds}</span></div></div>'
    )


def _found_html(answer: Answer, labels: Labels) -> str:
    heading = heading_of(answer, labels)
    label = f'<p class="label">{heading}</p>' if heading else ""
    best = shown(answer)
    others = [candidate for candidate in answer.candidates if candidate not in best][:OTHERS]
    more = ""
    if others:
        items = "".join(
            f'<li><p class="other"><bdi>{escape(excerpt(other.text))}</bdi> '
            f'<span class="confidence">{percent(other.confidence, labels)}</span></p>'
            f"{_evidence_html(answer, other, labels)}</li>"
            for other in others
        )
        more = (
            f"<details><summary>{labels.count(labels.others, len(others))}</summary>"
            f"<ul>{items}</ul></details>"
        )
    found = "".join(_candidate_html(answer, candidate, labels) for candidate in best)
    return label + found + more


def _candidate_html(answer: Answer, candidate: Candidate, labels: Labels) -> str:
    words = f'<p class="words"><bdi>{escape(one_line(candidate.text))}</bdi></p>'
    line = confidence_line(answer, candidate, labels).capitalize()
    confidence = f'<p class="confidence">{line}</p>' if line else ""
    evidence = _evidence_html(answer, candidate, labels)
    return f"{'' if candidate.evidence else words}{evidence}{confidence}"


def _evidence_html(answer: Answer, candidate: Candidate, labels: Labels) -> str:
    """The sentence with the words marked, then every place that gives them."""
    dated = bool(answer.disagreement)
    places = "".join(
        f"<li>{_place_html(answer.citations[number], number + 1, labels, dated=dated)}</li>"
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


def _abstention_html(answer: Answer, labels: Labels) -> str:
    items = "".join(
        f"<li>{_place_html(hit.passage, number, labels)}"
        f'<p class="excerpt" dir="auto">{escape(excerpt_of(hit.passage))}</p></li>'
        for number, hit in enumerate(answer.hits[:NEAREST], 1)
    )
    nearest = (
        f'<p class="label">{labels.nearest}</p><ul class="places nearest">{items}</ul>'
        if items
        else ""
    )
    hint = labels.no_guess if answer.unread_language is None else labels.nearest_may_hold_it
    said = escape(not_found(answer, labels))
    return f'<p class="words">{said}</p><p>{hint}</p>{nearest}'


def _place_html(
    place: Citation | Passage, number: int, labels: Labels, *, dated: bool = False
) -> str:
    first, *rest = where(place, dated=dated, labels=labels)
    details = f'<span class="place">{parts_html(rest)}</span>' if rest else ""
    link = source_link(place.document, place.start, place.end, place.version)
    return (
        f'<a class="citation" href="{escape(link)}">'
        f'<span class="number">{number}</span><span class="what"><bdi class="title">{escape(first)}'
        f"</bdi>{details}</span></a>"
    )


def parts_html(parts: Sequence[str]) -> str:
    """Details in a row, each kept to its own direction of text."""
    return " · ".join(f"<bdi>{escape(part)}</bdi>" for part in parts)


def panel_html(address: str, head: str, body: str, labels: Labels) -> str:
    """`data-address` tells the page's script what is open; the link shows on a phone only."""
    return (
        f'<section class="panel" data-address="{escape(address)}"><header>'
        f'<a class="back" href="#">{labels.back}</a>{head}</header>'
        f'<div class="body" tabindex="0" role="region" aria-label="{labels.reading}">{body}</div>'
        "</section>"
    )
