"""Ids that sort as a journal reads, and instants as integers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.database.sqlite import entry_ids
from backend.errors import UsageError

FIRST = datetime(2, 1, 2, tzinfo=UTC)
INSTANTS = st.timedeltas(timedelta(0), datetime(9998, 12, 30, tzinfo=UTC) - FIRST).map(
    lambda since: FIRST + since
)
ZONES = st.sampled_from(["UTC", "Pacific/Kiritimati", "Pacific/Niue", "Asia/Kathmandu", "Nowhere"])


@given(INSTANTS)
def test_an_instant_comes_back_to_the_millisecond(instant: datetime) -> None:
    back = entry_ids.from_ms(entry_ids.to_ms(instant))
    assert timedelta(0) <= instant - back < timedelta(milliseconds=1)
    assert entry_ids.to_ms(back) == entry_ids.to_ms(instant)


@given(INSTANTS, ZONES, INSTANTS, ZONES)
def test_ids_ascend_by_local_day_then_by_instant(
    one: datetime, here: str, other: datetime, there: str
) -> None:
    first = (entry_ids.local_day(one, here), entry_ids.to_ms(one))
    second = (entry_ids.local_day(other, there), entry_ids.to_ms(other))
    low, high = sorted((first, second))
    distance = entry_ids.first_id(*high) - entry_ids.first_id(*low)
    assert distance == 0 if low == high else distance >= entry_ids.TWINS
    assert 0 < entry_ids.first_id(*high) < 2**63 - entry_ids.TWINS


@given(INSTANTS, ZONES)
def test_a_day_is_a_range_of_ids(instant: datetime, zone: str) -> None:
    day = entry_ids.local_day(instant, zone)
    low, high = entry_ids.id_range(day, day)
    entry_id = entry_ids.first_id(day, entry_ids.to_ms(instant))
    assert low <= entry_id
    assert entry_id + entry_ids.TWINS - 1 <= high
    assert entry_ids.id_range(None, day - timedelta(days=1))[1] < low
    assert entry_ids.id_range(day + timedelta(days=1), None)[0] > high


def test_the_first_and_last_days_of_the_calendar_have_ranges() -> None:
    assert entry_ids.id_range(None, None) == (0, 2**63 - 1)
    low, high = entry_ids.id_range(date.min, date.max)
    assert 0 < low < high < 2**63


@pytest.mark.parametrize("hours", [-15, 15])
def test_the_farthest_zones_fit(hours: int) -> None:
    offset = timezone(timedelta(hours=hours))
    for clock in ("00:00:00.000", "23:59:59.999"):
        instant = datetime.fromisoformat(f"2024-02-29 {clock}").replace(tzinfo=offset)
        day = instant.date()
        entry_id = entry_ids.first_id(day, entry_ids.to_ms(instant))
        low, high = entry_ids.id_range(day, day)
        assert low <= entry_id <= high


def test_years_without_a_day_before_or_after_are_refused() -> None:
    for instant in (datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)):
        with pytest.raises(UsageError):
            entry_ids.local_day(instant, "UTC")
