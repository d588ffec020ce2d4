"""The blocks of a text: paragraphs, headings, list items and lone lines.

A blank line ends a block, and so does a line break, except inside hard-wrapped prose. Text is
hard-wrapped at a width when a writer filled each line until the next word would have overflowed
it: the line's length is at most the width, and length + 1 + next word is more. The width of a
document is the one between 40 and 120 characters that most of its line breaks agree with, if
that is at least three breaks and three in ten (headings, tables and code agree with none), and
if at most half of the lines that go on begin with a capital letter (those of poems and addresses
do). Where a document has a width, a line goes on in the next one if the break agrees with it, or
if the line is more than half full (at most 15 % over) and the next one begins with a small
letter.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from index.types import Range

NARROWEST_WRAP, WIDEST_WRAP = 40, 120
LONGEST_WORD = 25  # a URL, or a line of a script without spaces, says little about a width
MAX_TITLE_WORDS = 25
MIN_PROSE_WORDS = 12
HEAD_BLOCKS = 12

LIST_MARKER = re.compile(r"(?:[-*+•‣▪◦·○●■□※°]|\(?\d{1,3}[.)]|\(?[A-Za-z]\))\s+(?=\S)")
_MARGIN = re.compile(r"[\s>]*")
_SENTENCE_END = re.compile(r"[.!?…。！？।؟۔][\"'”’»」』)\]）*]*\Z")
_WORD = re.compile(r"[^\W\u3040-\u30ff\u3400-\u9fff]+(?:[-'’.,][^\W\u3040-\u30ff\u3400-\u9fff]+)*")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_BYLINE = re.compile(r"by\s", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that isn't blank; lengths in characters from the start of the line."""

    number: int
    start: int  # of the words, in the text
    end: int
    length: int  # of the whole line without trailing white space
    margin: str  # white space and quotation marks (">") in front
    hang: int  # where the words after a list marker start
    marked: bool
    first_word: int
    case: str  # of the first word: "small", "capital" or "" (capitals only, digits, no case)


def blocks(text: str) -> tuple[Range, ...]:
    """The text's blocks in order: disjoint, without surrounding white space, nothing left out."""
    found: list[Range] = []
    lines = list(_lines(text))
    width = _wrap_width(lines)
    previous = None
    for line in lines:
        if previous and _goes_on(previous, line, width):
            found[-1] = Range(start=found[-1].start, end=line.end)
        else:
            found.append(Range(start=line.start, end=line.end))
        previous = line
    return tuple(found)


def count_words(text: str) -> int:
    """Words; for scripts without spaces (Chinese, Japanese) two characters count as one."""
    return len(_WORD.findall(text)) + len(_UNSPACED.findall(text)) // 2


def is_prose(block: str) -> bool:
    """True where a block ends as a sentence does and has at least 12 words."""
    return bool(_SENTENCE_END.search(block)) and count_words(block) >= MIN_PROSE_WORDS


def prose_bounds(text: str, blocks: Sequence[Range]) -> tuple[int, int]:
    """The indices of the first prose block and of the block after the last one.

    Both are `len(blocks)` where there is no prose. A block that stands there twice, word for
    word, is a headline or a caption, however long.
    """
    words = [text[block.start : block.end] for block in blocks]
    copies = Counter(words)
    prose = [i for i, block in enumerate(words) if copies[block] == 1 and is_prose(block)]
    return (prose[0], prose[-1] + 1) if prose else (len(blocks), len(blocks))


def find_title(text: str, blocks: Sequence[Range], navigation: Collection[Range] = ()) -> str:
    """The longest block (at most 25 words) before the first prose, or "" if there is none.

    List items, bylines and blocks inside `navigation` don't count. Of two of the same length the
    first wins; a first block that stands there twice is the title at once.
    """
    head = [b for b in blocks[: prose_bounds(text, blocks)[0]] if not _inside(b, navigation)]
    candidates = [text[block.start : block.end] for block in head[:HEAD_BLOCKS]]
    best, most = "", 0
    for words in candidates:
        count = count_words(words)
        if count > MAX_TITLE_WORDS or LIST_MARKER.match(words) or _BYLINE.match(words):
            continue
        if not best and sum(text[b.start : b.end] == words for b in blocks) > 1:
            return words
        if count > most:
            best, most = words, count
    return best


def _inside(block: Range, ranges: Collection[Range]) -> bool:
    return any(r.start <= block.start and block.end <= r.end for r in ranges)


def _lines(text: str) -> Iterator[_Line]:
    position = 0
    for number, line in enumerate(text.split("\n")):
        words = line.strip()
        if words:
            start = line.index(words[0])
            margin = _MARGIN.match(line)
            width = margin.end() if margin else 0
            marker = LIST_MARKER.match(line, width)
            rest = line[width:].split(None, 1)
            yield _Line(
                number=number,
                start=position + start,
                end=position + start + len(words),
                length=start + len(words),
                margin=line[:width],
                hang=marker.end() if marker else width,
                marked=marker is not None,
                first_word=min(len(rest[0]), LONGEST_WORD) if rest else 0,
                case=_case(rest[0]) if rest else "",
            )
        position += len(line) + 1


def _may_continue(line: _Line, following: _Line) -> bool:
    """Whether the margins allow the following line to go on with the sentence of this one."""
    return (
        following.number == line.number + 1
        and not following.marked
        and following.margin.count(">") == line.margin.count(">")
        and (len(following.margin) <= len(line.margin) or len(following.margin) == line.hang)
    )


def _case(word: str) -> str:
    if word[0].islower():
        return "small"
    return "capital" if word[0].isupper() and not (word.isupper() and len(word) > 1) else ""


def _fits(line: _Line, following: _Line, width: int) -> bool:
    return line.length <= width <= line.length + following.first_word


def _goes_on(line: _Line, following: _Line, width: int) -> bool:
    return _may_continue(line, following) and (
        _fits(line, following, width)
        or (width / 2 < line.length <= width * 1.15 and following.case == "small")
    )


def _wrap_width(lines: Sequence[_Line]) -> int:
    """The width that most line breaks agree with, or 0 where the text isn't hard-wrapped."""
    breaks = [(a, b) for a, b in pairwise(lines) if b.number == a.number + 1 and not b.marked]
    changes = [0] * (WIDEST_WRAP + LONGEST_WORD + 2)
    for line, following in breaks:
        if line.length <= WIDEST_WRAP and _may_continue(line, following):
            changes[line.length] += 1
            changes[line.length + following.first_word + 1] -= 1
    votes = list(accumulate(changes))
    width = max(range(NARROWEST_WRAP, WIDEST_WRAP + 1), key=votes.__getitem__)
    if votes[width] < 3 or votes[width] < 0.3 * len(breaks):
        return 0
    agreeing = [b for a, b in breaks if _may_continue(a, b) and _fits(a, b, width)]
    capitals = sum(following.case == "capital" for following in agreeing)
    return width if capitals <= 0.5 * len(agreeing) else 0
