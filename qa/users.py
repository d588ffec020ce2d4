"""The users file: a line for each name and what its password was turned into, `name:scrypt$...`."""

import hashlib
import hmac
import os
import re
import secrets
import threading
from pathlib import Path

from index.errors import InputError

# 16 MiB and about a tenth of a second: what OWASP's password storage sheet gives for scrypt.
COST, BLOCK, PARALLEL = 2**14, 8, 5
MIN_PASSWORD, MAX_PASSWORD = 8, 256
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
_AT_ONCE = threading.BoundedSemaphore(2)  # so that many tries can't take all memory and cores


def hash_password(password: str) -> str:
    """`scrypt$SALT$KEY`, both as hex; RFC 7914 with the costs above."""
    salt = secrets.token_bytes(16)
    return f"scrypt${salt.hex()}${_scrypt(password, salt).hex()}"


def _scrypt(password: str, salt: bytes) -> bytes:
    secret = password.encode("utf-8", "surrogatepass")
    with _AT_ONCE:
        return hashlib.scrypt(secret, salt=salt, n=COST, r=BLOCK, p=PARALLEL)


class Users:
    """The people of a users file, which is read again whenever it changes."""

    def __init__(self, path: Path) -> None:
        """Raises InputError where the file can't be read or names nobody."""
        self.path = path
        self._read_at: tuple[int, int] | None = None
        self._hashes: dict[str, str] = {}
        if not self.hashes():
            raise InputError(
                f"--users {path}: names nobody; add somebody with `qa users add NAME --users FILE`"
            )

    def hashes(self) -> dict[str, str]:
        """Name to hash, as the file has it now."""
        try:
            status = self.path.stat()
            stamp = (status.st_mtime_ns, status.st_size)
            if stamp != self._read_at:
                self._hashes, self._read_at = read_users(self.path), stamp
        except OSError as error:
            raise InputError(
                f"--users {self.path}: {error.strerror};"
                " make it with `qa users add NAME --users FILE`"
            ) from error
        return self._hashes

    def verify(self, name: str, password: str) -> bool:
        """Whether it is this person's password. An unknown name costs the same work."""
        stored = self.hashes().get(name)
        _, salt, key = (stored or _NOBODY).split("$")
        found = _scrypt(password[: MAX_PASSWORD + 1], bytes.fromhex(salt))
        return hmac.compare_digest(found, bytes.fromhex(key)) and stored is not None


_NOBODY = f"scrypt${bytes(16).hex()}${bytes(64).hex()}"


def read_users(path: Path) -> dict[str, str]:
    """Name to hash. Raises OSError, or InputError for a line that is something else."""
    hashes = {}
    for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, _, stored = line.strip().partition(":")
        if not _NAME.fullmatch(name) or not re.fullmatch(
            r"scrypt\$[0-9a-f]{32}\$[0-9a-f]{128}", stored
        ):
            raise InputError(
                f"--users {path}: line {number} is not `name:scrypt$...`;"
                " write it with `qa users add NAME --users FILE`"
            )
        hashes[name] = stored
    return hashes


def add_user(path: Path, name: str, password: str) -> bool:
    """Adds a name, or gives it another password; whether it is new. Only the owner may read it."""
    if not _NAME.fullmatch(name):
        raise InputError(
            f"{name!r}: a name is 1 to 64 of the characters A-Z a-z 0-9 . _ @ -;"
            " it begins with a letter or digit"
        )
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise InputError(
            f"The password has {len(password)} characters: take {MIN_PASSWORD} to {MAX_PASSWORD}"
        )
    hashes = read_users(path) if path.exists() else {}
    is_new = name not in hashes
    _write(path, {**hashes, name: hash_password(password)})
    return is_new


def remove_user(path: Path, name: str) -> None:
    """Takes a name out; its sessions end with it."""
    hashes = read_users(path) if path.exists() else {}
    if name not in hashes:
        raise InputError(f"--users {path}: has no {name!r}; it has {', '.join(hashes) or 'nobody'}")
    del hashes[name]
    _write(path, hashes)


def _write(path: Path, hashes: dict[str, str]) -> None:
    written = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.writelines(f"{name}:{stored}\n" for name, stored in hashes.items())
        file.flush()
        os.fsync(file.fileno())
    written.replace(path)
