"""What is made by rule for training: negatives, sentences among others, stretches of long texts."""

import gzip
import json
import random
from pathlib import Path

import pytest

from qa.training_data import read_training_file, unanswerable
from tests.training import mix as module
from tests.training.mix import WRITTEN, context_key, mix


def record(number: int, context: str, answer: str | None, question: str = "") -> module.Record:
    answers = [] if answer is None else [{"text": answer, "answer_start": context.index(answer)}]
    return {
        "id": f"q-{number}",
        "title": "x",
        "context": context,
        "question": question or f"Question {number}?",
        "answers": answers,
        "licence": "MIT",
    }


def reads_back(example: module.Record) -> bool:
    return all(
        example["context"].startswith(answer["text"], answer["answer_start"])
        for answer in example["answers"]
    )


def test_a_question_is_asked_elsewhere_only_where_nothing_answers() -> None:
    pool = [
        record(1, "The mill by the river is 40 feet high.", "40 feet", "How high is the mill?"),
        record(2, "The mill on the hill is 40 feet high.", "hill", "Where is the mill?"),
        record(3, "How high the church is nobody knows.", "nobody", "Who knows the church?"),
    ]
    made = list(module.asked_elsewhere(pool, pool[:1], "x"))
    # The second has the answer's words, so the third stands for silence.
    assert [(m["id"], m["context"], m["answers"]) for m in made] == [
        ("q-1-elsewhere", pool[2]["context"], [])
    ]


def test_sentences_stand_among_others_and_read_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SENTENCE_QUESTIONS", 20)
    records = [
        record(number, f"Ship {number} left port in {1800 + number}.", str(1800 + number))
        for number in range(40)
    ]
    made = list(module._among_sentences(records, random.Random(1)))
    assert len(made) == 20
    for example in made:
        assert reads_back(example)
        assert 2 <= example["context"].count("left port") <= 5
        (answer,) = example["answers"]
        assert example["context"].count(answer["text"]) == 1


@pytest.mark.parametrize("seed", range(20))
def test_a_long_context_is_cut_after_sentences_around_the_answer(seed: int) -> None:
    sentences = [f"Herring number {number} was salted on the quay." for number in range(100)]
    context = " ".join(sentences)
    example = module.shortened(record(1, context, "number 57"), random.Random(seed))
    assert reads_back(example)
    assert example["answers"][0]["text"] == "number 57"
    assert 40 < len(example["context"]) <= module.MAX_CONTEXT_CHARACTERS
    kept, answer = example["context"], example["answers"][0]["text"]
    assert any(kept.startswith(whole) for whole in (*sentences, answer))
    assert any(kept.endswith(whole) for whole in (*sentences, answer))


def test_answers_are_cut_as_the_reader_cuts_them() -> None:
    example = module.plain_example(record(1, 'He said, "forty feet," and left.', '"forty feet,"'))
    assert [answer["text"] for answer in example["answers"]] == ['"forty feet,"']
    example = module.plain_example(record(1, "Forty feet, he said.", "Forty feet, "))
    assert [answer["text"] for answer in example["answers"]] == ["Forty feet"]


def test_written_questions_find_their_contexts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = "Ada wrote the first program."
    written = tmp_path / "written.jsonl.gz"
    lines = [
        {"question": "Who wrote it?", "context": context_key(context), "answers": [[0, 3]]},
        {"question": "Who paid?", "context": context_key(context), "answers": []},
    ]
    written.write_bytes(gzip.compress("".join(json.dumps(x) + "\n" for x in lines).encode()))
    monkeypatch.setattr(module, "WRITTEN", written)
    made = list(module.written_records({"x": [record(1, context, "Ada")]}))
    assert [(m["question"], [a["text"] for a in m["answers"]]) for m in made] == [
        ("Who wrote it?", ["Ada"]),
        ("Who paid?", []),
    ]


def test_the_mix_is_the_same_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SHARES", {"paragraphs": (3, 2)})
    monkeypatch.setattr(module, "SENTENCE_QUESTIONS", 2)
    monkeypatch.setattr(module, "WRITTEN", tmp_path / "none.jsonl.gz")
    monkeypatch.setattr(module, "INVENTED", tmp_path / "invented.jsonl.gz")
    paragraphs = [
        record(number, f"Ship {number} left in {1800 + number}.", str(1800 + number), "Which ship?")
        for number in range(6)
    ]
    files = {
        "paragraphs": paragraphs,
        module.SENTENCE_SOURCE: paragraphs[:4],
        module.UNANSWERABLE_SOURCE: [record(9, "Nothing left.", None)],
        "none": [],
        "invented": [record(1, "Ship | Left\nA | 1801\nB | 1802\nC | 1803\nD | 1804", "1802")],
    }
    for name, records in files.items():
        text = "".join(json.dumps(record) + "\n" for record in records)
        (tmp_path / f"{name}.jsonl.gz").write_bytes(gzip.compress(text.encode()))
    made = mix(tmp_path)
    assert made == mix(tmp_path)
    assert all(reads_back(example) for example in made)
    # Of the table the row that answers, and two that don't.
    assert len(made) == 3 + 2 + 2 + 1 + 3
    assert "Ship: B | Left: 1802" in {example["context"] for example in made}
    assert sum(not example["answers"] for example in made) == 2 + 1 + 2


def test_the_written_questions_are_whole() -> None:
    with gzip.open(WRITTEN, "rt", encoding="utf-8") as file:
        written = [json.loads(line) for line in file]
    assert len({(line["question"], line["context"]) for line in written}) == len(written)
    for line in written:
        assert line["question"].strip() == line["question"] != ""
        assert len(line["context"]) == 16
        assert all(0 <= start < end for start, end in line["answers"])


def test_the_invented_passages_are_examples_to_train_on() -> None:
    file = read_training_file(WRITTEN.with_name("passages.jsonl.gz"))
    assert file.problems == ()
    assert len(file.examples) == 5755
    assert unanswerable(file.examples) == 1920
