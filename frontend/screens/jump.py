"""Going to a date: a line to type it in, and what it leads to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from backend.dates import local_zone
from backend.errors import UsageError
from backend.periods import parse_period
from backend.text import for_terminal_line
from frontend.screens.base import CharlieModal, FieldScreen
from frontend.widgets.key_line import KeyLine
from frontend.widgets.query_input import QueryInput
from frontend.wording import long_date

_EXAMPLES = "2024 · may 2024 · 2024-05-17 · last friday · a year ago"


class JumpScreen(CharlieModal[date], FieldScreen[date]):
    """Dismissed with the day to go to, or None.

    Args:
        nearest_day: the day with an entry that is meant by a first and a last day; None if there
            is no entry at all.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "jump", "go there", priority=True),
        Binding("escape", "leave", "close", priority=True),
    ]

    def __init__(self, nearest_day: Callable[[date, date], date | None]) -> None:
        super().__init__()
        self._nearest_day = nearest_day
        self._input = QueryInput(placeholder="A day, a month or a year", id="day")
        self._says = Static(_EXAMPLES, classes="quiet", markup=False)

    def compose(self) -> ComposeResult:
        """The field over what it leads to."""
        with Vertical(classes="sheet"):
            yield Static("Go to", classes="sheet-title")
            yield self._input
            yield self._says
            yield KeyLine()

    def on_mount(self) -> None:
        """Ready to type."""
        self.take_keys(self._input)

    @on(Input.Changed)
    def _typed(self) -> None:
        """Say where it leads as soon as it leads somewhere; what is half typed is no mistake."""
        try:
            day = self._day()
        except UsageError:
            day = None
        self._says.update(_EXAMPLES if day is None else f"To {long_date(day)}")
        self._says.remove_class("wrong")

    def action_jump(self) -> None:
        """Go there, or say what is wrong."""
        self.after_keys(self._input, self._jump)

    def _jump(self) -> None:
        if not self._input.value.strip():
            self.dismiss(None)
            return
        try:
            day = self._day()
        except UsageError as error:
            words = for_terminal_line(" ".join(filter(None, (error.message, error.hint))))
            self._says.update(words)
            self._says.add_class("wrong")
        else:
            self.dismiss(day)

    def action_leave(self) -> None:
        """Close."""
        self.dismiss(None)

    def _day(self) -> date | None:
        first, last = parse_period(self._input.value, local_zone())
        return self._nearest_day(first, last)
