"""Enumerations: what a value may be."""

from __future__ import annotations

from enum import StrEnum


class EntityType(StrEnum):
    """What a name in an entry stands for."""

    PERSON = "PERSON"
    PLACE = "PLACE"
    ORGANIZATION = "ORGANIZATION"
    ACTIVITY = "ACTIVITY"


class EntityOrder(StrEnum):
    """What a list of entities is ordered by: mentions, the last mention, or the alphabet."""

    FREQUENCY = "frequency"
    RECENCY = "recency"
    NAME = "name"


class SearchOrder(StrEnum):
    """Which hits of a search come first."""

    RELEVANCE = "relevance"
    NEWEST = "newest"


class DateFormat(StrEnum):
    """How days are written."""

    DMY = "dmy"  # 21 Nov 2026
    MDY = "mdy"  # Nov 21, 2026
    ISO = "iso"  # 2026-11-21
    US = "us"  # 11/21/2026
    EU = "eu"  # 21.11.2026

    @property
    def month_first(self) -> bool | None:
        """Whether the month comes first in a day in figures; None if this does not tell."""
        if self in (DateFormat.US, DateFormat.MDY):
            return True
        return False if self is DateFormat.EU else None


class WeekStart(StrEnum):
    """The day with which weeks begin."""

    MONDAY = "monday"
    SUNDAY = "sunday"

    @property
    def weekday(self) -> int:
        """The number of the day, 0 for Monday."""
        return 6 if self is WeekStart.SUNDAY else 0


class Fallback(StrEnum):
    """What happens to entries while the chosen model cannot be used."""

    WAIT = "wait"
    BUILT_IN = "built-in"
