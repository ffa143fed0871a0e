"""Statistics, some lines of which can be chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style

from frontend.tui.routes import Route
from frontend.tui.views.statistics_view import Line, StatisticsPage
from frontend.tui.widgets.lists.section_list import Caption, SectionList

# What is no part of a line: the cursor's bar, and a free cell at the right edge.
_MARGINS = 3


class StatisticsList(SectionList[Line]):
    """The lines of a `StatisticsPage`; the cursor stands on those that lead somewhere."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "list--heading",
        "statistics--quiet",
        "statistics--bar",
    }

    def __init__(self) -> None:
        super().__init__()
        self._page: StatisticsPage | None = None
        # Over each line that leads somewhere those that do not, and behind the last one the rest.
        self._captions: list[list[Caption]] = []

    @property
    def target(self) -> Route | None:
        """Where the line under the cursor leads."""
        return self.chosen.target if self.chosen is not None else None

    def show_page(self, page: StatisticsPage, row: int | None = None) -> None:
        """Show a page: at a row of it, or where the line that was chosen is now."""
        self._page = page
        rows = self._read_page()
        select = rows[min(row, len(rows) - 1)].target if rows and row is not None else None
        self.show(rows, select)

    def key_of(self, row: Line) -> Route | None:
        """Return where a line leads."""
        return row.target

    def on_resize(self) -> None:
        """Give the columns another width."""
        self._items = self._read_page()
        self.lay_out_again()

    def captions_over(self, position: int) -> Sequence[Caption]:
        """Return the lines over a row."""
        return self._captions[position] if self._captions else []

    def row_region(self, position: int) -> tuple[int, int]:
        """Return (first line, number of lines) of a row; with the first one all that is over it."""
        top, height = super().row_region(position)
        return (top, height) if position == 0 else (top + height - 1, 1)

    def row_segments(self, row: Line, line: int, room: int, base: Style) -> list[Segment]:
        """Return the pieces of a line."""
        return [Segment(text, base + self.part_style(style)) for text, style in row.pieces]

    def _read_page(self) -> list[Line]:
        """Return the lines that lead somewhere, as wide as there is room, and keep the others."""
        self._captions = [[]]
        if self._page is None:
            return []
        rows = []
        for line in self._page.lines(max(1, self.scrollable_content_region.width - _MARGINS)):
            if line.target is not None:
                rows.append(line)
                self._captions.append([])
            else:
                self._captions[-1].append((("  ", ""), *line.pieces) if line.pieces else ())
        return rows
