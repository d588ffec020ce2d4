import pytest

from index.sentences import language, sentences


def cut(text: str) -> list[str]:
    return [text[s.start : s.end] for s in sentences(text, 0, len(text))]


@pytest.mark.parametrize(
    "expected",
    [
        ["Dr. Kim met Mr. J. Lee on Nov. 10, 1988 in Seoul.", "He left."],
        ["It cost US$1.7 billion.", "Was it 3.5 percent?", "No!"],
        ["“Where?” she asked.", "Nobody knew."],
        ["안녕하세요.", "저는 학생입니다.", "그렇습니까?"],
        ["Он приехал в г. Москва.", "Это было в 1990 г. или позже?"],
        ["No full stop"],
    ],
)
def test_sentences_with_abbreviations_numbers_quotes_and_scripts(expected: list[str]) -> None:
    assert cut(" ".join(expected)) == expected


def test_offsets_are_code_points_of_the_whole_text() -> None:
    text = "😀 skip. Smile 😀 now. Then go. rest"
    found = sentences(text, 8, len(text) - 5)
    assert [text[s.start : s.end] for s in found] == ["Smile 😀 now.", "Then go."]


def test_white_space_only_has_no_sentences() -> None:
    assert sentences("a.  \n ", 2, 6) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [("Hello dear Москва", "en"), ("Привет UN", "ru"), ("한국방송 KBS", "ko"), ("12", "en")],
)
def test_the_language_is_that_of_most_letters(text: str, code: str) -> None:
    assert language(text) == code
