"""A PDF's headings: what the bookmarks name; without bookmarks, larger or bold rows."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import reduce

from index.load.joints import Words, join
from index.load.rows import Bookmark, Paragraph, same_size
from index.outline import count_words

LARGER = 1.15
MAX_HEADING_WORDS, MAX_BOLD_HEADING_WORDS = 25, 12
MAX_ROWS = 3

_LETTERS = re.compile(r"[^\W\d_]+")


def whole_headings(
    paragraphs: Sequence[Paragraph], bookmarks: Sequence[Bookmark], words: Words
) -> list[Paragraph]:
    """The paragraphs, those joined that only together are what a bookmark of their page names."""
    titles: dict[int, list[str]] = {}
    for bookmark in bookmarks:
        titles.setdefault(bookmark.page, []).append(letters_only(bookmark.title))
    whole: list[Paragraph] = []
    i = 0
    while i < len(paragraphs):
        count = _heading_rows(paragraphs[i : i + MAX_ROWS], titles)
        parts = paragraphs[i : i + count]
        text = reduce(lambda text, part: join(text, part.traced, words), parts[1:], parts[0].traced)
        whole.append(replace(parts[0], traced=text, last=parts[-1].last, room=parts[-1].room))
        i += count
    return whole


def _heading_rows(parts: Sequence[Paragraph], titles: dict[int, list[str]]) -> int:
    """How many of the paragraphs are a heading together; 1 if no more than the first."""
    first = parts[0]
    for count in range(2, len(parts) + 1):
        part = parts[count - 1]
        if part.running or first.running or part.first.page != first.first.page:
            break
        if not same_size(part.first, first.first) or part.first.bold != first.first.bold:
            break
        text = letters_only(" ".join(p.text for p in parts[:count]))
        for title in titles.get(first.first.page, ()):
            # The first one isn't the heading alone, or the second would be its section's text.
            if _names(title, text) and not _names(title, letters_only(part.text)):
                return count
    return 1


def _names(title: str, text: str) -> bool:
    """Whether the text is the title, with or without a number before it."""
    before = text.removesuffix(title) if title and text.endswith(title) else None
    return before is not None and _is_number(before)


def heading_levels(
    paragraphs: Sequence[Paragraph], bookmarks: Sequence[Bookmark]
) -> dict[int, int]:
    """The headings' levels by the paragraphs' indices."""
    marked = _bookmarked(paragraphs, bookmarks)
    if marked and 2 * len(marked) >= len(bookmarks):
        return marked
    characters = Counter[float]()
    bold_characters = 0
    for p in paragraphs:
        characters[round(p.first.size, 1)] += len(p.text)
        bold_characters += len(p.text) * p.first.bold
    body = _middle(characters)
    bold_stands_out = 4 * bold_characters < characters.total()
    sizes = {
        i: round(p.first.size) if p.first.size >= LARGER * body else 0
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


def _looks_like_heading(paragraph: Paragraph, body: float, bold_stands_out: bool) -> bool:
    count = count_words(paragraph.text)
    if paragraph.running or not _LETTERS.search(paragraph.text):
        return False
    if paragraph.first.size >= LARGER * body:
        return count <= MAX_HEADING_WORDS
    ends_open = paragraph.text[-1] not in ".,;"
    is_bold = paragraph.first.bold and bold_stands_out and paragraph.first.size >= 0.95 * body
    return is_bold and ends_open and count <= MAX_BOLD_HEADING_WORDS


def _bookmarked(paragraphs: Sequence[Paragraph], bookmarks: Sequence[Bookmark]) -> dict[int, int]:
    """The paragraphs that a bookmark of their page names, with or without a number before it."""
    by_page: dict[int, list[int]] = {}
    for i, p in enumerate(paragraphs):
        if not p.running and count_words(p.text) <= 2 * MAX_HEADING_WORDS:
            by_page.setdefault(p.first.page, []).append(i)
    levels: dict[int, int] = {}
    for bookmark in bookmarks:
        key = letters_only(bookmark.title)
        for i in by_page.get(bookmark.page, ()):
            if i not in levels and _names(key, letters_only(paragraphs[i].text)):
                levels[i] = min(6, bookmark.level)
                break
    return levels


def _is_number(key: str) -> bool:
    return bool(re.fullmatch(r"(chapter|appendix|part|section|kapitel)?[\divxlc]*[a-z]?\d*", key))


def letters_only(text: str) -> str:
    """The text's letters and digits, in lower case."""
    return re.sub(r"[\W_]+", "", text).casefold()
