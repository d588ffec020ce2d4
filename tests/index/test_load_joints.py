"""Rows joined, accents put on their letters, and the marks of notes taken out."""

import re
from array import array

import pytest

from index.load.glyphs import note_number, with_accents, without_marks
from index.load.joints import join, words_of
from index.load.traced import Traced


def traced(text: str) -> Traced:
    return Traced(text, array("i", range(len(text))))


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
    assert join(traced(text), traced(row), PROSE).text == joined


def test_words_that_no_row_has_whole_are_joined_where_rows_break_words() -> None:
    whole = ["harbour tickets children island summer known"]
    broken = ["har-", "bour tick-", "ets chil-", "dren is-", "land sum-", "mer"]

    def joined(text: str, row: str, rows: list[str]) -> str:
        return join(traced(text), traced(row), words_of(rows)).text

    assert joined("a dread-", "nought", whole + broken[:4]) == "a dread-nought"
    assert joined("a dread-", "nought", whole + broken) == "a dreadnought"
    assert joined("an island-", "known", whole + broken) == "an island-known"


def test_parts_of_a_broken_word_are_no_words() -> None:
    rows = ["harbour tickets children island summer", "har-", "bour tick-", "ets chil-"]
    rows += ["dren is-", "land sum-", "mer in a nec-", "essary"]
    words = words_of(rows)
    assert words.hyphenates
    assert not words.counts["essary"]
    assert join(traced("nec-"), traced("essary"), words).text == "necessary"


def test_options_and_names_with_hyphens_keep_them() -> None:
    whole = ["harbour tickets children island summer logfile information"]
    broken = ["har-", "bour tick-", "ets chil-", "dren is-", "land sum-", "mer"]
    words = words_of(whole + broken)
    assert join(traced("as --log-"), traced("file."), words).text == "as --log-file."
    assert join(traced("fonts-sil-"), traced("gentium"), words).text == "fonts-sil-gentium"
    assert join(traced("meta-infor-"), traced("mation"), words).text == "meta-information"


def test_rows_that_end_in_compounds_do_not_break_words() -> None:
    """Five words that are also written as one are few among many that never are."""
    whole = [
        "today reuse cooperate online email well known half open hand made self taught far off"
    ]
    pairs = ["to-", "day re-", "use co-", "operate on-", "line e-", "mail"]
    compounds = ["well-", "known half-", "open hand-", "made self-", "taught far-", "off"]
    assert words_of(whole + pairs).hyphenates
    assert not words_of([*whole, *pairs, *compounds, "well-", "known"]).hyphenates


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
    assert with_accents(traced(apart)).text == whole


def test_marks_go_where_the_page_has_their_notes() -> None:
    texts = ["The boats are limited¹ to ten,² and lost ³.", "An area of 5 m² at 60559⁴ has 10⁵."]
    bare = ["The boats are limited to ten, and lost.", "An area of 5 m² at 60559 has 10⁵."]
    rows = [traced(text) for text in texts]
    assert [row.text for row in without_marks(rows, {"1", "2", "3", "4"})] == bare
    assert without_marks(rows, set()) == rows
    (note,) = without_marks([traced("¹ A note with a mark¹")], {"1"})
    assert note.text == "¹ A note with a mark"


def test_each_character_keeps_its_source() -> None:
    def letters(text: Traced, of: str) -> list[str]:
        return [of[source] for source in text.sources]

    page = "The boats are limited¹ to ten and the har-"
    (row,) = without_marks([traced(page)], {"1"})
    assert letters(row, page) == list(row.text) == list(page.replace("¹", ""))
    rest = Traced("bour", array("i", range(50, 54)))
    whole = join(row, rest, PROSE)
    assert whole.text.endswith("the harbour")
    assert whole.sources[-7:].tolist() == [38, 39, 40, 50, 51, 52, 53]
    spaced = join(traced("The ferry"), rest, PROSE)
    assert (spaced.text[9], spaced.sources[9]) == (" ", 9)
    accented = with_accents(traced("Universit¨at"))
    assert accented.sources.tolist() == [*range(9), 9, 11]
    code = traced("a  b").sub(re.compile(" {2}"), lambda _: " ")
    assert (code.text, code.sources.tolist()) == ("a b", [0, 1, 3])


def test_note_numbers() -> None:
    notes = ["12 See there.", "³ See there.", "4 -x is an option", "1900 was dry", "2.1 Boats", "7"]
    assert [note_number(text) for text in notes] == ["12", "3", "4", "", "", ""]
