"""What every loaded text is asked."""

from index.load import load
from index.places import location_at
from index.split import split
from index.types import Content


def loaded(name: str, data: bytes) -> Content:
    """The content of a file, after checking that its ranges lie in its text, in order."""
    content = load(name, data)
    for ranges in (content.places, content.headings, content.navigation):
        ends = [0]
        for range_ in ranges:
            assert ends[-1] <= range_.start < range_.end <= len(content.text)
            ends.append(range_.end)
    for passage in split(content):
        assert passage.location == location_at(content.places, passage.start)
    return content


def location_of(content: Content, words: str, number: int = 1) -> dict[str, int | str]:
    """The location of the words, the `number`-th time that they stand in the text."""
    start = -1
    for _ in range(number):
        start = content.text.index(words, start + 1)
    locations = {location_at(content.places, start + i) for i in range(len(words))}
    assert len(locations) == 1, f"{words!r} stands in several places"
    return dict(locations.pop())
