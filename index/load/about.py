"""Who wrote a file, and in which language, as far as it says so itself."""

import re

from index.load.compose import one_line

# What programs write where nobody has said who they are.
_NOBODY = re.compile(
    r"python-docx|openpyxl|xlsxwriter|reportlab|apache poi|microsoft.*|libreoffice.*|user|admin"
    r"|administrator|owner|author|unknown|anonymous|\(?unspecified\)?|\W*",
    re.IGNORECASE,
)
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{1,8})*")


def author(name: object) -> str | None:
    """The author's name on one line; several in a list are parted by commas. None for no name."""
    names = name if isinstance(name, list | tuple) else [name]
    known = [one_line(one) for one in names if isinstance(one, str)]
    return ", ".join(one for one in known if not _NOBODY.fullmatch(one)) or None


def language(tag: object) -> str | None:
    """The language of a tag such as "en-GB" or "pt_BR" (BCP 47): "en", "pt". None for no tag."""
    found = _LANGUAGE.fullmatch(tag.strip()) if isinstance(tag, str) else None
    return found[1].lower() if found and found[1].lower() not in ("und", "zxx") else None
