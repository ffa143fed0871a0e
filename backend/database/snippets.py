"""The piece of an entry that shows why it was found."""

from __future__ import annotations

import re
from collections.abc import Iterable

Highlights = tuple[tuple[int, int], ...]

#: The longest snippet, in code points.
MAX_LENGTH = 240
# Code points before the first name that a snippet shows.
_LEAD = 60

_SPACES = re.compile(r"\s+")


def from_marked(marked: str, opening: str, closing: str) -> tuple[str, Highlights]:
    """One line of text and its highlighted ranges, from text with marks around these."""
    pieces: list[tuple[str, bool]] = []
    for index, piece in enumerate(marked.split(opening)):
        inside, mark, outside = piece.partition(closing)
        if index and mark:
            pieces += [(inside, True), (outside, False)]
        else:
            pieces.append((piece, False))
    return _one_line(pieces)


def around(text: str, ranges: Iterable[tuple[int, int]]) -> tuple[str, Highlights]:
    """The surroundings of the first of some ranges of `text`, in ascending order, on one line."""
    wanted = list(ranges)
    first = wanted[0][0] if wanted else 0
    start = max(0, first - _LEAD)
    if start:
        # Begin with a whole word, if there is one.
        gap = _SPACES.search(text, start, first)
        start = gap.end() if gap else start
    end = start + MAX_LENGTH
    pieces: list[tuple[str, bool]] = [("…", False)] if start else []
    position = start
    for low, high in wanted:
        if low < position or high > end:
            continue
        pieces += [(text[position:low], False), (text[low:high], True)]
        position = high
    pieces.append((text[position:end], False))
    if end < len(text):
        pieces.append(("…", False))
    return _one_line(pieces)


def _one_line(pieces: Iterable[tuple[str, bool]]) -> tuple[str, Highlights]:
    """Join pieces with white space collapsed across them; the marked ones become ranges."""
    line = ""
    ranges: list[tuple[int, int]] = []
    for piece, is_marked in pieces:
        # A snippet is short, but what stands between two of its words need not be.
        collapsed = _SPACES.sub(" ", piece)
        if not line or line.endswith(" "):
            collapsed = collapsed.lstrip(" ")
        start = len(line)
        line = (line + collapsed)[:MAX_LENGTH]
        end = start + len(line[start:].rstrip(" "))
        if is_marked and start < end:
            ranges.append((start, end))
    return line.rstrip(" "), tuple(ranges)
