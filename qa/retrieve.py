"""A question to the passages most likely to answer it: dense and lexical search, fused."""

import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index.collection import Collection
from index.engine import Found
from index.language import other_script
from index.scope import EVERYTHING, Scope
from index.terms import terms
from index.types import Embedder
from qa.types import Hit

# Candidates that each side brings to the fusion.
_DEPTH = 100

# While another process is between changing documents and making them found, this long is waited.
PATIENCE_SECONDS = 1.0
_GAP_SECONDS = 0.05

# The dense side's share of the fused score: better than either side alone and than reciprocal
# ranks (docs/decisions.md).
DENSE_WEIGHT = 0.5


def retrieve(
    collection: Collection,
    embedder: Embedder,
    question: str,
    *,
    limit: int,
    scope: Scope = EVERYTHING,
    dense_weight: float = DENSE_WEIGHT,
) -> tuple[Hit, ...]:
    """At most `limit` passages of the documents in scope, best first.

    Raises CollectionBusy if none can be searched yet, InputError if no document is in scope.
    """
    row, stems = embedder.encode([question])[0], terms(question)
    until = None
    while True:
        found = _search(collection, row, stems, question, scope)
        best = fuse(found.dense, found.lexical, dense_weight=dense_weight)[:limit]
        passages = collection.passages([id_ for id_, _ in best])
        # Documents may have been replaced or removed since: what was found is gone from the store.
        # Soon there may be an index that has followed; if not, the others answer.
        if len(passages) == len(best):
            break
        until = until or time.monotonic() + PATIENCE_SECONDS
        if time.monotonic() >= until:
            break
        time.sleep(_GAP_SECONDS)
    left = [(passages[id_], score) for id_, score in best if id_ in passages]
    return tuple(
        Hit(passage=passage, score=score, rank=rank)
        for rank, (passage, score) in enumerate(left, start=1)
    )


def search(
    collection: Collection, embedder: Embedder, question: str, scope: Scope = EVERYTHING
) -> Found:
    """What each side finds; a question in another script is searched by its words alone.

    Raises as `retrieve` does.
    """
    return _search(collection, embedder.encode([question])[0], terms(question), question, scope)


def _search(
    collection: Collection,
    row: NDArray[np.float32],
    stems: Sequence[str],
    question: str,
    scope: Scope,
) -> Found:
    found = collection.search(row, stems, _DEPTH, scope)
    if found.lexical and other_script(question):
        return found._replace(dense=[])  # what the embedder says of a script it doesn't know: noise
    return found


def fuse(
    dense: Sequence[tuple[int, float]],
    lexical: Sequence[tuple[int, float]],
    *,
    dense_weight: float,
) -> list[tuple[int, float]]:
    """Weighted sum of z-scores: (id, score), best first, equal scores by id.

    A passage that one side didn't bring counts there as that side's worst.
    """
    one, other = _z_scores(dense), _z_scores(lexical)
    worst, other_worst = min(one.values(), default=0.0), min(other.values(), default=0.0)
    total = {
        id_: dense_weight * one.get(id_, worst) + (1 - dense_weight) * other.get(id_, other_worst)
        for id_ in one | other
    }
    return sorted(total.items(), key=lambda item: (-item[1], item[0]))


def _z_scores(side: Sequence[tuple[int, float]]) -> dict[int, float]:
    if not side:
        return {}
    scores = np.array([score for _, score in side])
    z_scores = ((scores - scores.mean()) / (scores.std() or 1.0)).tolist()
    return dict(zip((id_ for id_, _ in side), z_scores, strict=True))
