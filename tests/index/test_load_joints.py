"""Rows joined, accents put on their letters, and the marks of notes taken out."""

import pytest

from index.load.glyphs import note_number, with_accents, without_marks
from index.load.joints import join, words_of

PROSE = words_of(["the harbour is old and is well-known", "the ferry is new"] * 3)


@pytest.mark.parametrize(
    ("text", "row", "joined"),
    [
        ("See https://www.", "ferry.example/times.", "See https://www.ferry.example/times."),
        ("See (https://", "ferry.example)", "See (https://ferry.example)"),
        ("at https://a.example/", "times.html.", "at https://a.example/times.html."),
        ("at https://a.example/x-", "y.html", "at https://a.example/x-y.html"),
        ("doi https://doi.example/10.1/6.", "1996)).", "doi https://doi.example/10.1/6.1996))."),
        ("at https://a.example/", "and on board", "at https://a.example/ and on board"),
        ("at https://a.example/x.", "The boat", "at https://a.example/x. The boat"),
        ("a slash at the end/", "b.html", "a slash at the end/ b.html"),
        ("set FERRY_", "HOME first", "set FERRY_HOME first"),
        ("the prefix FERRY_", "is used", "the prefix FERRY_ is used"),
        ("it begins with __init__", "and ends", "it begins with __init__ and ends"),
        ("from Alma-", "Ata", "from Alma-Ata"),
        ("in UTF-", "8 only", "in UTF-8 only"),
        ("morning -", "Evening", "morning - Evening"),
        ("the HAR-", "BOUR", "the HARBOUR"),
        ("the har-", "bour", "the harbour"),
        ("a well-", "known boat", "a well-known boat"),
        ("a half-", "day trip", "a half-day trip"),
        ("two-", "or threefold", "two- or threefold"),
    ],
)
def test_join(text: str, row: str, joined: str) -> None:
    assert join(text, row, PROSE) == joined


def test_words_that_no_row_has_whole_are_joined_where_rows_break_words() -> None:
    whole = ["harbour tickets children island summer known"]
    broken = ["har-", "bour tick-", "ets chil-", "dren is-", "land sum-", "mer"]
    assert join("a dread-", "nought", words_of(whole + broken[:4])) == "a dread-nought"
    assert join("a dread-", "nought", words_of(whole + broken)) == "a dreadnought"
    assert join("an island-", "known", words_of(whole + broken)) == "an island-known"


@pytest.mark.parametrize(
    ("apart", "whole"),
    [
        ("Universit¨at", "Universität"),
        ("Garc´ıa", "García"),
        ("Fran¸cois", "François"),
        ("Yˆ [t]", "Ŷ [t]"),
        ("a¨tsch", "ätsch"),
        ("σˆ and ˆf(x)", "σˆ and ˆf(x)"),
        ("the ´ accent", "the ´ accent"),
    ],
)
def test_accents(apart: str, whole: str) -> None:
    assert with_accents(apart) == whole


def test_marks_go_where_the_page_has_their_notes() -> None:
    rows = ["The boats are limited¹ to ten,² and lost ³.", "An area of 5 m² at 60559⁴ has 10⁵."]
    bare = ["The boats are limited to ten, and lost.", "An area of 5 m² at 60559 has 10⁵."]
    assert without_marks(rows, {"1", "2", "3", "4"}) == bare
    assert without_marks(rows, set()) == rows
    assert without_marks(["¹ A note with a mark¹"], {"1"}) == ["¹ A note with a mark"]


def test_note_numbers() -> None:
    notes = ["12 See there.", "³ See there.", "4 -x is an option", "1900 was dry", "2.1 Boats", "7"]
    assert [note_number(text) for text in notes] == ["12", "3", "4", "", "", ""]
