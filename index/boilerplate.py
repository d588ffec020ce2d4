"""Which blocks of a text belong to the page around the document: menus, buttons, comment forms.

The rules are for page dumps in any language, and they would rather keep a menu than lose a
sentence. Around the document means before its first prose and after its last.

1. An interface phrase that means nothing else ("Back to top", a counter such as "0 / 400").
2. Around the document: two or more phrases that mean something else elsewhere ("Share", "Home")
   in a run of short blocks, and all that stands between them if they are three and half of it.
3. Around the document: a run of short blocks in another script than the document's prose, if one
   of them is an interface phrase. Blocks with digits or an address stay, and so does the block
   before one (a name before its date).
4. A headline or caption (no code, no table row) that stood word for word within the last three
   blocks. What an entry of a list of definitions says may well be said of the next one, too.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate

from index.outline import count_words, prose_bounds
from index.phrases import ALWAYS, AROUND
from index.types import Range

MAX_FOREIGN_WORDS = 12
MAX_MENU_WORDS = 4
REPEATED_WITHIN_BLOCKS = 3
MIN_REPEATED_WORDS = 3

_SCRIPTS = {
    "latin": re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]"),
    "cyrillic": re.compile(r"[\u0400-\u052f]"),
    "greek": re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]"),
    "hangul": re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]"),
    "han and kana": re.compile(r"[\u3040-\u30ff\u3400-\u9fff]"),
    "arabic": re.compile(r"[\u0600-\u06ff\u0750-\u077f]"),
    "hebrew": re.compile(r"[\u0590-\u05ff]"),
    "devanagari": re.compile(r"[\u0900-\u097f]"),
    "thai": re.compile(r"[\u0e00-\u0e7f]"),
}
_DECORATION = re.compile(r"\A[\W_]+|[\W_]+\Z")
_NUMBER = re.compile(r"\d[\d,.]*")
_COUNTER = re.compile(r"0 ?/ ?\d[\d,]*")  # of characters typed so far into an empty box
_CODE_OR_TABLE = re.compile(r"[={}<>\[\]\\;#$|]")
_DATA = re.compile(r"\d|@|://|www\.")


def navigation(
    text: str, blocks: Sequence[Range], entries: Sequence[Range] = ()
) -> tuple[Range, ...]:
    """The blocks that are navigation, in order. `blocks` are a text's, sorted and disjoint.

    `entries` are those of lists of definitions, sorted by their start.
    """
    words = [text[block.start : block.end] for block in blocks]
    first, last = prose_bounds(text, blocks)
    found = {i for i, block in enumerate(words) if _is_phrase(block, ALWAYS)}
    if first < len(blocks):
        script = _script(" ".join(words[first:last]))
        for around in (range(first), range(last, len(blocks))):
            found |= _phrases_around(words, around)
            found |= _foreign(words, around, script)
    found |= _repeated(words, found | _inside(entries, blocks))
    return tuple(blocks[i] for i in sorted(found))


def is_interface_phrase(block: str) -> bool:
    """True for a block that is nothing but what buttons, menus and forms say."""
    return _is_phrase(block, ALWAYS | AROUND)


def _is_phrase(block: str, phrases: frozenset[str]) -> bool:
    if len(block) > 200:
        return False
    if _COUNTER.fullmatch(block.strip()):
        return True
    phrase = " ".join(_DECORATION.sub("", block.casefold()).split())
    return phrase in phrases or _DECORATION.sub("", _NUMBER.sub("#", phrase, count=1)) in phrases


def _phrases_around(words: Sequence[str], around: range) -> set[int]:
    """Rule 2."""
    phrases = {i for i in around if _is_phrase(words[i], AROUND)}
    found: set[int] = set()
    for run in _runs(around, [_is_menu_like(block) for block in words]):
        members = [i for i in run if i in phrases]
        if len(members) >= 2:
            found |= set(members)
        if len(members) >= 3 and 2 * len(members) >= members[-1] - members[0] + 1:
            found |= set(range(members[0], members[-1] + 1))
    return found


def _foreign(words: Sequence[str], around: range, script: str) -> set[int]:
    """Rule 3."""
    foreign = [_script(block) not in ("", script) for block in words]
    short = [
        count_words(block) <= MAX_FOREIGN_WORDS and (is_foreign or is_interface_phrase(block))
        for block, is_foreign in zip(words, foreign, strict=True)
    ]
    found: set[int] = set()
    for run in _runs(around, short):
        signs = [i for i in run if is_interface_phrase(words[i])]
        if not signs or not any(foreign[i] for i in run):
            continue
        data = {i for i in run if _DATA.search(words[i]) and not is_interface_phrase(words[i])}
        named = {i - 1 for i in data if not is_interface_phrase(words[i - 1])}
        found |= set(run) - data - named
    return found


def _inside(entries: Sequence[Range], blocks: Sequence[Range]) -> set[int]:
    """The blocks that begin in an entry; entries may lie in one another."""
    starts = [entry.start for entry in entries]
    ends = list(accumulate((entry.end for entry in entries), max))
    before = [bisect_right(starts, block.start) for block in blocks]
    return {i for i, n in enumerate(before) if n and blocks[i].start < ends[n - 1]}


def _repeated(words: Sequence[str], left_out: set[int]) -> set[int]:
    """Rule 4, without looking at the blocks that are left out."""
    last_seen: dict[str, int] = {}
    repeated: set[int] = set()
    for i, block in enumerate(words):
        if i in left_out:
            continue
        near = block in last_seen and i - last_seen[block] <= REPEATED_WITHIN_BLOCKS
        if near and not _CODE_OR_TABLE.search(block) and count_words(block) >= MIN_REPEATED_WORDS:
            repeated.add(i)
        last_seen[block] = i
    return repeated


def _runs(indices: range, members: Sequence[bool]) -> Iterator[range]:
    """The stretches of neighbouring indices that are members."""
    start = indices.start
    for i in indices:
        if not members[i]:
            if start < i:
                yield range(start, i)
            start = i + 1
    if start < indices.stop:
        yield range(start, indices.stop)


def _is_menu_like(block: str) -> bool:
    is_phrase = is_interface_phrase(block)
    return is_phrase or (count_words(block) <= MAX_MENU_WORDS and not _DATA.search(block))


def _script(text: str) -> str:
    """The script that most letters of the text are in, or "" where there are none."""
    counts = {name: len(letters.findall(text)) for name, letters in _SCRIPTS.items()}
    most = max(counts, key=counts.__getitem__)
    return most if counts[most] else ""
