"""What changed between two texts: line by line, and in changed lines word by word. Pure.

Made for prose: a paragraph is a line, and a word that was changed in it is what matters. Two
texts of a book's length are compared in well under a second, however different they are;
difflib's matcher has no such bound.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from typing import Final

from backend.records import Revision

_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|\w+|[^\S\n]+|\n|[^\w\s]")

# Two sequences whose lengths have no greater product are compared exactly: in some 20 MB.
_EXACT: Final = 150_000_000
# Equal pieces between changes that are shorter than this, in code points, are no landmarks.
_LANDMARK: Final = 4

# Lines around a change that are shown, and code points of a longer stretch without changes.
_CONTEXT: Final = 2
_STRETCH: Final = 160

_GAP: Final = " … "

#: Equal elements `a[i:i+n]` and `b[j:j+n]` as (i, j, n).
Match = tuple[int, int, int]


class Change(StrEnum):
    """What became of a line."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"
    #: Stands for lines that are the same and not shown; its text says how many.
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A line of either text; `changed` are its ranges that are not in the other text."""

    change: Change
    text: str
    changed: tuple[tuple[int, int], ...] = ()

    @property
    def is_changed_in_part(self) -> bool:
        """Whether something of a line that was removed or added is in the other text too."""
        return self.change is not Change.SAME and self.changed != _whole(self.text)


#: The sign before a line, for each change.
SIGNS: Final = {
    Change.SAME: " ",
    Change.REMOVED: "-",
    Change.ADDED: "+",
    Change.SKIPPED: "·",
}


def with_marks(line: DiffLine) -> str:
    """Return a line with its changed ranges in brackets, for where there is nothing but text."""
    text = line.text
    opening, closing = ("[-", "-]") if line.change is Change.REMOVED else ("{+", "+}")
    for start, end in reversed(line.changed if line.is_changed_in_part else ()):
        text = f"{text[:start]}{opening}{text[start:end]}{closing}{text[end:]}"
    return text


def compare_revisions(old: Revision | None, new: Revision) -> list[DiffLine]:
    """Return what changed from one text of an entry to another, or from nothing.

    A title is on a line of its own ahead of the text.
    """
    if old is None:
        return _changed([], [*_title(new), *new.text.split("\n")])
    if old.title == new.title:
        return compare(old.text, new.text)
    return [*_changed(_title(old), _title(new)), *compare(old.text, new.text)]


def _title(revision: Revision) -> list[str]:
    return [f"# {revision.title}"] if revision.title else []


def compare(old: str, new: str) -> list[DiffLine]:
    """Every line of both texts, in order; where lines were changed the old ones come first."""
    before, after = old.split("\n"), new.split("\n")
    lines: list[DiffLine] = []
    for (i, i_end), (j, j_end), is_same in _parts(before, after):
        if is_same:
            lines += [DiffLine(Change.SAME, text) for text in before[i:i_end]]
        elif i_end - i == j_end - j:
            for was, became in zip(before[i:i_end], after[j:j_end], strict=True):
                lines += _changed([was], [became])
        else:
            lines += _changed(before[i:i_end], after[j:j_end])
    return lines


def abridge(lines: Sequence[DiffLine]) -> list[DiffLine]:
    """Return the changes with a little of what is around them, for reading."""
    near: set[int] = set()
    for at, line in enumerate(lines):
        if line.change is not Change.SAME:
            near.update(range(at - _CONTEXT, at + _CONTEXT + 1))
    kept: list[DiffLine] = []
    skipped = 0
    for at, line in enumerate(lines):
        if at in near:
            if skipped:
                kept.append(_skipped(skipped))
            skipped = 0
            kept.append(_shorten(line))
        else:
            skipped += 1
    if skipped:
        kept.append(_skipped(skipped))
    return kept


def count_changes(lines: Sequence[DiffLine]) -> tuple[int, int]:
    """How many words were removed and added."""
    removed = added = 0
    for line in lines:
        words = sum(len(line.text[start:end].split()) for start, end in line.changed)
        if line.change is Change.REMOVED:
            removed += words
        elif line.change is Change.ADDED:
            added += words
    return removed, added


def _skipped(count: int) -> DiffLine:
    words = "1 line" if count == 1 else f"{count:,} lines"
    return DiffLine(Change.SKIPPED, f"{words} without changes")


def _shorten(line: DiffLine) -> DiffLine:
    """`line` with the middle of every long stretch without changes left out."""
    parts: list[str] = []
    changed: list[tuple[int, int]] = []
    length = 0
    edges = [(0, 0), *line.changed, (len(line.text), len(line.text))]
    for (_, start), (end, after) in pairwise(edges):
        stretch = line.text[start:end]
        if len(stretch) > _STRETCH:
            head = stretch[: _STRETCH // 2].rpartition(" ")[0] or stretch[: _STRETCH // 2]
            tail = stretch[-_STRETCH // 2 :].partition(" ")[2] or stretch[-_STRETCH // 2 :]
            stretch = head + _GAP + tail
        length += len(stretch)
        if after > end:
            changed.append((length, length + after - end))
        length += after - end
        parts += [stretch, line.text[end:after]]
    return replace(line, text="".join(parts), changed=tuple(changed))


def _changed(before: Sequence[str], after: Sequence[str]) -> list[DiffLine]:
    """Lines that became others, with the words that differ."""
    if not before or not after:
        change = Change.REMOVED if before else Change.ADDED
        return [DiffLine(change, text, _whole(text)) for text in before or after]
    old, new = "\n".join(before), "\n".join(after)
    old_words, new_words = _WORD.findall(old), _WORD.findall(new)
    removed: list[tuple[int, int]] = []
    added: list[tuple[int, int]] = []
    at, to = 0, 0
    for (i, i_end), (j, j_end), is_same in _prose_parts(old_words, new_words):
        old_end = at + sum(map(len, old_words[i:i_end]))
        new_end = to + sum(map(len, new_words[j:j_end]))
        if not is_same:
            removed.append((at, old_end))
            added.append((to, new_end))
        at, to = old_end, new_end
    return [
        *_mark(Change.REMOVED, before, removed),
        *_mark(Change.ADDED, after, added),
    ]


def _mark(
    change: Change, lines: Sequence[str], ranges: Sequence[tuple[int, int]]
) -> Iterator[DiffLine]:
    """`lines` with those of the `ranges` of all of them, joined, that lie in each."""
    at = 0
    first = 0
    for text in lines:
        end = at + len(text)
        inside = []
        while first < len(ranges) and ranges[first][1] <= at:
            first += 1
        number = first
        while number < len(ranges) and ranges[number][0] < end:
            start, stop = max(ranges[number][0], at), min(ranges[number][1], end)
            if start < stop:
                inside.append((start - at, stop - at))
            number += 1
        kept = pairwise([(0, 0), *inside, (len(text), len(text))])
        has_words = any(c.isalnum() for (_, a), (b, _) in kept for c in text[a:b])
        yield DiffLine(change, text, tuple(inside) if has_words else _whole(text))
        at = end + 1


def _whole(text: str) -> tuple[tuple[int, int], ...]:
    return ((0, len(text)),) if text else ()


#: Ranges of both sequences, and whether they are equal.
Part = tuple[tuple[int, int], tuple[int, int], bool]


def _parts(a: Sequence[str], b: Sequence[str]) -> Iterator[Part]:
    """Both sequences from their beginnings to their ends, equal and other parts in turn."""
    i = j = 0
    for start, to, length in [*_match(a, b), (len(a), len(b), 0)]:
        if i < start or j < to:
            yield (i, start), (j, to), False
        if length:
            yield (start, start + length), (to, to + length), True
        i, j = start + length, to + length


def _prose_parts(a: Sequence[str], b: Sequence[str]) -> Iterator[Part]:
    """Like `_parts`, but a space or an "a" that stayed between changes is part of the change."""
    pending: Part | None = None
    parts = list(_parts(a, b))
    for number, ((i, i_end), (j, j_end), is_same) in enumerate(parts):
        is_inner = 0 < number < len(parts) - 1
        if is_same and not (is_inner and sum(map(len, a[i:i_end])) < _LANDMARK):
            if pending is not None:
                yield pending
                pending = None
            yield (i, i_end), (j, j_end), True
        elif pending is None:
            pending = (i, i_end), (j, j_end), False
        else:
            pending = (pending[0][0], i_end), (pending[1][0], j_end), False
    if pending is not None:
        yield pending


def _match(a: Sequence[str], b: Sequence[str]) -> list[Match]:
    """Return what two sequences have in common, in order."""
    found: list[Match] = []
    # Ranges that are still to be compared, the last one first.
    ranges = [(0, len(a), 0, len(b))]
    while ranges:
        i, i_end, j, j_end = ranges.pop()
        start = i
        while i < i_end and j < j_end and a[i] == b[j]:
            i, j = i + 1, j + 1
        _add(found, start, j - (i - start), i - start)
        tail = 0
        while i < i_end and j < j_end and a[i_end - 1] == b[j_end - 1]:
            i_end, j_end, tail = i_end - 1, j_end - 1, tail + 1
        if tail:
            # It comes after what lies between.
            ranges.append((i_end, i_end + tail, j_end, j_end + tail))
        if i == i_end or j == j_end:
            continue
        if (i_end - i) * (j_end - j) <= _EXACT:
            for x, y in _longest_common(a[i:i_end], b[j:j_end]):
                _add(found, i + x, j + y, 1)
            continue
        anchors = _anchors(a, b, (i, i_end), (j, j_end))
        if not anchors:
            continue
        bounds = [(i, j), *anchors, (i_end, j_end)]
        gaps = [(x, next_x, y, next_y) for (x, y), (next_x, next_y) in pairwise(bounds)]
        ranges += reversed(gaps)
    return found


def _add(found: list[Match], i: int, j: int, length: int) -> None:
    if not length:
        return
    if found and found[-1][0] + found[-1][2] == i and found[-1][1] + found[-1][2] == j:
        before = found.pop()
        i, j, length = before[0], before[1], before[2] + length
    found.append((i, j, length))


def _longest_common(a: Sequence[str], b: Sequence[str]) -> list[tuple[int, int]]:
    """Return the longest common subsequence, as pairs of positions.

    A row of the table is one whole number, a bit a column (Hyyrö 2004).
    """
    places: dict[str, int] = {}
    for position, element in enumerate(b):
        places[element] = places.get(element, 0) | 1 << position
    mask = (1 << len(b)) - 1
    row = mask
    rows = [row]
    for element in a:
        matching = row & places.get(element, 0)
        row = ((row + matching) | (row - matching)) & mask
        rows.append(row)
    pairs = []
    i, j = len(a), len(b)
    while i and j:
        # A cleared bit is where the common part grows by one.
        if not rows[i] >> (j - 1) & 1:
            if rows[i - 1] >> (j - 1) & 1:
                pairs.append((i - 1, j - 1))
                i -= 1
                j -= 1
            else:
                i -= 1
        else:
            j -= 1
    pairs.reverse()
    return pairs


def _anchors(
    a: Sequence[str], b: Sequence[str], in_a: tuple[int, int], in_b: tuple[int, int]
) -> list[tuple[int, int]]:
    """Elements that are in both ranges just once, the most of them that are in one order."""
    once_a = {e for e, n in Counter(a[slice(*in_a)]).items() if n == 1}
    once = once_a & {e for e, n in Counter(b[slice(*in_b)]).items() if n == 1}
    places = {b[j]: j for j in range(*in_b) if b[j] in once}
    pairs = [(i, places[a[i]]) for i in range(*in_a) if a[i] in once]
    return _longest_rising(pairs)


def _longest_rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest part of `pairs`, rising in the first number, that rises in the second."""
    # tails[n] is the position of the pair that a rising part of n + 1 pairs ends with at best.
    tails: list[int] = []
    lasts: list[int] = []
    before: list[int] = []
    for position, (_, value) in enumerate(pairs):
        length = bisect_left(lasts, value)
        before.append(tails[length - 1] if length else -1)
        tails[length : length + 1] = [position]
        lasts[length : length + 1] = [value]
    rising = []
    position = tails[-1] if tails else -1
    while position >= 0:
        rising.append(pairs[position])
        position = before[position]
    rising.reverse()
    return rising
