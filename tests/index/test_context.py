from index.context import with_context


def test_title_and_headings_stand_a_line_each_before_the_text() -> None:
    assert with_context("Paper", "2 Data > Use", "We used one.") == (
        "Paper\n2 Data\nUse\nWe used one."
    )


def test_what_the_text_opens_with_is_not_said_twice() -> None:
    assert with_context("Data", "Data > Use", "Use\n\nWe used one.") == "Data\nUse\n\nWe used one."


def test_without_title_and_heading_the_text_stands_alone() -> None:
    assert with_context("", None, "Words.") == "Words."
