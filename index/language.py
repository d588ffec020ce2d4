"""The language of a text, where it isn't English: by its script, or by the commonest words.

The models that ship know English only. Where nothing tells, a text counts as English.
"""

import re

# What a text in none of these scripts is written in is told by its words.
_SCRIPTS = {
    "ko": re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]"),
    "ru": re.compile(r"[\u0400-\u052f]"),
    "ja": re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]"),
    "zh": re.compile(r"[\u4e00-\u9fff]"),
    "el": re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]"),
    "ar": re.compile(r"[\u0600-\u06ff\u0750-\u077f]"),
    "he": re.compile(r"[\u0590-\u05ff]"),
    "hi": re.compile(r"[\u0900-\u097f]"),
    "th": re.compile(r"[\u0e00-\u0e7f]"),
}
_KANA = re.compile(r"[\u3040-\u30ff]")
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W\d_]+")

# Words that are common in one of the languages and rare in the others; none that stand in names
# ("de", "la", "van", "los") and none that are English words, too ("hat", "pour", "met", "till").
_COMMON = {
    "de": """und ist nicht das ein eine einen dem mit sich auf für wurde wird werden wann wie wo wer
        welche welcher warum auch nach bei aus oder sind wir zum zur durch über""",
    "fr": """est et les des une dans qui que quand où quelle quel pas sur avec sont cette était été
        pourquoi comment aux ses leur mais""",
    "es": """es y una que en cuándo dónde quién cuál qué por para fue como más pero está cómo este
        esta cuántos""",
    "it": "è una che il gli nel della quando dove chi quale perché sono anche più questo alla",
    "pt": """é uma que não em quando onde quem qual por para foi como mais está são também ao pelo
        pela""",
    "nl": """het een niet en dat wanneer waar wie welke voor zijn werd wordt ook aan naar bij uit
        maar deze""",
    "pl": "nie się na że kiedy gdzie kto który dlaczego oraz przez był była są",
    "sv": "och är inte ett som på när vem vilken varför med för från också",
}
_ENGLISH = """the of and to is are was were be it its that this these which who whom whose what when
    where why how does did has have had with from by for at not but there their"""
_WORDS = {code: frozenset(words.split()) for code, words in _COMMON.items()}
_ENGLISH_WORDS = frozenset(_ENGLISH.split())
_SHORT_WORDS = 15  # a question; in less of it something has to be surer


def other_script(text: str) -> str | None:
    """The language that the script of most letters stands for; None for Latin script."""
    letters = len(_LETTER.findall(text))
    for code, letter in _SCRIPTS.items():
        found = len(letter.findall(text))
        if 2 * found > letters and (code != "ja" or 10 * len(_KANA.findall(text)) > found):
            return code
    return None


def other_language(text: str) -> str | None:
    """The code (ISO 639) of the language of a text that isn't English; None if it may well be."""
    return other_script(text) or _by_words(text)


def _by_words(text: str) -> str | None:
    words = _WORD.findall(text.casefold())
    counts = {code: sum(word in known for word in words) for code, known in _WORDS.items()}
    best = max(counts, key=counts.__getitem__)
    english = sum(word in _ENGLISH_WORDS for word in words)
    if len(words) <= _SHORT_WORDS:
        return (
            best if counts[best] >= 2 and not english and 4 * counts[best] >= len(words) else None
        )
    return best if counts[best] > 4 * english and 12 * counts[best] >= len(words) else None
