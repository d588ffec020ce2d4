"""E-mail as it is saved (.eml): the headers that a reader sees, then the words of the mail.

Of a mail in two forms the plain one is read, or else the HTML one. Attachments are named, not read.
"""

import email
import email.policy
from codecs import BOM_UTF8
from collections.abc import Iterator
from email.message import EmailMessage, Message
from email.utils import parseaddr, parsedate_to_datetime

from index.errors import UnreadableFile
from index.load import html
from index.load import text as plain
from index.load.about import author, language
from index.load.compose import Line, compose, one_line
from index.load.markup import decode, parse
from index.types import Content

_SHOWN = ("From", "To", "Cc", "Date")
_EXPECTED = ("From", "To", "Date", "Subject", "Received", "Message-ID")


def read(data: bytes) -> Content:
    """The text of a mail; its subject is the title, the day on which it was sent the date.

    Raises UnreadableFile for what has no headers of a mail.
    """
    if not data.removeprefix(BOM_UTF8).strip():
        raise UnreadableFile("is empty: it holds nothing; write something in it or remove it")
    try:
        message = email.message_from_bytes(data, _class=EmailMessage, policy=email.policy.default)
    except RecursionError:
        raise UnreadableFile("has parts nested too deeply; save its text as .txt") from None
    if not any(name in message for name in _EXPECTED):
        raise UnreadableFile("is not an e-mail, whatever its name says; save it as .eml")
    subject = _header(message, "Subject")
    lines = [
        Line(text=subject, level=1, location=(("header", "Subject"),)),
        *(
            Line(text=f"{name}: {words}", close=name != "From", location=(("header", name),))
            for name in _SHOWN
            if (words := _header(message, name))
        ),
    ]
    try:
        lines += [*_body(message), *_attachments(message)]
    except RecursionError:
        raise UnreadableFile("has parts nested too deeply; save its text as .txt") from None
    return compose(
        subject,
        lines,
        _day(message),
        author(_sender(message)),
        language(_header(message, "Content-Language")),
    )


def _header(message: EmailMessage, name: str) -> str:
    """A header in one line; "" where there is none or nobody could read it."""
    try:
        return one_line(str(message[name] or ""))
    except (ValueError, LookupError, AttributeError, TypeError, IndexError):
        return ""  # the library trips over some broken ones


def _sender(message: EmailMessage) -> str:
    """Who wrote it, by name where there is one."""
    name, address = parseaddr(_header(message, "From"))
    return name or address


def _day(message: EmailMessage) -> str | None:
    try:
        return parsedate_to_datetime(_header(message, "Date")).date().isoformat()
    except (ValueError, TypeError, IndexError):
        return None


def _body(message: EmailMessage) -> Iterator[Line]:
    part = message.get_body(preferencelist=("plain", "html"))
    if part is None:
        return
    text = _text(part)
    if part.get_content_type() == "text/html":
        yield from html.lines(parse(text))
        return
    for paragraph in text.replace("\r\n", "\n").replace("\r", "\n").split("\n\n"):
        yield Line(text=paragraph)


def _text(part: Message) -> str:
    """The words of a part, by the encoding that it names or else a guess."""
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return ""
    try:
        return data.decode(part.get_content_charset("utf-8"))
    except (LookupError, UnicodeDecodeError):
        return decode(data) if part.get_content_type() == "text/html" else plain.decode(data)


def _attachments(message: EmailMessage) -> Iterator[Line]:
    names = [one_line(part.get_filename() or "") for part in message.iter_attachments()]
    for i, name in enumerate(filter(None, names)):
        yield Line(text=f"Attachment: {name}", close=i > 0)
