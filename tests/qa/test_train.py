"""`qa train` from end to end, with the shipped reader: files in, a reader and its card out."""

import json
from pathlib import Path

import pytest

import index.embed
import qa.train
from index.errors import InputError
from qa.cli import main
from qa.fine_tune import Recipe
from qa.model_card import model_card
from qa.read import ExtractiveReader
from qa.reader_folder import SHIPPED_READER, fingerprint
from qa.training_data import TrainingExample, TrainingFile
from tests.fakes import WordEmbedder, write

CONTEXT = "The ferry leaves three times a day."
LINES = (
    {
        "id": "1",
        "question": "How often does it leave?",
        "context": CONTEXT,
        "answers": [{"text": "three times a day", "answer_start": 17}],
        "licence": "MIT",
    },
    {"id": "2", "question": "Who | owns\nit?", "context": CONTEXT, "answers": []},
    {"id": "3", "question": "Who?", "context": CONTEXT, "answers": [{"text": "Ada"}]},
)
FAST = ("--layers", "1", "--epochs", "1")


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    path = tmp_path / "questions.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in LINES))
    return path


def test_a_reader_and_its_card(
    questions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    qas = [{key: line[key] for key in ("id", "question", "answers")} for line in LINES[:2]]
    squad = tmp_path / "squad.json"
    squad.write_text(
        json.dumps({"data": [{"title": "x", "paragraphs": [{"context": CONTEXT, "qas": qas}]}]})
    )
    arguments = ["train", str(questions), "--out", str(out), "--dev", str(squad), *FAST]
    assert main(arguments) == 0
    printed, progress = capsys.readouterr()
    assert printed == f"{out} is a reader; set QA_READER={out} to use it\n"
    assert "questions.jsonl, line 3, question 3: its context doesn't say 'Ada'" in progress
    assert ExtractiveReader.load(out).fingerprint != fingerprint(SHIPPED_READER)
    card = (out / "README.md").read_text()
    assert f"from the reader {fingerprint(SHIPPED_READER)}: the upper 1 layers, 1 epochs" in card
    assert "| questions.jsonl |" in card
    assert "| 2 | 1 | MIT |" in card
    assert "| total | 2 | 2 |" in card


def test_gold_questions_are_asked_of_the_collection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(index.embed, "open_embedder", WordEmbedder)
    monkeypatch.setattr(qa.train, "open_embedder", WordEmbedder)
    papers = write(tmp_path / "papers", {"ferry.txt": CONTEXT, "mill.txt": "The mill burned down."})
    collection = tmp_path / "collection"
    assert main(["index", str(papers), "--collection", str(collection)]) == 0
    gold = tmp_path / "gold.jsonl"
    asked = {"id": "1", "question": "How often does the ferry leave?"}
    lines = (
        {**asked, "answers": ["three times a day"], "documents": ["ferry.txt"]},
        {**asked, "id": "2", "answers": ["never"], "documents": ["ferry.txt"]},
    )
    gold.write_text("".join(json.dumps(line) + "\n" for line in lines))
    capsys.readouterr()
    out = tmp_path / "out"
    arguments = ["train", str(gold), "--out", str(out), "--collection", str(collection), *FAST]
    assert main([*arguments, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "reader": str(out),
        "problems": [
            "gold.jsonl, question 2: none of the 2 passages found for it holds its answer"
        ],
    }
    assert "| 2 | 1 | – |" in (out / "README.md").read_text()


def test_a_collection_without_passages_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(index.embed, "open_embedder", WordEmbedder)
    monkeypatch.setattr(qa.train, "open_embedder", WordEmbedder)
    papers = write(tmp_path / "papers", {"ferry.txt": CONTEXT})
    collection, gold = tmp_path / "collection", tmp_path / "gold.jsonl"
    assert main(["index", str(papers), "--collection", str(collection)]) == 0
    assert main(["remove", "ferry.txt", "--collection", str(collection)]) == 0
    gold.write_text('{"id": "1", "question": "Who?", "answers": []}')
    capsys.readouterr()
    arguments = ["train", str(gold), "--out", str(tmp_path / "out")]
    assert main([*arguments, "--collection", str(collection)]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "(the collection has no passages for its questions): name the collection" in said


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--layers", "7"], "--layers is 7, but the reader has 6"),
        (["--learning-rate", "2"], "'2' is not a number between 0 and 1"),
        (["--epochs", "0"], "'0' is not a whole number above 0"),
        (["--dev", "none.json"], "none.json can't be read"),
    ],
)
def test_wrong_calls_are_one_line_and_leave_nothing(
    questions: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    message: str,
) -> None:
    out = tmp_path / "out"
    assert main(["train", str(questions), "--out", str(out), *options]) == 2
    printed, said = capsys.readouterr()
    assert (printed, len(said.splitlines())) == ("", 1)
    assert message in said
    assert not out.exists()


def test_a_finished_reader_is_not_overwritten(questions: Path) -> None:
    with pytest.raises(InputError, match="is not empty; give --out a new folder"):
        qa.train.train(
            [questions],
            start=SHIPPED_READER,
            out=SHIPPED_READER,
            recipe=Recipe(epochs=1, learning_rate=1e-4, layers=1, seed=0),
            dev=None,
            collection=questions,
        )


def test_what_a_file_says_stays_inside_its_cell() -> None:
    file = TrainingFile(
        name="a|b\n# c.jsonl",
        sha256="0" * 64,
        licences=("MIT | x",),
        examples=(TrainingExample(question="?", context="x", answers=()),),
        problems=(),
    )
    card = model_card(
        start="abc",
        files=[file],
        recipe=Recipe(epochs=2, learning_rate=3e-5, layers=None, seed=0),
        command=["qa", "train", "a|b", "--out", "x y"],
        scores={},
    )
    assert "| a\\|b # c.jsonl | 000000000000 | 1 | 1 | MIT \\| x |" in card
    assert "all layers, 2 epochs, learning rate 3e-05, seed 0" in card
    assert "`qa train 'a|b' --out 'x y'`" in card
    assert "Nothing: the command named no `--dev` file." in card
