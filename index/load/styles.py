"""What the paragraph and character styles of a Word document say about their text.

A style takes from its base style whatever it doesn't say itself. Built-in styles keep their
English names in every language ("heading 1"); their ids don't ("berschrift1").
"""

import re
from dataclasses import dataclass, fields, replace

from index.load.archive import Element
from index.load.office import attribute, child, is_on, number

MAX_BASES = 20  # bases of bases; it also ends a circle
_HEADING = re.compile(r"heading ?([1-9])", re.IGNORECASE)
_CONTENTS = re.compile(
    r"(toc|contents|index) ?(\d|heading)|table of (figures|authorities)|toa heading", re.IGNORECASE
)
_BODY_LEVEL = 9  # the outline level of text that is no heading


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """None: it isn't said. `level` is a heading's from 1, 0 for text that is no heading.

    `list_id` and `list_level` (from 0) give the list that its paragraphs are items of.
    """

    level: int | None = None
    is_title: bool | None = None
    is_contents: bool | None = None
    hidden: bool | None = None
    list_id: str | None = None
    list_level: int | None = None


_SILENT = Style()


class Styles:
    """The styles of a document; `root` is its part with styles, None if it has none."""

    def __init__(self, root: Element | None) -> None:
        found = [] if root is None else root.findall("{*}style")
        self._elements = {attribute(style, "styleId"): style for style in found}
        paragraphs = [style for style in found if attribute(style, "type") == "paragraph"]
        self._default = next(
            (
                attribute(s, "styleId")
                for s in paragraphs
                if attribute(s, "default") in ("1", "true")
            ),
            "",
        )
        self._styles: dict[str, Style] = {}

    def of_paragraph(self, properties: Element | None) -> Style:
        """The style of a paragraph with these properties (`pPr`), which go before its style's."""
        style = self[attribute(child(properties, "pStyle"), "val") or self._default]
        own = _own(properties)
        return style if own == _SILENT else _merge(own, style)

    def hides(self, properties: Element | None) -> bool | None:
        """Whether a run with these properties (`rPr`) is hidden; None: its paragraph decides."""
        direct = child(properties, "vanish")
        if direct is not None:
            return is_on(direct)
        return self[attribute(child(properties, "rStyle"), "val")].hidden

    def __getitem__(self, style_id: str) -> Style:
        if style_id not in self._styles:
            self._styles[style_id] = self._resolve(style_id)
        return self._styles[style_id]

    def _resolve(self, style_id: str) -> Style:
        element = self._elements.get(style_id)
        if element is None:
            return _named(style_id)  # programs that write no styles use ids that look like names
        style = Style()
        for _ in range(MAX_BASES):
            named = _named(attribute(child(element, "name"), "val"))
            if named.is_title and style_id != attribute(element, "styleId"):
                named = Style()  # dates and authors' names may be set like the title
            own = _own(child(element, "pPr"), child(element, "rPr"))
            style = _merge(style, _merge(own, named))
            element = self._elements.get(attribute(child(element, "basedOn"), "val"))
            if element is None:
                break
        return style


def _named(name: str) -> Style:
    """What a built-in style's name says."""
    heading = _HEADING.fullmatch(name)
    if heading:
        return Style(level=int(heading[1]))
    if name.lower() in ("title", "subtitle"):
        is_title = name.lower() == "title"
        return Style(level=1 if is_title else 0, is_title=is_title)
    return Style(level=0, is_contents=True) if _CONTENTS.fullmatch(name) else Style()


def _own(properties: Element | None, run_properties: Element | None = None) -> Style:
    """What the properties themselves say."""
    outline = number(child(properties, "outlineLvl"))
    vanish = child(run_properties, "vanish")
    return Style(
        level=None if outline is None else 0 if outline >= _BODY_LEVEL else outline + 1,
        hidden=None if vanish is None else is_on(vanish),
        list_id=attribute(child(properties, "numPr", "numId"), "val") or None,
        list_level=number(child(properties, "numPr", "ilvl")),
    )


def _merge(first: Style, base: Style) -> Style:
    """The first style, with the base's word where it says nothing."""
    says = {field.name: getattr(first, field.name) for field in fields(Style)}
    return replace(base, **{name: value for name, value in says.items() if value is not None})
