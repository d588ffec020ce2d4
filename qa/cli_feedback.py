"""The commands `qa feedback` and `qa gold`: conversations in the terminal, and gold lines."""

import argparse
import sys
from collections.abc import Callable, Iterator
from itertools import count as numbers
from pathlib import Path
from typing import TYPE_CHECKING

from qa.terminal import DONE

if TYPE_CHECKING:
    from index.collection import Collection
    from index.types import Passage
    from qa.feedback import Entry, Feedback
    from qa.feedback_gold import Text


def add_feedback_options(parser: argparse.ArgumentParser) -> None:
    """`qa feedback export`, `qa feedback review`."""
    parser.add_argument(
        "action",
        choices=("export", "review"),
        metavar="ACTION",
        help="export: as gold questions; review: one by one, to keep, drop or mend",
    )


def add_gold_options(parser: argparse.ArgumentParser) -> None:
    """`qa gold draft FILE`."""
    parser.add_argument(
        "action", choices=("draft",), metavar="ACTION", help="draft: write questions over passages"
    )
    parser.add_argument("file", type=Path, metavar="GOLD", help="the file that they are added to")


def feedback(options: argparse.Namespace) -> int:
    """What people said of answers: as gold questions, or one by one."""
    from index.collection import Collection
    from qa.answer import collection_address
    from qa.feedback import Feedback

    collection = Collection(collection_address(options.collection))
    notes = Feedback(collection.directory)
    return (_export if options.action == "export" else _review)(notes, _text_of(collection))


def _export(notes: "Feedback", text: "Text") -> int:
    from qa.feedback_gold import gold_from_feedback
    from qa.gold import gold_line
    from qa.present import count

    questions, left_out = gold_from_feedback(notes.entries(), text)
    for question in questions:
        sys.stdout.write(gold_line(question))
    for why in left_out:
        print(why, file=sys.stderr)
    print(f"{count(len(questions), 'question')}, {len(left_out)} left out", file=sys.stderr)
    return DONE


def _review(notes: "Feedback", text: "Text") -> int:
    from qa.present import count

    waiting = [entry for entry in notes.entries() if not entry.reviewed]
    print(f"{count(len(waiting), 'note')} to review")
    for entry in waiting:
        print("\n" + _entry_text(entry, text))
        choice = _ask("[k]eep, [d]rop, [m]end, [s]kip or [q]uit? ", "kdmsq")
        if choice in (None, "q"):
            return DONE
        if choice == "k":
            notes.keep(entry.id)
        elif choice == "d":
            notes.drop(entry.id)
        elif choice == "m":
            answer = _line("The answer (nothing: the documents don't say): ")
            if answer is None:
                return DONE
            notes.mend(entry.id, "correction" if answer else "no_answer", answer or None)
    return DONE


def _entry_text(entry: "Entry", text: "Text") -> str:
    from qa.feedback_gold import gold_of
    from qa.present import one_line

    note = entry.note
    said = {
        "up": "right",
        "down": "wrong",
        "wrong_place": "right, but cited from the wrong place",
        "no_answer": "it should have said nothing",
        "correction": f"the answer is: {note.correction}",
    }
    gold = gold_of(entry, text)
    outcome = f"no gold question: {gold}" if isinstance(gold, str) else _gold_words(gold.answers)
    lines = [
        *(("earlier", turn.question) for turn in note.history),
        ("question", note.question),
        ("answered", note.answer or "nothing"),
        *(("cited", f"{place.document}, {place.start} to {place.end}") for place in note.citations),
        ("said", said[note.verdict]),
        ("becomes", outcome),
    ]
    head = one_line(f"{entry.id} {entry.time} {note.person or ''}")
    return "\n".join([head, *(f"  {name:<8}  {one_line(value)}" for name, value in lines)])


def _gold_words(answers: tuple[str, ...]) -> str:
    return f"a question with the answer {answers[0]!r}" if answers else "a question without answer"


def gold(options: argparse.Namespace) -> int:
    """Shows passages that no question is about, and adds what is asked to the file."""
    from index.collection import Collection
    from index.errors import InputError
    from qa.answer import collection_address
    from qa.gold import gold_line, read_gold
    from qa.gold_draft import drafted, passages_without_questions

    if options.file.suffix == ".gz":
        raise InputError(f"{options.file} can't be added to; unpack it first")
    collection = Collection(collection_address(options.collection))
    has_some = options.file.exists() and options.file.stat().st_size > 0
    known = read_gold(options.file).questions if has_some else ()
    if has_some and not options.file.read_bytes().endswith(b"\n"):
        with options.file.open("a", encoding="utf-8") as file:
            file.write("\n")
    used = {question.id for question in known}
    free = (number for number in numbers(1) if f"draft-{number}" not in used)
    print("An empty question: the next passage. Ctrl-D: the end")
    for passage in passages_without_questions(list(_passages(collection)), known):
        print("\n" + _passage_text(passage))
        question = _line("Question: ")
        if question is None:
            return DONE
        if not question:
            continue
        place = _marked(passage)
        if place is None:
            return DONE
        with options.file.open("a", encoding="utf-8") as file:
            file.write(gold_line(drafted(passage, question, place, next(free))))
    print("\nThere is no passage left without a question")
    return DONE


def _marked(passage: "Passage") -> tuple[int, int] | None:
    """The place of the words that somebody types, asked for until they stand in the passage."""
    from qa.gold_draft import places_of
    from qa.metrics import scorable

    while (words := _line("Answer, in the passage's words: ")) is not None:
        places = places_of(passage, words)
        if len(places) == 1:
            return places[0]
        if not places or not scorable([words]):
            print("These words don't stand in the passage. Copy them from it")
            continue
        choices = [str(number) for number in range(1, len(places) + 1)]
        chosen = _ask(f"They stand there {len(places)} times. Which, 1 to {len(places)}? ", choices)
        if chosen is None:
            return None
        return places[int(chosen) - 1]
    return None


def _passages(collection: "Collection") -> Iterator["Passage"]:
    for summary in collection.documents():
        yield from collection.passages_of(summary.name)


def _passage_text(passage: "Passage") -> str:
    from qa.present import visible, where

    return f"{', '.join(where(passage))}\n\n{visible(passage.text)}\n"


def _text_of(collection: "Collection") -> "Text":
    from functools import lru_cache

    from index.errors import InputError

    def text(name: str) -> str | None:
        try:
            return collection.document(name).text
        except InputError:
            return None

    cached: Callable[[str], str | None] = lru_cache(64)(text)
    return cached


def _ask(prompt: str, choices: "str | list[str]") -> str | None:
    """One of the choices, asked for until it is one; None at the end of the input."""
    while (answer := _line(prompt)) is not None:
        if answer.lower() in [*choices]:
            return answer.lower()
    return None


def _line(prompt: str) -> str | None:
    """What is typed, without the spaces around it; None at the end of the input."""
    print(prompt, end="", flush=True)
    line = sys.stdin.readline()
    if not line:
        print()
        return None
    # A terminal may hand over bytes that aren't text, which Python holds as lone surrogates.
    return line.strip().encode("utf-8", "replace").decode()
