"""Words and the marks between them, in any script, with their places."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache

# Inside a word, these join or separate letters without being a mark of their own.
_JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"

# Scripts written without spaces, by the beginning of their characters' Unicode names. Katakana is
# not among them: a run of it is a word.
_UNSPACED = ("CJK UNIFIED", "CJK COMPAT", "HIRAGANA", "THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN")


class Kind(Enum):
    """What a unit of text is."""

    WORD = auto()  # letters, digits and their marks
    LETTER = auto()  # one letter, with its marks, of a script without spaces
    SIGN = auto()  # anything else that is visible


@dataclass(frozen=True, slots=True)
class Unit:
    """`text[start:end]`."""

    start: int
    end: int
    kind: Kind


def units(text: str) -> Iterator[Unit]:
    """Yield what is visible in `text`, in order."""
    place = 0
    while place < len(text):
        kind = _kind(text[place])
        if kind is None:
            place += 1
            continue
        start = place
        place += 1
        while place < len(text) and _continues(kind, text[place]):
            place += 1
        yield Unit(start, place, kind)


def _continues(kind: Kind, character: str) -> bool:
    if kind is Kind.SIGN:
        return False
    return _is_mark(character) or (kind is Kind.WORD and _kind(character) is Kind.WORD)


def _is_mark(character: str) -> bool:
    return character in _JOINERS or unicodedata.category(character)[0] == "M"


@lru_cache(maxsize=8192)
def _kind(character: str) -> Kind | None:
    """None for what is not visible: white space, controls, and what has no meaning."""
    category = unicodedata.category(character)
    if category[0] in "LN":
        unspaced = category == "Lo" and unicodedata.name(character, "").startswith(_UNSPACED)
        return Kind.LETTER if unspaced else Kind.WORD
    return None if category[0] in "ZC" else Kind.SIGN
