"""Statistics, some lines of which can be chosen."""

from __future__ import annotations

from bisect import bisect_left
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from frontend.tui.routes import Place
from frontend.tui.views.statistics_view import Line, StatisticsPage
from frontend.tui.widgets.lists.item_list import VirtualList

# What stands left of a line: the cursor's bar.
_INDENT = 2


class StatisticsList(VirtualList):
    """The lines of a `StatisticsPage`; the cursor stands on those that lead somewhere."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "list--heading",
        "statistics--quiet",
        "statistics--bar",
    }

    def __init__(self) -> None:
        super().__init__()
        self._page: StatisticsPage | None = None
        self._lines: list[Line] = []
        # The lines that lead somewhere.
        self._rows: list[int] = []

    @property
    def row_count(self) -> int:
        """Number of lines that lead somewhere."""
        return len(self._rows)

    @property
    def target(self) -> Place | None:
        """Where the line under the cursor leads."""
        return self._lines[self._rows[self.cursor]].target if self.cursor is not None else None

    def show(self, page: StatisticsPage, row: int | None = None) -> None:
        """Show a page: at a row of it, or where the line that was chosen is now."""
        target = self.target
        before = self.cursor or 0
        self.cursor = None
        self._page = page
        self._lay_out()
        targets = [self._lines[line].target for line in self._rows]
        if row is not None:
            self.choose(row)
        else:
            self.choose(targets.index(target) if target in targets else before)
        self.refresh()

    def on_resize(self) -> None:
        """The columns have another width."""
        self._lay_out()
        self.scroll_to_cursor()
        self.refresh()

    def total_lines(self) -> int:
        """Number of lines."""
        return len(self._lines)

    def row_region(self, position: int) -> tuple[int, int]:
        """The line of a row; above the first row, what stands there belongs to it."""
        line = self._rows[position]
        return (0, line + 1) if position == 0 else (line, 1)

    def row_at(self, line: int) -> int | None:
        """The row at `line`, None where the line only says something."""
        position = bisect_left(self._rows, line)
        is_row = position < len(self._rows) and self._rows[position] == line
        return position if is_row else None

    def paint_line(self, line: int, width: int, base: Style) -> Strip:
        """A line, with a bar before it where the cursor is."""
        position = self.row_at(line)
        segments = [Segment(" " * _INDENT, base)]
        if position is not None:
            base, bar = self.row_style(position, base)
            segments = [bar]
        for text, style in self._lines[line].pieces:
            segments.append(Segment(text, base + self.part_style(style)))
        return self.strip(segments, width, base)

    def _lay_out(self) -> None:
        if self._page is None:
            return
        width = max(1, self.scrollable_content_region.width - _INDENT - 1)
        self._lines = self._page.lines(width)
        self._rows = [number for number, line in enumerate(self._lines) if line.target]
        self.set_lines(self.total_lines())
