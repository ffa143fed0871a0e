"""Finding words in a text: every place, whatever its case and accents. Pure."""

from __future__ import annotations

import re
import unicodedata

_MARKS = ("Mn", "Me")


class _Fold(dict[int, str | None]):
    """Each character as a small letter without accents; combining marks are dropped."""

    def __missing__(self, code: int) -> str | None:
        character = chr(code)
        folded: str | None
        if unicodedata.category(character) in _MARKS:
            folded = None
        else:
            # One code point for one, so that places stay: "ß" is not "ss" here. What is put
            # together from other things than accents, as a syllable of Hangul, stays whole.
            parts = unicodedata.normalize("NFD", character)
            is_accented = all(unicodedata.category(mark) in _MARKS for mark in parts[1:])
            folded = (parts[0] if is_accented else character).lower()[0]
        self[code] = folded
        return folded


_FOLD = _Fold()


def find_all(text: str, query: str) -> list[tuple[int, int]]:
    """Return the places `[start, end)` of `query` in `text`, in order; none overlap.

    Case and accents count only if the query has a capital letter. White space in the query
    stands for any, a line break too.
    """
    words = query.split()
    if not words:
        return []
    if any(c.isupper() for c in query):
        return [match.span() for match in _pattern(words).finditer(text)]
    folded = text.translate(_FOLD)
    wanted = [word for word in (word.translate(_FOLD) for word in words) if word]
    if not wanted:
        return []
    spans = [match.span() for match in _pattern(wanted).finditer(folded)]
    if len(folded) == len(text) or not spans:
        return spans
    # Where each character that is left stands in the text; its marks follow it.
    places = [i for i, c in enumerate(text) if _FOLD[ord(c)] is not None]
    places.append(len(text))
    return [
        (places[start], places[end - 1] + 1 + _marks(text, places[end - 1] + 1))
        for start, end in spans
    ]


def _pattern(words: list[str]) -> re.Pattern[str]:
    return re.compile(r"\s+".join(re.escape(word) for word in words))


def _marks(text: str, at: int) -> int:
    """How many combining marks stand at `at`."""
    count = 0
    while at + count < len(text) and _FOLD[ord(text[at + count])] is None:
        count += 1
    return count
