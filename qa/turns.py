"""Questions go first: what is embedded of an upload waits until nobody asks, but not for ever."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

# Where somebody is asking always, one batch of an upload comes in each second: it gets done, and a
# question is seldom held up by more than one.
PATIENCE_SECONDS = 1.0


class Turns:
    """Of one assistant and its uploads. Safe to use from several threads."""

    def __init__(self) -> None:
        self._asked = 0
        self._one_less = threading.Condition()

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Stands around a whole question."""
        with self._one_less:
            self._asked += 1
        try:
            yield
        finally:
            with self._one_less:
                self._asked -= 1
                self._one_less.notify_all()

    def let_questions_go_first(self) -> None:
        """To be called before each batch; returns when nobody asks, or patience ends."""
        with self._one_less:
            self._one_less.wait_for(lambda: not self._asked, PATIENCE_SECONDS)
