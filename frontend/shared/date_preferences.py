"""How the user writes days and counts weeks: asked for once, at the start, and used everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from backend.dates import local_zone
from backend.preferences import DATE_FORMAT, WEEK_START, Preferences
from backend.records import DateFormat, WeekStart

if TYPE_CHECKING:
    from backend.moments import DateConventions


@dataclass(slots=True)
class DatePreferences:
    """What `formatting` and the lists go by."""

    date_format: DateFormat = DATE_FORMAT.default
    week_start: WeekStart = WEEK_START.default

    def apply(self, preferences: Preferences) -> None:
        """Go by `preferences` from now on."""
        self.date_format = preferences[DATE_FORMAT]
        self.week_start = preferences[WEEK_START]

    @property
    def conventions(self) -> DateConventions:
        """How days that are typed are understood."""
        # Its patterns take 5 ms to compile, and most commands and the first paint ask for no day.
        from backend.moments import DateConventions  # noqa: PLC0415

        return DateConventions(self.first_weekday, self.date_format.month_first)

    def parse_moment(self, value: str, zone: str) -> datetime:
        """Return what `backend.moments.parse_moment` makes of what this user typed."""
        from backend.moments import parse_moment  # noqa: PLC0415 - as above

        return parse_moment(value, zone, conventions=self.conventions)

    def parse_day(self, value: str) -> date:
        """Return what `backend.moments.parse_day` makes of what this user typed."""
        from backend.moments import parse_day  # noqa: PLC0415 - as above

        return parse_day(value, local_zone(), conventions=self.conventions)

    def parse_period(self, value: str, *, is_past: bool = False) -> tuple[date, date]:
        """Return what `backend.moments.parse_period` makes of what this user typed."""
        from backend.moments import parse_period  # noqa: PLC0415 - as above

        return parse_period(value, conventions=self.conventions, is_past=is_past)

    @property
    def first_weekday(self) -> int:
        """The weekday with which weeks begin, 0 for Monday."""
        return self.week_start.weekday


#: Those of the user whose journal is open.
date_preferences = DatePreferences()
