"""Plain text in the encodings that it comes in."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import UnreadableFile
from index.load import SUFFIXES, load
from index.types import Content

KOREAN = """본 계약은 2024년 3월 1일부터 효력을 가지며, 계약 기간은 1년으로 한다.
직원은 매년 15일의 유급 휴가를 사용할 수 있으며, 남은 휴가는 다음 해로 넘어가지 않는다."""
RUSSIAN = """Настоящий договор вступает в силу с 1 марта 2024 года и действует один год.
Сотрудникам предоставляется ежегодный отпуск продолжительностью 28 календарных дней."""
FRENCH = """Le musée est ouvert tous les jours sauf le mardi, de 9 h à 18 h.
L’entrée est gratuite pour les élèves ; la dernière entrée a lieu à 17 h 15 – à l’accueil."""
GERMAN = "Für verspätete Rückgaben der Bücherei wird eine Gebühr von drei Mark erhoben, größere."
ENGLISH = "The café opens at nine o’clock – every day but Monday. A “naïve” guest pays £5 (€6)."


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (KOREAN, "utf-8"),
        (KOREAN, "utf-8-sig"),
        (KOREAN, "utf-16"),
        (KOREAN, "utf-32"),
        (KOREAN, "cp949"),
        (KOREAN, "euc-kr"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (FRENCH, "cp1252"),
        (GERMAN, "latin-1"),
        (ENGLISH, "cp1252"),
    ],
)
def test_encodings(text: str, encoding: str) -> None:
    assert load("a.txt", text.encode(encoding)).text == text


def test_utf8_cut_inside_a_character_is_still_utf8() -> None:
    assert load("a.txt", KOREAN.encode()[:-2]).text == KOREAN[:-2] + "\ufffd"


def test_line_ends_and_control_characters() -> None:
    assert load("a.txt", b"one\r\ntwo\rthree\tfour\x0cfive\x7fsix").text == (
        "one\ntwo\nthree\tfour five six"
    )


@pytest.mark.parametrize("suffix", sorted(SUFFIXES - {".pdf"}))
@pytest.mark.parametrize("data", [b"", b" \n\t\r\n", b"\xef\xbb\xbf"])
def test_empty_files(suffix: str, data: bytes) -> None:
    with pytest.raises(UnreadableFile, match="is empty"):
        load(f"a{suffix}", data)


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", bytes(range(1, 256)) * 4])
def test_binary_called_text(data: bytes) -> None:
    with pytest.raises(UnreadableFile, match=r"is not text.*save it as UTF-8"):
        load("a.txt", data)


def test_unknown_format() -> None:
    with pytest.raises(UnreadableFile, match=r"convert it to one of .*\.pdf"):
        load("a.xyz", b"words")


@pytest.mark.parametrize(
    ("name", "data", "title"),
    [
        (
            "notes/harbour_rules-2024.txt",
            b"no headline, only this one sentence that goes on. " * 9,
            "harbour rules 2024",
        ),
        ("a.TXT", b"Harbour rules\n\nText.", "Harbour rules"),
        (
            "___.txt",
            b"a sentence of more words than any title has, which ends as it should. " * 9,
            "Untitled",
        ),
    ],
)
def test_titles(name: str, data: bytes, title: str) -> None:
    assert load(name, data).title == title


def test_navigation_is_ranges_of_the_text() -> None:
    body = "The ferry to the island runs every day of the year, and more often in summer."
    content = load("a.txt", f"Back to top\n\nThe ferry\n\n{body}\n\n댓글 0\n0 / 400\n".encode())
    found = [content.text[r.start : r.end] for r in content.navigation]
    assert found == ["Back to top", "댓글 0\n0 / 400"]
    assert content.title == "The ferry"


def holds(content: Content) -> bool:
    end = 0
    for found in content.navigation:
        assert end <= found.start < found.end <= len(content.text)
        end = found.end
    content.text.encode()
    content.title.encode()
    return bool(content.title) and "\n" not in content.title


def reason_or_check(name: str, data: bytes) -> str:
    try:
        content = load(name, data)
    except UnreadableFile as error:
        return str(error)
    assert holds(content)
    return ""


@given(st.sampled_from(sorted(SUFFIXES)), st.binary(max_size=400))
@settings(deadline=None)
def test_any_bytes_load_or_say_why_not(suffix: str, data: bytes) -> None:
    assert "\n" not in reason_or_check(f"a{suffix}", data)


@given(st.sampled_from([".txt", ".md", ".html"]), st.text(max_size=200))
@settings(deadline=None, max_examples=50)
def test_any_text_loads_or_is_empty(suffix: str, text: str) -> None:
    reason = reason_or_check(f"a{suffix}", text.encode())
    assert not reason or reason.startswith(("is empty", "is not text"))
