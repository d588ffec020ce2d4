"""Valid files damaged at random: each gives a document or a reason in one line."""

import io
import random
import re
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath

import pytest

from index.errors import UnreadableFile
from index.limits import MAX_DRAW_SECONDS
from index.load import SUFFIXES, pdf_page
from index.load.isolated import load_isolated, stop
from index.split import split
from index.stretches import stretches
from index.types import Content
from index.worker import Worker
from tests.soak.valid_files import valid_files

pytestmark = pytest.mark.soak

MUTATIONS = 2_000
SEED = 7
_REASON = re.compile(r"[a-z][^\n]{10,300}")


@pytest.fixture(scope="module")
def pages() -> Iterator[Worker]:
    worker = Worker()
    yield worker
    worker.stop()
    stop()


def flipped(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 8, 64))):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def cut(data: bytes, chance: random.Random) -> bytes:
    start, end = sorted(chance.randrange(len(data)) for _ in range(2))
    return data[:start] + data[end:]


def spliced(data: bytes, chance: random.Random) -> bytes:
    """With a part of itself in another place, perhaps many times."""
    start = chance.randrange(len(data))
    part = data[start : start + chance.choice((1, 40, 4000))]
    at = chance.randrange(len(data))
    return data[:at] + part * chance.choice((1, 2, 500)) + data[at:]


def mutated(data: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.randint(1, 3)):
        if data:
            data = chance.choice((flipped, cut, spliced))(data, chance)
    return data


def mutated_part(data: bytes, chance: random.Random) -> bytes:
    """A sound zip archive with one of its parts damaged."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice(sorted(name for name, part in parts.items() if part))
    parts[name] = mutated(parts[name], chance)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return out.getvalue()


def assert_sound(content: Content) -> None:
    for ranges in (content.pages, content.headings, content.navigation):
        assert all(0 <= range_.start <= range_.end <= len(content.text) for range_ in ranges)
    for passage in split(content):
        assert content.text[passage.start : passage.end].strip()


def outcome(name: str, data: bytes) -> tuple[Content | None, str]:
    """What the file says, or why it can't be read."""
    try:
        return load_isolated(name, data), ""
    except UnreadableFile as error:
        return None, str(error)


def test_every_format_has_a_valid_file() -> None:
    assert {PurePosixPath(name).suffix for name, _ in valid_files()} == SUFFIXES


def test_damaged_files_are_documents_or_reasons(pages: Worker) -> None:
    chance = random.Random(SEED)
    by_suffix: dict[str, list[tuple[str, bytes]]] = {}
    for name, data in valid_files():
        by_suffix.setdefault(PurePosixPath(name).suffix, []).append((name, data))
    loaded = refused = 0
    for number in range(MUTATIONS):
        name, data = chance.choice(by_suffix[sorted(by_suffix)[number % len(by_suffix)]])
        is_zip = data.startswith(b"PK") and chance.random() < 0.7
        data = (mutated_part if is_zip else mutated)(data, chance)
        content, reason = outcome(name, data)
        if content is None:
            assert _REASON.fullmatch(reason), (number, name, reason)
            assert "crash" not in reason, (number, name)
            refused += 1
            continue
        loaded += 1
        assert_sound(content)
        found = stretches(content, 0, len(content.text))
        if found:
            boxes = pages.call(MAX_DRAW_SECONDS, pdf_page.boxes, data, found)
            pages.call(MAX_DRAW_SECONDS, pdf_page.draw, data, found[0].page, boxes, 1.0)
    assert loaded > MUTATIONS / 4
    assert refused > MUTATIONS / 20
