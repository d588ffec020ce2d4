"""An answer in each of its forms, character for character."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.types import Content, Document, Heading, Location, Page, Passage, Place, Range
from qa.documents_html import documents_html
from qa.present import (
    confidence_in_words,
    escape,
    excerpt,
    excerpt_of,
    hits_to_text,
    in_sentence,
    one_line,
    to_json,
    to_markdown,
    to_text,
    visible,
    where,
)
from qa.present_html import (
    answer_html,
    notice_html,
    source_link,
    welcome_html,
)
from qa.source_html import WHOLE_CHARACTERS, source_html
from qa.types import Answer, Candidate, Citation, Hit, Timings

TEXT = "Rain fell.\nThe ferry leaves at  noon from pier 4. Bring a coat."
SENTENCE = "The ferry leaves at  noon from pier 4."


def cited(words: str, **changes: object) -> Citation:
    start = TEXT.index(words)
    citation = Citation(
        document="trips/ferry.txt",
        title="Ferry times",
        date="2018-05-17",
        page=3,
        heading="Ferry times > Summer",
        start=start,
        end=start + len(words),
        quote=words,
        sentence=SENTENCE,
        sentence_start=TEXT.index(SENTENCE),
    )
    return replace(citation, **changes)  # type: ignore[arg-type]


PASSAGE = Passage(
    id=1,
    document_id=1,
    document="trips/ferry.txt",
    title="Ferry times",
    start=11,
    end=49,
    text=SENTENCE,
    heading=None,
    page=None,
)
ANSWER = Answer(
    question="When does the ferry leave?",
    standalone_question="When does the ferry leave?",
    question_type="words",
    status="answered",
    confidence=0.934,
    candidates=(
        Candidate(text="noon", confidence=0.934, evidence=False, citations=(0,)),
        Candidate(text="pier 4", confidence=0.02, evidence=False, citations=(1,)),
    ),
    citations=(cited("noon"), cited("pier 4", page=None, heading=None)),
    disagreement=(),
    hits=(Hit(passage=PASSAGE, score=0.71, rank=1),),
    timings=Timings(retrieve_ms=4.1, read_ms=38.0, total_ms=43.0),
)
UNSURE = replace(ANSWER, status="unsure", confidence=0.41)
ABSTAINED = replace(ANSWER, status="abstained")


def test_json_is_the_shape_of_the_contract() -> None:
    assert json.loads(json.dumps(to_json(ANSWER))) == {
        "question": "When does the ferry leave?",
        "standalone_question": "When does the ferry leave?",
        "question_type": "words",
        "status": "answered",
        "answer": "noon",
        "confidence": 0.934,
        "candidates": [
            {"text": "noon", "confidence": 0.934, "evidence": False, "citations": [0]},
            {"text": "pier 4", "confidence": 0.02, "evidence": False, "citations": [1]},
        ],
        "disagreement": [],
        "unread_language": None,
        "citations": [
            {
                "document": "trips/ferry.txt",
                "title": "Ferry times",
                "date": "2018-05-17",
                "location": {"page": 3},
                "heading": "Ferry times > Summer",
                "start": 32,
                "end": 36,
                "quote": "noon",
                "sentence": SENTENCE,
            },
            {
                "document": "trips/ferry.txt",
                "title": "Ferry times",
                "date": "2018-05-17",
                "location": {},
                "heading": None,
                "start": 42,
                "end": 48,
                "quote": "pier 4",
                "sentence": SENTENCE,
            },
        ],
        "passages": [
            {
                "document": "trips/ferry.txt",
                "start": 11,
                "end": 49,
                "text": SENTENCE,
                "location": {},
                "score": 0.71,
                "rank": 1,
            }
        ],
        "timings_ms": {"retrieve": 4.1, "read": 38.0, "total": 43.0},
    }
    assert to_json(ABSTAINED)["answer"] is None
    assert to_json(ABSTAINED)["candidates"] == to_json(ANSWER)["candidates"]


def test_text() -> None:
    assert to_text(ANSWER) == (
        "noon\n"
        "\n"
        "  The ferry leaves at [noon] from pier 4.\n"
        "  [1] Ferry times, trips/ferry.txt, page 3, Summer\n"
        "  very likely right (93 %)"
    )
    assert to_text(ANSWER, bold=True).splitlines()[2] == (
        "  The ferry leaves at \033[1mnoon\033[0m from pier 4."
    )
    assert to_text(UNSURE) == f"Possibly – please check the source:\n\n{to_text(ANSWER)}"
    assert to_text(ABSTAINED) == (
        "The documents don't say.\n"
        "\n"
        "The nearest passages:\n"
        "  [1] Ferry times, trips/ferry.txt\n"
        "      The ferry leaves at noon from pier 4."
    )
    assert to_text(replace(ABSTAINED, hits=())) == (
        "The documents don't say.\n"
        "\n"
        "There is nothing to search yet: `qa index PATH` adds documents."
    )
    assert hits_to_text(()) == "Nothing was found."


def test_markdown() -> None:
    assert to_markdown(ANSWER) == (
        "**noon** – very likely right (93 %)\n"
        "\n"
        "> The ferry leaves at **noon** from pier 4.\n"
        "\n"
        "1. Ferry times, trips/ferry.txt, page 3, Summer"
    )
    assert to_markdown(UNSURE) == f"Possibly – please check the source:\n\n{to_markdown(ANSWER)}"
    assert to_markdown(ABSTAINED).startswith("The documents don't say.\n\nThe nearest passages:\n")


def test_what_a_follow_up_was_understood_as_stands_first() -> None:
    meant = replace(ANSWER, question="And when?", standalone_question="When does *it* <b>sail</b>?")
    before, _, after = to_markdown(meant).partition("\n\n")
    assert (before, after) == (
        "Understood as: When does \\*it\\* &lt;b&gt;sail&lt;/b&gt;?",
        to_markdown(ANSWER),
    )
    page = answer_html(meant)
    assert "Understood as: <bdi>When does *it* &lt;b&gt;sail&lt;/b&gt;?</bdi>" in page
    assert page.index("And when?") < page.index("Understood as") < page.index("noon")
    assert "Understood as" not in answer_html(ANSWER) + to_markdown(ANSWER)


def test_markdown_of_hostile_text_has_nothing_that_acts() -> None:
    quote = "<img src=x> *b* `c` [d](e) $f$ ~g~ | h ! \\"
    hostile = cited("noon", quote=quote, sentence=quote, sentence_start=32)
    shown = to_markdown(replace(ANSWER, citations=(hostile,)))
    assert "&lt;img src=x&gt; \\*b\\* \\`c\\` \\[d\\](e) \\$f\\$ \\~g\\~ \\| h \\! \\\\" in shown
    listed = cited("noon", quote="1. one", sentence="1. one", sentence_start=32)
    assert "> **1\\. one**" in to_markdown(replace(ANSWER, citations=(listed,)))


@pytest.mark.parametrize(
    ("confidence", "words"),
    [
        (1.0, "very likely right (over 99 %)"),
        (0.9, "very likely right (90 %)"),
        (0.89, "likely right (89 %)"),
        (0.7, "likely right (70 %)"),
        (0.5, "more likely right than wrong (50 %)"),
        (0.25, "possibly right (25 %)"),
        (0.1, "probably not right (10 %)"),
        (0.0, "probably not right (under 1 %)"),
    ],
)
def test_confidence_in_words(confidence: float, words: str) -> None:
    candidate = replace(ANSWER.candidates[0], confidence=confidence)
    assert confidence_in_words(candidate) == words
    sentence = confidence_in_words(replace(candidate, evidence=True))
    assert "answer" in sentence
    assert sentence.partition(" (")[2] == words.partition(" (")[2]


PIERS = "The piers are:\n- pier 4\n- the <old> pier"
LIST = replace(
    ANSWER,
    question_type="list",
    candidates=(Candidate(text=PIERS, confidence=0.75, evidence=True, citations=(0,)),),
    citations=(cited("noon", quote=PIERS, sentence=PIERS),),
)


def test_a_list_or_sentence_stands_as_it_is() -> None:
    assert to_text(LIST) == (
        "The documents say:\n"
        "\n"
        "  The piers are:\n"
        "  - pier 4\n"
        "  - the <old> pier\n"
        "  [1] Ferry times, trips/ferry.txt, page 3, Summer\n"
        "  likely answers it (75 %)"
    )
    assert to_markdown(LIST) == (
        "The documents say:\n"
        "\n"
        "> The piers are:  \n"
        "> \\- pier 4  \n"
        "> \\- the &lt;old&gt; pier  \n"
        "\n"
        "Likely answers it (75 %)\n"
        "\n"
        "1. Ferry times, trips/ferry.txt, page 3, Summer"
    )
    shown = answer_html(LIST)
    assert '<p class="label">The documents say</p>' in shown
    assert "The piers are:\n- pier 4\n- the &lt;old&gt; pier</blockquote>" in shown


def test_places_that_read_the_same_are_one_line() -> None:
    twice = replace(
        ANSWER,
        citations=(cited("noon"), cited("pier 4"), cited("noon", page=4)),
        candidates=(replace(ANSWER.candidates[0], citations=(0, 1, 2)),),
    )
    assert to_text(twice).splitlines()[3:5] == [
        "  [1][2] Ferry times, trips/ferry.txt, page 3, Summer",
        "  [3] Ferry times, trips/ferry.txt, page 4, Summer",
    ]


def test_documents_that_disagree_are_both_shown_with_their_days() -> None:
    both = replace(
        ANSWER,
        citations=(
            ANSWER.citations[0],
            cited("pier 4", document="b.txt", title="Notice", date="2023-01-09", page=None),
        ),
        candidates=(
            ANSWER.candidates[0],
            replace(ANSWER.candidates[1], text="one o'clock", confidence=0.4),
        ),
        disagreement=(0, 1),
    )
    assert to_text(both) == (
        "The documents give more than one answer – please judge by the sources:\n"
        "\n"
        "noon\n"
        "\n"
        "  The ferry leaves at [noon] from pier 4.\n"
        "  [1] Ferry times, 17 May 2018, trips/ferry.txt, page 3, Summer\n"
        "\n"
        "one o'clock\n"
        "\n"
        "  The ferry leaves at noon from [pier 4].\n"
        "  [2] Notice, 9 January 2023, b.txt, Ferry times > Summer"
    )
    for form in (to_text, to_markdown, answer_html):
        shown = form(both)
        assert shown.index("17 May 2018") < shown.index("one o") < shown.index("9 January 2023")
    assert "other possible answer" not in answer_html(both)
    assert "17 May 2018" not in to_text(ANSWER)


def test_control_and_direction_characters_become_visible() -> None:
    hostile = "a\x00b\x1b[31mc\x7fd\x9be\u202ef\u2066g\ud800h\ti\r\nj\rk\u2028l"
    assert visible(hostile) == "a�b�[31mc�d�e�f�g�h\ti\nj\nk\nl"
    assert one_line(hostile) == "a�b�[31mc�d�e�f�g�h i j k l"
    assert (
        visible("עברית \u200f العربية 한국어 👩\u200d🚒")
        == "עברית \u200f العربية 한국어 👩\u200d🚒"
    )


@given(st.text())
def test_visible_text_prints_on_any_terminal(text: str) -> None:
    shown = visible(text)
    shown.encode("utf-8")
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", shown)


def test_where_leaves_out_what_is_not_there_and_what_is_said_already() -> None:
    assert where(cited("noon")) == ("Ferry times", "trips/ferry.txt", "page 3", "Summer")
    untitled = cited("noon", title="trips/ferry.txt", page=None, heading="  ")
    assert where(untitled) == ("trips/ferry.txt",)


def test_a_long_sentence_is_cut_at_words_around_the_answer() -> None:
    sentence = f"{'before ' * 100}noon{' after' * 100}."
    before, words, after = in_sentence(
        cited("noon", sentence=sentence, sentence_start=32 - sentence.index("noon"))
    )
    assert words == "noon"
    assert before.startswith("… before before")
    assert before.endswith("before ")
    assert after.startswith(" after")
    assert after.endswith("after …")
    assert 400 < len(before + words + after) < 460


def test_a_sentence_that_does_not_hold_the_quote_is_left_out() -> None:
    assert in_sentence(cited("noon", sentence_start=0)) == ("", "noon", "")


def test_excerpt() -> None:
    assert excerpt(" a \n b ") == "a b"
    assert excerpt("word " * 100) == "word " * 48 + "…"
    assert excerpt("x" * 300) == "x" * 240 + " …"


def test_an_excerpt_does_not_say_the_heading_again_that_stands_beside_it() -> None:
    passage = replace(PASSAGE, heading="Ferry times > Summer", text="Summer\n\nIt leaves at nine.")
    assert excerpt_of(passage) == "It leaves at nine."
    assert excerpt_of(replace(passage, text="Summer")) == "Summer"
    assert excerpt_of(replace(passage, text="Summer is short.")) == "Summer is short."
    assert excerpt_of(replace(passage, heading=None)) == "Summer It leaves at nine."


class Outline(HTMLParser):
    """The tags and the text of a piece of HTML, as a parser sees them."""

    def __init__(self, piece: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: dict[str, str] = {}
        self.feed(piece)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        for tag in set(self.open):
            self.texts[tag] = self.texts.get(tag, "") + data


HOSTILE = (
    "</mark></section><script>alert(1)</script><img src=x onerror='a()'> & {{c}} ${d}"
    "\" onfocus=\"b()\" x=\"' onblur='c()' y='"
)


def document(text: str, **content: object) -> Document:
    return Document(
        id=1,
        name="trips/ferry.txt",
        sha256="0" * 64,
        content=Content(title="Ferry times", text=text, **content),  # type: ignore[arg-type]
    )


def test_the_source_marks_exactly_the_cited_words() -> None:
    start = TEXT.index("noon")
    outline = Outline(
        source_html(
            document(
                TEXT,
                pages=(Page(number=1, start=0, end=11), Page(number=2, start=11, end=len(TEXT))),
                headings=(Heading(level=1, start=0, end=10),),
                navigation=(Range(start=50, end=len(TEXT)),),
            ),
            start,
            start + 4,
        )
    )
    assert outline.texts["mark"] == "noon"
    assert TEXT in outline.texts["section"]
    assert "trips/ferry.txt · page 2" in outline.texts["p"]
    classes = [attributes.get("class") for _, attributes in outline.tags]
    assert {"heading", "menu", "page"} <= set(classes)
    labels = [
        attributes["data-label"] for _, attributes in outline.tags if "data-label" in attributes
    ]
    assert labels == ["Page 1", "Page 2"]


@pytest.mark.parametrize("at", [0, 30_000, 100_000 - 4])
def test_a_long_document_is_shown_around_the_cited_words(at: int) -> None:
    words = "abc " * 25_000
    text = words[:at] + "noon" + words[at + 4 :]
    outline = Outline(source_html(document(text), at, at + 4))
    assert outline.texts["mark"] == "noon"
    shown = outline.texts["div"]
    assert len(shown) < WHOLE_CHARACTERS
    assert ("begins earlier" in shown) == (at > 0)
    assert ("goes on" in shown) == (at < 90_000)


@pytest.mark.parametrize(("start", "end"), [(-5, 3), (5, 2), (10**9, 10**9 + 5), (0, 10**9)])
def test_offsets_from_outside_are_brought_inside(start: int, end: int) -> None:
    outline = Outline(source_html(document(TEXT), start, end))
    assert outline.texts["div"] == TEXT


def test_many_empty_lines_become_one_outside_the_cited_words() -> None:
    text = "a\n\n \n\t\n\nb noon\n\n\nnight"
    outline = Outline(source_html(document(text), text.index("noon"), len(text)))
    assert outline.texts["div"] == "a\n\nb noon\n\n\nnight"


def test_hostile_text_is_text_in_every_piece() -> None:
    citation = cited(
        "noon",
        document=HOSTILE,
        title=HOSTILE,
        heading=HOSTILE,
        quote=HOSTILE,
        sentence=HOSTILE,
        sentence_start=32,
    )
    passage = replace(PASSAGE, document=HOSTILE, title=HOSTILE, text=HOSTILE, heading=HOSTILE)
    candidates = (
        Candidate(text=HOSTILE, confidence=0.9, evidence=False, citations=(0,)),
        Candidate(text=HOSTILE, confidence=0.1, evidence=False, citations=(0,)),
    )
    answer = replace(
        ANSWER,
        question=HOSTILE,
        candidates=candidates,
        citations=(citation,),
        hits=(Hit(passage=passage, score=1.0, rank=1),),
    )
    hostile = document(HOSTILE)
    pieces = [
        answer_html(answer),
        answer_html(replace(answer, status="unsure")),
        answer_html(replace(answer, status="abstained")),
        source_html(replace(hostile, name=HOSTILE), 3, 9),
        notice_html(HOSTILE),
        welcome_html([HOSTILE], 1),
    ]
    for piece in pieces:
        outline = Outline(piece)
        assert {tag for tag, _ in outline.tags}.isdisjoint({"script", "img"})
        assert all(not name.startswith("on") for _, names in outline.tags for name in names)
        assert HOSTILE in "".join(outline.texts.values())


def test_a_citation_links_to_its_words() -> None:
    links = [a["href"] for tag, a in Outline(answer_html(ANSWER)).tags if tag == "a"]
    assert links == [
        "#source=trips%2Fferry.txt&start=32&end=36",
        "#source=trips%2Fferry.txt&start=42&end=48",
    ]
    assert (
        source_link("a b&c=#+한.txt", 0, 1)
        == "#source=a%20b%26c%3D%23%2B%ED%95%9C.txt&start=0&end=1"
    )


def test_the_three_outcomes_read_differently() -> None:
    answered, unsure, abstained = (
        re.sub(r"<[^>]+>", "\n", answer_html(answer)) for answer in (ANSWER, UNSURE, ABSTAINED)
    )
    assert "Very likely right (93 %)" in answered
    assert "1 other possible answer" in answered
    assert "Possibly – please check the source" in unsure
    assert "Possibly" not in answered
    assert escape("The documents don't say.") in abstained
    assert "noon from pier 4" in abstained


def test_an_empty_collection_says_how_to_fill_it() -> None:
    assert "qa index FOLDER" in welcome_html(["never shown"], 0)
    assert "never shown" not in welcome_html(["never shown"], 0)
    assert "No documents yet" in documents_html(())


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ((("slide", 2),), "slide 2"),
        ((("sheet", "Trade"), ("cell", "B7")), "sheet Trade, cell B7"),
        ((("table", 2), ("row", 5), ("column", 3)), "table 2, row 5, column 3"),
        ((("chapter", "The\x00 Pier\n"),), "chapter The\ufffd Pier"),
    ],
)
def test_a_location_is_said_in_plain_words(location: Location, words: str) -> None:
    citation = cited("noon", page=None, location=location)
    assert where(citation) == ("Ferry times", "trips/ferry.txt", words, "Summer")
    answer = replace(ANSWER, citations=(citation, *ANSWER.citations[1:]))
    assert to_json(answer)["citations"][0]["location"] == dict(location)
    assert f"Ferry times, trips/ferry.txt, {words}, Summer" in to_text(answer)
    assert f"<bdi>{words}</bdi>" in answer_html(answer)
    passage = replace(PASSAGE, location=location)
    assert words in hits_to_text([Hit(passage=passage, score=0.7, rank=1)])


def test_the_source_says_the_location_of_what_is_marked() -> None:
    place = Place(location=(("sheet", "<b>"), ("cell", "B7")), start=5, end=9)
    content = Content(title="T", text="Year 2017 19.0", places=(place,))
    document = Document(id=1, name="t.xlsx", sha256="", content=content)
    assert "<bdi>sheet &lt;b&gt;, cell B7</bdi>" in source_html(document, 5, 9)
    assert "sheet" not in source_html(document, 10, 14)


def test_a_language_that_is_not_read_is_named() -> None:
    answer = replace(ABSTAINED, unread_language="ko")
    said = "I can find passages in Korean, but not read them, so I don't answer."
    assert to_text(answer).startswith(f"{said}\n\nThe nearest passages:\n")
    assert to_markdown(answer).startswith(said)
    assert escape(said) in answer_html(answer)
    assert to_json(answer)["unread_language"] == "ko"
