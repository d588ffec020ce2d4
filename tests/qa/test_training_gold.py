"""Gold questions over a collection as examples: passages that answer, and passages that don't."""

from pathlib import Path

import pytest

from index.collection import Collection
from index.sync import sync
from qa.gold import GoldQuestion
from qa.training_gold import gold_examples
from tests.fakes import WordEmbedder, write

MILL = "The well behind the mill is 40 feet deep."
FILES = {
    "mill.txt": MILL,
    "farm.txt": "The well of the farm is 40 feet from the barn.",
    "church.txt": "The church has no well. Its tower is 90 feet high.",
    "harbour.txt": "Ships of every kind come into the harbour.",
}


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    collection = Collection(tmp_path / "collection", create=True)
    sync(collection, [write(tmp_path / "papers", FILES)], WordEmbedder())
    return collection


def question(*answers: str, **more: object) -> GoldQuestion:
    values = {"id": "1", "question": "How deep is the well behind the mill?", **more}
    return GoldQuestion(answers=answers, **{"documents": (), **values})  # type: ignore[arg-type]


def test_an_answer_by_its_offsets_and_passages_that_do_not_say_it(
    collection: Collection,
) -> None:
    start = MILL.index("40 feet")
    asked = question("40 feet", documents=("mill.txt",), start=start, end=start + 7)
    examples, problems = gold_examples([asked], collection, WordEmbedder())
    assert problems == ()
    answered = {e.context: [e.context[a.start : a.end] for a in e.answers] for e in examples}
    # The farm's well has the answer's words, and so is no example of silence.
    assert answered == {
        FILES["mill.txt"]: ["40 feet"],
        FILES["church.txt"]: [],
        FILES["harbour.txt"]: [],
    }


def test_an_answer_without_offsets_is_found_in_the_documents_named(collection: Collection) -> None:
    asked = question("40 feet", "40 feet deep", documents=("mill.txt",))
    examples, _ = gold_examples([asked], collection, WordEmbedder())
    (example,) = (example for example in examples if example.answers)
    assert [MILL[a.start : a.end] for a in example.answers] == ["40 feet", "40 feet deep"]


def test_an_unanswerable_question_is_asked_of_the_best_passages(collection: Collection) -> None:
    examples, problems = gold_examples([question()], collection, WordEmbedder())
    assert problems == ()
    assert {example.context for example in examples} == {FILES["mill.txt"], FILES["farm.txt"]}
    assert all(example.answers == () for example in examples)


def test_a_question_whose_answer_is_not_found_is_a_problem(collection: Collection) -> None:
    asked = question("41 feet", id="7", documents=("mill.txt",))
    assert gold_examples([asked], collection, WordEmbedder()) == (
        (),
        ("question 7: none of the 4 passages found for it holds its answer",),
    )


def test_examples_have_what_stands_above_their_passage(tmp_path: Path) -> None:
    filler = "Ships of every kind come into it. " * 40
    text = f"# Wells\n\n{filler}\n\n## Mill\n\n{filler}\n\nIt is 40 feet deep.\n"
    collection = Collection(tmp_path / "collection", create=True)
    sync(collection, [write(tmp_path / "papers", {"wells.md": text})], WordEmbedder())
    asked = question("40 feet", documents=("wells.md",))
    examples, _ = gold_examples([asked], collection, WordEmbedder())
    (example,) = (example for example in examples if example.answers)
    assert example.above == "Wells\nMill\n"
    assert "Mill" not in example.context
