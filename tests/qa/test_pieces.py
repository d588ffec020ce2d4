from dataclasses import replace

import pytest

from index.types import Passage
from qa.pieces import pieces
from qa.types import Hit

HEADS = "Year | Pier | Guests"
ROWS = [f"Year: {year} | Pier: {pier} | Guests: {year - 1900}" for year, pier in (
    (1990, "Bern"), (1991, "Thun"), (1992, "Bern"))]  # fmt: skip


def hit(text: str) -> Hit:
    return Hit(
        passage=Passage(
            id=1, document_id=1, document="a.txt", title="", start=100, end=100 + len(text),
            text=text, heading=None, page=None,
        ),
        score=0.0,
        rank=1,
    )  # fmt: skip


def read(question: str, *texts: str) -> list[tuple[str, bool]]:
    return [(piece.text, piece.is_row) for piece in pieces(question, [hit(t) for t in texts])]


def test_prose_is_read_as_a_whole() -> None:
    assert read("Who?", "Anna.", "Run `ls | wc`.\nIt counts.") == [
        ("Anna.", False),
        ("Run `ls | wc`.\nIt counts.", False),
    ]


def test_of_a_table_the_rows_that_are_like_the_question() -> None:
    text = "\n".join(["Before.", HEADS, *ROWS, "After."])
    assert read("How many guests came to Bern in 1992?", text) == [
        ("Before.\n", False),
        (ROWS[2], True),
        ("After.", False),
    ]
    assert read("guests bern", text)[1:-1] == [(ROWS[0], True), (ROWS[2], True)]


def test_words_of_the_heads_and_small_words_tell_no_row() -> None:
    rows = ["At: the pier | Guests: few", "At: Bern | Guests: many"]
    assert read("How many guests were at the pier?", "\n".join(rows)) == [(rows[0], True)]
    assert len(read("How many guests were there?", "\n".join(rows))) == 2


def test_an_empty_cell_is_left_out_with_its_head() -> None:
    text = f"{HEADS}\nYear: 1990 | Guests: 3\n{ROWS[1]}"
    assert read("Thun?", text) == [(ROWS[1], True)]
    assert read("When?", text) == [("Year: 1990 | Guests: 3", True), (ROWS[1], True)]


def test_a_table_without_heads_and_one_that_begins_in_another_passage() -> None:
    assert read("Thun?", "Bern | 1\nThun | 2") == [("Thun | 2", True)]
    assert read("Thun?", "\n".join(ROWS[:2])) == [(ROWS[1], True)]
    assert read("Thun?", f"{HEADS}\n") == [(f"{HEADS}\n", False)]


def test_the_rows_of_one_table_are_compared_over_passages() -> None:
    parts = [f"{HEADS}\n{ROWS[0]}", f"{ROWS[1]}\n{ROWS[2]}"]
    assert read("How many in 1991?", *parts) == [(ROWS[1], True)]
    other = "Town: Chur | Fare: 3\nTown: Biel | Fare: 4"
    assert read("How many in 1991?", ROWS[1] + "\n" + ROWS[2], other) == [
        (ROWS[1], True),
        *((row, True) for row in other.split("\n")),
    ]


def test_only_heads_are_no_row() -> None:
    assert read("Which year had the most guests at a pier?", f"{HEADS}\n{ROWS[0]}") == [
        (ROWS[0], True)
    ]


def test_as_many_rows_as_the_bound_allows() -> None:
    table = "\n".join(f"Name: {number} | Size: big" for number in range(50))
    assert [text[6:8].strip() for text, _ in read("How big?", table)] == [*"01234567"]


def test_offsets_are_those_of_the_passage() -> None:
    (piece,) = pieces("Thun?", [hit("\n".join(ROWS))])
    assert piece.start == len(ROWS[0]) + 1
    assert piece.end == piece.start + len(ROWS[1])


BRIDGES = (
    "Bridge: Mill Bridge\nOpened: 1838\nRiver: Ouse",
    "Bridge: Long Bridge\nOpened: 1871\nRiver: Wend",
    "Bridge: Iron Bridge\nOpened: 1990\nRiver: Ouse",
)


def test_of_records_those_that_are_like_the_question() -> None:
    text = "\n\n".join(["The county's bridges.", *BRIDGES, "All are open."])
    assert read("Which river does Long Bridge cross?", text) == [
        ("The county's bridges.\n\n", False),
        (BRIDGES[1], True),
        ("\n\nAll are open.", False),
    ]
    assert read("ouse", "\n\n".join(BRIDGES)) == [(BRIDGES[0], True), (BRIDGES[2], True)]


def test_what_is_no_run_of_records_is_prose() -> None:
    lone = f"One of them.\n\n{BRIDGES[0]}"
    other = f"{BRIDGES[0]}\n\nShip: Anna\nBuilt: 1900"
    said = f"Anna: {'It was a long day. ' * 20}\nBert: Yes.\n\nAnna: So it was.\nBert: Yes."
    apart = f"{BRIDGES[0]}\n\nThe next one is far away.\n\n{BRIDGES[1]}"
    for text in (lone, other, said, apart):
        assert read("Long Bridge?", text) == [(text, False)]


def test_a_row_has_the_title_and_heading_that_its_passage_opens_with() -> None:
    found = hit("\n".join(["Piers", "", HEADS, *ROWS[:2]]))
    passage = replace(found.passage, title="Lakes", heading="Boats > Piers")
    read = pieces("guests bern 1990", [replace(found, passage=passage)])
    assert [(piece.context, piece.is_row) for piece in read] == [
        ("Lakes\nBoats\n", False),
        ("Lakes\nBoats\nPiers\n", True),
    ]


BARE = "\n\n".join(
    ["Country Gauge Current", "Korea 1,435 mm 25 kV", "Mongolia none", "Russia 1,520 mm 25 kV",
     "Poland 1,435 mm 3 kV"]
)  # fmt: skip


def of_page(text: str) -> Hit:
    found = hit(text)
    return replace(found, passage=replace(found.passage, page=3))


def test_rows_of_a_pdf_whose_cells_are_parted_by_room_are_read_one_by_one() -> None:
    text = f"Before it.\n\n{BARE}\n\nAll use the rules of 1956. They met in Bishkek."
    read = pieces("gauge in Russia", [of_page(text)])
    assert [(piece.text.strip(), piece.is_row) for piece in read] == [
        ("Before it.\n\nCountry Gauge Current", False),
        ("Russia 1,520 mm 25 kV", True),
        ("All use the rules of 1956. They met in Bishkek.", False),
    ]
    assert "Mongolia none" in [piece.text for piece in pieces("current?", [of_page(text)])]
    assert [piece.is_row for piece in pieces("gauge in Russia", [hit(text)])] == [False]


@pytest.mark.parametrize(
    "text",
    [
        "Chapter 1\n\nIt began in 1956.\n\nThey met in 1957.\n\nAll left in 1958.",  # sentences
        "Wells 1\n\nTowers 2",
        "Wells\n\nTowers\n\nLights\n\nPiers",  # no figures
        "• Wells 1\n\n• Towers 2\n\n• Lights 3",  # a list
        "1. Wells 1\n\n2. Towers 2\n\n3. Lights 3",
        "Wells 1\nTowers 2\nLights 3",  # one block
    ],
)
def test_what_is_no_table_of_a_pdf_is_read_as_prose(text: str) -> None:
    assert [(p.text, p.is_row) for p in pieces("Wells?", [of_page(text)])] == [(text, False)]
