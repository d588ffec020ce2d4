"""Mails made with the standard library: headers, both forms of the text, encodings."""

from email.message import EmailMessage

import pytest

from index.errors import UnreadableFile
from index.load import load
from tests.index.load_checks import loaded, location_of

BODY = (
    "Dear all,\n\nthe ferry sails at 17:01 on\nMondays. Bring 12 euros.\n\n> Is there food?\nYes."
)


def mail(body: str = BODY, html: str = "", charset: str = "utf-8") -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = "Ferry times – 시간표"
    message["From"] = "Kim Han <han@skerry.example>"
    message["To"] = "Crew <crew@skerry.example>, shore@skerry.example"
    message["Date"] = "Mon, 06 May 2024 09:30:00 +0900"
    message["X-Spam"] = "no"
    if body:
        message.set_content(body, charset=charset)
    if html and body:
        message.add_alternative(html, subtype="html")
    elif html:
        message.set_content(html, subtype="html")
    return message


def test_headers_and_text() -> None:
    message = mail(html="<p>unread</p>")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="times.pdf")
    content = loaded("m.eml", message.as_bytes())
    assert content.text == (
        "Ferry times – 시간표\n\nFrom: Kim Han <han@skerry.example>\n"
        "To: Crew <crew@skerry.example>, shore@skerry.example\n"
        "Date: Mon, 06 May 2024 09:30:00 +0900\n\n"
        f"{BODY}\n\nAttachment: times.pdf"
    )
    assert (content.title, content.date) == ("Ferry times – 시간표", "2024-05-06")


@pytest.mark.parametrize(
    ("words", "location"),
    [
        ("시간표", {"header": "Subject"}),
        ("han@skerry.example", {"header": "From"}),
        ("shore@skerry.example", {"header": "To"}),
        ("06 May 2024", {"header": "Date"}),
        ("17:01", {}),
        ("12 euros", {}),
    ],
)
def test_every_header_is_located(words: str, location: dict[str, int | str]) -> None:
    assert location_of(loaded("m.eml", mail().as_bytes()), words) == location


def test_a_mail_of_html_alone() -> None:
    content = loaded("m.eml", mail("", html="<p>The pier is <b>80</b> metres.</p>").as_bytes())
    assert content.text.endswith("+0900\n\nThe pier is 80 metres.")


@pytest.mark.parametrize(
    ("charset", "words"),
    [
        ("koi8-r", "Паром ходит"),
        ("euc-kr", "배가 떠납니다"),
        ("utf-8", "שלום"),
        ("cp1251", "Паром"),
    ],
)
def test_encodings(charset: str, words: str) -> None:
    assert words in loaded("m.eml", mail(f"{words}.", charset=charset).as_bytes()).text


def test_an_encoding_that_nobody_knows() -> None:
    data = b'Subject: x\nContent-Type: text/plain; charset="nonsense"\n\nIt is caf\xc3\xa9.\n'
    assert loaded("m.eml", data).text == "x\n\nIt is café."


def test_broken_headers() -> None:
    data = b"From: <<<>\nDate: yesterday\nSubject: =?utf-8?B?x?= \xff\nTo: a@[\n\nBody.\n"
    content = loaded("m.eml", data)
    assert content.text.endswith("Body.")
    assert content.date is None


@pytest.mark.parametrize("data", [b"PK\x03\x04\0\0", b"Just words.\n", b"", b"\0" * 100])
def test_what_is_no_mail(data: bytes) -> None:
    with pytest.raises(UnreadableFile, match=r"is not an e-mail|is empty"):
        load("m.eml", data)


def test_parts_without_end() -> None:
    depth = 3000
    head = "".join(
        f"Content-Type: multipart/mixed; boundary=b{i}\n\n--b{i}\n" for i in range(depth)
    )
    with pytest.raises(UnreadableFile):
        load("m.eml", f"Subject: x\n{head}Content-Type: text/plain\n\nHi\n".encode())
