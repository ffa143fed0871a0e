"""The same words mean the same days wherever a day or a period is asked for."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

import pytest

from backend import add_entry, complete_query, dates, get_entry, search_entries, set_preference
from backend.database.search.query import Name, Query, Words, names_journal, parse
from backend.errors import AmbiguousDayError, QueryError, UsageError
from backend.moments import DateConventions, parse_day, parse_period
from backend.preferences import DATE_FORMAT, WEEK_START
from backend.records import DateFormat, WeekStart
from frontend.shared.date_preferences import date_preferences
from frontend.shared.formatting import long_date
from tests.commands import RunCharlie
from tests.frontend.tui.journeys import Journey, opened

#: A Wednesday.
TODAY = date(2026, 11, 18)

DAYS = {
    "2024-05-17": date(2024, 5, 17),
    "2024/5/17": date(2024, 5, 17),
    "17.5.2024": date(2024, 5, 17),
    "17 may 2024": date(2024, 5, 17),
    "May 17th, 2024": date(2024, 5, 17),
    "17th of may 2024": date(2024, 5, 17),
    "may 17": date(2026, 5, 17),
    "24 dec": date(2025, 12, 24),
    "today": TODAY,
    "Yesterday": date(2026, 11, 17),
    "day before yesterday": date(2026, 11, 16),
    "friday": date(2026, 11, 13),
    "last friday": date(2026, 11, 13),
    "last wednesday": date(2026, 11, 11),
    "3 days ago": date(2026, 11, 15),
    "three days ago": date(2026, 11, 15),
    "a week ago": date(2026, 11, 11),
    "2 months ago": date(2026, 9, 18),
    "a year ago": date(2025, 11, 18),
}

PERIODS = {
    "2024": (date(2024, 1, 1), date(2024, 12, 31)),
    "2024-05": (date(2024, 5, 1), date(2024, 5, 31)),
    "may 2024": (date(2024, 5, 1), date(2024, 5, 31)),
    "May": (date(2026, 5, 1), date(2026, 5, 31)),
    "december": (date(2025, 12, 1), date(2025, 12, 31)),
    "this week": (date(2026, 11, 16), date(2026, 11, 22)),
    "last week": (date(2026, 11, 9), date(2026, 11, 15)),
    "this month": (date(2026, 11, 1), date(2026, 11, 30)),
    "Last month": (date(2026, 10, 1), date(2026, 10, 31)),
    "this year": (date(2026, 1, 1), date(2026, 12, 31)),
    "last year": (date(2025, 1, 1), date(2025, 12, 31)),
}

EVERYTHING = PERIODS | {typed: (day, day) for typed, day in DAYS.items()}

#: What is no day and no period, anywhere.
NONSENSE = ["soon", "last", "last-", "next-week", "a-day", "may-may", "2024-13", "30-feb", "week"]


@pytest.fixture(autouse=True)
def _noon_on_that_wednesday(monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime.combine(TODAY, time(12), UTC)
    monkeypatch.setattr(dates, "now", lambda: now)


def hyphenated(typed: str) -> str:
    return "-".join(typed.replace(",", "").split())


def write(day: date) -> str:
    at = datetime.combine(day, time(10), UTC)
    return add_entry(f"Written on {day}.", created_at=at, zone="Europe/Lisbon").uuid


@pytest.fixture
def written() -> list[date]:
    """A day in the middle and at both ends of every period, and beside it; each has an entry."""
    days = set()
    for first, last in EVERYTHING.values():
        days |= {first, last, first + (last - first) // 2}
        days |= {first - timedelta(days=1), last + timedelta(days=1)}
    past = sorted(day for day in days if day <= TODAY)
    for day in past:
        write(day)
    return past


@pytest.mark.parametrize("typed", EVERYTHING)
def test_words_mean_days(typed: str) -> None:
    for form in (typed, typed.upper(), f"  {typed} ", hyphenated(typed)):
        assert parse_period(form, "Europe/Lisbon") == EVERYTHING[typed]
        if typed in DAYS:
            assert parse_day(form, "Europe/Lisbon") == DAYS[typed]


@pytest.mark.parametrize("typed", EVERYTHING)
def test_a_search_understands_them(typed: str) -> None:
    first, last = EVERYTHING[typed]
    for value in (hyphenated(typed), f'"{typed}"', f"“{typed}”"):
        for field, expected in {
            "in": (first, last),
            "On": (first, last),
            "from": (first, None),
            "to": (None, last),
        }.items():
            for as_typed in (False, True):
                query = parse(f"lunch {field}:{value}", as_typed=as_typed)
                assert query == Query(parts=[Words("lunch")], first=expected[0], last=expected[1])


def test_a_search_finds_the_entries_of_these_days(
    written: list[date], run_charlie: RunCharlie
) -> None:
    for typed, (first, last) in EVERYTHING.items():
        expected = [day for day in reversed(written) if first <= day <= last]
        for query in (f"in:{hyphenated(typed)}", f'on:"{typed}"'):
            assert [hit.entry.local_date for hit in search_entries(query)] == expected[:50]
    # The shell takes the quotes of in:"last week" away.
    for typed in ("last week", "17 may 2024", "last friday"):
        for arguments in ([f"in:{typed}"], [f"in:{typed}", "written"]):
            done = run_charlie("search", *arguments, "--json")
            assert done.returncode == 0, done.stderr
            first, last = EVERYTHING[typed]
            found = {entry["text"] for entry in json.loads(done.stdout)}
            assert found == {f"Written on {day}." for day in written if first <= day <= last}


def test_commands_understand_them(written: list[date], run_charlie: RunCharlie) -> None:
    for typed, day in DAYS.items():
        added = run_charlie("add", "--date", typed, "An entry.", "--json")
        assert added.returncode == 0, added.stderr
        assert get_entry(json.loads(added.stdout)["uuid"]).local_date == day
        recalled = run_charlie("on-this-day", "--date", hyphenated(typed), "--json")
        assert recalled.returncode == 0, recalled.stderr
        there = {entry["local_date"] for entry in json.loads(recalled.stdout)}
        assert there >= {
            str(other)
            for other in written
            if (other.month, other.day) == (day.month, day.day) and other.year < day.year
        }
        assert all(other < str(day) for other in there)
    for typed, (first, _) in PERIODS.items():
        for command, form in (("calendar", hyphenated(typed)), ("stats", typed)):
            shown = run_charlie(command, form, "--json")
            assert shown.returncode == 0, shown.stderr
            assert json.loads(shown.stdout)["year"] == first.year


def shows_any(journey: Journey, days: list[str]) -> bool:
    return any(f"To {day}" in journey.text for day in days)


async def test_the_line_for_a_date_understands_them(written: list[date]) -> None:
    async with opened() as journey:
        await journey.press("t")
        for typed, day in DAYS.items():
            form = typed if "," in typed else hyphenated(typed)
            await journey.press("ctrl+u")
            await journey.until(lambda: "A day, a month or a year" in journey.text)
            await journey.type(form)
            await journey.sees(f"To {long_date(day)}")
        for typed in ("last week", "may-2024", "last-year"):
            first, last = EVERYTHING[typed.replace("-", " ")]
            await journey.press("ctrl+u")
            await journey.type(typed)
            inside = [long_date(day) for day in written if first <= day <= last]
            await journey.until(partial(shows_any, journey, inside))


def test_weeks_begin_and_days_are_written_as_the_writer_does(run_charlie: RunCharlie) -> None:
    for day in (8, 9, 14, 15):
        write(date(2026, 11, day))
    write(date(2024, 5, 12))

    def found(query: str) -> list[int]:
        return sorted(hit.entry.local_date.day for hit in search_entries(query))

    assert found("in:last-week") == [9, 14, 15]
    with pytest.raises(QueryError, match="5 December or 12 May"):
        search_entries("on:5/12/2024 in:5/12/2024")
    set_preference(WEEK_START, WeekStart.SUNDAY)
    set_preference(DATE_FORMAT, DateFormat.US)
    assert found("in:last-week") == [8, 9, 14]
    assert found("in:5/12/2024") == found("on:5/12/2024") == [12]
    printed = run_charlie("search", "in:last week", "--json").stdout
    assert len(json.loads(printed)) == 3
    added = run_charlie("add", "--date", "5/12/2024", "An entry.", "--json")
    assert get_entry(json.loads(added.stdout)["uuid"]).local_date == date(2024, 5, 12)
    assert json.loads(run_charlie("on-this-day", "--date", "5/12/2025", "--json").stdout)
    date_preferences.week_start, date_preferences.date_format = WeekStart.SUNDAY, DateFormat.US
    assert date_preferences.parse_period("last week") == (date(2026, 11, 8), date(2026, 11, 14))
    assert date_preferences.parse_period("5/12/2024")[0] == date(2024, 5, 12)


@pytest.mark.parametrize("typed", NONSENSE)
def test_what_is_no_day_is_refused_everywhere(typed: str, run_charlie: RunCharlie) -> None:
    with pytest.raises(UsageError):
        parse_period(typed)
    for field in ("in", "from", "to"):
        with pytest.raises(QueryError, match="is not a day, a month or a year"):
            parse(f"{field}:{typed}")
    for arguments in (
        ["add", "--date", typed, "An entry."],
        ["on-this-day", "--date", typed],
        ["calendar", typed],
        ["stats", typed],
        ["reread", "--since", typed],
        ["search", f"in:{typed}"],
    ):
        done = run_charlie(*arguments)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr
    assert "is not a valid integer range" in run_charlie("calendar", typed).stderr
    assert not search_entries("entry")


@pytest.mark.parametrize("typed", ["9pm", "noon", "now", "20 minutes ago", "yesterday 21:30"])
def test_a_search_is_not_limited_to_a_time(typed: str) -> None:
    with pytest.raises(QueryError, match="is not a day"):
        parse(f'in:"{typed}"')


def test_days_to_come_are_understood_where_they_are_told() -> None:
    for typed in ("2031-05-17", "17 may 2031", "17.5.2031"):
        assert parse_period(typed) == (date(2031, 5, 17), date(2031, 5, 17))
        with pytest.raises(UsageError, match="yet to come"):
            parse_period(typed, is_past=True)
    assert parse("to:17-may-2031").last == date(2031, 5, 17)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("wednesday", "Today is a Wednesday too."),
        ("12/5/2024", "That may be 12 May or 5 December."),
        ("12-may-24", "The year “24” may be several."),
    ],
)
def test_what_has_two_meanings_says_so(typed: str, told: str) -> None:
    with pytest.raises(AmbiguousDayError) as refused:
        parse_period(typed)
    assert refused.value.message == told
    with pytest.raises(QueryError) as caught:
        parse(f"lunch from:{typed} home")
    error = caught.value
    assert (error.message, error.hint) == (told, refused.value.hint)
    assert error.start is not None
    assert error.query[error.start : error.start + error.length] == f"from:{typed}"


@pytest.mark.parametrize(
    ("query", "parts"),
    [
        ("on:fire", [Words("on:fire")]),
        ("on: fire", [Words("on:"), Words("fire")]),
        ("-on:air", [Words("on:air", is_excluded=True)]),
        ('on:"the air" x', [Words("on:"), Words("the air"), Words("x")]),
        ("on:@ben", [Words("on:@ben")]),
        ("@on:monday", [Name("on:monday")]),
        ("carry-on:2024", [Words("carry-on:2024")]),
    ],
)
def test_on_before_anything_else_is_a_word(query: str, parts: list[object]) -> None:
    understood = parse(query)
    assert understood.parts == parts
    assert (understood.first, understood.last) == (None, None)
    assert [query[slice(*part.span)] for part in understood.parts] == [
        query[slice(*part.span)] for part in parse(query, as_typed=True).parts
    ]


def test_days_cannot_be_excluded_in_words_either() -> None:
    for query in ("-on:yesterday", "-in:last-week", '-from:"last week"'):
        with pytest.raises(QueryError, match="days cannot be excluded"):
            parse(query)


def test_a_journal_in_a_query_is_seen_beside_days() -> None:
    assert names_journal("in:soon journal:travel")
    assert not names_journal('on:"x journal:travel')
    assert not names_journal("-journal:travel in:5/12/2024")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("in:last-f", ["in:last-friday "]),
        ('in:"last f', ["in:last-friday "]),
        ("on:yes", ["on:yesterday "]),
        ("from:this-", ["from:this-week ", "from:this-month ", "from:this-year "]),
        ("to:LAST-W", ["to:last-week ", "to:last-wednesday "]),
        ("a-", []),
        ("on", ["on:"]),
    ],
)
def test_days_in_words_are_completed(query: str, expected: list[str]) -> None:
    completion = complete_query(query, len(query))
    offers = completion.offers if completion else ()
    assert [offer.text for offer in offers] == expected
    for offer in expected:
        if not offer.endswith(":"):
            assert not parse(offer).is_empty()


def test_every_day_that_is_offered_is_understood() -> None:
    for beginning in ("", "last-", "this-", "a-", "2025-"):
        completion = complete_query(f"in:{beginning}", 3 + len(beginning), limit=100)
        assert completion is not None
        for offer in completion.offers:
            assert parse(offer.text).first


def test_conventions_are_asked_for_only_if_days_are() -> None:
    asked = []

    def conventions() -> DateConventions:
        asked.append(1)
        return DateConventions()

    parse("lunch @ben journal:x", conventions=conventions)
    assert not asked
    parse("in:last-week", conventions=conventions)
    assert asked
