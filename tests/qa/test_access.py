"""Who may use the service: what the options come to, the users file, and what is signed."""

import hashlib
import stat
import time
from pathlib import Path

import jwt
import pytest

from index.errors import InputError
from qa.access import Visitor, checked_origin, decide
from qa.tokens import name_in_session, name_in_token, session_for, session_secret
from qa.users import Users, add_user, read_users, remove_user

SECRET, OTHER = "s" * 32, "o" * 32


@pytest.fixture
def users(tmp_path: Path) -> Path:
    path = tmp_path / "users"
    assert add_user(path, "eira", "correct horse")
    return path


def test_others_are_served_only_after_a_decision(users: Path) -> None:
    assert decide().kind == decide("localhost").kind == "local"
    with pytest.raises(InputError, match=r"^--host 0\.0\.0\.0: others could reach it, so say who"):
        decide("0.0.0.0")  # noqa: S104
    assert decide("0.0.0.0", public=True).kind == "public"  # noqa: S104
    assert decide("192.0.2.1", users=users).kind == "users"
    with pytest.raises(InputError, match="three answers"):
        decide(users=users, public=True)
    with pytest.raises(InputError, match="--trusted-header X-Remote-User: anybody could send it"):
        decide(trusted_header="X-Remote-User")
    behind = decide(trusted_header="X-Remote-User", proxies=["10.0.0.0/24"])
    assert (behind.kind, behind.header) == ("header", "x-remote-user")
    with pytest.raises(InputError, match="--proxy caddy: is no IP address"):
        decide(public=True, proxies=["caddy"])
    with pytest.raises(InputError, match="--name https://chat: is no host name"):
        decide(public=True, names=["https://chat"])


def test_questions_are_limited_where_others_ask() -> None:
    assert decide().questions_a_minute is None
    assert decide(public=True).questions_a_minute == 30
    assert decide(questions_a_minute=5).questions_a_minute == 5


@pytest.mark.parametrize(
    "text",
    ["*", "example.org", "https://*.example.org", "https://a.example/path", "null",
     "https://a.example; script-src *", "https://a.example\r\nX: y", "javascript://a"],
)  # fmt: skip
def test_an_origin_is_one_origin(text: str) -> None:
    with pytest.raises(InputError, match="an origin is a scheme"):
        checked_origin(text)


def test_origins_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QA_EMBED_ORIGINS", "https://example.org:443/ http://127.0.0.1:8000")
    assert decide().embed_origins == ("https://example.org", "http://127.0.0.1:8000")


def test_limits_count_for_a_name_or_an_address_or_a_network() -> None:
    def person(name: str | None, address: str) -> str:
        return Visitor(name=name, address=address, may_write=False).person

    assert person("eira", "192.0.2.1") == person("eira", "192.0.2.2")
    assert person(None, "192.0.2.1") != person(None, "192.0.2.2")
    assert person(None, "2001:db8::1") == person(None, "2001:db8::2")
    assert person(None, "2001:db8::1") != person(None, "2001:db8:0:1::1")
    assert person("address 192.0.2.1", "") != person(None, "192.0.2.1")


def test_a_users_file_holds_no_password_and_is_the_owners(users: Path) -> None:
    assert stat.S_IMODE(users.stat().st_mode) == 0o600
    assert "correct horse" not in users.read_text()
    name, _, stored = users.read_text().strip().partition(":")
    scheme, salt, key = stored.split("$")
    assert (name, scheme) == ("eira", "scrypt")
    derived = hashlib.scrypt(b"correct horse", salt=bytes.fromhex(salt), n=2**14, r=8, p=5)
    assert derived.hex() == key


def test_users_come_change_and_go(users: Path) -> None:
    people = Users(users)
    assert people.verify("eira", "correct horse")
    assert not people.verify("eira", "correct horsf")
    assert not people.verify("eira", "")
    assert not people.verify("", "correct horse")
    assert add_user(users, "bryn@example.org", "battery staple")
    assert people.verify("bryn@example.org", "battery staple")
    assert not add_user(users, "eira", "another password")
    assert not people.verify("eira", "correct horse")
    remove_user(users, "eira")
    assert not people.verify("eira", "another password")
    assert list(read_users(users)) == ["bryn@example.org"]
    with pytest.raises(InputError, match=r"has no 'eira'; it has bryn@example\.org"):
        remove_user(users, "eira")


def test_an_unknown_name_costs_the_same_work(users: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    people = Users(users)
    worked = []
    scrypt = hashlib.scrypt

    def counted(password: bytes, **costs: int) -> bytes:
        worked.append({**costs, "salt": len(costs["salt"])})  # type: ignore[arg-type]
        return scrypt(password, **costs)  # type: ignore[arg-type]

    monkeypatch.setattr(hashlib, "scrypt", counted)
    assert not people.verify("eira", "wrong")
    assert not people.verify("nobody", "wrong")
    assert len(worked) == 2
    assert worked[0] == worked[1]


@pytest.mark.parametrize("name", ["", "a b", "a:b", "-a", "a\nb", "x" * 65, "eira\u202e", "../a"])
def test_names_that_cannot_be(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="a name is 1 to 64 of the characters"):
        add_user(tmp_path / "users", name, "correct horse")


def test_what_is_no_users_file(tmp_path: Path) -> None:
    path = tmp_path / "users"
    with pytest.raises(InputError, match="No such file or directory; make it with"):
        Users(path)
    path.touch()
    with pytest.raises(InputError, match="names nobody"):
        Users(path)
    path.write_text("eira:secret\n")
    with pytest.raises(InputError, match="line 1 is not"):
        Users(path)
    with pytest.raises(InputError, match="The password has 5 characters: take 8 to 256"):
        add_user(tmp_path / "others", "eira", "short")


def test_a_session_ends_with_its_password(users: Path) -> None:
    hashes = read_users(users)
    session = session_for(SECRET, "eira", hashes["eira"])
    assert name_in_session(SECRET, session, hashes) == "eira"
    assert name_in_session(OTHER, session, hashes) is None
    assert name_in_session(SECRET, session, {}) is None
    add_user(users, "eira", "another password")
    assert name_in_session(SECRET, session, read_users(users)) is None


def token(**claims: object) -> str:
    return jwt.encode({"sub": "v1", "exp": time.time() + 600, **claims}, SECRET, "HS256")


def test_tokens_are_signed_short_lived_and_no_sessions(users: Path) -> None:
    hashes = read_users(users)
    assert name_in_token(SECRET, token()) == "v1"
    assert name_in_token(OTHER, token()) is None
    assert name_in_token(SECRET, token(exp=time.time() - 1)) is None
    assert name_in_token(SECRET, token(exp=time.time() + 13 * 3600)) is None
    assert name_in_token(SECRET, token(sub="x" * 65)) is None
    assert name_in_token(SECRET, jwt.encode({"sub": "v1"}, SECRET, "HS256")) is None
    unsigned = jwt.encode({"sub": "v1", "exp": time.time() + 600}, "", "none")
    assert name_in_token(SECRET, unsigned) is None
    assert name_in_session(SECRET, token(sub="eira"), hashes) is None
    assert name_in_token(SECRET, session_for(SECRET, "eira", hashes["eira"])) is None


def test_the_secret_of_sessions(users: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = session_secret(users)
    file = users.with_name("users.secret")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert session_secret(users) == made == file.read_text()
    assert len(made) == 64
    monkeypatch.setenv("QA_SECRET", "short")
    with pytest.raises(InputError, match="QA_SECRET: has 5 characters, and 32 are the least"):
        session_secret(users)
    monkeypatch.setenv("QA_SECRET", SECRET)
    assert session_secret(users) == SECRET
