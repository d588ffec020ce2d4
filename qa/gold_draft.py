"""New gold questions, written by a person over passages that have none yet."""

import re
from collections.abc import Iterator, Sequence
from random import Random

from index.types import Passage
from qa.gold import GoldQuestion


def passages_without_questions(
    passages: Sequence[Passage], questions: Sequence[GoldQuestion], *, seed: int = 0
) -> Iterator[Passage]:
    """The passages in which no question's marked answer lies, in a shuffled order."""
    marked: dict[str, list[tuple[int, int]]] = {}
    for question in questions:
        if question.start is not None and question.end is not None:
            marked.setdefault(question.documents[0], []).append((question.start, question.end))
    shuffled = list(passages)
    Random(seed).shuffle(shuffled)  # noqa: S311
    for passage in shuffled:
        inside = marked.get(passage.document, ())
        if not any(passage.start <= start and end <= passage.end for start, end in inside):
            yield passage


def places_of(passage: Passage, words: str) -> list[tuple[int, int]]:
    """Where the words stand, as whole words, in a passage: `[start, end)` of its document's text.

    Case and the kind of space between words don't matter; other characters do.
    """
    parts = [re.escape(part) for part in words.split()]
    if not parts:
        return []
    pattern = r"(?<!\w)" + r"\s+".join(parts) + r"(?!\w)"
    found = re.finditer(pattern, passage.text, re.IGNORECASE)
    return [(passage.start + match.start(), passage.start + match.end()) for match in found]


def drafted(passage: Passage, question: str, place: tuple[int, int], number: int) -> GoldQuestion:
    """The question with the passage's own words at that place as its answer."""
    start, end = place
    return GoldQuestion(
        id=f"draft-{number}",
        question=question,
        answers=(passage.text[start - passage.start : end - passage.start],),
        documents=(passage.document,),
        start=start,
        end=end,
    )
