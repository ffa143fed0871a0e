"""Going to a date: a line to type it in, and what it leads to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widgets import Input

from backend.errors import UsageError
from frontend.shared.date_preferences import date_preferences
from frontend.shared.formatting import long_date
from frontend.tui.screens.dialogs.line_prompt import AskingScreen
from frontend.tui.widgets.fields.query_input import QueryInput

_EXAMPLES = "2024 · may 2024 · 2024-05-17 · last friday · last week · a year ago"


class JumpScreen(AskingScreen[date]):
    """Dismissed with the day to go to, or None.

    Args:
        nearest_day: the day with an entry that is meant by a first and a last day; None if there
            is no entry at all.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "jump", "go there", priority=True)]

    def __init__(self, nearest_day: Callable[[date, date], date | None]) -> None:
        field = QueryInput(placeholder="A day, a month or a year", id="day")
        super().__init__("Go to", field, _EXAMPLES)
        self._nearest_day = nearest_day

    @on(Input.Changed)
    def _typed(self) -> None:
        """Say where it leads as soon as it leads somewhere; what is half typed is no mistake."""
        try:
            day = self._day()
        except UsageError:
            day = None
        self.show_sentence(_EXAMPLES if day is None else f"To {long_date(day)}")

    def action_jump(self) -> None:
        """Go there, or say what is wrong."""
        self._jump()

    def _jump(self) -> None:
        if not self.field.value.strip():
            self.dismiss(None)
            return
        try:
            day = self._day()
        except UsageError as error:
            self.show_sentence(" ".join(filter(None, (error.message, error.hint))), is_wrong=True)
        else:
            self.dismiss(day)

    def _day(self) -> date | None:
        return self._nearest_day(*date_preferences.parse_period(self.field.value))
