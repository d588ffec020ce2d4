"""Who does which file, where several processes index into one collection in Milvus.

Milvus has no locks, and no "put this in unless it is there". So a claim is a row that a process
puts in under its own name; then it looks, with strong consistency, who else claims the same. Who
sees nobody else has it: of two, the one whose row came second looks after both rows are in, and
sees the first. Where two see each other, the one whose name comes first looks again, and the other
gives way.

A process that is alive counts its beats up in a row of its own. Nobody compares clocks: who watches
another's beats for `LEASE_SECONDS` by its own clock without a change takes it for dead, and its
claims are void. Should it only have been slow, it finds that out before it commits.
"""

import random
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

from index.errors import CollectionBusy, CollectionError
from index.milvus_store import MilvusStore

LEASE_SECONDS = 60.0

_LOOKS = 4
_PAUSE_SECONDS = 0.05


class Claims:
    """One process's claims on keys, each with the slot of `documents` that it will fill."""

    def __init__(self, store: MilvusStore, worker: str) -> None:
        """`worker` is a name that no other process has."""
        self._store = store
        self._worker = worker
        self._seen: dict[str, tuple[str, float]] = {}  # of a worker: its beat, and since when

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Alive to the others from here on; at the end, all that was claimed is given back."""
        stop = threading.Event()
        self._store.put_state("beat", {self._worker: "0"})
        thread = threading.Thread(target=self._beat, args=(stop,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()
            with suppress(CollectionError):  # where the engine is away, the lease runs out
                self._forget(self._worker)

    def _beat(self, stop: threading.Event) -> None:
        number = 0
        while not stop.wait(LEASE_SECONDS / 4):
            number += 1
            with suppress(CollectionError):  # whoever commits finds out what came of it
                self._store.put_state("beat", {self._worker: str(number)})

    def claim(self, slots: Mapping[str, int]) -> set[str]:
        """Those of the keys that are this process's from now on, of `slots` by key."""
        names = {self._name(key): f"{slot}" for key, slot in slots.items()}
        self._store.put_state("claim", names)
        wanted = set(slots)
        for look in range(_LOOKS):
            others = self._others(wanted)
            lost = {
                key
                for key, workers in others.items()
                if look == _LOOKS - 1 or min(workers) < self._worker
            }
            self.release(sorted(lost))
            wanted -= lost
            if not others.keys() - lost:
                break
            time.sleep(_PAUSE_SECONDS)
        return wanted

    def still_mine(self, keys: Sequence[str]) -> bool:
        """Whether nobody took this process for dead since it claimed these."""
        held = self._store.state("claim")
        return all(self._name(key) in held for key in keys)

    def release(self, keys: Sequence[str]) -> None:
        self._store.delete_state("claim", [self._name(key) for key in keys])

    def wait(self) -> None:
        """A while; then voids the claims of those who are dead by now."""
        time.sleep(LEASE_SECONDS / 8 * (1 + random.random()))  # noqa: S311
        for worker in self._dead():
            self._forget(worker)

    def require_alone(self) -> None:
        """Raises CollectionBusy if another process is alive; waits until the dead are known."""
        first = self._store.state("beat")
        while len(beats := self._store.state("beat")) > 1:
            if any(
                beat != first.get(worker)
                for worker, beat in beats.items()
                if worker != self._worker
            ):
                raise CollectionBusy(
                    "Another process is writing to the collection: try again when it has finished"
                )
            self.wait()

    def unfinished(self) -> Iterator[int]:
        """The slots that dead processes may have left half filled, each claimed while it's held."""
        for slot, key in self._store.state("unfinished").items():
            if self.claim({key: int(slot)}):
                yield int(slot)
                self._store.delete_state("unfinished", [slot])
                self.release([key])

    def _others(self, keys: set[str]) -> dict[str, list[str]]:
        """Who else claims these keys."""
        others = defaultdict(list)
        for name in self._store.state("claim"):
            key, worker = name.split(" ")
            if key in keys and worker != self._worker:
                others[key].append(worker)
        return others

    def _dead(self) -> list[str]:
        """Those whose beat didn't change while this process watched, for the length of a lease."""
        beats = {name.split(" ")[1]: "" for name in self._store.state("claim")}
        beats |= self._store.state("beat")
        now = time.monotonic()
        self._seen = {
            worker: self._seen[worker]
            if self._seen.get(worker, ("", 0.0))[0] == beat and worker in self._seen
            else (beat, now)
            for worker, beat in beats.items()
            if worker != self._worker
        }
        return [w for w, (_, since) in self._seen.items() if now - since > LEASE_SECONDS]

    def _forget(self, worker: str) -> None:
        """Voids a worker's claims. What it began is noted, for whoever claims it next to clear."""
        held = {
            name: slot
            for name, slot in self._store.state("claim").items()
            if name.split(" ")[1] == worker
        }
        self._store.put_state(
            "unfinished", {slot: name.split(" ")[0] for name, slot in held.items()}
        )
        self._store.delete_state("claim", list(held))
        self._store.delete_state("beat", [worker])

    def _name(self, key: str) -> str:
        return f"{key} {self._worker}"
