"""Statistics: what the journal amounts to, in all and by year."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType

from backend import get_statistics, list_frequent_names, list_frequent_names_by_year
from backend.dates import today
from backend.errors import CharlieError
from backend.records import EntityType
from frontend.tui.routes import StatisticsRoute
from frontend.tui.screens.base import EVERYWHERE
from frontend.tui.screens.calendar_base import CalendarBaseScreen
from frontend.tui.tasks import run_latest
from frontend.tui.views.statistics_view import StatisticsPage
from frontend.tui.widgets.lists.statistics_list import StatisticsList
from frontend.tui.widgets.lists.virtual_list import VirtualList

_NAMES_A_TYPE = 5
_NAMES_A_YEAR = 3

# The years that a journal can hold.
_FIRST_YEAR, _LAST_YEAR = 2, 9998


class StatisticsScreen(CalendarBaseScreen):
    """Shows a `StatisticsRoute`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "open", tooltip="Open the chosen name, year or month"),
        Binding("h,left,less_than_sign", "step(-1)", "year before", tooltip="The year before"),
        Binding("l,right,greater_than_sign", "step(1)", "year after", tooltip="The year after"),
        *EVERYWHERE,
    ]

    def __init__(self, route: StatisticsRoute) -> None:
        self._lines = StatisticsList()
        super().__init__("Statistics", self._lines)
        self._year = route.year
        # The row that is to be chosen once the numbers are here.
        self._row: int | None = route.row

    def on_mount(self) -> None:
        """Names change as entries are read."""
        super().on_mount()
        self.charlie.entry_extracted.subscribe(self, self.changed)

    def where(self) -> StatisticsRoute:
        """Return the year, and the chosen row."""
        row = self._lines.cursor if self._row is None else self._row
        return StatisticsRoute(self._year, row or 0)

    def reload(self) -> None:
        """Count again."""
        self.header.about = str(self._year) if self._year else "all years"
        run_latest(self, "numbers", self._load, self._year)

    async def _load(self, year: int | None) -> None:
        try:
            page = await asyncio.to_thread(_load_page, year, self.journal)
            self._show(page)
            if year is None:
                by_year = await asyncio.to_thread(
                    list_frequent_names_by_year, journal=self.journal, limit=_NAMES_A_YEAR
                )
                self._show(replace(page, by_year=by_year))
        except CharlieError as error:
            self.show_error(error)

    def _show(self, page: StatisticsPage) -> None:
        self._lines.show_page(page, self._row)
        self._row = None
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys without an effect here are not shown."""
        if action == "step":
            return self._year is not None
        if action == "open":
            return self._lines.target is not None
        return True

    def action_step(self, years: int) -> None:
        """Go to the year before or after."""
        if self._year is not None and _FIRST_YEAR <= self._year + years <= _LAST_YEAR:
            self._year += years
            self._row = self._lines.cursor or 0
            self.reload()

    @on(VirtualList.Opened)
    def action_open(self) -> None:
        """Go where the chosen line leads: a name's page, a year, a month of the calendar."""
        target = self._lines.target
        if target is not None:
            self.charlie.navigation.navigate(target)


def _load_page(year: int | None, journal: str | None) -> StatisticsPage:
    names = {
        type_: list_frequent_names(year=year, journal=journal, type=type_, limit=_NAMES_A_TYPE)
        for type_ in EntityType
    }
    return StatisticsPage(get_statistics(today(), year=year, journal=journal), names)
