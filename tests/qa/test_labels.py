"""The page's words in two languages: none forgotten, and the right ones for each visitor."""

import re
from dataclasses import asdict, fields, replace

import pytest

from index.types import DocumentSummary
from qa.documents_html import adding_html, collection_html, documents_html
from qa.labels import ENGLISH, KOREAN, Labels, labels_for
from qa.present import confidence_in_words, location_in_words, percent
from qa.present_html import answer_html, welcome_html
from qa.source_html import source_html
from qa.types import Candidate
from tests.keyword_assistant import DOCUMENTS, KeywordAssistant

HANGUL = re.compile("[가-힣]")


def test_every_label_has_a_korean_one() -> None:
    same = [
        field.name
        for field in fields(Labels)
        if getattr(ENGLISH, field.name) == getattr(KOREAN, field.name)
    ]
    assert same == []


def test_both_languages_put_in_the_same() -> None:
    def holes(value: object) -> set[str]:
        return set(re.findall(r"\{\w*\}", repr(value)))

    for name, value in asdict(ENGLISH).items():
        if name != "months":
            assert holes(value) == holes(asdict(KOREAN)[name]), name
    assert len(KOREAN.right) == len(KOREAN.answers) == 5


@pytest.mark.parametrize(
    ("wanted", "accepted", "language"),
    [
        (None, "", "en"),
        (None, "ko", "ko"),
        (None, "ko-KR,ko;q=0.9,en-US;q=0.8", "ko"),
        (None, "en-GB,en;q=0.9,ko;q=0.8", "en"),
        (None, "fr,ko;q=0.5,en;q=0.4", "ko"),
        (None, "en;q=0.2, KO ; q=0.3", "ko"),
        (None, "ko;q=0", "en"),
        (None, "ko;q=x,,;;", "en"),
        (None, "fr", "en"),
        ("ko", "en", "ko"),
        ("en", "ko", "en"),
        ("xx", "ko", "ko"),
    ],
)
def test_the_language_is_the_visitors(wanted: str | None, accepted: str, language: str) -> None:
    assert labels_for(wanted, accepted).language == language


def test_dates_counts_and_places() -> None:
    assert ENGLISH.date("2018-05-07") == "7 May 2018"
    assert KOREAN.date("2018-05-07") == "2018년 5월 7일"
    assert ENGLISH.count(ENGLISH.documents, 1) == "1 document"
    assert ENGLISH.count(ENGLISH.documents, 2067) == "2,067 documents"
    assert KOREAN.count(KOREAN.pages, 1200) == "1,200쪽"
    place = (("sheet", "{} <b>"), ("cell", "B7"))
    assert location_in_words(place, KOREAN) == "시트 {} <b>, 셀 B7"
    assert location_in_words((("unheard of", 3),), KOREAN) == "unheard of 3"
    assert percent(0.995, KOREAN) == "99% 초과"
    likely = Candidate(text="a", confidence=0.93, evidence=True, citations=())
    assert confidence_in_words(likely, KOREAN) == "질문의 답일 가능성이 매우 높습니다 (93%)"


def test_a_korean_page_says_nothing_of_ours_in_english() -> None:
    assistant = KeywordAssistant()
    answers = [assistant.ask(q) for q in ("Who was the lighthouse keeper called?", "Router?")]
    answers.append(replace(answers[0], standalone_question="Other", status="unsure"))
    summary = DocumentSummary(name="7", title="7", date=None, characters=7, pages=2, passages=1)
    pieces = [
        *(answer_html(answer, KOREAN) for answer in answers),
        collection_html((summary,), KOREAN),
        documents_html((summary,) * 600, labels=KOREAN),
        adding_html("a person", KOREAN, may_write=True),
        welcome_html((), 0, KOREAN),
        welcome_html(("7",), 1, KOREAN),
        source_html(DOCUMENTS[1], 60_000, 60_005, KOREAN, notice=KOREAN.changed),
    ]
    english = [value for value in asdict(ENGLISH).values() if isinstance(value, str)]
    for_scripts = {"all", "none"}  # values of attributes, too
    for piece in pieces:
        assert HANGUL.search(piece)
        texts = {text.strip() for text in re.findall(r"[>\"]([^<>\"]+)[<\"]", piece)}
        assert texts.isdisjoint({*english} - for_scripts), texts & {*english}
