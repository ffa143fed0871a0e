"""Ids that sort as a journal reads, and instants as integers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.database import chronology
from backend.errors import UsageError

FIRST = datetime(2, 1, 2, tzinfo=UTC)
INSTANTS = st.timedeltas(timedelta(0), datetime(9998, 12, 30, tzinfo=UTC) - FIRST).map(
    lambda since: FIRST + since
)
ZONES = st.sampled_from(["UTC", "Pacific/Kiritimati", "Pacific/Niue", "Asia/Kathmandu", "Nowhere"])


@given(INSTANTS)
def test_an_instant_comes_back_to_the_millisecond(instant: datetime) -> None:
    back = chronology.from_ms(chronology.to_ms(instant))
    assert timedelta(0) <= instant - back < timedelta(milliseconds=1)
    assert chronology.to_ms(back) == chronology.to_ms(instant)


@given(INSTANTS, ZONES, INSTANTS, ZONES)
def test_ids_ascend_by_local_day_then_by_instant(
    one: datetime, here: str, other: datetime, there: str
) -> None:
    first = (chronology.local_day(one, here), chronology.to_ms(one))
    second = (chronology.local_day(other, there), chronology.to_ms(other))
    low, high = sorted((first, second))
    distance = chronology.first_id(*high) - chronology.first_id(*low)
    assert distance == 0 if low == high else distance >= chronology.TWINS
    assert 0 < chronology.first_id(*high) < 2**63 - chronology.TWINS


@given(INSTANTS, ZONES)
def test_a_day_is_a_range_of_ids(instant: datetime, zone: str) -> None:
    day = chronology.local_day(instant, zone)
    low, high = chronology.id_range(day, day)
    entry_id = chronology.first_id(day, chronology.to_ms(instant))
    assert low <= entry_id
    assert entry_id + chronology.TWINS - 1 <= high
    assert chronology.id_range(None, day - timedelta(days=1))[1] < low
    assert chronology.id_range(day + timedelta(days=1), None)[0] > high


def test_the_first_and_last_days_of_the_calendar_have_ranges() -> None:
    assert chronology.id_range(None, None) == (0, 2**63 - 1)
    low, high = chronology.id_range(date.min, date.max)
    assert 0 < low < high < 2**63


@pytest.mark.parametrize("hours", [-15, 15])
def test_the_farthest_zones_fit(hours: int) -> None:
    offset = timezone(timedelta(hours=hours))
    for clock in ("00:00:00.000", "23:59:59.999"):
        instant = datetime.fromisoformat(f"2024-02-29 {clock}").replace(tzinfo=offset)
        day = instant.date()
        entry_id = chronology.first_id(day, chronology.to_ms(instant))
        low, high = chronology.id_range(day, day)
        assert low <= entry_id <= high


def test_years_without_a_day_before_or_after_are_refused() -> None:
    for instant in (datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)):
        with pytest.raises(UsageError):
            chronology.local_day(instant, "UTC")
