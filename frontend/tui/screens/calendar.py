"""The calendar: a year of days, any of which opens."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType

from backend import get_calendar, list_day_entries
from backend.dates import today
from backend.errors import CharlieError
from backend.records import CalendarYear
from frontend.shared.formatting import counted, entry_name, long_date
from frontend.tui.routes import CalendarRoute, EntryRoute, JournalRoute
from frontend.tui.screens.base import EVERYWHERE
from frontend.tui.screens.calendar_base import CalendarBaseScreen
from frontend.tui.tasks import run_latest
from frontend.tui.widgets.panes.year_view import MOST_LISTED, YearView


class CalendarScreen(CalendarBaseScreen):
    """Shows a `CalendarRoute`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "open", tooltip="Open the chosen day"),
        *EVERYWHERE,
    ]

    def __init__(self, route: CalendarRoute) -> None:
        self._year_view = YearView(route.day or today())
        super().__init__("Calendar", self._year_view)
        self._shown: CalendarYear | None = None

    def on_screen_resume(self) -> None:
        """Weeks may begin on another day now."""
        self._year_view.lay_out()

    def where(self) -> CalendarRoute:
        """Return the chosen day."""
        return CalendarRoute(self._year_view.day)

    @property
    def day_in_view(self) -> date:
        """The chosen day."""
        return self._year_view.day

    def reload(self) -> None:
        """Read the year of the chosen day."""
        run_latest(self, "year", self._load_year, self._year_view.day.year)
        run_latest(self, "day", self._load_day, self._year_view.day)

    async def _load_year(self, year: int) -> None:
        try:
            found = await asyncio.to_thread(get_calendar, year, journal=self.journal)
        except CharlieError as error:
            self.show_error(error)
            return
        if year != self._year_view.day.year:
            # One has come back to the year that is shown.
            return
        self._shown = found
        self._year_view.show(found)
        entries = sum(day.entries for day in found.days)
        about = counted(entries, "entry", "entries") if entries else "nothing written"
        self.header.about = f"{year} · {about}"

    async def _load_day(self, day: date) -> None:
        try:
            entries = await asyncio.to_thread(
                list_day_entries, day, journal=self.journal, limit=MOST_LISTED
            )
        except CharlieError as error:
            self.show_error(error)
            return
        self._year_view.show_entries(entries)

    @on(YearView.Chosen)
    def _chosen(self) -> None:
        day = self._year_view.day
        if self._shown is None or day.year != self._shown.year:
            run_latest(self, "year", self._load_year, day.year)
        run_latest(self, "day", self._load_day, day)

    @on(YearView.Opened)
    def action_open(self) -> None:
        """Open the chosen day: its entry, or the list where it has several."""
        self.change(self._open, self._year_view.day)

    async def _open(self, day: date) -> None:
        try:
            entries = await asyncio.to_thread(list_day_entries, day, journal=self.journal, limit=2)
        except CharlieError as error:
            self.show_error(error)
            return
        if not entries:
            self.show_message(f"Nothing was written on {long_date(day)}.")
        elif len(entries) == 1:
            self.charlie.navigation.navigate(
                EntryRoute(entries[0].uuid, name=entry_name(entries[0]))
            )
        else:
            self.charlie.navigation.navigate(JournalRoute(day=day))
