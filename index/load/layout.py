"""The rows of a PDF's pages made into paragraphs and headings.

A row goes on in the next one if the next row's first word would not have fitted on it, the rows
are as close as most are, and the next one is neither indented nor a list item. A word that a row
breaks goes on in any case; rows of code stay together and keep their line breaks.
"""

import re
from array import array
from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from itertools import pairwise
from statistics import median

from index.load.compose import Line
from index.load.glyphs import is_raised, note_number, superscript, without_marks
from index.load.headings import (
    LARGER,
    MAX_HEADING_WORDS,
    heading_levels,
    letters_only,
    whole_headings,
)
from index.load.joints import Words, is_broken_word, join, words_of
from index.load.rows import SAME_SIZE, Bookmark, Paragraph, Row, first_word_width, same_size
from index.load.running import contents_rows, running_rows
from index.load.traced import Traced
from index.load.turns import MIN_WORDS, continues, goes_over, over_pages
from index.outline import LIST_MARKER, count_words

CLOSE = 1.25  # times the usual distance
INDENT = 0.8  # of the size
OVERLAP = 0.4  # of the height: less than that of a note's number raised before it
NOTE_SIZE = 0.9  # of the usual size: notes are smaller
COLUMN = 4  # sizes: rows whose left edges are nearer than this are of one column
NEIGHBOURS = 8
MARGIN_ROWS = 2
NARROW = 15  # sizes: narrower is no column of prose
EVEN = 0.05  # sizes: how evenly rows end at a margin

_FILE_NAME = re.compile(r"\.\w{2,4}\Z|\Amicrosoft |\Auntitled|\Aslide \d|\Apowerpoint", re.I)


def lay_out(pages: Sequence[Sequence[Row]], bookmarks: Sequence[Bookmark]) -> list[Line]:
    """The paragraphs of the pages in the order of their rows, with headings and running titles."""
    rows_by_page = [_join_pieces(rows) for rows in pages]
    running = running_rows([[(row.bottom, row.text) for row in rows] for rows in rows_by_page])
    body = median([row.size for rows in rows_by_page for row in rows])
    contents: set[int] = set()
    for rows, marked in zip(rows_by_page, running, strict=True):
        marked -= {i for i in marked if rows[i].size >= LARGER * body}  # headings, not titles
        contents = contents_rows([row.text for row in rows], len(pages), begun=bool(contents))
        marked |= contents
    rows_by_page = _code_apart([_without_marks(rows, body) for rows in rows_by_page])
    distance = _usual_distance(rows_by_page)
    words = words_of([row.text for rows in rows_by_page for row in rows])
    paragraphs = [
        paragraph
        for rows, marked in zip(rows_by_page, running, strict=True)
        for paragraph in _paragraphs(rows, marked, distance, body, words)
    ]
    paragraphs = whole_headings(paragraphs, bookmarks, words)
    levels = heading_levels(paragraphs, bookmarks)
    return over_pages(paragraphs, levels, NOTE_SIZE * body, words)


def find_title(pages: Sequence[Sequence[Row]], lines: Sequence[Line], property_title: str) -> str:
    """The title in the properties if the first pages show it, or the largest words of page one.

    Failing both, the one in the properties unless it is a file's name; "" if there is none.
    """
    key = letters_only(property_title)
    if key and any(key in letters_only(" ".join(r.text for r in rows)) for rows in pages[:3]):
        return property_title
    first = next((rows for rows in pages if rows), [])
    sizes = [row.size for rows in pages for row in rows]
    largest = max((row.size for row in first), default=0.0)
    if largest >= LARGER * median(sizes):
        shown = {letters_only(row.text) for row in first if row.size >= largest * (1 - SAME_SIZE)}
        for line in lines:
            on_first = first and line.page == first[0].page
            if on_first and any(k and k in letters_only(line.text) for k in shown):
                if 0 < count_words(line.text) <= MAX_HEADING_WORDS:
                    return line.text
                break
    sane = count_words(property_title) >= 2 and not _FILE_NAME.search(property_title)
    return property_title if sane else ""


def _join_pieces(rows: Sequence[Row]) -> list[Row]:
    """The rows with those pieces joined that stand on one line (a raised number breaks it)."""
    joined: list[Row] = []
    for row in rows:
        last = joined[-1] if joined else None
        if last and row.left >= last.right - last.size / 4 and _overlap(last, row) > OVERLAP:
            gap = " " if row.left - last.right > 0.15 * last.size else ""
            wider = last if len(last.text) >= len(row.text) else row
            piece = row.traced
            if _is_exponent(last, row):
                piece = piece.written(superscript(row.text))
            whole = last.traced.until(last.text + gap) + piece
            joined[-1] = replace(wider, traced=whole, left=last.left, right=row.right)
        else:
            joined.append(row)
    return joined


def _is_exponent(row: Row, piece: Row) -> bool:
    top, base_top = piece.bottom + piece.size, row.bottom + row.size
    return piece.text.isdigit() and is_raised(piece.bottom, top, row.bottom, base_top)


def _without_marks(rows: Sequence[Row], body: float) -> list[Row]:
    """The rows without the raised numbers of the notes on the page."""
    small = [row.text for row in rows if row.size < NOTE_SIZE * body]
    notes = {note_number(text) for text in small}
    texts = without_marks([row.traced for row in rows], notes)
    return [replace(row, traced=text) for row, text in zip(rows, texts, strict=True)]


def _code_apart(pages: list[list[Row]]) -> list[list[Row]]:
    """The same rows, none of them `fixed` if most are: then that font is the prose's."""
    rows = [row for rows in pages for row in rows]
    if 2 * sum(row.fixed for row in rows) < len(rows):
        return pages
    return [[replace(row, fixed=False) for row in rows] for rows in pages]


def _overlap(a: Row, b: Row) -> float:
    """The share of the lower row's height that both have."""
    shared = min(a.bottom + a.size, b.bottom + b.size) - max(a.bottom, b.bottom)
    return shared / min(a.size, b.size)


def _usual_distance(pages: Sequence[Sequence[Row]]) -> float:
    """The median distance between the feet of neighbouring rows, in sizes."""
    distances = [
        (a.bottom - b.bottom) / a.size
        for rows in pages
        for a, b in pairwise(rows)
        if same_size(a, b) and 0.8 < (a.bottom - b.bottom) / a.size < 2.5
    ]
    return median(distances) if distances else 1.3


def _paragraphs(
    rows: Sequence[Row], running: set[int], distance: float, body: float, words: Words
) -> list[Paragraph]:
    groups: list[list[int]] = []
    rooms = [_room(rows, i, running) for i in range(len(rows))]
    for i in range(len(rows)):
        goes_on = i > 0 and i not in running and i - 1 not in running
        if goes_on and _goes_on(rows, i - 1, len(groups[-1]), rooms[i - 1], distance, body):
            groups[-1].append(i)
        else:
            groups.append([i])
    return [
        Paragraph(
            traced=_text([rows[i] for i in group], words),
            first=rows[group[0]],
            last=rows[group[-1]],
            room=rooms[group[-1]],
            running=group[0] in running,
        )
        for group in groups
    ]


def _text(rows: Sequence[Row], words: Words) -> Traced:
    """Code keeps its rows and their indents, in characters; the rows of prose are joined."""
    if len(rows) > 1 and all(row.fixed for row in rows):
        widest = max(rows, key=lambda row: len(row.text))
        character = max((widest.right - widest.left) / len(widest.text), 0.1)
        left = min(row.left for row in rows)
        indents = [" " * round((row.left - left) / character) for row in rows]
        first = array("i", rows[0].traced.sources[:1] * len(indents[0]))
        code = Traced(indents[0], first) + rows[0].traced
        for indent, row in zip(indents[1:], rows[1:], strict=True):
            code = code.until(f"{code.text}\n{indent}") + row.traced
        return code
    return reduce(lambda text, row: join(text, row.traced, words), rows[1:], rows[0].traced)


def _goes_on(
    rows: Sequence[Row], i: int, count: int, room: float, distance: float, body: float
) -> bool:
    """Whether the paragraph of row i, with `count` rows up to it, goes on in row i + 1.

    `room` is what is free at the end of row i.
    """
    row, following = rows[i], rows[i + 1]
    if not same_size(row, following) or row.bold != following.bold:
        return False
    step = (row.bottom - following.bottom) / row.size
    if step < 0 and following.left > row.left + COLUMN * row.size:  # the next column
        return goes_over(row, room, following)
    if not 0.5 < step <= CLOSE * distance:
        return False
    is_code = all(r.fixed for r in rows[i + 1 - count : i + 1])
    if is_broken_word(row.text, following.text) or (is_code and following.fixed):
        return True
    if row.size < NOTE_SIZE * body and _is_next_note(rows[i + 1 - count], following):
        return False
    if is_code and (count > 1 or row.left > following.left + INDENT * row.size):
        return False
    if LIST_MARKER.match(following.text):
        return False
    aside = abs(row.left + row.right - following.left - following.right) / 2
    if row.size >= LARGER * body and aside < row.size:
        return True  # a heading in the middle of the page
    if following.left > row.left + INDENT * row.size and not _hangs(row, following, body):
        return False
    return first_word_width(following) > room


def _is_next_note(first: Row, row: Row) -> bool:
    number, following = note_number(first.text), note_number(row.text)
    return bool(number and following) and int(following) == int(number) + 1


def _hangs(row: Row, following: Row, body: float) -> bool:
    """Whether a row may go on in one that is indented: an item, a note, or words cut apart."""
    is_note = row.size < NOTE_SIZE * body and note_number(row.text)
    return bool(is_note or LIST_MARKER.match(row.text)) or continues(row, following)


def _room(rows: Sequence[Row], i: int, running: set[int]) -> float:
    """How much is free at the end of row i, in points.

    Nothing, if it is prose and two rows near it in its column end where it does: a margin. Else it
    is measured by the longest of them, which may run over the margin, or stand above the columns.
    Those of the indices `running` don't count.
    """
    row, first = rows[i], max(0, i - NEIGHBOURS)
    near = [
        r
        for j, r in enumerate(rows[first : i + NEIGHBOURS + 2], first)
        if j != i
        and j not in running
        and same_size(r, row)
        and abs(r.left - row.left) < COLUMN * row.size
    ]
    at_margin = sum(abs(r.right - row.right) < EVEN * row.size for r in near)
    is_prose = not row.fixed and len(row.text.split()) >= MIN_WORDS
    if at_margin >= MARGIN_ROWS and is_prose and row.right - row.left > NARROW * row.size:
        return 0.0
    return max(0.0, *(r.right - row.right for r in near)) if near else 0.0
