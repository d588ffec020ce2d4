"""Files that a reader is trained on: the formats, and what is said of broken records."""

import gzip
import json
from pathlib import Path

import pytest

from index.errors import InputError
from index.types import Range
from qa.training_data import TrainingExample, has_contexts, read_training_file, unanswerable

CONTEXT = "Ada wrote the first program. Charles built the engine."
ADA = {"text": "Ada", "answer_start": 0}
CHARLES = {"text": "Charles", "answer_start": 29}


def written(path: Path, *lines: object) -> Path:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


def asked(id_: str, question: str, *answers: object, **more: object) -> dict[str, object]:
    return {"id": id_, "question": question, "answers": list(answers), **more}


WANTED = (
    TrainingExample(question="Who wrote it?", context=CONTEXT, answers=(Range(start=0, end=3),)),
    TrainingExample(question="Who paid?", context=CONTEXT, answers=()),
)


@pytest.mark.parametrize("name", ["squad.json", "squad.json.gz"])
def test_squad(tmp_path: Path, name: str) -> None:
    questions = [asked("1", "Who wrote it?", ADA, ADA), asked("2", "Who paid?")]
    content = {"data": [{"title": "x", "paragraphs": [{"context": CONTEXT, "qas": questions}]}]}
    file = read_training_file(written(tmp_path / name, json.dumps(content, indent=1)))
    assert (file.name, file.examples, file.problems) == (name, WANTED, ())
    assert unanswerable(file.examples) == 1


def test_lines_of_one_question_each_name_their_licences(tmp_path: Path) -> None:
    path = written(
        tmp_path / "lines.jsonl",
        asked("1", "Who wrote it?", ADA, context=CONTEXT, licence="MIT"),
        "",
        asked("2", "Who paid?", context=CONTEXT, licence="MIT"),
    )
    file = read_training_file(path)
    assert (file.examples, file.licences) == (WANTED, ("MIT",))


def test_mrqa_whose_last_character_is_inside_the_answer(tmp_path: Path) -> None:
    path = written(
        tmp_path / "mrqa.jsonl",
        {"header": {"dataset": "x", "split": "train"}},
        {
            "context": CONTEXT,
            "qas": [
                {
                    "qid": "1",
                    "question": "Who wrote it?",
                    "answers": ["Ada"],
                    "detected_answers": [{"text": "Ada", "char_spans": [[0, 2]]}],
                }
            ],
        },
    )
    assert read_training_file(path).examples == WANTED[:1]


def test_several_answers_are_all_right_and_the_first_place_is_taken(tmp_path: Path) -> None:
    record = asked("1", "Who?", ADA, CHARLES, {"text": "engine"}, context=CONTEXT)
    (example,) = read_training_file(written(tmp_path / "lines.jsonl", record)).examples
    assert [CONTEXT[answer.start : answer.end] for answer in example.answers] == [
        "Ada",
        "Charles",
        "engine",
    ]


def test_broken_records_are_listed_and_do_not_stop_the_rest(tmp_path: Path) -> None:
    path = written(
        tmp_path / "lines.jsonl",
        asked("1", "Who wrote it?", ADA, context=CONTEXT),
        "{",
        asked("3", "Who?", {"text": "Ada", "answer_start": 1}, context=CONTEXT),
        asked("4", "Who?", {"text": "Grace"}, context=CONTEXT),
        asked("5", "Who?", {"text": " ", "answer_start": 3}, context=CONTEXT),
        asked("6", "Who?", ADA),
        asked("7", " ", ADA, context=CONTEXT),
    )
    file = read_training_file(path)
    assert file.examples == WANTED[:1]
    assert file.problems == (
        "line 2: it is not JSON",
        "line 3, question 3: its context doesn't say 'Ada' at 1",
        "line 4, question 4: its context doesn't say 'Grace'",
        "line 5, question 5: its context doesn't say ' ' at 3",
        'line 6: "context" must be text, not nothing',
        'line 7: "question" is empty',
    )


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "it is empty"),
        ('{"data": [{"title": "x"}]}', 'the file: "paragraphs" must be a list, not nothing'),
        ('{"context": "x", "qas": [{"qid": 1, "detected_answers": [{"char_spans": [3]}]}]}',
         'line 1: "char_spans" must be lists of a first and a last character'),
        ("[1]", "line 1: [1] stands where a JSON object should"),
    ],
)  # fmt: skip
def test_nothing_to_train_on_is_an_error(tmp_path: Path, content: str, why: str) -> None:
    with pytest.raises(InputError) as caught:
        read_training_file(written(tmp_path / "file.json", content))
    assert f"holds nothing to train on ({why}); give SQuAD JSON" in str(caught.value)


def test_has_contexts(tmp_path: Path) -> None:
    gold = asked("1", "Who?", "Ada", documents=["a.txt"])
    assert not has_contexts(written(tmp_path / "gold.jsonl", gold))
    assert has_contexts(written(tmp_path / "lines.jsonl", {**gold, "context": CONTEXT}))
    assert has_contexts(written(tmp_path / "mrqa.jsonl", {"header": {}}, {"context": "x"}))
    assert has_contexts(written(tmp_path / "squad.json", {"data": []}))
    assert has_contexts(written(tmp_path / "broken.json", "{"))
