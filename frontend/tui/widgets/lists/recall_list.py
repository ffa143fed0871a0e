"""Entries of one day of the year, by year, each with its passage."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style

from backend.records import EntrySummary
from backend.text import for_terminal_line
from frontend.shared.formatting import clock, long_date, own_title, years_ago
from frontend.tui.text.wrapping import TextLayout, fit, wrap
from frontend.tui.widgets.lists.section_list import BLANK, Caption, SectionList

# The blank line under an entry.
_GAP = 1

# What is no part of a line of a passage: the cursor's bar, and a free cell at the right edge.
_MARGINS = 3


class RecallList(SectionList[EntrySummary]):
    """What was written on a day in earlier years, under a heading for each year."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"list--heading", "list--title", "list--preview"}

    is_parted = True

    def __init__(self) -> None:
        super().__init__()
        self._year = 0
        self._passages: list[TextLayout] = []

    def show_day(self, day: date, entries: Sequence[EntrySummary], uuid: str | None) -> None:
        """Show what was written on `day` in earlier years, at the entry `uuid` or the first."""
        self._year = day.year
        self.show_from_start(entries, uuid)

    def key_of(self, row: EntrySummary) -> str:
        """Return the entry's uuid."""
        return row.uuid

    def on_resize(self) -> None:
        """Wrap the passages for another width."""
        self.lay_out_again()

    def lay_out(self) -> None:
        """Wrap the passages, and arrange the entries under the headings of their years."""
        room = max(1, self.scrollable_content_region.width - _MARGINS)
        self._passages = [wrap(for_terminal_line(entry.preview), room) for entry in self._items]
        super().lay_out()

    def captions_over(self, position: int) -> Sequence[Caption]:
        """Return the heading of the year that begins with an entry."""
        if position == self.row_count:
            return []
        day = self._items[position].local_date
        if position and day == self._items[position - 1].local_date:
            return []
        heading = f"{long_date(day)} · {years_ago(self._year - day.year)}"
        return [((heading, "list--heading"),), BLANK]

    def item_height(self, position: int) -> int:
        """Return the number of lines of an entry: its title, its passage, a blank one."""
        return 1 + len(self._passages[position]) + _GAP

    def row_at(self, line: int) -> int | None:
        """Return the position of the entry at `line`; a heading stands for its first entry."""
        if not 0 <= line < self.total_lines():
            return None
        return bisect_right(self._regions, line, key=lambda region: region[0]) - 1

    def segments_at(self, position: int, line: int, room: int, base: Style) -> list[Segment]:
        """Return the time and title of an entry, or a line of its passage."""
        entry, passage = self._items[position], self._passages[position]
        if line > 0:
            start, end = passage.starts[line - 1], passage.ends[line - 1]
            return [Segment(for_terminal_line(entry.preview)[start:end], base)]
        time, title = clock(entry), for_terminal_line(own_title(entry))
        segments = [Segment(time, base + self.part_style("list--preview"))]
        if title:
            text = "  " + fit(title, room - len(time) - 2)
            segments.append(Segment(text, base + self.part_style("list--title")))
        return segments
