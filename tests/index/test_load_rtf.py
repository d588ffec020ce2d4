"""Rich Text Format as Word and WordPad write it."""

import pytest

from index.errors import UnreadableFile
from index.load import load
from tests.index.load_checks import loaded

FILE = rb"""{\rtf1\ansi\ansicpg1251\deff0{\fonttbl{\f0\fnil\fcharset204 Arial;}}
{\info{\title \'cf\'e0\'f0\'ee\'ec}{\author Kim}{\creatim\yr2023\mo1\dy2}
{\revtim\yr2024\mo5\dy6\hr9\min3}}
{\header\pard running\par}
\pard\f0\b The ferry\b0\par
It sails at 17:01 and costs 12\'a0euros; \u44032?\u45208? \{so\}.\line Next line.\par
\trowd\cellx1\cellx2 Port\cell Tonnes\cell\row
\trowd Busan\cell 5\cell\row
{\pict\wmetafile8 0102}{\*\generator Word;}\'cf\'e0\'f0\'ee\'ec \u-10179?\u-8704?.\par}"""


def test_the_words() -> None:
    content = loaded("f.rtf", FILE)
    assert content.text.split("\n\n") == [
        "The ferry",
        "It sails at 17:01 and costs 12 euros; 가나 {so}.",
        "Next line.",
        "Port | Tonnes",
        "Busan | 5",
        "Паром 😀.",
    ]
    assert (content.title, content.date) == ("Паром", "2024-05-06")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04", "is not an rtf file"),
        (rb"{\rtf1\ansi }", "is empty"),
        (rb"{\rtf1\ansi \u99999999 }", "is damaged"),
    ],
)
def test_what_is_no_rtf(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile, match=reason):
        load("f.rtf", data)


def test_a_file_cut_off_is_read_as_far_as_it_goes() -> None:
    assert loaded("f.rtf", FILE[: FILE.index(rb"\line")]).text.endswith("{so}.")
