"""The tables of a collection in Milvus. Each name begins with the collection's.

NAME_state        what is known of the whole: settings, roots, who writes what   by `key`
NAME_documents    a row a file: the one that stands for it now                   by `slot`
NAME_texts        the documents' contents, packed and cut into pieces            by `id`
NAME_passages     passages with vectors and stems: what is searched              by `id`

Milvus has no transactions. A document counts once its row in `documents` names it; what `texts`
and `passages` hold of a document that no row names is as good as not there.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pymilvus import CollectionSchema
    from pymilvus.milvus_client import IndexParams

FORMAT_VERSION = "2"

TABLES = ("state", "documents", "texts", "passages")

TEXT_BYTES = 65_535  # the longest that a field may be
_NAME_BYTES = 4_096

# Of what a name, a folder, an ending and a date are told by; both tables are filtered alike.
_FILTERED = {"name": _NAME_BYTES, "backwards": _NAME_BYTES, "date": 10}

_NUMBERS = {
    "state": (),
    "documents": (
        "id",
        "root_id",
        "size_bytes",
        "modified_ns",
        "loader_version",
        "characters",
        "pages",
        "passages",
        "pieces",
    ),
    "texts": ("slot", "document_id", "number"),
    "passages": ("slot", "document_id", "start", "end", "page"),
}
_TEXTS = {
    "state": {"topic": 200, "value": TEXT_BYTES},
    "documents": {
        **_FILTERED,
        "path": _NAME_BYTES,
        "sha256": 64,
        "title": TEXT_BYTES,
        "author": TEXT_BYTES,
        "language": 100,
        "added": 25,
    },
    "texts": {"data": TEXT_BYTES},
    "passages": {
        **_FILTERED,
        "heading": TEXT_BYTES,
        "location": TEXT_BYTES,
        "text": TEXT_BYTES,
    },
}

_LOOKED_UP = {
    "state": ("topic",),
    "documents": ("root_id", *_FILTERED),
    "texts": ("slot", "document_id"),
    "passages": ("slot", "document_id", *_FILTERED),
}


def schema_of(table: str, width: int) -> "CollectionSchema":
    """A table's fields. Milvus wants a vector in each: but for `passages`, one of no meaning."""
    from pymilvus import DataType, Function, FunctionType, MilvusClient

    schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    if table == "state":
        schema.add_field("key", DataType.VARCHAR, max_length=300, is_primary=True)
    else:
        key = "slot" if table == "documents" else "id"
        schema.add_field(key, DataType.INT64, is_primary=True)
    for name in _NUMBERS[table]:
        schema.add_field(name, DataType.INT64)
    for name, length in _TEXTS[table].items():
        schema.add_field(name, DataType.VARCHAR, max_length=length)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=width)
    if table == "passages":
        schema.add_field(
            "stems",
            DataType.VARCHAR,
            max_length=TEXT_BYTES,
            enable_analyzer=True,
            analyzer_params={"type": "standard"},
        )
        schema.add_field("sparse", DataType.SPARSE_FLOAT_VECTOR)
        schema.add_function(
            Function(
                name="bm25",
                function_type=FunctionType.BM25,
                input_field_names=["stems"],
                output_field_names=["sparse"],
            )
        )
    return schema


def indexes_of(table: str) -> "IndexParams":
    """How a table is searched. The kind of index over vectors is the engine's own choice."""
    from pymilvus import MilvusClient

    indexes = MilvusClient.prepare_index_params()
    if table == "passages":
        indexes.add_index("vector", index_type="AUTOINDEX", metric_type="IP")
        indexes.add_index(
            "sparse",
            index_type="SPARSE_INVERTED_INDEX",
            metric_type="BM25",
            params={"bm25_k1": 1.2, "bm25_b": 0.75},  # as Tantivy has them
        )
    else:
        indexes.add_index("vector", index_type="FLAT", metric_type="IP")
    for name in _LOOKED_UP[table]:
        indexes.add_index(name, index_type="INVERTED")
    return indexes
