"""Who may use the service, from where, and by which names it is known: decided at the start."""

import ipaddress
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from starlette.requests import Request

from index.errors import InputError
from index.upload_folders import NOBODY, folder_of
from qa.limits import QUESTIONS_A_MINUTE
from qa.tokens import embed_secret, session_secret
from qa.users import Users

LOOPBACK = ("127.0.0.1", "localhost")
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Kind = Literal["local", "public", "users", "header", "host"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Who may use the service. As it stands by default: whoever is at this computer.

    `kind`: "local" (this computer), "public" (everybody, read-only), "users" (those of a users
    file), "header" (whom a proxy names in the header `header`), "host" (whom `person` names: an
    application that the chat is mounted in). `proxies` are believed what they say of a request.
    `names` are host names by which the service is reached, besides IP addresses and localhost.
    `embed_origins` may show the chat in their pages and ask it from scripts. A visitor who brings
    a token signed with `embed_secret` is let in, to read. `questions_a_minute` is for each person;
    None: as many as they like.
    """

    kind: Kind = "local"
    users: Users | None = None
    header: str = ""
    person: Callable[[Request], str | None] | None = None
    proxies: tuple[Network, ...] = ()
    names: tuple[str, ...] = ()
    embed_origins: tuple[str, ...] = ()
    secret: str = ""
    embed_secret: str | None = None
    questions_a_minute: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who a request comes from: `request.state.visitor`. `name` is None where nobody signs in."""

    name: str | None
    address: str
    may_write: bool

    @property
    def person(self) -> str:
        """Whom limits count for: the name, else the address (of IPv6 the network, one's own)."""
        if self.name is not None:
            return f"name {self.name}"
        try:
            address = ipaddress.ip_address(self.address)
        except ValueError:
            return f"address {self.address}"
        if address.version == 6:
            return f"address {ipaddress.ip_network((address, 64), strict=False)}"
        return f"address {address}"

    @property
    def reader(self) -> str:
        """The folder of the visitor's own uploads (index/upload_folders.py); "" of nobody known."""
        return NOBODY if self.name is None else folder_of(self.name)


def decide(
    host: str = LOOPBACK[0],
    *,
    users: Path | None = None,
    trusted_header: str | None = None,
    proxies: Sequence[str] = (),
    public: bool = False,
    names: Sequence[str] = (),
    embed_origins: Sequence[str] = (),
    questions_a_minute: int | None = None,
) -> Access:
    """What the options of `qa serve` come to. InputError where they contradict or leave it open."""
    ways = [users is not None, trusted_header is not None, public]
    if sum(ways) > 1:
        raise InputError(
            "--users, --trusted-header and --public are three answers to who may ask: give one"
        )
    if not any(ways) and host not in LOOPBACK:
        raise InputError(
            f"--host {host}: others could reach it, so say who may ask: --users FILE,"
            " --trusted-header NAME behind a proxy, or --public (everybody, read-only)"
        )
    if trusted_header is not None and not proxies:
        raise InputError(
            f"--trusted-header {trusted_header}: anybody could send it; name the proxy that does,"
            " --proxy ADDRESS"
        )
    if trusted_header is not None and not re.fullmatch(r"[A-Za-z0-9-]{1,64}", trusted_header):
        raise InputError(f"--trusted-header {trusted_header!r}: is no header's name")
    origins = embed_origins or os.environ.get("QA_EMBED_ORIGINS", "").split()
    kind: Kind = (
        "users" if users else "header" if trusted_header else "public" if public else "local"
    )
    if questions_a_minute is None and kind != "local":
        questions_a_minute = QUESTIONS_A_MINUTE
    return Access(
        kind=kind,
        users=Users(users) if users else None,
        header=(trusted_header or "").lower(),
        proxies=tuple(map(_network, proxies)),
        names=tuple(map(checked_name, names)),
        embed_origins=tuple(map(checked_origin, origins)),
        secret=session_secret(users) if users else "",
        embed_secret=embed_secret(),
        questions_a_minute=questions_a_minute,
    )


def _network(text: str) -> Network:
    try:
        return ipaddress.ip_network(text)
    except ValueError as error:
        raise InputError(
            f"--proxy {text}: is no IP address or network, such as 127.0.0.1 or 10.0.0.0/24"
        ) from error


def checked_name(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?", text):
        raise InputError(f"--name {text}: is no host name; give it alone, such as chat.example.org")
    return text.lower()


def checked_origin(text: str) -> str:
    """An origin as browsers write it. InputError for anything else: it goes into headers."""
    origin = text.rstrip("/")
    # No wildcards: whoever may embed can read the documents as a visitor of theirs.
    if not re.fullmatch(r"https?://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?", origin):
        raise InputError(
            f"--embed-origin {text}: an origin is a scheme, a name in lower case and perhaps a"
            " port, such as https://example.org"
        )
    return origin.removesuffix(":443" if origin.startswith("https") else ":80")
