"""The passages that mention somebody, each with its day."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style

from backend.records import Passage
from backend.text import for_terminal_line
from frontend.shared.formatting import long_date, own_title, short_date
from frontend.tui.text.wrapping import Mark, Marks, fit, wrap
from frontend.tui.widgets.lists.entry_list import ROOMY_HEIGHT
from frontend.tui.widgets.lists.paged_list import PagedList

# Cells of the longest line that is comfortable to read where one only glances.
_MEASURE = 96
_LINES, _ROOMY_LINES = 2, 3
# Code points before the first name that are shown where a passage is longer than its lines.
_LEAD = 24
# From this width on there is room for the weekday.
_LONG_DATE_WIDTH = 70


class PassageList(PagedList[Passage]):
    """A line with the day and the entry's title over two or three of the passage."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "list--heading",
        "list--title",
        "list--text",
        "list--found",
    }

    is_parted = True

    @property
    def row_height(self) -> int:
        """The day, the passage, a blank line."""
        return self._passage_lines() + 2

    def _passage_lines(self) -> int:
        return _ROOMY_LINES if self.app.size.height >= ROOMY_HEIGHT else _LINES

    def row_segments(self, row: Passage, line: int, room: int, base: Style) -> list[Segment]:
        """Return a line of a passage."""
        room = min(room, _MEASURE)
        if line == 0:
            return self._head(row, room, base)
        lines = self._passage_lines()
        text, start = from_its_name(for_terminal_line(row.text), row.highlights, room, lines)
        layout = wrap(text, room)
        number = line - 1
        if number >= min(len(layout), lines):
            return []
        marks = Marks(Mark(low - start, high - start, "found") for low, high in row.highlights)
        plain = base + self.part_style("list--text")
        found = base + self.part_style("list--found")
        first, last = layout.starts[number], layout.ends[number]
        segments = [
            Segment(text[low:high], found if style else plain)
            for low, high, style in marks.runs(first, last)
        ]
        if number == lines - 1 and len(layout) > lines:
            # The last cell is free: `room` leaves one.
            segments.append(Segment("…", plain))
        return segments

    def _head(self, row: Passage, room: int, base: Style) -> list[Segment]:
        day = row.entry.local_date
        words = long_date(day) if room >= _LONG_DATE_WIDTH else short_date(day)
        segments = [Segment(words, base + self.part_style("list--heading"))]
        title = for_terminal_line(own_title(row.entry))
        if title:
            shown = "  " + fit(title, room - len(words) - 2)
            segments.append(Segment(shown, base + self.part_style("list--title")))
        return segments


def from_its_name(
    text: str, highlights: tuple[tuple[int, int], ...], width: int, lines: int
) -> tuple[str, int]:
    """Return a passage of which the first `lines` of `width` cells hold the first name.

    Returns:
        The text to be shown, and how much nearer to its beginning everything is in it. Where
        something is left out, a mark of omission stands at the beginning.
    """
    if not highlights or wrap(text, width).line_of(highlights[0][1] - 1) < lines:
        return text, 0
    first, after = highlights[0]
    # As much as fills the lines; else, where that is too much for them, a few words. Wide
    # characters take two cells each.
    filling = lines * width - width // 3 - (len(text) - first)
    for lead in (filling, min(_LEAD, width // 3)):
        if 0 < lead <= first:
            space = text.find(" ", first - lead, first)
            start = space if space >= 0 else first - 1
            shown = "…" + text[start + 1 :]
            if wrap(shown, width).line_of(after - 1 - start) < lines:
                return shown, start
    return ("…" + text[first:], first - 1) if first else (text, 0)
