"""Folders followed: what changes in them comes into the collection when it has settled.

They are looked at again and again, by each file's size and times. The system's own notices
(inotify) would tell sooner, but not of network drives and folders shared with a container, and only
of so many folders; and a look is needed all the same, to know that nobody is writing any more.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from index.collection import Collection
from index.errors import CollectionBusy, InputError
from index.folder import Failure, Look, existing, list_folder, look
from index.sync import Settled, SyncReport, roots_of, sync
from index.types import Embedder

# Between two looks. A file that looks the same in both isn't being written.
_PAUSE_SECONDS = 1.0
# A look at many files takes long: it is rather late than busy for more than a tenth of a core.
_PAUSES_A_LOOK = 10


def watch(
    collection: Collection,
    paths: Sequence[Path],
    embedder: Embedder,
    *,
    pause: Callable[[float], None] = time.sleep,
) -> Iterator[SyncReport]:
    """Keeps the collection in line with `paths`, or with its roots where none is given, for ever.

    Gives the first sync's report, and that of each later one that did something or failed anew.
    `pause` waits for some seconds. Raises as `sync` does, but a folder may be empty, or go away for
    a while, and after the first sync it waits for others that write.
    """
    targets = [existing(path) for path in paths] or roots_of(collection)
    before, seconds = _looks(collection, targets)
    known: dict[Path, Look] | None = None  # how the files looked that are in the collection
    away: set[Path] = set()
    failed: set[Failure] = set()
    while True:
        pause(max(_PAUSE_SECONDS, _PAUSES_A_LOOK * seconds))
        now, seconds = _looks(collection, targets)
        moving = {path for path in before | now if before.get(path) != now.get(path)}
        before = now
        away_before, away = away, {target for target in targets if not target.exists()}
        had = known or {}
        wanted = {path: look for path, look in now.items() if path not in moving}
        wanted |= {path: had[path] for path in had if path in moving or _is_below(path, away)}
        report = SyncReport()
        present = [target for target in targets if target not in away]
        if wanted != known and present:
            changed = {path: look for path, look in wanted.items() if had.get(path) != look}
            settled = Settled(changed=changed, moving=moving)
            try:
                report = sync(collection, present, embedder, progress=True, settled=settled)
            except (CollectionBusy, InputError):  # another process writes; a folder just went away
                if known is None:
                    raise
                continue
            failed, report.failed = (
                set(report.failed),
                [f for f in report.failed if f not in failed],
            )
        report.failed += [
            Failure(name=str(target), reason="is not there: its documents stay until it is back")
            for target in sorted(away - away_before)
        ]
        if known is None or report.added or report.changed or report.removed or report.failed:
            yield report
        known = wanted


def _is_below(path: Path, targets: set[Path]) -> bool:
    return path in targets or not targets.isdisjoint(path.parents)


def _looks(collection: Collection, targets: Sequence[Path]) -> tuple[dict[Path, Look], float]:
    """How each document's file looks, and the seconds that it took to look."""
    started = time.perf_counter()
    leave_out = collection.directory.resolve()
    seen = {
        path: look(path)
        for target in targets
        if target.exists()
        for path in list_folder(target, leave_out=leave_out).documents
    }
    there = {path: look for path, look in seen.items() if look is not None}
    return there, time.perf_counter() - started
