"""What a writer means by a date, and which day an instant falls on."""

from datetime import UTC, date, datetime

import pytest

from backend.dates import local_date, local_time, parse_moment
from backend.errors import UsageError

ZONE = "America/New_York"
# 21:30 on 20 November in New York.
NOW = datetime(2026, 11, 21, 2, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026-05-03", "2026-05-03T16:00:00+00:00"),
        ("2026-05-03 21:30", "2026-05-04T01:30:00+00:00"),
        ("2026-05-03T21:30:15", "2026-05-04T01:30:15+00:00"),
        ("2026-05-03 21:30+02:00", "2026-05-03T19:30:00+00:00"),
        ("2026-05-03T21:30:00Z", "2026-05-03T21:30:00+00:00"),
        ("today", "2026-11-21T02:30:00+00:00"),
        ("now", "2026-11-21T02:30:00+00:00"),
        ("today 9:05", "2026-11-20T14:05:00+00:00"),
        ("yesterday", "2026-11-19T17:00:00+00:00"),
        (" Yesterday 21:30 ", "2026-11-20T02:30:00+00:00"),
        ("1660-01-01", "1660-01-01T16:56:02+00:00"),
    ],
)
def test_a_date_is_understood(typed: str, meant: str) -> None:
    assert parse_moment(typed, ZONE, at=NOW) == datetime.fromisoformat(meant)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "soon",
        "2026-13-01",
        "2026-02-30",
        "yesterday 25:00",
        "0001-01-01",
        "9999-12-31",
        "\x1b[2J",
    ],
)
def test_anything_else_is_refused_with_examples(typed: str) -> None:
    with pytest.raises(UsageError) as refusal:
        parse_moment(typed, ZONE, at=NOW)
    assert refusal.value.exit_code == 2
    assert "yesterday 21:30" in str(refusal.value.hint)


def test_an_evening_belongs_to_the_writers_day() -> None:
    assert local_date(NOW, ZONE) == date(2026, 11, 20)
    assert local_date(NOW, "Asia/Tokyo") == date(2026, 11, 21)
    assert f"{local_time(NOW, ZONE):%H:%M}" == "21:30"


def test_an_unknown_zone_counts_as_utc() -> None:
    assert local_date(NOW, "Mars/Olympus") == date(2026, 11, 21)
