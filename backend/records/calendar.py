"""Days, years and what was written in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True)
class DayCount:
    """How many entries a local day holds."""

    local_date: date
    count: int


@dataclass(frozen=True, slots=True)
class Tally:
    """What was written from the local day `first` to `last`, both included.

    `days` is the number of days with an entry.
    """

    first: date
    last: date
    entries: int
    words: int
    days: int


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """A year of days: `days` has a tally for each day with an entry, in their order.

    `first_year` and `last_year` are the years of the journal's first and last entry, None where
    it has none.
    """

    year: int
    days: tuple[Tally, ...]
    first_year: int | None
    last_year: int | None


@dataclass(frozen=True, slots=True)
class Streak:
    """Days in a row with an entry each, from `first` to `last`, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """Number of days, at least 1."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Statistics:
    """What a journal amounts to, in all its time or in one `year`.

    `periods` are the years from the first entry to the last, or the twelve months of `year`,
    those without an entry too. `current` is the streak that reaches today or yesterday; None
    where there is none, or it does not reach into `year`.
    """

    year: int | None
    total: Tally | None
    longest: Streak | None
    current: Streak | None
    periods: tuple[Tally, ...]
