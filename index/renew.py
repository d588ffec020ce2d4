"""Passages made anew when what they depend on has changed: embedder, splitter, stems."""

import numpy as np
from tqdm import tqdm

from index.collection import Collection, settings_of
from index.context import with_context
from index.split import split
from index.types import Embedder


def renew(collection: Collection, embedder: Embedder, *, progress: bool) -> None:
    """Splits and embeds the stored texts again if the settings differ; files aren't opened.

    The caller is `writing`. Killed on the way, it starts over next time. Raises CollectionBusy if
    others write, too.
    """
    store = collection.store
    settings = settings_of(embedder)
    if store.settings() == settings:
        return
    names = sorted(store.names())
    if names:
        collection.engine.require_alone()
    # Until all is done the collection fits no settings, so that nobody searches a mixture.
    store.set_settings(dict.fromkeys(settings, "unfinished") if names else settings)
    for name in tqdm(
        names, "Renewing", unit=" documents", delay=2, disable=None if progress else True
    ):
        document = store.document(name)
        ranges = split(document.content)
        texts = [
            with_context(document.title, range_.heading, document.text[range_.start : range_.end])
            for range_ in ranges
        ]
        rows = embedder.encode(texts) if texts else np.empty((0, 1), np.float32)
        with store.transaction():
            store.put_passages(document.id, document.content, ranges, rows)
    store.set_settings(settings)
