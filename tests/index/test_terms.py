import pytest

from index.terms import terms


@pytest.mark.parametrize(
    ("text", "stems"),
    [
        ("Running nations RAN", ["run", "nation", "ran"]),
        ("US$1.7 billion, 27,000 people.", ["us", "1.7", "billion", "27,000", "peopl"]),
        ("Café CAFE cafés", ["cafe", "cafe", "cafe"]),
        ("Korea’s K-pop", ["korea", "s", "k", "pop"]),
        ("한국과 러시아", ["한국과", "러시아"]),
        ("ﬁnance", ["financ"]),
        ("?!… “”", []),
        ("x" * 500, ["x" * 64]),
    ],
)
def test_stems(text: str, stems: list[str]) -> None:
    assert terms(text) == stems
