"""Cuts a long text into parts that fit a language model, and loses nothing between.

Parts end where a writer paused, and each begins a little before the one before it ended, so that
a name on a border is seen whole by one of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

#: The share of a part that the next one repeats, at most.
OVERLAP: Final = 0.12

# Where a part may end, best first: after a paragraph, a line, a sentence, a word.
_BORDERS: Final = (
    re.compile(r"\n[ \t]*\n\s*"),
    re.compile(r"\n"),
    re.compile(r"[.!?…][\"'”’)\]]*\s+|[。！？]"),
    re.compile(r"\s+"),
)

# Where counting begins: English has about as many.
_CHARACTERS_PER_TOKEN: Final = 4


@dataclass(frozen=True, slots=True)
class Chunk:
    """A part of a text, `text[start:end]`; not empty."""

    start: int
    end: int


def split(text: str, limit: int, count: Callable[[str], int]) -> list[Chunk]:
    """Cut `text` into overlapping parts of at most `limit` tokens, in order.

    Together they cover everything but white space; a text that fits is one part, one of white
    space alone none. `count` says how many tokens a text takes. A part of a single character
    may exceed `limit`: it cannot be cut further.
    """
    chunks = []
    start, end = 0, len(text.rstrip())
    start += len(text) - len(text.lstrip())
    while start < end:
        most = _longest(text, start, end, limit, count)
        cut = end if most >= end else _border(text, start, most)
        chunks.append(Chunk(start, cut))
        if cut >= end:
            break
        start = _overlapped(text, start, cut)
    return chunks


def _longest(text: str, start: int, end: int, limit: int, count: Callable[[str], int]) -> int:
    """Return the furthest place, after `start`, up to which a part keeps within `limit`."""
    fits, place = start + 1, min(end, start + limit * _CHARACTERS_PER_TOKEN)
    while count(text[start:place]) <= limit:
        if place == end:
            return end
        fits, place = place, min(end, start + 2 * (place - start))
    while fits + 1 < place:
        middle = (fits + place) // 2
        if count(text[start:middle]) <= limit:
            fits = middle
        else:
            place = middle
    return fits


def _border(text: str, start: int, most: int) -> int:
    """Return where to end a part that may reach to `most`: at the best border of its second half.

    Any place will do where there is none.
    """
    half = start + (most - start) // 2
    for border in _BORDERS:
        # A border reaches into the white space behind it, which belongs to either side.
        ends = [found.end() for found in border.finditer(text, half, most) if found.end() > start]
        if ends:
            return ends[-1]
    return most


def _overlapped(text: str, start: int, cut: int) -> int:
    """Return where the part after one of `[start, cut)` begins: at a border shortly before `cut`.

    Where there is none, in the middle of whatever it is, but always after `start`.
    """
    earliest = max(start + 1, cut - int((cut - start) * OVERLAP))
    for border in _BORDERS[1:]:
        for found in border.finditer(text, earliest, cut):
            if found.end() < cut:
                return found.end()
    return earliest
