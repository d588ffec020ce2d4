import random

import pytest

from index.split import MAX_CHARACTERS, prose, split
from index.types import Content, Heading, Page, PassageRange, Range

LEDGER = "The ledger was kept in a green book. Every page bore a date. Nobody signed it."


def heading(text: str, words: str, level: int = 1) -> Heading:
    start = text.index(words)
    return Heading(level=level, start=start, end=start + len(words))


def texts(content: Content, ranges: list[PassageRange]) -> list[str]:
    return [content.text[range_.start : range_.end] for range_ in ranges]


def test_a_short_text_is_one_passage_with_its_paragraphs() -> None:
    content = Content(title="Ledger", text=f"{LEDGER}\n\nIt was lost in 1904.\n")
    assert texts(content, split(content)) == [f"{LEDGER}\n\nIt was lost in 1904."]


def test_navigation_lies_in_no_passage_and_parts_what_is_around_it() -> None:
    text = f"Home | Log in\n\n{LEDGER}\n\nShare this\n\nIt was lost in 1904.\n\nBack to top"
    gaps = [(text.index(words), words) for words in ("Home | Log in", "Share this", "Back to top")]
    navigation = tuple(Range(start=start, end=start + len(words)) for start, words in gaps)
    content = Content(title="Ledger", text=text, navigation=navigation)
    assert texts(content, split(content)) == [LEDGER, "It was lost in 1904."]


def test_navigation_inside_a_block_cuts_only_itself_out() -> None:
    text = "Before the advert, BUY NOW, after the advert."
    start = text.index("BUY NOW")
    content = Content(title="", text=text, navigation=(Range(start=start, end=start + 7),))
    assert texts(content, split(content)) == ["Before the advert,", ", after the advert."]


def test_a_heading_opens_a_passage_and_stands_over_it_as_a_path() -> None:
    text = "Data\n\nSources\n\nWe read two.\n\nUse\n\nWe used one.\n\nEnd\n\nThanks."
    content = Content(
        title="Paper",
        text=text,
        headings=(
            heading(text, "Data"),
            heading(text, "Sources", 2),
            heading(text, "Use", 2),
            heading(text, "End"),
        ),
    )
    ranges = split(content)
    assert texts(content, ranges) == [
        "Data\n\nSources\n\nWe read two.",
        "Use\n\nWe used one.",
        "End\n\nThanks.",
    ]
    assert [range_.heading for range_ in ranges] == ["Data > Sources", "Data > Use", "End"]


def entry(text: str, name: str, until: str, level: int = 7) -> Heading:
    start = text.index(name)
    end = text.index(until) + len(until)
    return Heading(level=level, start=start, end=start + len(name), until=end)


def test_an_entry_stands_over_its_definition_only() -> None:
    body = " ".join(f"It sells ticket {number}." for number in range(8))
    text = (
        f"Boats\n\nsell(x)\n\n{body}\n\nhire(y)\n\n{body.replace('sell', 'hire')}\n\nNotes. {body}"
    )
    content = Content(
        title="",
        text=text,
        headings=(
            heading(text, "Boats"),
            entry(text, "sell", "It sells ticket 7."),
            entry(text, "hire", "It hires ticket 7."),
        ),
    )
    ranges = split(content, max_characters=230)
    assert [range_.heading for range_ in ranges] == ["Boats > sell", "Boats > hire", "Boats"]
    assert [words.split()[0] for words in texts(content, ranges)] == ["Boats", "hire(y)", "Notes."]


def test_short_entries_share_a_passage_and_so_do_the_words_that_announce_one() -> None:
    text = "Codes\n\nThere are:\n\nONE\n\nThe first.\n\nTWO\n\nThe second.\n\nTHREE\n\n" + LEDGER
    content = Content(
        title="",
        text=text,
        headings=(
            heading(text, "Codes"),
            entry(text, "ONE", "The first."),
            entry(text, "TWO", "The second."),
            entry(text, "THREE", LEDGER),
        ),
    )
    assert texts(content, split(content, max_characters=130)) == [
        text[: text.index("THREE") - 2],
        text[text.index("THREE") :],
    ]
    assert [r.heading for r in split(content, max_characters=130)] == ["Codes", "Codes > THREE"]


def test_a_long_introduction_of_entries_keeps_the_first_if_it_fits() -> None:
    intro = "Of the ledger, the green book, these things are known to all who have seen it:"
    text = f"{intro}\n\nkeeper\n\n{LEDGER}\n\nAfter. {LEDGER}"
    content = Content(title="", text=text, headings=(entry(text, "keeper", LEDGER),))
    cut = text.index("\n\nAfter.")
    assert texts(content, split(content, max_characters=200)) == [text[:cut], text[cut + 2 :]]
    cut = text.index("\n\nkeeper")
    assert texts(content, split(content, max_characters=150))[0] == text[:cut]


@pytest.mark.parametrize("leader", ["The rules are these:", "These are the rules"])
def test_what_announces_the_rest_does_not_end_a_passage(leader: str) -> None:
    before = " ".join(f"This is sentence {number}." for number in range(7))
    text = f"{before}\n\n{leader}\n\n{LEDGER}\n\n{LEDGER}"
    content = Content(title="", text=text)
    assert texts(content, split(content, max_characters=220))[1].startswith(leader)


@pytest.mark.parametrize("end", [".", ""])
def test_a_list_is_rather_cut_before_or_after_than_within(end: str) -> None:
    items = "\n".join(f"- Item {number} of a list of four items{end}" for number in range(4))
    text = f"{LEDGER} {LEDGER}\n\n{items}\n\n{LEDGER} {LEDGER}"
    content = Content(title="", text=text)
    assert items in texts(content, split(content, max_characters=240))


def test_text_before_the_first_heading_has_none() -> None:
    text = "A preface.\n\nOne\n\nThe body."
    content = Content(title="", text=text, headings=(heading(text, "One"),))
    assert [range_.heading for range_ in split(content)] == [None, "One"]


def test_a_passage_has_the_page_it_starts_on() -> None:
    text = "First page.\n\nSecond page."
    pages = (Page(number=1, start=0, end=13), Page(number=2, start=13, end=len(text)))
    content = Content(title="", text=text, pages=pages)
    assert [range_.page for range_ in split(content, max_characters=15)] == [1, 2]


def test_long_text_is_cut_between_sentences_and_rather_between_paragraphs() -> None:
    paragraphs = [f"{LEDGER} This is paragraph {number}." for number in range(6)]
    content = Content(title="", text="\n\n".join(paragraphs))
    assert texts(content, split(content, max_characters=240)) == [
        "\n\n".join(paragraphs[first : first + 2]) for first in (0, 2, 4)
    ]


def test_a_sentence_longer_than_a_passage_is_cut_between_words() -> None:
    content = Content(title="", text="word " * 50 + "end.")
    pieces = texts(content, split(content, max_characters=60))
    assert " ".join(pieces) == content.text
    assert max(map(len, pieces)) <= 60


def test_a_word_longer_than_a_passage_is_cut_anywhere() -> None:
    content = Content(title="", text="x" * 150)
    assert sorted(map(len, texts(content, split(content, max_characters=60)))) == [30, 60, 60]


@pytest.mark.parametrize("text", ["", " \n\n\t ", "\n"])
def test_no_words_no_passages(text: str) -> None:
    assert split(Content(title="", text=text)) == []


@pytest.mark.parametrize("seed", range(20))
def test_every_character_outside_navigation_lies_in_exactly_one_passage(seed: int) -> None:
    chance = random.Random(seed)
    words = [
        "Seoul",
        "in",
        "1990.",
        "\n\n",
        "Dr. Lee",
        "“yes”?",
        "\n",
        "한국",
        "a" * 40,
        "  ",
        "ﬁn.",
    ]
    text = " ".join(chance.choices(words, k=300))
    bounds = sorted(chance.sample(range(len(text)), 8))
    navigation = tuple(
        Range(start=start, end=end) for start, end in zip(bounds[::2], bounds[1::2], strict=True)
    )
    content = Content(title="", text=text, navigation=navigation)
    covered = [0] * len(text)
    for range_ in split(content, max_characters=120):
        assert range_.end - range_.start <= 120
        for position in range(range_.start, range_.end):
            covered[position] += 1
    hidden = {position for gap in navigation for position in range(gap.start, gap.end)}
    for position, letter in enumerate(text):
        if position in hidden:
            assert covered[position] == 0
        elif not letter.isspace():
            assert covered[position] == 1


def test_prose_leaves_blocks_without_navigation_as_they_are() -> None:
    content = Content(title="", text=" One.\n\nTwo. \n\nThree.")
    assert [content.text[b.start : b.end] for b in prose(content)] == ["One.", "Two.", "Three."]


def test_the_maximum_fits_the_embedder() -> None:
    # 256 word pieces at about four characters each, title and heading included.
    assert MAX_CHARACTERS < 1000
