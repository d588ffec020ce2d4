from datetime import date, datetime

import pytest

from index.load import load
from index.load.day import iso_day


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2018-05-17", "2018-05-17"),
        (" 2018-05-17T23:59:00+09:00", "2018-05-17"),
        ("20180517", "2018-05-17"),
        ("D:20180517120000+09'00'", "2018-05-17"),
        (date(2018, 5, 17), "2018-05-17"),
        (datetime(2018, 5, 17, 12), "2018-05-17"),
        ("2018-02-30", None),
        ("2018-05", None),
        ("201805171", None),
        ("17 May 2018", None),
        ("", None),
        (None, None),
        (["2018-05-17"], None),
    ],
)
def test_iso_day(value: object, day: str | None) -> None:
    assert iso_day(value) == day


@pytest.mark.parametrize(
    ("name", "text", "day"),
    [
        ("a.md", "---\ndate: 2018-05-17\n---\nWords.", "2018-05-17"),
        ("a.md", "---\ndate: 2018-05-17 10:00:00\n---\nWords.", "2018-05-17"),
        ("a.md", "---\ndate: soon\n---\nWords.", None),
        ("a.md", "2018-05-17", None),
        ("a.txt", "2018-05-17", None),
        (
            "a.html",
            '<meta property="article:published_time" content="2018-05-17T09:00Z">'
            '<meta name="date" content="2001-01-01"><p>Words.',
            "2018-05-17",
        ),
        ("a.html", '<meta name="DC.Date" content="2018-05-17"><p>Words.', "2018-05-17"),
        (
            "a.html",
            '<footer><time datetime="2001-01-01">x</time></footer>'
            '<article><time datetime="2018-05-17">May</time> Words.</article>',
            "2018-05-17",
        ),
        (
            "a.html",
            '<div><time class="published" datetime="2018-05-17">May</time>Words.',
            "2018-05-17",
        ),
        ("a.html", '<p><time datetime="2001-01-01">Someone else</time> Words.', None),
    ],
)
def test_the_day_that_a_file_gives_as_its_own(name: str, text: str, day: str | None) -> None:
    assert load(name, text.encode()).date == day
