"""The rows of a PDF's pages made into paragraphs and headings.

A row goes on in the next one if the next row's first word would not have fitted on it, the rows
are as close as most are, and the next one is neither indented nor a list item. Headings are what
the bookmarks name; without bookmarks, larger or bold rows that stand alone.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from index.load.compose import Line
from index.load.running import contents_rows, running_rows
from index.outline import LIST_MARKER, count_words

SAME_SIZE = 0.12  # a row of sums or code in another font differs by this share at most
LARGER = 1.15
CLOSE = 1.25  # times the usual distance
INDENT = 0.8  # of the size
COLUMN = 4  # sizes: rows whose left edges are nearer than this are of one column
NEIGHBOURS = 8
MAX_HEADING_WORDS, MAX_BOLD_HEADING_WORDS = 25, 12

_LETTERS = re.compile(r"[^\W\d_]+")
_HYPHEN = re.compile(r"([^\W\d_]+)[-\u00ad\u2010]\Z")
_FILE_NAME = re.compile(r"\.\w{2,4}\Z|\Amicrosoft |\Auntitled|\Aslide \d|\Apowerpoint", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of text on a page; lengths in points from the page's lower left corner."""

    text: str
    page: int
    left: float
    right: float
    bottom: float
    size: float
    bold: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Bookmark:
    """An entry of the file's own outline. Level 1 is the highest; pages start at 1."""

    title: str
    level: int
    page: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Paragraph:
    text: str
    page: int
    size: float
    bold: bool
    running: bool


def lay_out(pages: Sequence[Sequence[Row]], bookmarks: Sequence[Bookmark]) -> list[Line]:
    """The paragraphs of the pages in the order of their rows, with headings and running titles."""
    rows_by_page = [_join_pieces(rows) for rows in pages]
    running = running_rows([[(row.bottom, row.text) for row in rows] for rows in rows_by_page])
    body = median([row.size for rows in rows_by_page for row in rows])
    for rows, marked in zip(rows_by_page, running, strict=True):
        marked -= {i for i in marked if rows[i].size >= LARGER * body}  # headings, not titles
        marked |= contents_rows([row.text for row in rows], len(pages))
    distance = _usual_distance(rows_by_page)
    words = Counter(
        word.casefold()
        for rows in rows_by_page
        for row in rows
        for word in _LETTERS.findall(_HYPHEN.sub("", row.text))
    )
    paragraphs = [
        paragraph
        for rows, marked in zip(rows_by_page, running, strict=True)
        for paragraph in _paragraphs(rows, marked, distance, body, words)
    ]
    levels = _levels(paragraphs, bookmarks)
    return [
        Line(text=p.text, page=p.page, navigation=p.running, level=levels.get(i, 0))
        for i, p in enumerate(paragraphs)
    ]


def find_title(pages: Sequence[Sequence[Row]], lines: Sequence[Line], property_title: str) -> str:
    """The title in the properties if the first pages show it, or the largest words of page one.

    Failing both, the one in the properties unless it is a file's name; "" if there is none.
    """
    key = _key(property_title)
    if key and any(key in _key(" ".join(r.text for r in rows)) for rows in pages[:3]):
        return property_title
    first = next((rows for rows in pages if rows), [])
    sizes = [row.size for rows in pages for row in rows]
    largest = max((row.size for row in first), default=0.0)
    if largest >= LARGER * median(sizes):
        shown = {_key(row.text) for row in first if row.size >= largest * (1 - SAME_SIZE)}
        for line in lines:
            on_first = first and line.page == first[0].page
            if on_first and any(k and k in _key(line.text) for k in shown):
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
        if last and row.left >= last.right - last.size / 4 and _overlap(last, row) > 0.5:
            gap = " " if row.left - last.right > 0.15 * last.size else ""
            wider = last if len(last.text) >= len(row.text) else row
            joined[-1] = replace(
                wider, text=last.text + gap + row.text, left=last.left, right=row.right
            )
        else:
            joined.append(row)
    return joined


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
        if _same_size(a, b) and 0.8 < (a.bottom - b.bottom) / a.size < 2.5
    ]
    return median(distances) if distances else 1.3


def _paragraphs(
    rows: Sequence[Row], running: set[int], distance: float, body: float, words: Counter[str]
) -> list[_Paragraph]:
    found: list[_Paragraph] = []
    for i, row in enumerate(rows):
        goes_on = i > 0 and i not in running and i - 1 not in running
        if goes_on and _goes_on(rows, i - 1, distance, body):
            found[-1] = replace(found[-1], text=_join(found[-1].text, row.text, words))
        else:
            found.append(
                _Paragraph(
                    text=row.text,
                    page=row.page,
                    size=row.size,
                    bold=row.bold,
                    running=i in running,
                )
            )
    return found


def _goes_on(rows: Sequence[Row], i: int, distance: float, body: float) -> bool:
    """Whether the paragraph of row i goes on in row i + 1."""
    row, following = rows[i], rows[i + 1]
    if not _same_size(row, following) or row.bold != following.bold:
        return False
    if not 0.5 < (row.bottom - following.bottom) / row.size <= CLOSE * distance:
        return False
    if LIST_MARKER.match(following.text):
        return False
    aside = abs(row.left + row.right - following.left - following.right) / 2
    if row.size >= LARGER * body and aside < row.size:
        return True  # a heading in the middle of the page
    if following.left > row.left + INDENT * row.size and not LIST_MARKER.match(row.text):
        return False
    near = rows[max(0, i - NEIGHBOURS) : i + NEIGHBOURS + 2]
    column = [
        r.right for r in near if _same_size(r, row) and abs(r.left - row.left) < COLUMN * row.size
    ]
    letter = (following.right - following.left) / max(len(following.text), 1)
    first_word = len(following.text.split()[0]) * letter
    return row.right + first_word + letter > max(column, default=row.right) - letter


def _same_size(a: Row, b: Row) -> bool:
    return abs(a.size - b.size) <= SAME_SIZE * max(a.size, b.size)


def _join(text: str, row: str, words: Counter[str]) -> str:
    """Two rows as one; a hyphen between them goes if the word is written without it elsewhere."""
    hyphen = _HYPHEN.search(text)
    if not hyphen or not row[0].islower():
        return f"{text} {row}"
    rest = _LETTERS.match(row)
    word = hyphen[1] + (rest[0] if rest else "")
    if text.endswith("\u00ad") or words[word.casefold()]:
        return text[:-1] + row
    return text + row


def _levels(paragraphs: Sequence[_Paragraph], bookmarks: Sequence[Bookmark]) -> dict[int, int]:
    """The headings' levels by the paragraphs' indices."""
    marked = _bookmarked(paragraphs, bookmarks)
    if marked and 2 * len(marked) >= len(bookmarks):
        return marked
    characters = Counter[float]()
    bold_characters = 0
    for p in paragraphs:
        characters[round(p.size, 1)] += len(p.text)
        bold_characters += len(p.text) * p.bold
    body = _middle(characters)
    bold_stands_out = 4 * bold_characters < characters.total()
    sizes = {
        i: round(p.size) if p.size >= LARGER * body else 0
        for i, p in enumerate(paragraphs)
        if _looks_like_heading(p, body, bold_stands_out)
    }
    order = sorted(set(sizes.values()), reverse=True)
    return {i: min(6, order.index(size) + 1) for i, size in sizes.items()} | marked


def _middle(characters: Counter[float]) -> float:
    """The median of sizes weighted by their characters."""
    half, so_far = characters.total() / 2, 0
    for size in sorted(characters):
        so_far += characters[size]
        if so_far >= half:
            return size
    return 0.0


def _looks_like_heading(paragraph: _Paragraph, body: float, bold_stands_out: bool) -> bool:
    count = count_words(paragraph.text)
    if paragraph.running or not _LETTERS.search(paragraph.text):
        return False
    if paragraph.size >= LARGER * body:
        return count <= MAX_HEADING_WORDS
    ends_open = paragraph.text[-1] not in ".,;"
    is_bold = paragraph.bold and bold_stands_out and paragraph.size >= 0.95 * body
    return is_bold and ends_open and count <= MAX_BOLD_HEADING_WORDS


def _bookmarked(paragraphs: Sequence[_Paragraph], bookmarks: Sequence[Bookmark]) -> dict[int, int]:
    """The paragraphs that a bookmark of their page names, with or without a number before it."""
    by_page: dict[int, list[int]] = {}
    for i, p in enumerate(paragraphs):
        if not p.running and count_words(p.text) <= 2 * MAX_HEADING_WORDS:
            by_page.setdefault(p.page, []).append(i)
    levels: dict[int, int] = {}
    for bookmark in bookmarks:
        key = _key(bookmark.title)
        for i in by_page.get(bookmark.page, ()):
            text = _key(paragraphs[i].text)
            before = text.removesuffix(key) if key and text.endswith(key) else None
            if i not in levels and before is not None and _is_number(before):
                levels[i] = min(6, bookmark.level)
                break
    return levels


def _is_number(key: str) -> bool:
    return bool(re.fullmatch(r"(chapter|appendix|part|section|kapitel)?[\divxlc]*[a-z]?\d*", key))


def _key(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()
