"""A SQuAD file as a collection: every gold answer reads back from the documents written."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from index.errors import InputError
from qa.gold import GoldQuestion, read_gold
from tests.benchmarks.squad_collection import write_collection
from tests.benchmarks.yes_no_questions import yes_no_questions

ROOT = Path(__file__).parents[2]


def paragraph(name: str, context: str, *answers: str) -> dict[str, object]:
    return {
        "context": context,
        "qas": [
            {
                "id": f"{name} {number}",
                "question": f"What of {answer}?",
                "answers": [
                    {"text": answer, "answer_start": context.index(answer)},
                    {"text": answer, "answer_start": context.index(answer)},
                    {"text": context, "answer_start": 0},
                ],
            }
            for number, answer in enumerate(answers)
        ]
        + [{"id": f"{name} none", "question": "Which?", "answers": [], "is_impossible": True}],
    }


ARTICLES = {
    "Super_Bowl_50": [
        paragraph("bowl", " The Göteborg 🏈 game ended 24–10.\nDenver won. ", "Göteborg", "Denver"),
        paragraph("again", "Denver again won in Denver.", "Denver"),
    ],
    "AC/DC": [paragraph("band", "A band from Sydney.", "Sydney")],
    ".hidden": [paragraph("hidden", "It lies in a drawer.", "drawer")],
    "Zulu": [paragraph("zulu", "A word of the 東京 alphabet.", "東京")],
}


@pytest.fixture
def squad(tmp_path: Path) -> Path:
    data = [{"title": title, "paragraphs": parts} for title, parts in ARTICLES.items()]
    path = tmp_path / "squad.json"
    path.write_text(json.dumps({"version": "v2.0", "data": data}))
    return path


def read_back(out: Path) -> dict[str, str]:
    """The documents by name; bytes, so that line ends are what was written."""
    return {path.name: path.read_bytes().decode() for path in (out / "documents").iterdir()}


def assert_reads_back(question: GoldQuestion, documents: dict[str, str]) -> None:
    (name,) = question.documents
    assert documents[name][question.start : question.end] == question.answers[0]


def test_every_answer_reads_back(squad: Path, tmp_path: Path) -> None:
    assert write_collection(squad, tmp_path / "out") == (4, 11)
    documents = read_back(tmp_path / "out")
    assert sorted(documents) == ["AC_DC.txt", "Super_Bowl_50.txt", "Zulu.txt", "_hidden.txt"]
    assert documents["Super_Bowl_50.txt"] == (
        "Super Bowl 50\n\n The Göteborg 🏈 game ended 24–10.\nDenver won. \n\n"
        "Denver again won in Denver.\n"
    )
    gold = read_gold(tmp_path / "out" / "gold.jsonl")
    assert gold.problems == ()
    said = [question for question in gold.questions if question.answers]
    assert [question.id for question in said] == [
        "band 0",
        "bowl 0",
        "bowl 1",
        "again 0",
        "zulu 0",
        "hidden 0",
    ]
    for question in said:
        assert question.start is not None
        assert_reads_back(question, documents)
    assert said[1].answers == (
        "Göteborg",
        " The Göteborg 🏈 game ended 24–10.\nDenver won. ",
    )
    unsaid = {question.kind for question in gold.questions if not question.answers}
    assert unsaid == {"unanswerable"}


def test_missing_half_leaves_out_every_second_article_by_name(squad: Path, tmp_path: Path) -> None:
    assert write_collection(squad, tmp_path / "out", missing_half=True) == (2, 11)
    documents = read_back(tmp_path / "out")
    assert sorted(documents) == ["AC_DC.txt", "Zulu.txt"]
    questions = read_gold(tmp_path / "out" / "gold.jsonl").questions
    assert len(questions) == 11
    for question in questions:
        if question.answers:
            assert_reads_back(question, documents)
    left_out = {question.id for question in questions if question.kind == "article left out"}
    assert left_out == {
        *("bowl 0", "bowl 1", "bowl none", "again 0", "again none", "hidden 0", "hidden none")
    }
    assert {question.id for question in questions if question.answers} == {"band 0", "zulu 0"}


def test_an_answer_that_is_not_where_it_should_be_has_no_offsets(tmp_path: Path) -> None:
    moved = paragraph("x", "Ada wrote it.", "Ada")
    moved["qas"][0]["answers"] = [{"text": "Ada", "answer_start": 4}]  # type: ignore[index]
    path = tmp_path / "squad.json"
    path.write_text(json.dumps({"data": [{"title": "T", "paragraphs": [moved]}]}))
    write_collection(path, tmp_path / "out")
    question = read_gold(tmp_path / "out" / "gold.jsonl").questions[0]
    assert (question.answers, question.start, question.end) == (("Ada",), None, None)


def test_a_folder_in_use_is_refused(squad: Path, tmp_path: Path) -> None:
    write_collection(squad, tmp_path / "out")
    with pytest.raises(InputError, match="is not empty; give --out a new folder"):
        write_collection(squad, tmp_path / "out", missing_half=True)


def test_the_command(squad: Path, tmp_path: Path) -> None:
    def run(*arguments: Path | str) -> subprocess.CompletedProcess[str]:
        module = [sys.executable, "-m", "tests.benchmarks.squad_collection"]
        return subprocess.run(
            [*module, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, check=False
        )

    out = tmp_path / "out"
    done = run(squad, "--out", out, "--missing-half")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"2 documents, 11 gold questions in {out}\n"
    failed = run(tmp_path / "none.json", "--out", out)
    assert (failed.returncode, failed.stdout) == (2, "")
    assert failed.stderr.count("\n") == 1


def test_questions_are_turned_into_ones_for_yes_or_no() -> None:
    asked = [
        ("When did the ferry sink?", "1904"),
        ("Where was it built?", "in Bern"),
        ("When did the pier burn?", "3 May 1910"),
        ("Who was the captain?", "Mr. Lee"),
        ("How many cabins did it have?", "nine"),
        ("Why did it sink?", "ice"),
        ("In what year was it raised?", "1911"),
    ]
    assert yes_no_questions(asked) == [
        "Did the ferry sink in 1904?",
        "Was it built in Bern?",  # the first of its kind, so that there is no other answer
        "Did the pier burn on 3 May 1910?",
        "Was Mr. Lee the captain?",
        "Did it have nine cabins?",
        None,
        "Was it raised on 3 May 1910?",  # the answer of another question
    ]
