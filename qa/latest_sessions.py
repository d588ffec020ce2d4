"""What is kept of the sessions that were used last, and of no more than so many."""

from collections import OrderedDict
from typing import TypeVar

Kept = TypeVar("Kept")


class LatestSessions(OrderedDict[str, Kept]):
    """In the place of what Gradio's queue keeps by session.

    Gradio's own forget the session that came first, even while its answer is on its way, or none
    at all. This one forgets the session that was used longest ago.
    """

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def __getitem__(self, session: str) -> Kept:
        kept = super().__getitem__(session)
        self.move_to_end(session)
        return kept

    def __setitem__(self, session: str, kept: Kept) -> None:
        super().__setitem__(session, kept)
        self.move_to_end(session)
        if len(self) > self.most:
            del self[next(iter(self))]
