"""Days in a row: which of them were the most, and which still go on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from backend.records import Streak

_DAY = timedelta(days=1)


def find_streaks(days: Iterable[date]) -> list[Streak]:
    """Every run of days in a row among `days`, which ascend."""
    streaks: list[Streak] = []
    for day in days:
        if streaks and day - streaks[-1].last <= _DAY:
            streaks[-1] = Streak(streaks[-1].first, day)
        else:
            streaks.append(Streak(day, day))
    return streaks


def longest_streak(streaks: Iterable[Streak]) -> Streak | None:
    """The longest of `streaks`, of equals the latest; None if there is none."""
    return max(streaks, key=lambda streak: (streak.days, streak.first), default=None)


def current_streak(streaks: Iterable[Streak], today: date) -> Streak | None:
    """The streak that reaches `today` or the day before, up to `today`; None if none does.

    Today's entry may be yet to be written. Days ahead of `today`, under which an entry may have
    been put, do not count yet.
    """
    for streak in streaks:
        if streak.first <= today and streak.last >= today - _DAY:
            return Streak(streak.first, min(streak.last, today))
    return None
