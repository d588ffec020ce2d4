"""The Tantivy side: the same passages by BM25 over their stems.

Tantivy's commits carry no payload in Python, so the collection's generation is kept in a marker
document, which has no stems and so is never found.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import tantivy

from index.errors import LexicalFailed
from index.types import EVERY_PASSAGE, Selection

_MARKER_ID = 0  # passages' ids start at 1
_WRITER_BYTES = 64 * 1024 * 1024
_DELETE_BATCH = 10_000


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("id", stored=True, indexed=True, fast=True)
    builder.add_unsigned_field("generation", stored=True)
    builder.add_text_field("terms", tokenizer_name="whitespace", index_option="freq")
    return builder.build()


@contextmanager
def _told(directory: Path) -> Iterator[None]:
    """What Tantivy says of files that fail, which is a ValueError always, as one line."""
    try:
        yield
    except ValueError as error:
        reason = str(error).partition("\n")[0]
        raise LexicalFailed(
            f"The index in {directory} can't be read or written ({reason}): look for room"
            " on the disk and permissions, then run `qa index`"
        ) from error


class LexicalIndex:
    """Passages' stems under their ids. It never changes; `commit` makes the next."""

    def __init__(self, directory: Path, schema: tantivy.Schema, index: tantivy.Index) -> None:
        """The index as it is now: what is committed later isn't searched."""
        self._directory = directory
        self._schema = schema
        self._index = index
        self._searcher = index.searcher()

    @classmethod
    def open(cls, directory: Path) -> "LexicalIndex":
        """What is in `directory`, or an empty index made there.

        What Tantivy can't read or write there, now or later, is raised as LexicalFailed.
        """
        directory.mkdir(parents=True, exist_ok=True)
        schema = _schema()
        with _told(directory):
            index = tantivy.Index(schema, path=str(directory))
            # Else a thread looks for commits of others twice a second, and makes a lock file for
            # it: also in a folder that is just being removed.
            index.config_reader("Manual")
            return cls(directory, schema, index)

    @property
    def generation(self) -> int:
        """The collection's generation at the last update; -1 before the first."""
        hits = self._searcher.search(self._ids_query([_MARKER_ID]), 1).hits
        if not hits:
            return -1
        generation: int = self._searcher.doc(hits[0][1])["generation"][0]
        return generation

    def __len__(self) -> int:
        count: int = self._searcher.num_docs
        return count - (self.generation >= 0)

    def collect_garbage(self) -> None:
        """Takes out files that a writer which was killed no longer needed."""
        with _told(self._directory):
            self._index.writer(_WRITER_BYTES, 1).garbage_collect_files()

    def stage(
        self, removed: Sequence[int], added: Iterable[tuple[int, Sequence[str]]]
    ) -> tantivy.IndexWriter:
        """Takes out the passages `removed` and puts in (id, stems) pairs; `commit` makes it so."""
        with _told(self._directory):
            writer = self._index.writer(_WRITER_BYTES, 1)
            writer.garbage_collect_files()  # of a killed writer: their names would be taken
            gone = [_MARKER_ID, *removed]
            for first in range(0, len(gone), _DELETE_BATCH):
                batch = gone[first : first + _DELETE_BATCH]
                # delete_documents_by_term finds nothing in an unsigned field (tantivy 0.27).
                writer.delete_documents_by_query(self._ids_query(batch))
            for id_, stems in added:
                document = tantivy.Document()
                document.add_unsigned("id", id_)
                document.add_text("terms", " ".join(stems))
                writer.add_document(document)
        return writer

    def commit(self, writer: tantivy.IndexWriter, generation: int) -> "LexicalIndex":
        """The index with what was staged, under `generation`: on disk at once or not at all."""
        marker = tantivy.Document()
        marker.add_unsigned("id", _MARKER_ID)
        marker.add_unsigned("generation", generation)
        with _told(self._directory):
            writer.add_document(marker)
            writer.commit()
            writer.wait_merging_threads()
            self._index.reload()
            return LexicalIndex(self._directory, self._schema, self._index)

    def search(
        self, stems: Sequence[str], limit: int, selection: Selection = EVERY_PASSAGE
    ) -> list[tuple[int, float]]:
        """The passages that hold the most telling of the stems: (id, BM25), best first."""
        query = tantivy.Query.boolean_query(
            [
                (
                    tantivy.Occur.Should,
                    tantivy.Query.term_query(self._schema, "terms", stem, "freq"),
                )
                for stem in dict.fromkeys(stems)
            ]
        )
        if selection.among is not None:
            inside = tantivy.Query.const_score_query(self._ids_query(selection.among.tolist()), 0.0)
            query = tantivy.Query.boolean_query(
                [(tantivy.Occur.Must, query), (tantivy.Occur.Must, inside)]
            )
        elif selection.without is not None:
            left_out = self._ids_query(selection.without.tolist())
            query = tantivy.Query.boolean_query(
                [(tantivy.Occur.Must, query), (tantivy.Occur.MustNot, left_out)]
            )
        return self._search(query, limit)

    def ids(self) -> list[int]:
        """The ids of the passages that it holds, in no order."""
        found = self._search(tantivy.Query.all_query(), max(1, self._searcher.num_docs))
        return [id_ for id_, _ in found if id_ != _MARKER_ID]

    def _search(self, query: tantivy.Query, limit: int) -> list[tuple[int, float]]:
        hits: list[tuple[float, tantivy.DocAddress]] = self._searcher.search(
            query, limit, count=False
        ).hits
        ids = self._searcher.fast_field_values("id", [address for _, address in hits])
        return [(int(id_ or 0), score) for id_, (score, _) in zip(ids, hits, strict=True)]

    def _ids_query(self, ids: Sequence[int]) -> tantivy.Query:
        return tantivy.Query.term_set_query(self._schema, "id", list(ids))
