"""A year of days as a picture, and under it the chosen day in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from backend.dates import today
from backend.records import CalendarYear, EntrySummary, Tally
from backend.text import for_terminal_line
from frontend.shared.charts import SHADES, Shading
from frontend.shared.date_preferences import date_preferences
from frontend.shared.formatting import amount_words, clock, counted, day_heading
from frontend.shared.year_grid import LABEL_WIDTH, fit_grid, same_day
from frontend.tui.text.wrapping import fit
from frontend.tui.widgets.line_view import LineView

# What marks the chosen day besides its colour: in its one cell, or in the last of several.
_CURSOR_ALONE, _CURSOR_BEHIND = "◆", "◂"

# Lines under the picture without blank ones: the legend, and the day.
_LEGEND_LINES = 2
_BLANK_LINES = 2

# The years that a journal can hold.
_FIRST_YEAR, _LAST_YEAR = 2, 9998

#: The most entries of a day that are listed under it.
MOST_LISTED = 30


class YearView(LineView, can_focus=True):
    """The days of a year, one of them chosen.

    The cursor goes on into other years at once; their days appear when `show` brings them.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "year--quiet",
        "year--written",
        "year--cursor",
        "year--day",
    }

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("h,left", "step(-1, 0)", "To the left", show=False),
        Binding("l,right", "step(1, 0)", "To the right", show=False),
        Binding("k,up", "step(0, -1)", "Up", show=False),
        Binding("j,down", "step(0, 1)", "Down", show=False),
        Binding("less_than_sign,pageup", "step_year(-1)", "Previous year", show=False),
        Binding("greater_than_sign,pagedown", "step_year(1)", "Next year", show=False),
        Binding("g,home", "go_to_end(False)", "First day of the year", show=False),
        Binding("G,end", "go_to_end(True)", "Last day of the year", show=False),
    ]

    class Chosen(Message):
        """Another day was chosen."""

    class Opened(Message):
        """The chosen day was clicked."""

    def __init__(self, day: date) -> None:
        super().__init__()
        self.day = day
        self._calendar: CalendarYear | None = None
        self._tallies: dict[date, Tally] = {}
        self._shading = Shading.of(())
        self._entries: Sequence[EntrySummary] = ()
        self._grid, self._cell_width = fit_grid(day.year, 0, date_preferences.first_weekday)

    def show(self, calendar: CalendarYear) -> None:
        """Show the days of a year."""
        self._calendar = calendar
        self._tallies = {day.first: day for day in calendar.days}
        self._shading = Shading.of(day.words for day in calendar.days)
        self.lay_out()

    def show_entries(self, entries: Sequence[EntrySummary]) -> None:
        """List the entries of the chosen day."""
        self._entries = entries
        self._show_lines()
        self.refresh()

    def lay_out(self) -> None:
        """Draw again, as large as there is room and with the weeks as the user has them."""
        year = self._calendar.year if self._calendar else self.day.year
        self._grid, self._cell_width = fit_grid(year, self._width, date_preferences.first_weekday)
        self._show_lines()
        self._scroll_to_row()
        self.refresh()

    def on_resize(self) -> None:
        """Another grid may fit now."""
        self.lay_out()

    def on_click(self, event: events.Click) -> None:
        """Choose the day that was clicked, or open it if it is chosen."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        row = self.scroll_offset.y + offset.y - 1
        day = self._grid.day(row, (offset.x - LABEL_WIDTH) // self._cell_width)
        if day is None:
            return
        if day == self.day:
            self.post_message(self.Opened())
        else:
            self.choose(day)

    def choose(self, day: date) -> None:
        """Choose a day, if it is of a year that one can come to."""
        first, last = self._years()
        if day == self.day or not first <= day.year <= last:
            return
        self.day = day
        self._entries = ()
        self._show_lines()
        self._scroll_to_row()
        self.refresh()
        self.post_message(self.Chosen())

    def action_step(self, across: int, down: int) -> None:
        """Go to the day that many cells away, in the year before or after if need be."""
        # The grid that is shown may be that of the year one has just left.
        grid, _ = fit_grid(self.day.year, self._width, date_preferences.first_weekday)
        self.choose(grid.step(self.day, across, down))

    def action_step_year(self, years: int) -> None:
        """Go to the same day of another year; from the last one written in, on to this one."""
        year = self.day.year + years
        last_written = self._calendar.last_year if self._calendar else None
        if last_written is not None and year > last_written:
            year = today().year if years > 0 else last_written
        first, last = self._years()
        if first <= year <= last:
            self.choose(same_day(self.day, year))

    def action_go_to_end(self, is_last: bool) -> None:
        """Go to the first or the last day of the year."""
        year = self.day.year
        self.choose(date(year, 12, 31) if is_last else date(year, 1, 1))

    def paint(self, y: int) -> Strip:
        """One line of the visible part."""
        width = self._width
        line = self.scroll_offset.y + y
        rows = len(self._grid.labels)
        if line == 0:
            head = fit(self._grid.head_line(self._cell_width), width)
            return self.strip([Segment(head, self._style("year--quiet"))], width)
        if line <= rows:
            return self.strip(self._row(line - 1), width)
        below = line - rows - 1
        if self._is_roomy:
            if below in (0, _LEGEND_LINES):
                return self.blank()
            below -= 1 if below == 1 else _BLANK_LINES
        if below == 0:
            return self.strip(self._legend(width), width)
        if below == 1:
            day = Segment(self._day_words(width), self._style("year--day"))
            return self.strip([day], width)
        return self.strip(self._entry_line(below - _LEGEND_LINES, width), width)

    @property
    def _width(self) -> int:
        return self.scrollable_content_region.width

    @property
    def _is_roomy(self) -> bool:
        """Whether there is room for blank lines and a few entries."""
        needed = 1 + len(self._grid.labels) + _LEGEND_LINES + _BLANK_LINES + 2
        return self.scrollable_content_region.height >= needed

    def _show_lines(self) -> None:
        blank = _BLANK_LINES if self._is_roomy else 0
        above = 1 + len(self._grid.labels) + _LEGEND_LINES + blank
        self.set_lines(above + len(self._entries[:MOST_LISTED]) + 1)

    def _scroll_to_row(self) -> None:
        if self.day.year != self._grid.year:
            return
        line = self._grid.cell(self.day)[0] + 1
        height = self.scrollable_content_region.height
        if line < self.scroll_offset.y + 1:
            self.scroll_to(y=line - 1, animate=False)
        elif line >= self.scroll_offset.y + height:
            self.scroll_to(y=line + 1 - height, animate=False)

    def _years(self) -> tuple[int, int]:
        """Return the years that one can come to: the journal's, and those up to this one."""
        shown = self._calendar
        if shown is None:
            # It is yet to be seen which years the journal has.
            return _FIRST_YEAR, _LAST_YEAR
        known = (shown.first_year, shown.last_year, today().year, self.day.year)
        years = [year for year in known if year is not None]
        return min(years), max(years)

    def _style(self, name: str) -> Style:
        return self.base + self.part_style(name)

    def _row(self, row: int) -> list[Segment]:
        quiet, written = self._style("year--quiet"), self._style("year--written")
        segments = [Segment(self._grid.labels[row].ljust(LABEL_WIDTH), quiet)]
        for column in range(self._grid.columns):
            day = self._grid.day(row, column)
            if day is None:
                segments.append(Segment(" " * self._cell_width, self.base))
                continue
            tally = self._tallies.get(day)
            style = quiet if tally is None else written
            cell = self._cell(tally)
            if day == self.day:
                style += self.part_style("year--cursor")
                cell = cell[:-1] + _CURSOR_BEHIND if self._cell_width > 1 else _CURSOR_ALONE
            segments.append(Segment(cell, style))
        return segments

    def _cell(self, tally: Tally | None) -> str:
        shade = SHADES[self._shading.level(tally.words) if tally else 0]
        # A gap on the right, so that a column is a column; dots stay small.
        wide = shade * (self._cell_width - 1) if tally else shade
        return wide.ljust(self._cell_width) if self._cell_width > 1 else shade

    def _legend(self, width: int) -> list[Segment]:
        quiet, written = self._style("year--quiet"), self._style("year--written")
        legend = self._shading.legend()
        needed = sum(len(f"  {shade} {words}") for shade, words in legend)
        says = "Words a day:" if needed + len("Words a day:") <= width else "Words:"
        segments = [Segment(says, quiet)]
        for shade, words in legend:
            segments += [Segment(f"  {shade}", written), Segment(f" {words}", quiet)]
        return segments

    def _day_words(self, width: int) -> str:
        if self._calendar is None or self._calendar.year != self.day.year:
            return day_heading(self.day, today(), width)
        tally = self._tallies.get(self.day)
        amount = f" · {amount_words(tally) if tally else 'nothing written'}"
        return fit(day_heading(self.day, today(), width - len(amount)) + amount, width)

    def _entry_line(self, number: int, width: int) -> list[Segment]:
        quiet = self._style("year--quiet")
        shown = self._entries[:MOST_LISTED]
        if number < len(shown):
            entry = shown[number]
            time = f"  {clock(entry)}  "
            text = fit(for_terminal_line(entry.title or entry.preview), width - len(time))
            return [Segment(time, quiet), Segment(text, self.base)]
        left = self._left_out()
        if number == len(shown) and left:
            return [
                Segment(fit(f"  and {counted(left, 'more entry', 'more entries')}", width), quiet)
            ]
        return []

    def _left_out(self) -> int:
        tally = self._tallies.get(self.day)
        return max(0, tally.entries - MOST_LISTED) if tally and self._entries else 0
