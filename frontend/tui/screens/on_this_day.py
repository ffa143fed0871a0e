"""On this day: what was written on it in earlier years."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from backend import list_on_this_day
from backend.dates import today
from backend.errors import CharlieError
from frontend.shared.formatting import counted, day_heading, entry_name
from frontend.tui.routes import EntryRoute, OnThisDayRoute
from frontend.tui.screens.base import EVERYWHERE
from frontend.tui.screens.calendar_base import CalendarBaseScreen
from frontend.tui.tasks import run_latest
from frontend.tui.widgets.lists.recall_list import RecallList
from frontend.tui.widgets.lists.virtual_list import VirtualList

# The days that have a day before and after them.
_FIRST, _LAST = date(2, 1, 1), date(9998, 12, 31)

# Cells beside the sentence.
_MARGINS = 8


class OnThisDayScreen(CalendarBaseScreen):
    """Shows an `OnThisDayRoute`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "open", tooltip="Open the chosen entry"),
        Binding("h,left", "step(-1)", "day before", tooltip="The day before"),
        Binding("l,right", "step(1)", "day after", tooltip="The day after"),
        *EVERYWHERE,
    ]

    def __init__(self, route: OnThisDayRoute) -> None:
        self._entries = RecallList()
        super().__init__("On this day", self._entries)
        self._says = Static("", id="recall-says", markup=False)
        self._day = route.day or today()
        # The entry that is to be chosen once the entries are here.
        self._wanted = route.uuid
        # The day whose entries are here, and whether one is to be opened once the day's are.
        self._shown: date | None = None
        self._will_open = False
        # What there is, in words.
        self._found = ""

    def compose(self) -> ComposeResult:
        """Yield a sentence over the entries."""
        top, view, bottom = super().compose()
        yield top
        yield self._says
        yield view
        yield bottom

    def on_resize(self) -> None:
        """Show the sentence again, which may have more words now, or fewer."""
        self._show_sentence()

    def where(self) -> OnThisDayRoute:
        """Return the day, and the chosen entry."""
        chosen = self._entries.chosen
        return OnThisDayRoute(self._day, chosen.uuid if chosen else self._wanted)

    @property
    def day_in_view(self) -> date:
        """The day whose earlier years are shown, or the one of the chosen entry."""
        chosen = self._entries.chosen
        return chosen.local_date if chosen else self._day

    def reload(self) -> None:
        """Read the day's entries."""
        run_latest(self, "entries", self._load, self._day)

    async def _load(self, day: date) -> None:
        try:
            entries = await asyncio.to_thread(list_on_this_day, day, journal=self.journal)
        except CharlieError as error:
            self.show_error(error)
            return
        chosen = self._entries.chosen
        self._entries.show_day(day, entries, self._wanted or (chosen.uuid if chosen else None))
        self._wanted = None
        self._shown = day
        self._found = "nothing in earlier years"
        if entries:
            years = len({entry.local_date.year for entry in entries})
            count = counted(len(entries), "entry", "entries")
            self._found = f"{count} in {counted(years, 'earlier year')}"
        self._show_sentence()
        self.refresh_bindings()
        if self._will_open:
            self.action_open()

    def _show_sentence(self) -> None:
        if self._shown is not None:
            found = f" · {self._found}"
            room = self.app.size.width - _MARGINS - len(found)
            self._says.update(day_heading(self._shown, today(), room) + found)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys without an effect here are not shown."""
        if action == "open":
            return self._entries.chosen is not None or self._shown != self._day
        return True

    def action_step(self, days: int) -> None:
        """Go to the day before or after."""
        day = self._day + timedelta(days=days)
        if _FIRST <= day <= _LAST:
            self._day = day
            self._wanted = None
            self._will_open = False
            self.reload()

    @on(VirtualList.Opened)
    def action_open(self) -> None:
        """Open the chosen entry."""
        self._will_open = self._shown != self._day
        chosen = self._entries.chosen
        if chosen is not None and not self._will_open:
            self.charlie.navigation.navigate(EntryRoute(chosen.uuid, name=entry_name(chosen)))
