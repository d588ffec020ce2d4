"""Invented texts with twenty questions each, from the files in `texts/`.

A line is a sentence. What stands in [brackets] answers the question after " ? "; in a row of a
table that is a cell.
"""

import re
from dataclasses import dataclass
from pathlib import Path

_FOLDER = Path(__file__).parent / "texts"
_MARKED = re.compile(r"\[(.+?)\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A question, the words that answer it, and what of the text holds them: a sentence or a cell.

    `section` counts from 1; `row` and `column` do, too, and are 0 in prose.
    """

    question: str
    answer: str
    holder: str
    section: int
    heading: str
    row: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading, and below it sentences of one paragraph or the rows of a table."""

    heading: str
    sentences: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def paragraph(self) -> str:
        return " ".join(self.sentences)


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    title: str
    sections: tuple[Section, ...]
    facts: tuple[Fact, ...]


def text(name: str) -> Text:
    """The text of `texts/NAME.txt`."""
    first, *lines = (_FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    sections: list[Section] = []
    facts: list[Fact] = []
    for line in lines:
        if line.startswith("## "):
            sections.append(Section(heading=line[3:], sentences=(), rows=()))
            continue
        marked, _, question = line.partition(" ? ")
        last = sections[-1]
        plain = _MARKED.sub(r"\1", marked)
        if plain.startswith("|"):
            cells = _cells(plain)
            last = Section(heading=last.heading, sentences=(), rows=(*last.rows, cells))
            answer = _MARKED.search(marked)
            column = cells.index(answer[1]) + 1 if answer else 0
            place = (cells[column - 1], len(last.rows), column)
        else:
            sentences = (*last.sentences, plain)
            last = Section(heading=last.heading, sentences=sentences, rows=last.rows)
            place = (plain, 0, 0)
        sections[-1] = last
        if question:
            facts.append(_fact(marked, question, len(sections), last.heading, place))
    return Text(title=first.removeprefix("# "), sections=tuple(sections), facts=tuple(facts))


def _cells(row: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in row.strip("| ").split("|"))


def _fact(
    marked: str, question: str, section: int, heading: str, place: tuple[str, int, int]
) -> Fact:
    answer = _MARKED.search(marked)
    assert answer, marked
    holder, row, column = place
    return Fact(
        question=question,
        answer=answer[1],
        holder=holder,
        section=section,
        heading=heading,
        row=row,
        column=column,
    )
