"""How the user writes days and counts weeks: asked for once, at the start, and used everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from backend.records import DateFormat, WeekStart

ChoiceT = TypeVar("ChoiceT", bound=StrEnum)


@dataclass(slots=True)
class Habits:
    """What `wording` and the lists go by."""

    date_format: DateFormat = DateFormat.DMY
    week_start: WeekStart = WeekStart.MONDAY

    def take(self, preferences: Mapping[str, object]) -> None:
        """Take over what `preferences` says; what it does not say, or not rightly, is as usual."""
        self.date_format = _choice(preferences.get("date_format"), DateFormat.DMY)
        self.week_start = _choice(preferences.get("week_start"), WeekStart.MONDAY)

    @property
    def first_weekday(self) -> int:
        """The weekday with which weeks begin, 0 for Monday."""
        return 6 if self.week_start is WeekStart.SUNDAY else 0


def _choice(value: object, usual: ChoiceT) -> ChoiceT:
    kind = type(usual)
    return kind(value) if isinstance(value, str) and value in list(kind) else usual


#: Those of the user whose journal is open.
habits = Habits()
