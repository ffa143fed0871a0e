"""What a writer means by a date."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.dates import MONTHS, is_repeated, local_time
from backend.errors import UsageError
from backend.moments import DateConventions, parse_moment

ZONE = "America/New_York"
# 21:30 on Friday 20 November in New York.
NOW = datetime(2026, 11, 21, 2, 30, tzinfo=UTC)


def understood(typed: str, zone: str = ZONE, at: datetime = NOW) -> str:
    return f"{local_time(parse_moment(typed, zone, at=at), zone):%Y-%m-%d %H:%M}"


def refusal(typed: str, zone: str = ZONE, at: datetime = NOW) -> str:
    with pytest.raises(UsageError) as refused:
        parse_moment(typed, zone, at=at)
    assert refused.value.exit_code == 2
    assert refused.value.safe == "Nothing was saved."
    assert refused.value.hint
    return " ".join(refused.value.lines())


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026-05-03", "2026-05-03T16:00:00+00:00"),
        ("2026-05-03 21:30", "2026-05-04T01:30:00+00:00"),
        ("2026-05-03T21:30:15", "2026-05-04T01:30:15+00:00"),
        ("2026-05-03T21:30:15.25", "2026-05-04T01:30:15.250000+00:00"),
        ("2026-05-03 21:30+02:00", "2026-05-03T19:30:00+00:00"),
        ("2026-05-03 21:30 -0330", "2026-05-04T01:00:00+00:00"),
        ("2026-05-03T21:30:00Z", "2026-05-03T21:30:00+00:00"),
        ("today", "2026-11-21T02:30:00+00:00"),
        ("now", "2026-11-21T02:30:00+00:00"),
        ("2026-11-20", "2026-11-21T02:30:00+00:00"),
        ("20 minutes ago", "2026-11-21T02:10:00+00:00"),
        ("an hour ago", "2026-11-21T01:30:00+00:00"),
        ("1660-01-01", "1660-01-01T16:56:02+00:00"),
    ],
)
def test_an_instant_is_understood(typed: str, meant: str) -> None:
    assert parse_moment(typed, ZONE, at=NOW) == datetime.fromisoformat(meant)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("today 9:05", "2026-11-20 09:05"),
        ("yesterday", "2026-11-19 12:00"),
        (" Yesterday  21:30 ", "2026-11-19 21:30"),
        ("yesterday at 9pm", "2026-11-19 21:00"),
        ("9 p.m. yesterday", "2026-11-19 21:00"),
        ("the day before yesterday, 7:15 am", "2026-11-18 07:15"),
        ("21:30", "2026-11-20 21:30"),
        ("12am", "2026-11-20 00:00"),
        ("at 12:05 pm", "2026-11-20 12:05"),
        ("noon", "2026-11-20 12:00"),
        ("this morning", "2026-11-20 09:00"),
        ("yesterday evening", "2026-11-19 20:00"),
        ("yesterday in the afternoon", "2026-11-19 15:00"),
        ("last night", "2026-11-19 22:00"),
        ("last friday", "2026-11-13 12:00"),
        ("Last Thursday 8:00", "2026-11-19 08:00"),
        ("thursday", "2026-11-19 12:00"),
        ("on sat", "2026-11-14 12:00"),
        ("3 days ago", "2026-11-17 12:00"),
        ("three days ago 18:00", "2026-11-17 18:00"),
        ("a week ago", "2026-11-13 12:00"),
        ("2 months ago", "2026-09-20 12:00"),
        ("1 year ago", "2025-11-20 12:00"),
        ("12 may 2024 9pm", "2024-05-12 21:00"),
        ("12th of May, 2024", "2024-05-12 12:00"),
        ("on the 12th of may", "2026-05-12 12:00"),
        ("may 12", "2026-05-12 12:00"),
        ("Dec. 24", "2025-12-24 12:00"),
        ("Sept 1st, 2020", "2020-09-01 12:00"),
        ("29 feb", "2024-02-29 12:00"),
        ("2024/05/12", "2024-05-12 12:00"),
        ("12.5.2024", "2024-05-12 12:00"),
        ("25/5/2024", "2024-05-25 12:00"),
        ("5/25/2024 10:00", "2024-05-25 10:00"),
        ("5/5/2024", "2024-05-05 12:00"),
    ],
)
def test_natural_words_are_understood(typed: str, meant: str) -> None:
    assert understood(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("5/12/2024", "2024-05-12 12:00"),
        ("05/12/2024, 21:30", "2024-05-12 21:30"),
        ("25/5/2024", "2024-05-25 12:00"),
        ("12.5.2024", "2024-05-12 12:00"),
    ],
)
def test_who_writes_the_month_first_is_understood(typed: str, meant: str) -> None:
    moment = parse_moment(typed, ZONE, at=NOW, conventions=DateConventions(month_first=True))
    assert f"{local_time(moment, ZONE):%Y-%m-%d %H:%M}" == meant


def test_the_last_day_stands_in_for_one_that_the_month_lacks() -> None:
    at = datetime(2026, 3, 31, 16, tzinfo=UTC)
    assert understood("a month ago", at=at) == "2026-02-28 12:00"
    assert understood("2 years ago", at=at.replace(year=2026, month=3)) == "2024-03-31 12:00"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "soon",
        "2026-13-01",
        "2026-02-30",
        "30 feb",
        "0 may",
        "yesterday 25:00",
        "13pm",
        "0am",
        "0001-01-01",
        "9999-12-31",
        "yesterday yesterday",
        "a day",
        "nine hundred days ago",
        "99999999999999999999 days ago",
        "99999999999 years ago",
        "9999999999999999 hours ago",
        "2026-05-03 21:30+99:00",
        "\x1b[2J",
    ],
)
def test_anything_else_is_refused_with_examples(typed: str) -> None:
    assert "yesterday 21:30" in refusal(typed)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("22:00", "yet to come. Nothing was saved. Write it like yesterday 22:00."),
        ("today 22:00", "Write it like yesterday 22:00."),
        ("2026-11-21", "yet to come"),
        ("2027-01-01 10:00", "yet to come"),
        ("tomorrow", "yet to come"),
        ("2026-11-21 02:30:01Z", "yet to come"),
        ("friday", "Today is a Friday too. Nothing was saved. Write today, or last friday."),
        ("12/5/2024", "12 May or 5 December. Nothing was saved. Write it like 2024-05-12"),
        ("12-05-2024", "12 May or 5 December"),
        ("may 2024", "is a month, not a day. Nothing was saved. Write it like 12 may 2024."),
        ("12 may 24", "Write it with four digits."),
        ("last week", "is not one day. Nothing was saved. Write it like a week ago."),
        ("yesterday midnight", "Write 00:00 or 23:59."),
        ("9:00 21:00", "two times"),
        ("noon 9pm", "two times"),
        ("2 hours ago 9pm", "two times"),
        ("9", "an hour or a day"),
        ("1 jan 9999", "outside of what a journal can hold"),
    ],
)
def test_what_has_no_one_meaning_says_why_and_how_to_write_it(typed: str, reason: str) -> None:
    assert reason in refusal(typed)


LISBON = "Europe/Lisbon"


def test_a_time_that_never_was_is_refused() -> None:
    assert "no 01:30 on that day" in refusal("2026-03-29 1:30", LISBON)
    assert understood("2026-03-29 2:00", LISBON) == "2026-03-29 02:00"
    # The islands skipped this day altogether.
    assert "no 12:00 on that day" in refusal("2011-12-30", "Pacific/Apia")


def test_of_a_time_that_was_twice_the_first_is_meant() -> None:
    first = parse_moment("2026-10-25 01:30", LISBON, at=NOW)
    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert is_repeated(first, LISBON)
    second = parse_moment("2026-10-25 01:30+00:00", LISBON, at=NOW)
    assert second == first + timedelta(hours=1)


def test_an_unknown_zone_counts_as_utc() -> None:
    assert understood("2026-05-03 10:00", "Mars/Olympus") == "2026-05-03 10:00"


moments = st.datetimes(
    min_value=datetime(1900, 1, 1),  # noqa: DTZ001 - a clock on a wall
    max_value=datetime(2026, 11, 20, 12),  # noqa: DTZ001
).map(lambda moment: moment.replace(second=0, microsecond=0))


@given(moments)
def test_every_way_to_write_a_moment_means_the_same(moment: datetime) -> None:
    month = MONTHS[moment.month - 1]
    half = f"{(moment.hour - 1) % 12 + 1}:{moment:%M} {'am' if moment.hour < 12 else 'pm'}"
    for typed in (
        f"{moment:%H:%M} {moment.day}.{moment.month}.{moment.year:04}",
        f"{moment.year:04}/{moment.month}/{moment.day} {half}",
        f"{moment.day} {month} {moment.year:04} {moment:%H:%M}",
        f"{month[:3]} {moment.day}, {moment.year:04} at {half}",
        f"{moment.isoformat()}",
    ):
        assert understood(typed, "UTC") == f"{moment:%Y-%m-%d %H:%M}"


words = st.sampled_from(
    ["last", "friday", "may", "12", "31", "2024", "2026-05-03", "ago", "days", "a", "9pm", "on"]
)


@given(st.one_of(st.text(max_size=30), st.lists(words, max_size=6).map(" ".join)))
def test_whatever_is_typed_is_a_past_instant_or_refused(typed: str) -> None:
    with contextlib.suppress(UsageError):
        assert parse_moment(typed, LISBON, at=NOW) <= NOW
