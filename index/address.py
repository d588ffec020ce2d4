"""Where a collection lies: a folder on this machine, or a Milvus engine that machines share."""

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from index.errors import InputError

_FILE = "milvus+file:"
_SHAPES = "milvus+http://HOST:PORT/NAME, milvus+https://HOST:PORT/NAME or milvus+file:FILE.db"
_NAME = re.compile(r"[A-Za-z_]\w{0,99}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class MilvusAddress:
    """A collection in an engine. `uri` is as pymilvus takes it, `name` begins its tables' names."""

    uri: str
    name: str

    def __str__(self) -> str:
        return f"{_FILE}{self.uri}" if self.is_file else f"milvus+{self.uri}/{self.name}"

    @property
    def is_file(self) -> bool:
        """Whether the engine is Milvus Lite in this process, over a file of its own."""
        return "://" not in self.uri

    @property
    def directory(self) -> Path:
        """The folder for what isn't kept in the engine, made when it's first needed."""
        if self.is_file:
            return Path(f"{self.uri}-local")
        return Path(f".collection-{urlsplit(self.uri).netloc.replace(':', '-')}-{self.name}")


def parse_address(text: str) -> Path | MilvusAddress:
    """A folder's path, or the address of an engine. Raises InputError where it is neither."""
    if not text.startswith("milvus+"):
        return Path(text).expanduser()
    if text.startswith(_FILE):
        path = Path(text.removeprefix(_FILE)).expanduser().absolute()
        if path.suffix != ".db":
            raise InputError(
                f"{text}: the name of a file for Milvus Lite ends in .db, as {path}.db"
            )
        return MilvusAddress(uri=str(path), name="collection")
    uri, _, name = text.removeprefix("milvus+").rpartition("/")
    try:
        parts = urlsplit(uri)
        is_whole = parts.scheme in ("http", "https") and parts.hostname and not parts.path
        is_whole = is_whole and parts.port != 0
    except ValueError:
        is_whole = False
    if not is_whole or not _NAME.fullmatch(name):
        raise InputError(
            f"{text} is no address of an engine: write {_SHAPES}, the name with letters, digits"
            " and underscores"
        )
    if parts.username or parts.password:
        raise InputError(
            "A password in an address is seen by others: leave it out and set"
            " QA_MILVUS_TOKEN=USER:PASSWORD"
        )
    return MilvusAddress(uri=uri, name=name)
