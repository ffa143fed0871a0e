"""Cuts a text of any length into stretches that fit the model, and loses nothing between.

A text is tagged line by line: a journal's line is a paragraph, a list item or a heading, and the
model is trained on them. A line too long for one window is tagged in overlapping windows; a word
that two windows saw is taken from the one that saw more around it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backend.inference.tagger.wordpiece import Word

# Pieces tagged at once, [CLS] and [SEP] included: the longest window of the training.
LONGEST_WINDOW = 256
# Pieces that two neighbouring windows of one line share.
OVERLAP = 64

# Characters of a line held in memory at once: some 3,000 words.
LONGEST_STRETCH = 16_384

_LINE = re.compile(r"[^\n]+")
# Where a stretch may end, best first: after a sentence, after a word.
_BREAKS = (re.compile(r"[.!?…。！？]\s"), re.compile(r"\s"))


@dataclass(frozen=True, slots=True)
class Window:
    """Words `[first, last)` to tag, of which `[begin, end)` are taken over."""

    first: int
    last: int
    begin: int
    end: int


def stretches(text: str) -> Iterator[tuple[int, int]]:
    """Yield the `(start, end)` of every line with something in it, in order.

    A line of more than `LONGEST_STRETCH` characters comes in parts, cut after a sentence if
    there is one, after a word otherwise, anywhere if there is no space at all.
    """
    for line in _LINE.finditer(text):
        start, end = line.span()
        while end - start > LONGEST_STRETCH:
            cut = _cut(text, start, start + LONGEST_STRETCH)
            yield start, cut
            start = cut
        if text[start:end].strip():
            yield start, end


def windows(words: Sequence[Word]) -> list[Window]:
    """Return the windows that cover `words`; their taken parts tile the sequence exactly.

    Each window holds at most `LONGEST_WINDOW` pieces with its two special tokens.
    """
    room = LONGEST_WINDOW - 2
    bounds: list[tuple[int, int]] = []
    first = 0
    while first < len(words):
        last, pieces = first, 0
        while last < len(words):
            pieces += len(words[last].pieces)
            if pieces > room and last > first:
                break
            last += 1
        bounds.append((first, last))
        if last == len(words):
            break
        shared, back = 0, last
        while back > first + 1 and shared + len(words[back - 1].pieces) <= OVERLAP:
            back -= 1
            shared += len(words[back].pieces)
        first = back
    found = []
    begin = 0
    for number, (first, last) in enumerate(bounds):
        following = bounds[number + 1][0] if number + 1 < len(bounds) else last
        end = (following + last + 1) // 2 if number + 1 < len(bounds) else last
        found.append(Window(first, last, begin, end))
        begin = end
    return found


def _cut(text: str, start: int, limit: int) -> int:
    """Return where to end a stretch that begins at `start`: after `start`, up to `limit`.

    Only its second half is searched, so that stretches stay long.
    """
    half = (start + limit) // 2
    for pattern in _BREAKS:
        found = [match.end() for match in pattern.finditer(text, half, limit)]
        if found:
            return found[-1]
    return limit
