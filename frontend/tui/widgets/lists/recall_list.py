"""Entries of one day of the year, by year, each with its passage."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from backend.records import EntrySummary
from backend.text import for_terminal_line
from frontend.shared.formatting import clock, long_date, own_title, years_ago
from frontend.tui.text.wrapping import TextLayout, fit, wrap
from frontend.tui.widgets.lists.item_list import VirtualList

# A year's heading and the blank line under it; the blank line under an entry.
_HEADING_LINES = 2
_GAP = 1

# What stands left of a passage: the cursor's bar.
_INDENT = 2


class RecallList(VirtualList):
    """What was written on a day in earlier years, under a heading for each year."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"list--heading", "list--title", "list--preview"}

    def __init__(self) -> None:
        super().__init__()
        self._entries: list[EntrySummary] = []
        self._year = 0
        # By entry: its first line, its heading's if it has one; and its passage.
        self._tops: list[int] = [0]
        self._passages: list[TextLayout] = []

    @property
    def row_count(self) -> int:
        """Number of entries."""
        return len(self._entries)

    @property
    def chosen(self) -> EntrySummary | None:
        """The entry under the cursor."""
        return self._entries[self.cursor] if self.cursor is not None else None

    def show(self, day: date, entries: Sequence[EntrySummary], uuid: str | None) -> None:
        """Show what was written on `day` in earlier years, at the entry `uuid` or the first."""
        self.cursor = None
        self._year = day.year
        self._entries = list(entries)
        self._lay_out()
        places = {entry.uuid: place for place, entry in enumerate(entries)}
        self.choose(places.get(uuid, 0) if uuid else 0)
        if not self.cursor:
            self.scroll_to(y=0, animate=False)
        self.refresh()

    def on_resize(self) -> None:
        """Passages are wrapped anew."""
        self._lay_out()
        self.scroll_to_cursor()
        self.refresh()

    def total_lines(self) -> int:
        """Number of lines."""
        return self._tops[-1]

    def row_region(self, position: int) -> tuple[int, int]:
        """Lines of an entry, with the heading if it stands under one."""
        return self._tops[position], self._tops[position + 1] - self._tops[position]

    def row_at(self, line: int) -> int | None:
        """The entry at `line`; a heading is its first entry's."""
        return bisect_right(self._tops, line) - 1 if 0 <= line < self.total_lines() else None

    def paint_line(self, line: int, width: int, base: Style) -> Strip:
        """A line: a year's heading, an entry's time and title, or a line of its passage."""
        position = bisect_right(self._tops, line) - 1
        entry, passage = self._entries[position], self._passages[position]
        part = line - self._tops[position]
        if self._has_heading(position):
            if part == 0:
                heading = Segment(
                    self._heading(entry, width), base + self.part_style("list--heading")
                )
                return self.strip([heading], width)
            part -= _HEADING_LINES
        if not 0 <= part <= len(passage):
            return self.blank()
        base, bar = self.row_style(position, base)
        segments = [bar]
        if part == 0:
            time, title = clock(entry), for_terminal_line(own_title(entry))
            segments.append(Segment(time, base + self.part_style("list--preview")))
            if title:
                text = "  " + fit(title, width - _INDENT - len(time) - 3)
                segments.append(Segment(text, base + self.part_style("list--title")))
        else:
            start, end = passage.starts[part - 1], passage.ends[part - 1]
            segments.append(Segment(for_terminal_line(entry.preview)[start:end], base))
        return self.strip(segments, width, base)

    def _lay_out(self) -> None:
        room = max(1, self.scrollable_content_region.width - _INDENT - 1)
        self._passages = [wrap(for_terminal_line(entry.preview), room) for entry in self._entries]
        tops = [0]
        for position, passage in enumerate(self._passages):
            heading = _HEADING_LINES if self._has_heading(position) else 0
            tops.append(tops[-1] + heading + 1 + len(passage) + _GAP)
        self._tops = tops
        self.set_lines(self.total_lines())

    def _has_heading(self, position: int) -> bool:
        if position == 0:
            return True
        return self._entries[position].local_date != self._entries[position - 1].local_date

    def _heading(self, entry: EntrySummary, width: int) -> str:
        day = entry.local_date
        return fit(f"{long_date(day)} · {years_ago(self._year - day.year)}", width)
