"""Folders followed, with a script in place of the clock: each pause makes the next change."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from filelock import FileLock

from index.check import problems
from index.collection import Collection, settings_of
from index.errors import CollectionBusy, InputError
from index.sync import sync
from index.watch_folders import watch
from tests.fakes import WordEmbedder, write

EMBEDDER = WordEmbedder()
Change = Callable[[], object]
Report = tuple[list[str], list[str], list[str], list[str]]  # added, changed, removed, failed

FIRST: Report = (["one.txt", "sub/two.txt"], [], [], [])


def nothing() -> None:
    """A pause in which nothing changes."""


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    return write(tmp_path / "papers", {"one.txt": "The bridge.", "sub/two.txt": "The ferry."})


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    collection = Collection(tmp_path / "collection", create=True)
    yield collection
    assert list(problems(collection, settings_of(EMBEDDER))) == []
    collection.close()


def script(*changes: Change) -> Callable[[float], None]:
    """A pause that makes the changes, one each time, and is Ctrl-C after the last."""
    left = iter(changes)

    def pause(seconds: float) -> None:
        assert seconds >= 1
        change = next(left, None)
        if change is None:
            raise KeyboardInterrupt
        change()

    return pause


def reports(collection: Collection, paths: Sequence[Path], *changes: Change) -> list[Report]:
    seen: list[Report] = []
    try:
        for report in watch(collection, paths, EMBEDDER, pause=script(*changes)):
            failed = [f"{failure.name} {failure.reason}" for failure in report.failed]
            seen.append((report.added, report.changed, report.removed, failed))
    except KeyboardInterrupt:
        return seen
    raise AssertionError("it ended by itself")


def names(collection: Collection) -> list[str]:
    return [document.name for document in collection.documents()]


def test_what_changes_comes_in_when_it_has_settled(collection: Collection, papers: Path) -> None:
    seen = reports(
        collection,
        [papers],
        nothing,
        lambda: (papers / "three.txt").write_text("The well."),
        nothing,
        lambda: (papers / "one.txt").write_text("The iron bridge."),
        nothing,
        (papers / "sub" / "two.txt").unlink,
        nothing,
        lambda: (papers / "three.txt").rename(papers / "four.txt"),
        nothing,
        nothing,
    )
    assert seen == [
        FIRST,
        (["three.txt"], [], [], []),
        ([], ["one.txt"], [], []),
        ([], [], ["sub/two.txt"], []),
        (["four.txt"], [], ["three.txt"], []),
    ]
    assert collection.document("one.txt").text == "The iron bridge."


def test_a_file_that_is_being_written_is_read_when_it_is_whole(
    collection: Collection, papers: Path
) -> None:
    def written(text: str) -> int:
        with (papers / "long.txt").open("a") as file:
            return file.write(text)

    seen = reports(
        collection,
        [papers],
        nothing,
        lambda: written("The well "),
        lambda: write(papers, {"other.txt": "Meanwhile."}) and written("is 40 "),
        lambda: written("feet deep."),
        nothing,
    )
    assert seen == [FIRST, (["other.txt"], [], [], []), (["long.txt"], [], [], [])]
    assert collection.document("long.txt").text == "The well is 40 feet deep."


def test_at_the_first_sync_too_what_is_being_written_waits(
    collection: Collection, papers: Path
) -> None:
    seen = reports(
        collection, [papers], lambda: (papers / "one.txt").write_text("The iron bridge."), nothing
    )
    assert seen == [(["sub/two.txt"], [], [], []), (["one.txt"], [], [], [])]


def test_a_file_that_changes_while_it_is_read_is_left_for_later(
    collection: Collection, papers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_bytes = Path.read_bytes
    growing = ["The well is 40", " feet deep."]

    def read_while_written(path: Path) -> bytes:
        data = read_bytes(path)
        if path.name == "long.txt" and growing:
            with path.open("a") as file:
                file.write(growing.pop(0))
        return data

    monkeypatch.setattr(Path, "read_bytes", read_while_written)
    (papers / "long.txt").write_text("Look: ")
    seen = reports(collection, [papers], *[nothing] * 5)
    assert seen == [FIRST, (["long.txt"], [], [], [])]
    assert collection.document("long.txt").text == "Look: The well is 40 feet deep."


def test_a_file_that_is_put_in_anew_was_never_gone(collection: Collection, papers: Path) -> None:
    seen = reports(
        collection,
        [papers],
        nothing,
        (papers / "one.txt").unlink,
        lambda: (papers / "one.txt").write_text("The stone bridge."),
        nothing,
    )
    assert seen == [FIRST, ([], ["one.txt"], [], [])]


def test_a_folder_that_goes_away_keeps_its_documents_and_may_come_back(
    collection: Collection, papers: Path, tmp_path: Path
) -> None:
    away = tmp_path / "unmounted"
    seen = reports(
        collection,
        [papers],
        nothing,
        lambda: papers.rename(away),
        nothing,
        lambda: away.rename(papers),
        nothing,
        lambda: (papers / "one.txt").write_text("The iron bridge."),
        nothing,
        lambda: papers.rename(away),
        nothing,
    )
    gone: Report = ([], [], [], [f"{papers} is not there: its documents stay until it is back"])
    assert seen == [FIRST, gone, ([], ["one.txt"], [], []), gone]
    assert names(collection) == ["one.txt", "sub/two.txt"]


def test_a_folder_may_be_empty_at_first_and_again(collection: Collection, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    file = inbox / "note.txt"
    seen = reports(
        collection,
        [inbox],
        nothing,
        lambda: file.write_text("The well."),
        nothing,
        file.unlink,
        nothing,
        nothing,
        lambda: file.write_text("The ferry."),
        nothing,
    )
    added: Report = (["note.txt"], [], [], [])
    removed: Report = ([], [], ["note.txt"], [])
    assert seen == [([], [], [], []), added, removed, added]


def test_a_file_that_cannot_be_read_is_named_once_until_it_changes(
    collection: Collection, papers: Path
) -> None:
    (papers / "empty.txt").touch()
    seen = reports(
        collection,
        [papers],
        nothing,
        lambda: (papers / "one.txt").write_text("The iron bridge."),
        nothing,
        lambda: (papers / "empty.txt").write_text("No longer."),
        nothing,
        lambda: (papers / "empty.txt").write_text(""),
        nothing,
    )
    failed = ["empty.txt is empty: it holds no text; write some in it or remove it"]
    assert seen == [
        (*FIRST[:3], failed),
        ([], ["one.txt"], [], []),
        (["empty.txt"], [], [], []),
        ([], [], ["empty.txt"], failed),
    ]


def test_a_link_out_of_the_folder_is_named_once(
    collection: Collection, papers: Path, tmp_path: Path
) -> None:
    (tmp_path / "secret.txt").write_text("The password is swordfish.")
    (papers / "out.txt").symlink_to(tmp_path / "secret.txt")
    seen = reports(
        collection,
        [papers],
        nothing,
        lambda: (papers / "one.txt").write_text("The iron bridge."),
        nothing,
    )
    link = "out.txt is a link out of the folder: put the file itself there"
    assert seen == [(*FIRST[:3], [link]), ([], ["one.txt"], [], [])]


def test_without_paths_all_that_was_indexed_is_followed(
    collection: Collection, papers: Path, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="no folders yet"):
        next(watch(collection, [], EMBEDDER, pause=script()))
    letters = write(tmp_path / "letters", {"four.txt": "Dear sister."})
    sync(collection, [papers, letters], EMBEDDER)
    seen = reports(
        collection, [], nothing, (letters / "four.txt").unlink, (papers / "one.txt").unlink, nothing
    )
    assert seen == [([], [], [], []), ([], [], ["four.txt"], []), ([], [], ["one.txt"], [])]


def test_only_what_is_followed_is_removed(
    collection: Collection, papers: Path, tmp_path: Path
) -> None:
    letters = write(tmp_path / "letters", {"four.txt": "Dear sister."})
    sync(collection, [papers, letters], EMBEDDER)
    assert reports(collection, [letters], (papers / "one.txt").unlink, nothing) == [
        ([], [], [], [])
    ]
    assert names(collection) == ["four.txt", "one.txt", "sub/two.txt"]


def test_it_waits_for_others_that_write_but_not_at_first(
    collection: Collection, papers: Path
) -> None:
    lock = FileLock(collection.directory / "writer.lock")
    with lock, pytest.raises(CollectionBusy):
        next(watch(collection, [papers], EMBEDDER, pause=script(nothing)))
    seen = reports(
        collection,
        [papers],
        nothing,
        lambda: (papers / "one.txt").write_text("The iron bridge."),
        lock.acquire,
        nothing,
        lock.release,
    )
    assert seen == [FIRST, ([], ["one.txt"], [], [])]
    assert collection.document("one.txt").text == "The iron bridge."


@pytest.mark.parametrize("name", ["gone", "picture.png"])
def test_what_is_not_there_or_not_read_is_said_at_once(
    collection: Collection, papers: Path, name: str
) -> None:
    (papers / "picture.png").touch()
    with pytest.raises(InputError, match=name):
        next(watch(collection, [papers / name], EMBEDDER, pause=script()))
