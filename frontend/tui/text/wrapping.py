"""Text as lines of a given width, wrapped fast enough to open a book.

Widths are terminal cells as Rich measures them, because Textual pads and crops by the same
measure. Offsets are code points: what is wrapped here must be as long as the text that marks
were made for (`backend.text.for_terminal` keeps it so).
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from rich.cells import cell_len, set_cell_size, split_graphemes

# Code points that a line may have for each of its cells: more than any script needs.
_MOST_A_CELL = 16
TAB_WIDTH = 4

# Characters that take one cell each, by code point ranges: Latin, Greek and Cyrillic letters,
# typographic punctuation, control pictures, lines and blocks, U+FFFD. A text of these alone is
# wrapped without being measured, at a hundredth of the cost.
_NARROW = (
    " -~\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0373\u0376\u0377\u037b-\u037f\u0384-\u0386"
    "\u0388-\u038a\u038c\u038e-\u03a1\u03a3-\u0482\u2010-\u2027\u2030-\u205e"
    "\u2400-\u2426\u2500-\u25fc\ufffd"
)
_narrow_run = re.compile(f"[{_NARROW}]*").match

# Closing punctuation that never begins a line where words are not parted by spaces.
_NEVER_FIRST = frozenset("、。，．！？：；」』）】〉》〕｝’”…ー々")


@dataclass(frozen=True, slots=True)
class TextLayout:
    """`text` laid out in lines of at most `width` cells: line i is `text[starts[i]:ends[i]]`.

    White space at which a line was broken, and the line break itself, belong to no line. There
    is always at least one line.
    """

    text: str
    width: int
    starts: array[int]
    ends: array[int]

    def __len__(self) -> int:
        return len(self.starts)

    def line_of(self, offset: int) -> int:
        """Return the line that shows the code point at `offset` (or stands nearest before it)."""
        return max(0, bisect_right(self.starts, offset) - 1)


def is_narrow(text: str) -> bool:
    """Whether every character of `text` is known to take one cell."""
    matched = _narrow_run(text)
    return matched is not None and matched.end() == len(text)


def wrap(text: str, width: int, *, stop: int | None = None) -> TextLayout:
    """Lay out `text`, or its beginning up to about offset `stop`.

    A word longer than a line is cut. Wide characters may be broken between.
    """
    width = max(1, width)
    starts, ends = array("L"), array("L")
    length = len(text)
    position = 0
    while position <= length and (stop is None or position < stop or not starts):
        newline = text.find("\n", position)
        end = length if newline < 0 else newline
        for first, last in break_line(text, position, end, width):
            starts.append(first)
            ends.append(last)
            if stop is not None and first >= stop:
                break
        position = end + 1
    return TextLayout(text, width, starts, ends)


def break_line(
    text: str, start: int, end: int, width: int, width_after: int | None = None
) -> Iterator[tuple[int, int]]:
    """Yield the lines of at most `width` cells of `text[start:end]`, which holds no line break.

    Those after the first have `width_after` cells, where that is given.
    """
    while True:
        window = min(start + width + 1, end)
        narrow = _narrow_run(text, start, window)
        if narrow is not None and narrow.end() == window:
            if end - start <= width:
                yield start, end
                return
            cut = text.rfind(" ", start, window)
            if cut <= start or text[start:cut].isspace():
                cut = start + width
        else:
            cut = _measured_cut(text, start, end, width)
            if cut == end:
                yield start, end
                return
        last = cut
        while last > start and text[last - 1] == " ":
            last -= 1
        yield start, max(last, start)
        start = cut
        while start < end and text[start] == " ":
            start += 1
        if start == end:
            return
        width = width_after or width


def _measured_cut(text: str, start: int, end: int, width: int) -> int:
    """Where the line that begins at `start` has to end, by measuring its characters."""
    used = 0
    # Characters without a width are as many as one likes, and would be drawn in one line.
    longest = _MOST_A_CELL * width
    chance = 0
    previous_wide = False
    for first, last, cells in _graphemes(text, start, end, width):
        character = text[first]
        wide = cells == 2
        breakable = character not in _NEVER_FIRST and (wide or previous_wide)
        if character in " \t" or (breakable and first > start):
            chance = first
        if character == "\t":
            cells = TAB_WIDTH - used % TAB_WIDTH  # noqa: PLW2901 - a tab's width is its place's
        if used + cells > width or first - start >= longest:
            if character == " ":
                return first
            if chance > start and not text[start:chance].isspace():
                return chance
            return first if first > start else last
        used += cells
        previous_wide = wide
    return end


def _graphemes(text: str, start: int, end: int, width: int) -> Iterator[tuple[int, int, int]]:
    """(start, end, cells) of each user-perceived character from `start` on.

    Looks ahead in slices, so that a line costs what a line is long and not what its paragraph
    is. A slice may part a joined sequence; it is then measured as its two parts.
    """
    position = start
    while position < end:
        stop = min(end, position + 2 * width + 32)
        while position < stop:
            if text[position] == "\t":
                yield position, position + 1, 0
                position += 1
                continue
            tab = text.find("\t", position, stop)
            piece_end = stop if tab < 0 else tab
            spans, _ = split_graphemes(text[position:piece_end])
            for first, last, cells in spans:
                yield position + first, position + last, cells
            position = piece_end


def fit(text: str, width: int) -> str:
    """`text`, or as much of its beginning as `width` cells hold with an ellipsis after it."""
    if width <= 0:
        return ""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1).rstrip() + "…"


def expand_tabs(text: str, column: int) -> str:
    """`text`, which begins at cell `column` of its line, with tabs as spaces."""
    if "\t" not in text:
        return text
    parts: list[str] = []
    for piece in text.split("\t"):
        parts.append(piece)
        column += sum(cells for _, _, cells in split_graphemes(piece)[0])
        gap = TAB_WIDTH - column % TAB_WIDTH
        parts.append(" " * gap)
        column += gap
    return "".join(parts[:-1])


@dataclass(frozen=True, slots=True)
class Mark:
    """A range `[start, end)` of a text to be drawn in the style called `style`."""

    start: int
    end: int
    style: str


class Marks:
    """The marks of one text; they may overlap, lie in one another and touch."""

    def __init__(self, marks: Iterable[Mark]) -> None:
        self._marks = sorted(
            (mark for mark in marks if mark.end > mark.start), key=lambda m: (m.start, -m.end)
        )
        self._starts = [mark.start for mark in self._marks]
        # _reach[i] is the furthest end of marks 0..i: marks that begin before a line and
        # reach into it are found without looking at all of them.
        self._reach: list[int] = []
        furthest = 0
        for mark in self._marks:
            furthest = max(furthest, mark.end)
            self._reach.append(furthest)

    def __len__(self) -> int:
        return len(self._marks)

    def runs(self, start: int, end: int) -> list[tuple[int, int, str | None]]:
        """`[start, end)` cut into runs of one style each; the innermost mark wins."""
        if start >= end:
            return []
        after = bisect_right(self._starts, end - 1)
        before = bisect_right(self._reach, start)
        touching = [mark for mark in self._marks[before:after] if mark.end > start]
        if not touching:
            return [(start, end, None)]
        cuts = {start, end}
        for mark in touching:
            cuts.update((max(mark.start, start), min(mark.end, end)))
        edges = sorted(cuts)
        runs: list[tuple[int, int, str | None]] = []
        for left, right in pairwise(edges):
            covering = [m for m in touching if m.start <= left and m.end >= right]
            style = min(covering, key=lambda m: m.end - m.start).style if covering else None
            if runs and runs[-1][2] == style:
                runs[-1] = (runs[-1][0], right, style)
            else:
                runs.append((left, right, style))
        return runs
