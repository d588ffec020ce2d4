"""The numbers that Word puts in front of list items and headings, which the text doesn't hold.

Lists (`num`) of one abstract list count on together, unless one of them says where it starts.
"""

import re
from dataclasses import dataclass

from index.load.archive import Element
from index.load.office import attribute, child, is_on, number

LEVELS = 9
BULLET = "- "
MAX_ROMAN = 3999
MAX_LETTERS = 5  # "eeeee" is 109
_ALPHABETS = {
    "lowerLetter": "abcdefghijklmnopqrstuvwxyz",
    "upperLetter": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "russianLower": "абвгдежзиклмнопрстуфхцчшщыэюя",
    "russianUpper": "АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЫЭЮЯ",
    "ganada": "가나다라마바사아자차카타파하",
    "chosung": "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ",
}
_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l")),
    *((40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
_DIGITS = "〇一二三四五六七八九"
_IDEOGRAPHS = frozenset(
    f"{language}Counting{ending}"
    for language in ("chinese", "japanese", "taiwanese")
    for ending in ("", "Thousand")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Level:
    """How the items of one level are numbered. `restart`: the level, from 1, that restarts it."""

    format: str = "decimal"
    text: str = ""
    start: int = 1
    restart: int | None = None
    all_decimal: bool = False
    gap: str = " "
    style_id: str = ""


@dataclass(slots=True, kw_only=True)
class _List:
    """`starts`: the numbers of the levels that it begins anew, each until it has."""

    abstract_id: str
    levels: list[_Level]
    starts: dict[int, int]


class Numbering:
    """Counts the items; `root` is the document's part with lists, None if it has none."""

    def __init__(self, root: Element | None) -> None:
        abstracts = _by_id(root, "abstractNum", "abstractNumId")
        linked = {
            attribute(child(abstract, "styleLink"), "val"): abstract_id
            for abstract_id, abstract in abstracts.items()
        }
        levels = {key: _levels([], abstract) for key, abstract in abstracts.items()}
        self._counts: dict[str, list[int | None]] = {key: [None] * LEVELS for key in abstracts}
        self._lists: dict[str, _List] = {}
        for list_id, element in _by_id(root, "num", "numId").items():
            abstract_id = attribute(child(element, "abstractNumId"), "val")
            link = attribute(child(abstracts.get(abstract_id), "numStyleLink"), "val")
            abstract_id = linked.get(link, abstract_id) if link else abstract_id
            if abstract_id in abstracts:
                self._lists[list_id] = _list(element, abstract_id, levels[abstract_id])

    def level_of(self, list_id: str, style_id: str) -> int:
        """The level of the list that belongs to a paragraph style, 0 if none does."""
        levels = self._lists[list_id].levels if list_id in self._lists else ()
        return next((i for i, lvl in enumerate(levels) if style_id and lvl.style_id == style_id), 0)

    def marker(self, list_id: str, level: int) -> str:
        """What stands in front of the next item: "- ", "1. ", "(b) " or "", and counts it."""
        found = self._lists.get(list_id)
        if found is None:
            return ""
        level = min(max(level, 0), LEVELS - 1)
        counts = self._counts[found.abstract_id]
        count, start = counts[level], found.starts.pop(level, None)
        if start is None:
            start = found.levels[level].start if count is None else count + 1
        counts[level] = start
        for deeper in range(level + 1, LEVELS):
            restart = found.levels[deeper].restart
            if restart is None or level < restart:
                counts[deeper] = None
        return _marker(found.levels, level, counts)


def _by_id(root: Element | None, name: str, id_name: str) -> dict[str, Element]:
    found = [] if root is None else root.findall("{*}" + name)
    return {attribute(element, id_name): element for element in found}


def _list(element: Element, abstract_id: str, levels: list[_Level]) -> _List:
    starts = {}
    for override in element.findall("{*}lvlOverride"):
        levels = _levels(levels, override)
        index, start = number(override, "ilvl"), number(child(override, "startOverride"))
        if index is not None and start is not None:
            starts[index] = start
    return _List(abstract_id=abstract_id, levels=levels, starts=starts)


def _levels(base: list[_Level], element: Element) -> list[_Level]:
    """The base's levels, or nine plain ones, with those that the element defines instead."""
    levels = base or [_Level()] * LEVELS
    for definition in element.findall("{*}lvl"):
        index = number(definition, "ilvl")
        if index is not None and 0 <= index < LEVELS:
            levels = [*levels[:index], _level(definition), *levels[index + 1 :]]
    return levels


def _level(element: Element) -> _Level:
    return _Level(
        format=attribute(element.find(".//{*}numFmt"), "val") or "decimal",
        text=attribute(child(element, "lvlText"), "val"),
        start=number(child(element, "start")) or 0,
        restart=number(child(element, "lvlRestart")),
        all_decimal=is_on(child(element, "isLgl")),
        gap="" if attribute(child(element, "suff"), "val") == "nothing" else " ",
        style_id=attribute(child(element, "pStyle"), "val"),
    )


def _marker(levels: list[_Level], level: int, counts: list[int | None]) -> str:
    own = levels[level]
    if own.format == "bullet":
        return BULLET

    def write(match: re.Match[str]) -> str:
        index = int(match[1]) - 1
        count = counts[index]
        form = "decimal" if own.all_decimal else levels[index].format
        return _write(levels[index].start if count is None else count, form)

    text = re.sub(r"%([1-9])", write, own.text).strip()
    return text and text + own.gap


def _write(count: int, form: str) -> str:
    """The count in the number format of that name; in digits if it is none of ours."""
    alphabet = _ALPHABETS.get(form)
    if form == "none":
        return ""
    if form == "decimalZero":
        return f"{count:02}"
    if alphabet and 0 < count <= MAX_LETTERS * len(alphabet):
        repeats, index = divmod(count - 1, len(alphabet))
        return alphabet[index] * (repeats + 1)
    if form in ("lowerRoman", "upperRoman") and 0 < count <= MAX_ROMAN:
        return _roman(count) if form == "lowerRoman" else _roman(count).upper()
    if form in _IDEOGRAPHS and 0 < count < 100:
        tens, ones = divmod(count, 10)
        return _DIGITS[tens][tens < 2 :] + "十" * (tens > 0) + _DIGITS[ones][ones < 1 :]
    return str(count)


def _roman(count: int) -> str:
    written = []
    for value, letters in _ROMAN:
        times, count = divmod(count, value)
        written.append(letters * times)
    return "".join(written)
