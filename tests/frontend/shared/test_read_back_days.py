"""Whatever Charlie prints as a date is a date that it understands, however the user writes days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend import dates
from backend.errors import UsageError
from backend.preferences import DATE_FORMAT, Preferences
from backend.records import DateFormat
from frontend.shared.date_preferences import date_preferences
from frontend.shared.formatting import long_date, short_date

ZONE = "Europe/Lisbon"
# Of years with fewer figures none are left out where they are printed.
_DAYS = st.dates(date(1000, 1, 1), dates.local_date(dates.now(), ZONE) - timedelta(days=2))


@pytest.fixture(autouse=True, params=list(DateFormat), ids=str)
def written(request: pytest.FixtureRequest) -> Iterator[None]:
    """Each way in which a user may have days written."""
    date_preferences.apply(Preferences({DATE_FORMAT.name: DATE_FORMAT.to(request.param).json}))
    yield
    date_preferences.apply(Preferences())


@given(day=_DAYS)
def test_a_day_is_read_as_it_is_printed(day: date) -> None:
    for printed in (long_date(day), short_date(day), day.isoformat(), f"{day:%Y%m%d}"):
        assert date_preferences.parse_period(printed) == (day, day), printed
        assert date_preferences.parse_day(printed) == day, printed


@given(day=_DAYS, clock=st.times().map(lambda each: each.replace(second=0, microsecond=0)))
def test_a_moment_is_read_as_it_is_printed(day: date, clock: time) -> None:
    local = datetime.combine(day, clock, tzinfo=ZoneInfo(ZONE))
    if not dates.exists(local):
        return
    for printed in (f"{long_date(day)}, {clock:%H:%M}", f"{short_date(day)} {clock:%H:%M}"):
        read = date_preferences.parse_moment(printed, ZONE).astimezone(ZoneInfo(ZONE))
        assert (read.date(), read.time()) == (day, clock), printed


def test_a_weekday_that_is_another_is_told() -> None:
    assert date_preferences.parse_day("Sunday 12 May 2024") == date(2024, 5, 12)
    with pytest.raises(UsageError, match="2024-05-12 is a Sunday"):
        date_preferences.parse_day("Monday 12 May 2024")
