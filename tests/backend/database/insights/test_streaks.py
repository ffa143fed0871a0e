"""Days in a row."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from backend.database.insights.calendar import current_streak, find_streaks, longest_streak
from backend.records import Streak

TODAY = date(2024, 3, 2)
DAYS = st.sets(st.integers(-40, 10)).map(
    lambda offsets: sorted(TODAY + timedelta(days=offset) for offset in offsets)
)


def days(*numbers: int) -> list[date]:
    """Days before (or, negative, after) today."""
    return sorted(TODAY - timedelta(days=number) for number in numbers)


def test_no_days_have_no_streak() -> None:
    assert find_streaks([]) == []
    assert longest_streak([]) is None
    assert current_streak([], TODAY) is None


def test_a_leap_day_belongs_to_its_streak() -> None:
    (streak,) = find_streaks(days(0, 1, 2, 3))
    assert streak == Streak(date(2024, 2, 28), date(2024, 3, 2))
    assert streak.days == 4


def test_of_equal_streaks_the_latest_is_the_longest() -> None:
    streaks = find_streaks(days(20, 19, 10, 9, 5))
    assert longest_streak(streaks) == Streak(*days(10, 9))


def test_a_streak_goes_on_until_a_whole_day_was_missed() -> None:
    assert current_streak(find_streaks(days(0, 1)), TODAY) == Streak(*days(1, 0))
    assert current_streak(find_streaks(days(1, 2)), TODAY) == Streak(*days(2, 1))
    assert current_streak(find_streaks(days(2, 3)), TODAY) is None


def test_days_ahead_do_not_count_yet() -> None:
    assert current_streak(find_streaks(days(0, -1, -2)), TODAY) == Streak(TODAY, TODAY)
    assert current_streak(find_streaks(days(-1, -2)), TODAY) is None
    assert current_streak(find_streaks(days(1, -1)), TODAY) == Streak(*days(1, 1))


@given(DAYS)
def test_streaks_are_the_days_and_nothing_else(written: list[date]) -> None:
    streaks = find_streaks(written)
    inside = [
        streak.first + timedelta(days=number) for streak in streaks for number in range(streak.days)
    ]
    assert inside == written
    for one, other in itertools.pairwise(streaks):
        assert (other.first - one.last).days > 1
