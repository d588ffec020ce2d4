"""Paragraphs that begin on one page and go on on the next."""

from collections.abc import Mapping, Sequence
from itertools import groupby, pairwise

from index.load.compose import Line
from index.load.joints import Words, is_broken_word, joint
from index.load.rows import Paragraph, Row, ends_sentence, first_word_width, same_size
from index.outline import LIST_MARKER

MIN_WORDS = 5  # in a row of prose


def over_pages(
    paragraphs: Sequence[Paragraph],
    levels: Mapping[int, int],
    note_size: float,
    words: Words,
) -> list[Line]:
    """The lines of the paragraphs; one that a page's end cuts goes on right after the cut.

    What stands between (notes smaller than `note_size` and running titles) keeps to its page: it
    moves before the paragraph's beginning or after its end. `levels` are the headings' levels by
    the paragraphs' indices, `words` are the document's words.
    """
    by_page = [
        list(group)
        for _, group in groupby(range(len(paragraphs)), key=lambda i: paragraphs[i].first.page)
    ]
    bodies = [
        [i for i in page if not paragraphs[i].running and paragraphs[i].last.size >= note_size]
        for page in by_page
    ]
    rest: dict[int, int] = {}  # the index of a paragraph's rest by that of its beginning
    for before, after in pairwise(bodies):
        if before and after and before[-1] not in rest.values():
            a, b = before[-1], after[0]
            last, first = paragraphs[a].last, paragraphs[b].first
            if not {a, b} & levels.keys() and goes_over(last, paragraphs[a].room, first):
                rest[a] = b
    begun = {b: a for a, b in rest.items()}
    return [
        _line(i, paragraphs, levels.get(i, 0), rest, begun, words)
        for page in by_page
        for i in _ordered(page, rest, begun)
    ]


def goes_over(row: Row, room: float, following: Row) -> bool:
    """Whether a paragraph's row goes on in the first row of the next column or page.

    `room` is what is free at the end of the row, in points.
    """
    alike = same_size(row, following) and row.bold == following.bold
    if not alike or LIST_MARKER.match(following.text):
        return False
    if is_broken_word(row.text, following.text):
        return True
    return continues(row, following) and first_word_width(following) > room


def continues(row: Row, following: Row) -> bool:
    """Whether the words of a row, which are prose, go on in another."""
    if row.fixed or following.fixed or not following.text[0].islower():
        return False
    return len(row.text.split()) >= MIN_WORDS and not ends_sentence(row.text)


def _ordered(page: list[int], rest: Mapping[int, int], begun: Mapping[int, int]) -> list[int]:
    """A page's paragraphs, a rest first and a beginning last."""
    return sorted(page, key=lambda i: (i in rest) - (i in begun))


def _line(
    i: int,
    paragraphs: Sequence[Paragraph],
    level: int,
    rest: Mapping[int, int],
    begun: Mapping[int, int],
    words: Words,
) -> Line:
    paragraph = paragraphs[i]
    traced, between = paragraph.traced, None
    if i in rest:
        traced = traced.until(joint(traced.text, paragraphs[rest[i]].text, words).rstrip())
    if i in begun:
        before = paragraphs[begun[i]].text
        between = " " if joint(before, traced.text, words).endswith(" ") else ""
    return Line(
        text=traced.text,
        page=paragraph.first.page,
        navigation=paragraph.running,
        level=level,
        joint=between,
        sources=traced.sources,
    )
