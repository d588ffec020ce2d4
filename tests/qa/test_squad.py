"""SQuAD's JSON, whole, gzipped and broken."""

import gzip
import json
from pathlib import Path

import pytest

from index.errors import InputError
from qa.squad import SquadAnswer, read_squad


def squad(*questions: object) -> dict[str, object]:
    paragraph = {"context": "Ada wrote it.", "qas": list(questions)}
    return {"version": "v2.0", "data": [{"title": "Ada_(x)", "paragraphs": [paragraph]}]}


def written(path: Path, content: object) -> Path:
    data = json.dumps(content).encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


@pytest.mark.parametrize("name", ["squad.json", "squad.json.gz"])
def test_read_squad(tmp_path: Path, name: str) -> None:
    answers = [{"text": "Ada", "answer_start": 0}, {"text": "the", "answer_start": 3}]
    (context,) = read_squad(
        written(
            tmp_path / name,
            squad(
                {"id": "1", "question": "Who?", "answers": answers},
                {"id": "2", "question": "Why?", "answers": [], "is_impossible": True},
            ),
        )
    )
    assert (context.title, context.text) == ("Ada_(x)", "Ada wrote it.")
    assert [(asked.id, asked.question) for asked in context.questions] == [
        ("1", "Who?"),
        ("2", "Why?"),
    ]
    assert context.questions[0].answers == (
        SquadAnswer(text="Ada", start=0),
        SquadAnswer(text="the", start=3),
    )
    assert context.questions[1].answers == ()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("nothing", "is not SQuAD JSON: it is not JSON"),
        ("[]", "is not SQuAD JSON: [] stands where"),
        (
            '{"id": "q1", "question": "Who?", "answers": ["Ada"]}',
            'is not SQuAD JSON: "data" must be a list, not nothing',
        ),
        ('{"data": [{"title": "x"}]}', '"paragraphs" must be a list'),
        (json.dumps(squad({"id": "1", "answers": []})), '"question" must be text'),
        (json.dumps(squad()), "holds no questions"),
        ('{"data": []}', "holds no questions"),
    ],
)
def test_what_is_not_squad_is_an_error(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "squad.json"
    path.write_text(content)
    with pytest.raises(InputError) as caught:
        read_squad(path)
    assert message in str(caught.value)


def test_what_is_not_gzipped_says_so(tmp_path: Path) -> None:
    path = tmp_path / "squad.json.gz"
    path.write_bytes(gzip.compress(b"{}" * 100)[:-9])
    with pytest.raises(InputError, match=r"can't be read \(it is no whole gzip file\)"):
        read_squad(path)
    path.write_bytes(b"{}")
    with pytest.raises(InputError, match=r"can't be read \(it is no whole gzip file\)"):
        read_squad(path)
