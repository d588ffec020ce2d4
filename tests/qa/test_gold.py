"""What is read of gold files, and what is said of those that can't be."""

import gzip
import json
from pathlib import Path

import pytest

from index.errors import InputError
from qa.gold import GoldQuestion, read_gold
from qa.squad import read_squad
from qa.types import Turn

GOOD = {"id": "q1", "question": "Who?", "answers": ["Ada"], "documents": ["a.txt"]}
FULL = {
    **GOOD,
    "id": "q2",
    "page": 3,
    "start": 10,
    "end": 13,
    "kind": "fact",
    "history": [{"question": "Before?", "answer": "Yes"}, {"question": "And?", "answer": None}],
    "note": "keys that nobody knows are fine",
}


def written(path: Path, *lines: object) -> Path:
    path.write_text("\n".join(x if isinstance(x, str) else json.dumps(x) for x in lines))
    return path


def test_reads_every_field(tmp_path: Path) -> None:
    unanswerable = {"id": 7, "question": "Why?", "answers": []}
    gold = read_gold(written(tmp_path / "gold.jsonl", GOOD, FULL, "", unanswerable, ""))
    assert gold.problems == ()
    assert gold.questions == (
        GoldQuestion(id="q1", question="Who?", answers=("Ada",), documents=("a.txt",)),
        GoldQuestion(
            id="q2",
            question="Who?",
            answers=("Ada",),
            documents=("a.txt",),
            page=3,
            start=10,
            end=13,
            kind="fact",
            history=(Turn(question="Before?", answer="Yes"), Turn(question="And?", answer=None)),
        ),
        GoldQuestion(id="7", question="Why?", answers=(), documents=()),
    )


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_a_file_is_bounded_as_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    path = tmp_path / f"gold.jsonl{suffix}"
    data = json.dumps(GOOD).encode() + b"\n" * 5000
    path.write_bytes(gzip.compress(data) if suffix else data)
    assert len(read_gold(path).questions) == 1
    monkeypatch.setattr("qa.records.MAX_BYTES", 1024)
    with pytest.raises(InputError, match=r"holds more than .* GiB of questions; split it"):
        read_gold(path)


def test_byte_order_mark_and_windows_line_ends_and_unicode(tmp_path: Path) -> None:
    line = json.dumps({**GOOD, "question": "서울\u2028?"}, ensure_ascii=False)
    path = tmp_path / "gold.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + line.encode() + b"\r\n\r\n")
    gold = read_gold(path)
    assert gold.problems == ()
    assert [question.question for question in gold.questions] == ["서울\u2028?"]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "it is not JSON"),
        ("[" * 100_000, "it is not JSON"),
        ("[1]", "[1] stands where a JSON object should"),
        ("null", "nothing stands where a JSON object should"),
        ({**GOOD, "id": None}, '"id" must be text, not nothing'),
        ({**GOOD, "id": True}, '"id" must be text, not true'),
        ({**GOOD, "question": " "}, '"question" is empty'),
        ({**GOOD, "question": 5}, '"question" must be text, not 5'),
        ({**GOOD, "question": "\ud800"}, '"question" holds half a character, "\\ud800"'),
        ({**GOOD, "answers": "Ada"}, '"answers" must be a list, not "Ada"'),
        ({**GOOD, "answers": [1815]}, "an answer must be text, not 1815"),
        ({"id": "x", "question": "y?"}, '"answers" must be a list, not nothing'),
        (
            {**GOOD, "answers": ["A", "%"]},
            "SQuAD's scoring leaves nothing of the answers ['A', '%']",
        ),
        ({**GOOD, "documents": [None]}, "a document must be text, not nothing"),
        ({**FULL, "end": None}, "start 10 and end None must come together, start before end"),
        ({**FULL, "end": 10}, "start 10 and end 10 must come together, start before end"),
        ({**FULL, "start": -1}, '"start" must be a whole number from 0, not -1'),
        ({**FULL, "page": 1.5}, '"page" must be a whole number from 1, not 1.5'),
        ({**FULL, "page": "x" * 90}, f'"page" must be a whole number from 1, not "{"x" * 38}…'),
        ({**FULL, "documents": []}, "start and end need the document that they are of"),
        ({**FULL, "history": ["x"]}, '"x" stands where a JSON object should'),
        (GOOD, "an earlier question has the id 'q1' too"),
    ],
)
def test_malformed_lines_are_listed_and_the_rest_is_read(
    tmp_path: Path, line: object, problem: str
) -> None:
    gold = read_gold(written(tmp_path / "gold.jsonl", GOOD, "", line, {**GOOD, "id": "last"}))
    assert [question.id for question in gold.questions] == ["q1", "last"]
    assert gold.problems == (f"line 3: {problem}",)


def test_a_line_that_is_not_utf_8_is_listed(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_bytes(b'{"id": "\xff"}\n' + json.dumps(GOOD).encode())
    gold = read_gold(path)
    assert gold.problems == ("line 1: it is not UTF-8",)
    assert len(gold.questions) == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is not a gold set I can read (it is empty)"),
        (" \n\n", "is not a gold set I can read (it is empty)"),
        ("id,question\n1,Who?\n", "is not a gold set I can read (line 1: it is not JSON)"),
        ('{"version": "1.1", "data": []}', "add --reader-only"),
        ('{"header": {"dataset": "x"}}\n{}', "is MRQA, not a gold set I can read yet"),
    ],
)
def test_files_without_questions_are_an_error(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text(content)
    with pytest.raises(InputError) as caught:
        read_gold(path)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_missing_files_and_folders_are_an_error(tmp_path: Path) -> None:
    for read in (read_gold, read_squad):
        with pytest.raises(InputError, match="No such file"):
            read(tmp_path / "none.jsonl")
        with pytest.raises(InputError, match="is a folder"):
            read(tmp_path)
