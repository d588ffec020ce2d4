"""What only a collection in a folder has."""

from index.collection import Collection
from index.folder_engine import FolderEngine
from index.passage_index import PassageIndex


def engine_of(collection: Collection) -> FolderEngine:
    assert isinstance(collection.engine, FolderEngine)
    return collection.engine


def index_of(collection: Collection) -> PassageIndex:
    return engine_of(collection).index()
