"""Running titles and page numbers: what stands at the top or the bottom of page after page."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

EDGE_ROWS = 2
MAX_TITLE_WORDS = 12
CHAPTER_PAGES = 4  # from the first of three to the last: every other page
MIN_CONTENTS_ROWS = 5
MAX_ENTRY_ROWS = 4
RARELY = 0.1
ALPHABETICAL = 0.8  # the share of neighbours in order: columns and accents break it

_NUMBER = re.compile(r"\d{1,5}|\b[ivxlcIVXLC]{1,7}\b")
_LEADER = re.compile(r"(?:\. ?){4,}(\d{1,4}|[ivxlc]{1,6})(?:, (?:\d{1,4}|[ivxlc]{1,6}))*\Z")
_ENTRY_START = re.compile(r"\d{1,2}(?:\.\d{1,2})+ |\S\Z")
_LETTER = re.compile(r"[^\W\d_]")
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}

# A row's text, how far its number is ahead of the page's index (None: it is without one, word for
# word) and its height in whole points.
_Key = tuple[str, int | None, int]


def running_rows(pages: Sequence[Sequence[tuple[float, str]]]) -> list[set[int]]:
    """For each page the indices of its running rows.

    A page is its rows as (height above the page's bottom, text). A row runs if it stands among
    the top two or bottom two rows of at least three pages, equally high, with a number that grows
    with the page; or word for word on a twentieth of the pages. For a bare page number two pages
    are enough. Where pages are known to be numbered, one is enough for an outermost row with the
    page's number at its end (or at its start in the top row; at the foot that would be a note).
    An outermost row may also run word for word through a chapter only (on three pages near each
    other), or on two pages where others have their running rows (left and right differ).
    """
    seen: dict[_Key, set[int]] = defaultdict(set)
    outermost: dict[_Key, set[int]] = defaultdict(set)
    for number, rows in enumerate(pages):
        outer = _outermost(rows)
        for i in _edges(rows):
            for key in _keys(rows[i], number):
                seen[key].add(number)
                if i in outer:
                    outermost[key].add(number)
    enough = {key for key, found in seen.items() if len(found) >= _pages_needed(key, len(pages))}
    repeated = {key: sorted(found) for key, found in outermost.items() if key[1] is None}
    enough |= {key for key, found in repeated.items() if _runs_through_chapter(found)}
    heights = {height for _, _, height in enough}
    enough |= {key for key, found in repeated.items() if len(found) > 1 and key[2] in heights}
    offsets = {offset for _, offset, _ in enough if offset is not None}
    return [
        {i for i in _edges(rows) if enough & set(_keys(rows[i], number))}
        | _numbered_titles(rows, {str(number + offset) for offset in offsets})
        for number, rows in enumerate(pages)
    ]


def contents_rows(rows: Sequence[str], page_count: int, begun: bool = False) -> set[int]:
    """The indices of the rows of a table of contents or an index: dots that lead to a page.

    Five or more on a page, or one where the page before has `begun` the table. Either the pages'
    numbers hardly ever fall (two parts may be counted apart) or the entries are in the order of the
    alphabet, and none exceeds the count of pages (a list of prices may have dots too).
    With them go short rows between them: the first row of a long entry, an index's letters.
    """
    found = {i: match for i, row in enumerate(rows) if (match := _LEADER.search(row))}
    numbers = [int(number[1]) for number in found.values() if number[1].isdecimal()]
    entries = [rows[i][: match.start()] for i, match in found.items()]
    pairs = list(pairwise(map(_sort_key, entries)))
    in_order = sum(a <= b for a, b in pairs) >= ALPHABETICAL * len(pairs)
    in_order = in_order and 2 * len(set(entries)) > len(entries)
    falls = sum(a > b for a, b in pairwise(numbers))
    rising = falls <= RARELY * len(numbers)
    plausible = (rising or in_order) and max(numbers, default=0) <= page_count
    if len(found) < (1 if begun else MIN_CONTENTS_ROWS) or not plausible:
        return set()
    order = sorted(found)
    gaps = [range(a + 1, b) for a, b in pairwise(order) if b - a <= MAX_ENTRY_ROWS]
    ends = {i for i in (order[0] - 1, order[-1] + 1) if 0 <= i < len(rows)}
    starts = {i for i in ends if _ENTRY_START.match(rows[i])}
    return {*found, *starts, *(i for gap in gaps for i in gap)}


def _sort_key(entry: str) -> str:
    return re.sub(r"[\W_]+", "", entry).casefold()


def _edges(rows: Sequence[tuple[float, str]]) -> set[int]:
    order = sorted(range(len(rows)), key=lambda i: -rows[i][0])
    return {*order[:EDGE_ROWS], *order[-EDGE_ROWS:]}


def _outermost(rows: Sequence[tuple[float, str]]) -> tuple[int, ...]:
    """The top row and the one at the foot."""
    if not rows:
        return ()
    order = sorted(range(len(rows)), key=lambda i: rows[i][0])
    return order[-1], order[0]


def _runs_through_chapter(pages: Sequence[int]) -> bool:
    """Whether three of the pages are near each other."""
    return any(c - a <= CHAPTER_PAGES for a, c in zip(pages, pages[2:], strict=False))


def _numbered_titles(rows: Sequence[tuple[float, str]], numbers: set[str]) -> set[int]:
    """The outermost rows with one of the numbers: titles that change with the chapter."""
    outer = _outermost(rows)
    found = set()
    for i in outer:
        words = rows[i][1].split()
        at_start = i == outer[0] and words[0] in numbers
        if len(words) <= MAX_TITLE_WORDS and (words[-1] in numbers or at_start):
            found.add(i)
    return found


def _keys(row: tuple[float, str], page: int) -> Iterator[_Key]:
    """The row as it is, if it has letters, and once for each number in it, without that number."""
    height, text = round(row[0]), row[1]
    if _LETTER.search(text):
        yield text, None, height
    for match in _NUMBER.finditer(text):
        word = match[0].lower()
        value = int(word) if word.isdecimal() else _roman(word)
        yield f"{text[: match.start()]}#{text[match.end() :]}", value - page, height


def _pages_needed(key: _Key, page_count: int) -> float:
    if key[1] is None:
        return max(3, page_count / 20)
    return 2 if _is_bare(key) else 3


def _is_bare(key: _Key) -> bool:
    words = re.sub(r"\d+", "", key[0]).casefold()
    return key[1] is not None and not re.sub(r"page|of|seite|von|[\W_]", "", words)


def _roman(word: str) -> int:
    values = [_ROMAN[letter] for letter in word]
    following = [*values[1:], 0]
    return sum(-v if v < after else v for v, after in zip(values, following, strict=True))
