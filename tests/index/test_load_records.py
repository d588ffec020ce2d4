"""JSON and JSON lines: fields by name, records by number."""

import json

import pytest

from index.errors import UnreadableFile
from index.load import load
from tests.index.load_checks import loaded, location_of

LONG = "The ferry runs every day of the year. " * 8
SHIPS = [
    {"name": "Aurora", "seats": 420, "home": {"port": "Skerry", "pier": 2}, "old": True},
    {"name": "Boreas", "routes": ["Busan", "Nakhodka"], "log": LONG, "none": None},
    {"name": "코로나", "crew": [{"role": "captain", "who": "Kim"}, {"role": "cook", "who": "Lee"}]},
]


def lines_of(records: list[object]) -> bytes:
    return "\n".join(json.dumps(record, ensure_ascii=False) for record in records).encode()


def test_fields() -> None:
    content = loaded("my-ships.json", json.dumps(SHIPS).encode())
    assert content.text == (
        "name: Aurora\nseats: 420\nhome > port: Skerry\nhome > pier: 2\nold: true\n\n"
        f"name: Boreas\nroutes: Busan, Nakhodka\nlog:\n\n{LONG.strip()}\n\n"
        "name: 코로나\ncrew > 1 > role: captain\ncrew > 1 > who: Kim\n"
        "crew > 2 > role: cook\ncrew > 2 > who: Lee"
    )
    assert content.title == "my ships"


@pytest.mark.parametrize(("name", "key"), [("s.json", "item"), ("s.jsonl", "line")])
@pytest.mark.parametrize(
    ("words", "number"), [("420", 1), ("Skerry", 1), ("Nakhodka", 2), ("every day", 2), ("Lee", 3)]
)
def test_every_record_is_located(name: str, key: str, words: str, number: int) -> None:
    data = json.dumps(SHIPS).encode() if key == "item" else lines_of([*SHIPS])
    assert location_of(loaded(name, data), words) == {key: number}


def test_one_object_has_a_title_and_a_date() -> None:
    content = loaded("s.json", b'{"title": "Ships", "date": "2024-05-06T01:02", "n": "a\\nb"}')
    assert (content.title, content.date) == ("Ships", "2024-05-06")
    assert content.text == "title: Ships\ndate: 2024-05-06T01:02\nn: a b"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_encodings(encoding: str) -> None:
    assert loaded("s.json", '{"порт": "Находка"}'.encode(encoding)).text == "порт: Находка"


def test_blank_lines_count() -> None:
    content = loaded("s.jsonl", b'\n{"a": 1}\r\n\n"words"\n')
    assert content.text == "a: 1\n\nwords"
    assert location_of(content, "words") == {"line": 4}


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("s.json", b"{", "is not JSON at line 1"),
        ("s.json", b"[]", "is empty"),
        ("s.json", b'{"a": 1,\n"b": }', "is not JSON at line 2"),
        ("s.jsonl", b'{"a": 1}\n{"b"\n', "is not JSON at line 2"),
        ("s.json", b"[" * 100_000, "nests values more than 50 deep"),
        ("s.json", b'{"a":' * 60 + b"1" + b"}" * 60, "nests values more than 50 deep"),
        ("s.json", b"[" + b"9" * 5000 + b"]", "holds a number with too many digits"),
        ("s.json", b"PK\x03\x04\0\0\0", "is not text"),
    ],
)
def test_what_is_no_json(name: str, data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile, match=reason):
        load(name, data)


def test_halves_of_characters() -> None:
    assert loaded("s.json", b'{"a": "x\\ud800y"}').text == "a: x\ufffdy"
