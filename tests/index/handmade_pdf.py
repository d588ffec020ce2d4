"""PDFs written by hand: fonts that no library for writing PDFs makes."""

from collections.abc import Mapping

_PAGE = (
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 600] /Contents 4 0 R"
    " /Resources << /Font << {} >> >> >>"
)


def pdf(
    content: bytes, fonts: Mapping[str, str], others: Mapping[int, bytes] | None = None
) -> bytes:
    """A file of one page of 400 by 600 points.

    `fonts` are the dictionaries of its fonts by their names; these may refer to `others`, objects
    by their numbers from 10 on.
    """
    objects: dict[int, bytes] = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: _PAGE.format(" ".join(f"/{name} {font}" for name, font in fonts.items())).encode(),
        4: stream(content),
        **(others or {}),
    }
    out, offsets = bytearray(b"%PDF-1.4\n"), {}
    for number, body in objects.items():
        offsets[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start, size = len(out), max(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        used = number in offsets
        out += b"%010d 00000 %s \n" % (offsets.get(number, 0), b"n" if used else b"f")
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, start)
    return bytes(out)


def stream(data: bytes) -> bytes:
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(data), data)


def pictures(tops: Mapping[int, int], feet: Mapping[int, int]) -> tuple[str, dict[int, bytes]]:
    """A font of bars, as old TeX had them of letters: its dictionary, and its objects.

    `tops` are the heights of its characters, by their codes, in dots, `feet` how far some go below
    the row. All are 50 dots wide. As in such fonts, the size is 1 and upside down, and no name says
    what a character is.
    """
    objects = {}
    for number, (code, top) in enumerate(tops.items(), 10):
        foot = feet.get(code, 0)
        bar = b"50 0 4 %d 46 %d d1 4 %d 42 %d re f" % (-foot, top, -foot, top + foot)
        objects[number] = stream(bar)
    names = dict(zip(tops, objects, strict=True))
    procedures = " ".join(f"/x{code} {number} 0 R" for code, number in names.items())
    differences = " ".join(f"{code} /x{code}" for code in names)
    first, last = min(tops), max(tops)
    widths = " ".join("50" if code in tops else "0" for code in range(first, last + 1))
    font = (
        "<< /Type /Font /Subtype /Type3 /FontBBox [4 -25 46 75] /FontMatrix [1 0 0 -1 0 0]"
        f" /CharProcs << {procedures} >> /Encoding << /Type /Encoding /Differences"
        f" [{differences}] >> /FirstChar {first} /LastChar {last} /Widths [{widths}]"
        " /Resources << >> >>"
    )
    return font, objects
