"""What somebody means who types a day, a month or a year to go to."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from backend.errors import UsageError
from backend.moments import parse_period

# A Saturday; in Tokyo it is Sunday already.
AT = datetime(2026, 11, 21, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2024-2", date(2024, 2, 1), date(2024, 2, 29)),
        ("2023-12", date(2023, 12, 1), date(2023, 12, 31)),
        (" 2024-05-17 ", date(2024, 5, 17), date(2024, 5, 17)),
        ("2031-05-17", date(2031, 5, 17), date(2031, 5, 17)),
        ("9999-12", date(9999, 12, 1), date(9999, 12, 31)),
        ("May 2024", date(2024, 5, 1), date(2024, 5, 31)),
        ("may", date(2026, 5, 1), date(2026, 5, 31)),
        ("november", date(2026, 11, 1), date(2026, 11, 30)),
        ("dec", date(2025, 12, 1), date(2025, 12, 31)),
        ("sept. 1664", date(1664, 9, 1), date(1664, 9, 30)),
        ("12 may 2024", date(2024, 5, 12), date(2024, 5, 12)),
        ("yesterday", date(2026, 11, 20), date(2026, 11, 20)),
        ("today", date(2026, 11, 21), date(2026, 11, 21)),
        ("last friday", date(2026, 11, 20), date(2026, 11, 20)),
    ],
)
def test_a_period_is_understood(typed: str, first: date, last: date) -> None:
    assert parse_period(typed, "Europe/Lisbon", at=AT) == (first, last)


def test_days_are_those_of_the_writers_zone() -> None:
    assert parse_period("today", "Asia/Tokyo", at=AT) == (date(2026, 11, 22), date(2026, 11, 22))


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "0000",
        "2024-13",
        "2024-0",
        "2024-01-0",
        "2024-02-30",
        "someday",
        "ma",
        "j",
        "\x00",
        "٢٠٢٤",
        "2" * 500,
    ],
)
def test_what_is_no_period_is_refused(typed: str) -> None:
    with pytest.raises(UsageError):
        parse_period(typed, "Europe/Lisbon", at=AT)
