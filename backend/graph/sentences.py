"""The sentence around a name. Nothing here touches the database."""

from __future__ import annotations

import re
import unicodedata

# Code points looked at on each side of a name for the sentence's ends. A sentence that is longer
# is cut at a space.
_REACH = 200

# The end of a sentence: its mark, with what closes quotations and brackets behind it; a blank
# line; the beginning of a heading, an item of a list, a quotation.
_END = re.compile(
    r"""[.!?…]+["'”’»)\]]*(?=\s)|[。！？｡]+[」』）”]*"""
    r"""|\n[ \t\r]*\n|\n(?=[ \t]*(?:[-*+•>]|\#{1,6}|\d+[.)])[ \t])"""
)
_MARKER = re.compile(r"(?:\s|(?:[-*+•>]|#{1,6}|\d+[.)])[ \t])+")
_WORD_BEFORE = re.compile(r"[^\s(\[\"“„«]*\Z")
_SPACE = re.compile(r"\s")

# Words whose full stop ends no sentence, as a diary has them.
_ABBREVIATION = re.compile(
    r"mr|mrs|ms|dr|prof|rev|st|mt|lt|col|capt|gen|sgt|hon|jr|sr|vs|etc|e\.g|i\.e|cf|nr|vol|pp"
    r"|approx|dept|est|inc|ltd|co|corp|ave|rd|jan|feb|apr|jun|jul|aug|sept|oct|nov|dec",
    re.IGNORECASE,
)


def sentence_around(text: str, start: int, end: int) -> tuple[int, int, bool, bool]:
    """Where the sentence that holds `text[start:end]` begins and ends, and is cut.

    Returns:
        (first, last, is_begun, goes_on): the range, without white space and marks of lists around
        it; whether something of the sentence stands before it, and behind it.
    """
    window = max(0, start - _REACH)
    first, is_begun = window, window > 0
    for match in _END.finditer(text, window, start):
        if _ends_sentence(text, match):
            first, is_begun = match.end(), False
    if is_begun:
        gap = _SPACE.search(text, first, start)
        first = gap.end() if gap else _whole(text, first, start)
    elif marker := _MARKER.match(text, first, start):
        first = marker.end()

    stop = min(len(text), end + _REACH)
    # A mark at the edge ends a sentence only if what follows it says so.
    for match in _END.finditer(text, end, min(len(text), stop + 2)):
        if _ends_sentence(text, match):
            return first, _trimmed(text, end, match.end()), is_begun, False
    goes_on = stop < len(text)
    if goes_on:
        last_space = max(text.rfind(space, end, stop) for space in " \n\t")
        stop = last_space if last_space > end else _whole(text, stop, len(text))
    return first, _trimmed(text, end, stop), is_begun, goes_on and bool(text[stop:].strip())


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    if match[0][0] != ".":
        return True
    following = text[match.end() : match.end() + 40].lstrip()[:1]
    if following.islower():
        return False
    if len(match[0]) > 1:
        return True
    word = _WORD_BEFORE.search(text, max(0, match.start() - 20), match.start())
    before = word[0] if word else ""
    is_initial = len(before) == 1 and before.isalpha() and before != "I"
    return not is_initial and not _ABBREVIATION.fullmatch(before)


def _whole(text: str, position: int, end: int) -> int:
    """`position`, or the first one behind it where no accent is parted from its letter."""
    while position < end and unicodedata.combining(text[position]):
        position += 1
    return position


def _trimmed(text: str, end: int, stop: int) -> int:
    """`stop`, before the white space in front of it."""
    return end + len(text[end:stop].rstrip())
