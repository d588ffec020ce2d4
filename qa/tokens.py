"""What is signed: the session of who signed in, and the token of a visitor of another site.

Both are JSON Web Tokens (RFC 7519) signed by HS256, each with a secret of its own: whoever can make
tokens for visitors can't make a session.
"""

import hashlib
import os
import secrets
import time
from pathlib import Path

import jwt

from index.errors import InputError

SESSION_SECONDS = 7 * 24 * 3600
MAX_TOKEN_SECONDS = 12 * 3600
MIN_SECRET = 32
MAX_NAME = 64


def session_for(secret: str, name: str, password_hash: str) -> str:
    """What the session's cookie holds; void once the password is another, or the name is gone."""
    claims = {
        "sub": name,
        "aud": "session",
        "exp": int(time.time()) + SESSION_SECONDS,
        "password": _fingerprint(password_hash),
    }
    return jwt.encode(claims, secret, algorithm="HS256")


def name_in_session(secret: str, session: str, hashes: dict[str, str]) -> str | None:
    """Whose session it is; None where it is void."""
    try:
        claims = jwt.decode(
            session,
            secret,
            algorithms=["HS256"],
            audience="session",
            options={"require": ["exp", "sub"]},
        )
    except jwt.InvalidTokenError:
        return None
    name = claims["sub"]
    stored = hashes.get(name)
    if stored is None or claims.get("password") != _fingerprint(stored):
        return None
    return str(name)


def name_in_token(secret: str, token: str) -> str | None:
    """The visitor that a site's token names; None where it is void, or good for too long."""
    try:
        claims = jwt.decode(
            token, secret, algorithms=["HS256"], options={"require": ["exp", "sub"]}
        )
    except jwt.InvalidTokenError:
        return None
    name = claims["sub"]
    if claims["exp"] - time.time() > MAX_TOKEN_SECONDS or not 0 < len(name) <= MAX_NAME:
        return None
    return str(name)


def _fingerprint(password_hash: str) -> str:
    return hashlib.sha256(password_hash.encode()).hexdigest()[:16]


def session_secret(users: Path) -> str:
    """QA_SECRET, else what a file beside the users file holds, made where it is missing."""
    if secret := os.environ.get("QA_SECRET"):
        return checked_secret(secret, "QA_SECRET")
    path = users.with_name(f"{users.name}.secret")
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    except OSError as error:
        raise InputError(
            f"{path}: {error.strerror}; it is to hold what sessions are signed with: set QA_SECRET"
        ) from error
    return checked_secret(path.read_text("utf-8").strip(), str(path))


def embed_secret() -> str | None:
    """QA_EMBED_SECRET, which a site that embeds the chat signs its tokens with; None without."""
    secret = os.environ.get("QA_EMBED_SECRET")
    return checked_secret(secret, "QA_EMBED_SECRET") if secret else None


def checked_secret(secret: str, source: str) -> str:
    if len(secret) < MIN_SECRET:
        raise InputError(
            f"{source}: has {len(secret)} characters, and {MIN_SECRET} are the least;"
            " make one with `openssl rand -hex 32`"
        )
    return secret
