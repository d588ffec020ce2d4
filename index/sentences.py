"""Sentences of a stretch of text, by Wikimedia's sentencex."""

import re

import sentencex

from index.types import Range

_SCRIPTS = {
    "ko": re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]"),
    "ru": re.compile(r"[\u0400-\u04ff]"),
    "ja": re.compile(r"[\u3040-\u30ff]"),
    "zh": re.compile(r"[\u4e00-\u9fff]"),
}
_LETTER = re.compile(r"[^\W\d_]")


def language(text: str) -> str:
    """The language whose sentence rules fit the script of most letters; "en" for Latin script."""
    letters = len(_LETTER.findall(text))
    for code, letter in _SCRIPTS.items():
        if 2 * len(letter.findall(text)) > letters:
            return code
    return "en"


def sentences(text: str, start: int, end: int) -> list[Range]:
    """The sentences of `text[start:end]` without surrounding white space, sorted and disjoint.

    They cover every character of the stretch that isn't white space.
    """
    ranges = []
    stretch = text[start:end].encode("utf-8", "replace").decode()  # halves of characters: one "?"
    for boundary in sentencex.get_sentence_boundaries(language(stretch), stretch):
        sentence = stretch[boundary["start_index"] : boundary["end_index"]]
        if words := sentence.strip():
            first = start + boundary["start_index"] + sentence.index(words)
            ranges.append(Range(start=first, end=first + len(words)))
    return ranges
