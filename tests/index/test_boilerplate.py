"""What is marked as navigation, and, more important, what isn't."""

import pytest

from index.boilerplate import is_interface_phrase, navigation
from index.load import load
from index.outline import blocks

ENGLISH = (
    "The ferry to the island runs every day of the year, and in summer it runs twice as often.",
    "Tickets are sold at the pier and on board, and children under six years of age travel free.",
)
KOREAN = (
    "섬으로 가는 배는 일 년 내내 매일 다니며 여름에는 두 배로 자주 다닌다고 항구가 어제 밝혔다.",
    "표는 부두와 배 안에서 살 수 있으며 여섯 살이 안 된 아이는 누구나 돈을 안 내고 탄다고 한다.",
)


def marked(*lines: str) -> list[str]:
    text = "\n\n".join(lines)
    return [text[r.start : r.end] for r in navigation(text, blocks(text))]


def test_foreign_menu_and_comment_form_around_an_article() -> None:
    head = ["바로가기 메뉴", "본문 바로가기", "검색창 열기", "KOR"]
    tail = ["댓글 0", "0 / 400", "댓글쓰기", "계정을 선택하시면 로그인·계정인증을 통해", "등록하기"]
    assert marked(*head, "Island ferry", *ENGLISH, *tail) == [*head, *tail]


def test_english_menu_around_a_korean_article() -> None:
    assert marked("Skip to content", "My page", "섬으로 가는 배", *KOREAN, "Back to top") == [
        "Skip to content",
        "My page",
        "Back to top",
    ]


def test_dates_names_and_addresses_in_another_script_stay() -> None:
    lines = ["• 홍길동", "• 승인 2023.08.03 10:31", "• 댓글 3", "이 기사를 공유합니다"]
    assert marked("Island ferry", *lines, *ENGLISH) == lines[2:]
    assert marked(*ENGLISH, "댓글쓰기", "부산시 항구로 12", "ferry@example.org") == ["댓글쓰기"]


def test_another_script_without_any_interface_phrase_stays() -> None:
    titles = ["대한민국 헌법", "Constitution of the Republic"]
    assert marked(*titles, *ENGLISH, "제주도", "울릉도") == []
    glossary = ["사과", "apple", "바나나", "banana", "배", "pear"]
    assert marked(*glossary) == []


def test_a_menu_in_the_language_of_the_article() -> None:
    menu = ["Home", "Our boats", "Timetable", "Contact", "Log in", "Search"]
    assert marked(*menu, "A new ferry for the island", *ENGLISH) == menu
    assert marked("A new ferry", *ENGLISH, "Contact", "Anna Berg, Pier 4, 555-0199") == []


def test_menu_words_inside_the_document_stay() -> None:
    assert marked(ENGLISH[0], "Search", "Print", "Share", ENGLISH[1]) == []


def test_a_repeated_headline_or_caption_goes_once() -> None:
    headline, caption = "A new ferry for the island", "The ferry Aurora at the pier"
    lines = [headline, headline, ENGLISH[0], caption, caption, ENGLISH[1]]
    text = "\n\n".join(lines)
    found = [r.start for r in navigation(text, blocks(text))]
    assert found == [len(headline) + 2, text.rindex(caption)]


def test_repeated_data_and_far_repetitions_stay() -> None:
    hours = "Open from nine to five daily"
    rows = ["Monday | closed all day long", "Monday | closed all day long", "12 %", "12 %"]
    assert marked("Leeds branch", hours, *ENGLISH, "York branch", hours, *rows) == []


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ("« Back To Top »", True),
        ("3 Comments", True),
        ("댓글 12", True),
        ("0 / 400", True),
        ("12 / 400", False),
        ("Share prices fell", False),
        ("Home rule", False),
        ("2023", False),
        ("", False),
    ],
)
def test_interface_phrases_are_whole_blocks(block: str, expected: bool) -> None:
    assert is_interface_phrase(block) is expected


def test_one_or_two_blocks_have_none() -> None:
    assert navigation("", ()) == ()
    assert marked(ENGLISH[0]) == marked(*ENGLISH) == []


def test_what_two_definitions_share_stays() -> None:
    shared = "<dd>The width in pixels.</dd>"
    page = f"<dl><dt>outer</dt>{shared}<dt>inner</dt>{shared}</dl>"
    assert not load("a.html", page.encode()).navigation
    caption = "<p>The width in pixels</p>"
    content = load("a.html", f"<p>outer</p>{caption}<p>inner</p>{caption}".encode())
    assert [content.text[r.start : r.end] for r in content.navigation] == ["The width in pixels"]
