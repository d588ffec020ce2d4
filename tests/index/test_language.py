import pytest

from index.language import other_language, other_script


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("등대는 언제 지어졌습니까?", "ko"),
        ("Когда построили маяк?", "ru"),
        ("灯台はいつ建てられましたか", "ja"),
        ("燈塔是什麼時候建的", "zh"),
        ("Πότε χτίστηκε ο φάρος;", "el"),
        ("متى بنيت المنارة؟", "ar"),
        ("KBS 방송국은 어디에 있습니까?", "ko"),
        ("When was the 등대 built?", None),
        ("1867", None),
        ("", None),
    ],
)
def test_the_script_of_most_letters(text: str, code: str | None) -> None:
    assert other_script(text) == code
    assert other_language(text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Wann wurde der Leuchtturm am Kap gebaut?", "de"),
        ("Quand est-ce que le phare a été construit ?", "fr"),
        ("¿Cuándo fue construido el faro?", "es"),
        (
            "Der Turm ist nicht hoch, und er wurde auf dem Felsen gebaut, wo das Meer tief ist.",
            "de",
        ),
    ],
)
def test_latin_script_by_common_words(text: str, code: str) -> None:
    assert other_language(text) == code


@pytest.mark.parametrize(
    "text",
    [
        "Who was Charles de la Tour, and what does das Rheingold mean?",
        "De la Rue, Los Angeles",
        "Der Spiegel",
        "Seoul, Busan, Incheon, Daegu",
        "The song is called Die Moorsoldaten, und sie ist nicht lang; the chorus of it is short.",
        "Year: 2017 | Total: 19.0 | Exports: 6.9 | Imports: 12.0",
        "pip install chapter-and-verse && qa index docs",
    ],
)
def test_what_may_well_be_english_counts_as_english(text: str) -> None:
    assert other_language(text) is None
