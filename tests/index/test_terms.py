import pytest

from index.terms import terms


@pytest.mark.parametrize(
    ("text", "stems"),
    [
        ("Running nations RAN", ["run", "nation", "ran"]),
        ("US$1.7 billion, 27,000 people.", ["us", "1.7", "billion", "27,000", "peopl"]),
        ("Café CAFE cafés", ["cafe", "cafe", "cafe"]),
        ("Korea’s K-pop", ["korea", "s", "k", "pop"]),
        ("한국과 러시아", ["한국", "국과", "러시", "시아"]),
        ("집 B3동", ["집", "b3", "동"]),
        ("Маяки", ["маяк", "мая", "аяк", "яки"]),
        ("Чёрный край", ["черн", "чер", "ерн", "рны", "ный", "кра", "кра", "рай"]),
        ("東京都の", ["東京", "京都", "都の"]),
        ("ὁ λόγος", ["ο", "λογ", "ογο", "γοσ"]),
        ("ﬁnance", ["financ"]),
        ("?!… “”", []),
        ("x" * 500, ["x" * 64]),
    ],
)
def test_stems(text: str, stems: list[str]) -> None:
    assert terms(text) == stems
