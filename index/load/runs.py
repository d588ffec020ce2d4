"""The words of a Word paragraph: of its runs, links, fields, insertions, symbols and formulas."""

from collections.abc import Iterable
from dataclasses import dataclass

from index.load.archive import Element
from index.load.office import attribute, child, children, is_on, tag
from index.load.styles import Styles

MAX_NESTED_FIELDS = 100
# Properties, what tracked changes took out, and the reading aid beside East Asian characters.
_NOT_READ = frozenset(("pPr", "rPr", "sdtPr", "del", "moveFrom", "rt"))
_APART = frozenset(("footnoteReference", "endnoteReference", "txbxContent"))
_WRITTEN = {"tab": " ", "ptab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_CONTENTS = ("TOC", "INDEX", "TOA")
_INVISIBLE = str.maketrans("", "", "\u00ad\u200b\ufeff")
_LATIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_GREEK = "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖαβχδεφγηιϕκλμνοπθρστυϖωξψζ"
_FONTS = {  # what these fonts show in place of Latin characters
    "symbol": dict(zip(_LATIN + "£³°±´®", _GREEK + "≤≥°±×→", strict=True)),
    "wingdings": dict(zip("üûþý¨oxàßJ", "✓✗☑☒☐☐☒→←☺", strict=True)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """`text` has a line feed for each line break. `in_contents`: most of it is in a field that
    lists the contents. `apart`: the references to notes and the text boxes, in order.
    """

    text: str
    in_contents: bool
    apart: tuple[Element, ...]


@dataclass(slots=True)
class _Field:
    instruction: str = ""
    shows: bool = False  # its instruction has ended: what follows is its result


class Runs:
    """Reads paragraph after paragraph, for a field may begin in one and end in another."""

    def __init__(self, styles: Styles, fields_end: bool) -> None:
        """`fields_end`: each field that begins in the document also ends."""
        self._styles = styles
        self._fields_end = fields_end
        self._fields: list[_Field] = []
        self._words: list[str] = []
        self._contents_characters = 0
        self._apart: list[Element] = []

    def read(self, paragraph: Element, hidden: bool) -> Words:
        """What the paragraph shows. `hidden` runs are those that don't say the contrary."""
        self._words, self._contents_characters, self._apart = [], 0, []
        self._read(paragraph, hidden, hidden)
        for field in self._fields:  # a sound instruction ends in its paragraph
            field.shows = True
        text = "".join(self._words).translate(_INVISIBLE)
        in_contents = self._contents_characters * 2 > len("".join(self._words))
        return Words(text=text, in_contents=in_contents, apart=tuple(self._apart))

    def _read(self, element: Element, hidden: bool, paragraph_hidden: bool) -> None:
        for part in children(element):
            name = tag(part)
            if name == "fldChar":
                self._mark_field(attribute(part, "fldCharType"))
                self._words.append(_check_box(child(part, "ffData", "checkBox")))
            elif name == "instrText":
                if self._fields:
                    self._fields[-1].instruction += part.text or ""
            elif name == "r":
                own = self._styles.hides(child(part, "rPr"))
                self._read(part, paragraph_hidden if own is None else own, paragraph_hidden)
            elif name == "AlternateContent":
                self._read(alternative(part), hidden, paragraph_hidden)
            elif name in _NOT_READ:
                continue
            elif not self._write(part, name, hidden):
                self._read(part, hidden, paragraph_hidden)

    def _write(self, part: Element, name: str, hidden: bool) -> bool:
        """Whether the part is written or put apart, as a whole; else its parts are to be read."""
        if name == "t":
            text = part.text or ""
        elif name == "sym":
            text = _symbol(attribute(part, "font"), attribute(part, "char"))
        elif name in _APART:
            text = ""
        elif name in _WRITTEN:
            text = _WRITTEN[name]
        else:
            return False
        if hidden or not all(field.shows for field in self._fields):
            return True
        if name in _APART:
            self._apart.append(part)
        self._words.append(text)
        if self._fields_end and _lists_contents(self._fields):
            self._contents_characters += len(text)
        return True

    def _mark_field(self, kind: str) -> None:
        if kind == "begin" and len(self._fields) < MAX_NESTED_FIELDS:
            self._fields.append(_Field())
        elif kind == "separate" and self._fields:
            self._fields[-1].shows = True
        elif kind == "end" and self._fields:
            self._fields.pop()


def alternative(element: Element) -> Element | None:
    """Of content that stands there in several forms, the first, which is for new programs."""
    choice = child(element, "Choice")
    return child(element, "Fallback") if choice is None else choice


def _check_box(box: Element | None) -> str:
    """What the box of a form looks like, "" for None. A box that was never set has a default."""
    if box is None:
        return ""
    states = (child(box, "checked"), child(box, "default"))
    return "☒" if is_on(next((state for state in states if state is not None), None)) else "☐"


def _lists_contents(fields: Iterable[_Field]) -> bool:
    return any(field.instruction.split()[:1] in ([name] for name in _CONTENTS) for field in fields)


def _symbol(font: str, code: str) -> str:
    """The character that a symbol looks like, "" if that isn't known."""
    try:
        number = int(code, 16)
    except ValueError:
        return ""
    if 0xF000 <= number <= 0xF0FF:  # where fonts without Unicode are put
        return _FONTS.get(font.lower(), {}).get(chr(number - 0xF000), "")
    return chr(number) if 0x20 <= number < 0xD800 else ""
