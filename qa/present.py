"""An answer as JSON, terminal text or Markdown, and what makes a document's text safe to show.

Text from documents is data. Here it loses what could act: control characters and the marks that
turn the direction of text become visible, and each form's own special characters are escaped.
`qa/present_html.py` writes the page's HTML with the same functions; nothing else escapes.
"""

import html
import re
from collections.abc import Iterable, Sequence
from typing import Any

from index.types import DocumentSummary, Location, Passage
from index.upload_folders import EVERYBODY
from qa.labels import ENGLISH, Labels
from qa.types import Answer, Candidate, Citation, Hit

SENTENCE_CHARACTERS = 220  # of a long sentence, on each side of the answer
EXCERPT_CHARACTERS = 240
NEAREST = 3  # passages shown with an abstention

_VISIBLE = dict.fromkeys(
    [
        *(code for code in range(0x20) if chr(code) not in "\t\n"),  # controls
        *range(0x7F, 0xA0),
        *range(0x202A, 0x202F),  # marks that turn the direction of what follows
        *range(0x2066, 0x206A),
        *range(0xD800, 0xE000),  # halves of a character, which UTF-8 can't carry
    ],
    "\ufffd",
) | {0x2028: "\n", 0x2029: "\n"}


_UPLOAD_FOLDER = re.compile(r"^[0-9a-f]{32}/")


def not_found(answer: Answer, labels: Labels = ENGLISH) -> str:
    """What is said where there is no answer."""
    if answer.unread_language is None:
        return labels.not_found
    name = labels.languages.get(answer.unread_language, labels.this_language)
    return labels.unread.replace("{}", name)


def visible(text: str) -> str:
    """The text with control and direction-turning characters made visible; tabs and lines stay."""
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_VISIBLE)


def one_line(text: str) -> str:
    """`visible`, with every run of white space as one space."""
    return " ".join(visible(text).split())


def escape(text: str) -> str:
    """`visible`, safe as HTML text and inside a quoted attribute."""
    return html.escape(visible(text), quote=True)


def percent(confidence: float, labels: Labels = ENGLISH) -> str:
    """A probability as a whole percentage that never claims certainty."""
    if confidence > 0.99:
        return labels.over_percent.format(99)
    if confidence < 0.01:
        return labels.under_percent.format(1)
    return labels.percent.format(round(confidence * 100))


def confidence_in_words(candidate: Candidate, labels: Labels = ENGLISH) -> str:
    """For example "very likely right (93 %)"; of a sentence or list "very likely answers it"."""
    words = labels.answers if candidate.evidence else labels.right
    bounds = zip((0.9, 0.7, 0.5, 0.25, 0.0), words, strict=True)
    likely = next(words for least, words in bounds if candidate.confidence >= least)
    return f"{likely} ({percent(candidate.confidence, labels)})"


def confidence_line(answer: Answer, candidate: Candidate, labels: Labels = ENGLISH) -> str:
    """How likely it is right; nothing where documents differ, for which one holds isn't known."""
    return "" if answer.disagreement else confidence_in_words(candidate, labels)


def heading_of(answer: Answer, labels: Labels = ENGLISH) -> str:
    """What is said above an answer or possibility; empty where its words speak for themselves."""
    if answer.disagreement:
        return labels.differing
    if answer.status == "unsure":
        return labels.possibly
    return labels.documents_say if answer.candidates[0].evidence else ""


def shown(answer: Answer) -> tuple[Candidate, ...]:
    """The best candidate, and those that other documents give instead."""
    return tuple(answer.candidates[i] for i in answer.disagreement or (0,))


def count(number: int, singular: str) -> str:
    """For example "1 document", "2,067 documents"."""
    return f"{number:,} {singular}" if number == 1 else f"{number:,} {singular}s"


def location_in_words(location: Location, labels: Labels = ENGLISH) -> str:
    """For example "sheet Trade, cell B7"; a name that holds several words is as it is."""
    return one_line(", ".join(labels.place(name, value) for name, value in location))


def where(
    place: Citation | Passage, *, dated: bool = False, labels: Labels = ENGLISH
) -> tuple[str, ...]:
    """Title, document, page or place, and heading, each on one line; what it has not is left out.

    `dated`: a citation's document's own day, too.
    """
    page = location_in_words(_location(place), labels)
    heading = (place.heading or "").removeprefix(f"{place.title} > ")
    date = place.date if dated and isinstance(place, Citation) else None
    file = file_in_words(place.document)
    parts = (place.title, date and labels.date(date), file, page, heading)
    return tuple(dict.fromkeys(one_line(part) for part in parts if part and part.strip()))


def file_in_words(document: str) -> str:
    """A document's name for people: of an upload without the folder that says whose it is."""
    return _UPLOAD_FOLDER.sub("", document)


def _location(place: Citation | Passage) -> Location:
    return place.location if place.page is None else (("page", place.page), *place.location)


def in_sentence(citation: Citation) -> tuple[str, str, str]:
    """What stands before the answer in its sentence, the answer, and what stands after it."""
    start = citation.start - citation.sentence_start
    end = start + len(citation.quote)
    if start < 0 or citation.sentence[start:end] != citation.quote:
        return "", one_line(citation.quote), ""
    before, after = _spaced(citation.sentence[:start]), _spaced(citation.sentence[end:])
    before, after = before.lstrip(), after.rstrip()
    if len(before) > SENTENCE_CHARACTERS:
        before = "… " + before[-SENTENCE_CHARACTERS:].partition(" ")[2]
    if len(after) > SENTENCE_CHARACTERS:
        after = after[:SENTENCE_CHARACTERS].rpartition(" ")[0] + " …"
    return before, one_line(citation.quote), after


def excerpt(text: str) -> str:
    """The beginning of a passage, on one line."""
    line = one_line(text)
    if len(line) <= EXCERPT_CHARACTERS:
        return line
    return (line[:EXCERPT_CHARACTERS].rpartition(" ")[0] or line[:EXCERPT_CHARACTERS]) + " …"


def excerpt_of(passage: Passage) -> str:
    """How a passage begins, beside `where`, which has its heading already."""
    heading = (passage.heading or "").rpartition(" > ")[2]
    text = passage.text
    if heading and text.startswith(f"{heading}\n"):
        text = text.removeprefix(heading).strip() or text
    return excerpt(text)


def _spaced(text: str) -> str:
    return re.sub(r"\s+", " ", visible(text))


# --- JSON ------------------------------------------------------------------------------------


def to_json(answer: Answer) -> dict[str, Any]:
    """The object that `qa ask --json` prints. Text is as it is: JSON does its own escaping."""
    return {
        "question": answer.question,
        "standalone_question": answer.standalone_question,
        "question_type": answer.question_type,
        "status": answer.status,
        "answer": answer.text,
        "confidence": answer.confidence,
        "candidates": [
            {
                "text": c.text,
                "confidence": c.confidence,
                "evidence": c.evidence,
                "citations": list(c.citations),
            }
            for c in answer.candidates
        ],
        "disagreement": list(answer.disagreement),
        "unread_language": answer.unread_language,
        "citations": [_citation_json(citation) for citation in answer.citations],
        "passages": hits_to_json(answer.hits),
        "timings_ms": {
            "retrieve": answer.timings.retrieve_ms,
            "read": answer.timings.read_ms,
            "total": answer.timings.total_ms,
        },
    }


def hits_to_json(hits: Iterable[Hit]) -> list[dict[str, Any]]:
    """Passages found, as `qa search --json` lists them."""
    return [
        {
            "document": hit.passage.document,
            "start": hit.passage.start,
            "end": hit.passage.end,
            "text": hit.passage.text,
            "location": dict(_location(hit.passage)),
            "score": hit.score,
            "rank": hit.rank,
        }
        for hit in hits
    ]


def documents_to_json(documents: Iterable[DocumentSummary]) -> list[dict[str, Any]]:
    """The list of documents, as `qa documents --json` lists them."""
    return [
        {
            "document": summary.name,
            "title": summary.title,
            "date": summary.date,
            "author": summary.author,
            "language": summary.language,
            "characters": summary.characters,
            "pages": summary.pages,
            "passages": summary.passages,
            "added": summary.added,
            "uploaded": uploaded(summary),
        }
        for summary in documents
    ]


def uploaded(summary: DocumentSummary) -> str | None:
    """Whose upload a document is: "everybody" or "person"; None where it came from a folder."""
    folder = summary.upload_folder
    return folder and (EVERYBODY if folder == EVERYBODY else "person")


def _citation_json(citation: Citation) -> dict[str, Any]:
    return {
        "document": citation.document,
        "title": citation.title,
        "date": citation.date,
        "location": dict(_location(citation)),
        "heading": citation.heading,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
        "sentence": citation.sentence,
    }


# --- terminal --------------------------------------------------------------------------------


def to_text(answer: Answer, *, bold: bool = False) -> str:
    """For the terminal; the answer's words stand in [brackets] or, if asked, in ANSI bold."""
    if answer.status == "abstained":
        if not answer.hits:
            said = ENGLISH.not_found
            return f"{said}\n\nThere is nothing to search yet: `qa index PATH` adds documents."
        return (
            f"{not_found(answer)}\n\nThe nearest passages:\n{hits_to_text(answer.hits[:NEAREST])}"
        )
    heading = heading_of(answer)
    parts = [_candidate_to_text(answer, candidate, bold=bold) for candidate in shown(answer)]
    return "\n\n".join([f"{heading}:", *parts] if heading else parts)


def _candidate_to_text(answer: Answer, candidate: Candidate, *, bold: bool) -> str:
    """A short answer above its sentence; a sentence or a list as it stands."""
    citations = [(number, answer.citations[number]) for number in candidate.citations]
    if candidate.evidence:
        quoted = [f"  {line}" for line in visible(candidate.text).split("\n")]
    else:
        before, words, after = in_sentence(citations[0][1])
        marked = f"\033[1m{words}\033[0m" if bold else f"[{words}]"
        quoted = [one_line(candidate.text), "", f"  {before}{marked}{after}"]
    dated = bool(answer.disagreement)
    numbers: dict[str, str] = {}  # by place: several citations may stand under one heading
    for number, place in citations:
        line = ", ".join(where(place, dated=dated))
        numbers[line] = numbers.get(line, "") + f"[{number + 1}]"
    places = [f"  {marks} {line}" for line, marks in numbers.items()]
    line = confidence_line(answer, candidate)
    return "\n".join([*quoted, *places, *([f"  {line}"] if line else [])])


def hits_to_text(hits: Sequence[Hit]) -> str:
    """Passages with where they stand and how they begin; what `qa search` prints."""
    lines = [
        f"  [{hit.rank}] {', '.join(where(hit.passage))}\n      {excerpt_of(hit.passage)}"
        for hit in hits
    ]
    return "\n".join(lines) or "Nothing was found."


# --- Markdown --------------------------------------------------------------------------------


def to_markdown(answer: Answer, labels: Labels = ENGLISH) -> str:
    """The same as Markdown, for programs that show chat messages."""
    if answer.standalone_question == answer.question:
        return _answer_to_markdown(answer, labels)
    meant = markdown(one_line(answer.standalone_question))
    return f"{labels.understood_as} {meant}\n\n{_answer_to_markdown(answer, labels)}"


def _answer_to_markdown(answer: Answer, labels: Labels) -> str:
    if answer.status == "abstained":
        lines = [
            f"{hit.rank}. {markdown(', '.join(where(hit.passage, labels=labels)))}: "
            f"{markdown(excerpt_of(hit.passage))}"
            for hit in answer.hits[:NEAREST]
        ]
        nearest = ["", labels.nearest_passages, "", *lines] if lines else []
        return "\n".join([not_found(answer, labels), *nearest])
    heading = heading_of(answer, labels)
    parts = [_candidate_to_markdown(answer, candidate, labels) for candidate in shown(answer)]
    return "\n\n".join([f"{heading}:", *parts] if heading else parts)


def _candidate_to_markdown(answer: Answer, candidate: Candidate, labels: Labels) -> str:
    confidence = confidence_line(answer, candidate, labels)
    if candidate.evidence:
        lines = visible(candidate.text).split("\n")
        quoted = [f"> {markdown(line)}  " for line in lines]
        quoted += ["", confidence.capitalize()] if confidence else []
    else:
        before, words, after = in_sentence(answer.citations[candidate.citations[0]])
        quoted = [
            f"**{markdown(one_line(candidate.text))}**{confidence and f' – {confidence}'}",
            "",
            f"> {markdown(before)}**{markdown(words)}**{markdown(after)}",
        ]
    dated = bool(answer.disagreement)
    places = []
    for number in candidate.citations:
        place = where(answer.citations[number], dated=dated, labels=labels)
        places.append(f"{number + 1}. {markdown(', '.join(place))}")
    return "\n".join([*quoted, "", *places])


def markdown(text: str) -> str:
    """One line with every character that Markdown or HTML could act on escaped."""
    escaped = re.sub(r"([\\`*_{}\[\]#!|~$])", r"\\\1", text)
    escaped = re.sub(r"^(\s*)(\d+(?=[.)])|(?=[-+=]))", r"\1\2\\", escaped)  # a list or a rule
    return html.escape(escaped, quote=False)
