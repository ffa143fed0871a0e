"""How the user writes days and counts weeks: asked for once, at the start, and used everywhere."""

from __future__ import annotations

from dataclasses import dataclass

from backend.preferences import DATE_FORMAT, WEEK_START, Preferences
from backend.records import DateFormat, WeekStart


@dataclass(slots=True)
class Habits:
    """What `formatting` and the lists go by."""

    date_format: DateFormat = DATE_FORMAT.default
    week_start: WeekStart = WEEK_START.default

    def take(self, preferences: Preferences) -> None:
        """Go by `preferences` from now on."""
        self.date_format = preferences[DATE_FORMAT]
        self.week_start = preferences[WEEK_START]

    @property
    def first_weekday(self) -> int:
        """The weekday with which weeks begin, 0 for Monday."""
        return self.week_start.weekday


#: Those of the user whose journal is open.
habits = Habits()
