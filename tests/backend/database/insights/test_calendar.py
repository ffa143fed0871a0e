"""The journal by the calendar: on this day, a year of days, statistics, frequent names."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import apsw
import pytest

from backend import (
    add_entry,
    delete_entry,
    edit_entry,
    empty_trash,
    get_calendar,
    get_statistics,
    list_day_entries,
    list_frequent_names,
    list_frequent_names_by_year,
    list_on_this_day,
    locations,
    restore_entry,
)
from backend.database.journal.entries import NewEntry, add_entries
from backend.database.journal.extractions import store_extraction
from backend.database.sqlite import migrations
from backend.database.sqlite.connection import read_transaction
from backend.database.sqlite.integrity import find_faults
from backend.records import EntityType, Entry, Span, Streak, Tally

TODAY = date(2024, 5, 2)


def write(day: str, text: str = "one two three", journal: str = "default") -> Entry:
    """An entry at noon of `day`."""
    noon = datetime.fromisoformat(f"{day}T12:00:00+00:00")
    return add_entry(text, journal=journal, created_at=noon, zone="UTC")


def write_names(day: str, *names: str, journal: str = "default") -> Entry:
    """An entry of names, which have been found in it."""
    text = " ".join(names)
    entry = write(day, text, journal)
    spans, start = [], 0
    for name in names:
        spans.append(Span(start, start + len(name), EntityType.PERSON, 0.9))
        start += len(name) + 1
    store_extraction(entry.uuid, 1, "m", spans)
    return entry


def recalled(day: date, journal: str | None = None) -> list[str]:
    return [entry.local_date.isoformat() for entry in list_on_this_day(day, journal=journal)]


def counted(**arguments: object) -> list[tuple[str, int]]:
    found = list_frequent_names(**arguments)  # type: ignore[arg-type]
    return [(name.name, name.count) for name in found]


def test_an_empty_journal_has_nothing_to_show() -> None:
    assert list_on_this_day(TODAY) == []
    assert list_day_entries(TODAY) == []
    assert list_frequent_names() == list_frequent_names(year=2024) == []
    assert list_frequent_names_by_year() == {}
    calendar = get_calendar(2024)
    assert (calendar.days, calendar.first_year, calendar.last_year) == ((), None, None)
    statistics = get_statistics(TODAY)
    assert (statistics.total, statistics.longest, statistics.current) == (None, None, None)
    assert statistics.periods == ()
    assert len(get_statistics(TODAY, year=2024).periods) == 12


def test_a_journal_that_does_not_exist_has_nothing_to_show() -> None:
    write("2023-05-02")
    assert recalled(TODAY, "none") == []
    assert get_calendar(2023, journal="none").days == ()
    assert get_statistics(TODAY, journal="none").total is None
    assert list_frequent_names(journal="none") == []


# On this day


def test_earlier_years_come_back_on_their_day() -> None:
    for day in ("2024-05-02", "2023-05-02", "2021-05-02", "2023-05-03", "2025-05-02", "0900-05-02"):
        write(day)
    assert recalled(TODAY) == ["2023-05-02", "2021-05-02", "0900-05-02"]
    assert recalled(date(2023, 5, 2)) == ["2021-05-02", "0900-05-02"]


def test_a_leap_day_comes_back_every_year_and_once() -> None:
    for day in ("2020-02-28", "2020-02-29", "2020-03-01", "2021-02-28"):
        write(day)
    assert recalled(date(2023, 2, 28)) == ["2021-02-28", "2020-02-29", "2020-02-28"]
    assert recalled(date(2024, 2, 28)) == ["2021-02-28", "2020-02-28"]
    assert recalled(date(2024, 2, 29)) == ["2020-02-29"]
    assert recalled(date(2023, 3, 1)) == recalled(date(2024, 3, 1)) == ["2020-03-01"]


def test_a_day_is_the_writers_own() -> None:
    # The same instant: still the 1st in Honolulu, already the 2nd in Tokyo.
    instant = datetime(2023, 5, 1, 22, tzinfo=UTC)
    add_entry("honolulu", created_at=instant, zone="Pacific/Honolulu")
    add_entry("tokyo", created_at=instant, zone="Asia/Tokyo")
    assert [entry.preview for entry in list_on_this_day(TODAY)] == ["tokyo"]
    assert [entry.preview for entry in list_day_entries(date(2023, 5, 1))] == ["honolulu"]
    assert [tally.first.day for tally in get_calendar(2023).days] == [1, 2]


def test_what_lies_in_the_trash_does_not_come_back() -> None:
    entry = write("2023-05-02")
    delete_entry(entry.uuid)
    assert recalled(TODAY) == []
    restore_entry(entry.uuid)
    assert recalled(TODAY) == ["2023-05-02"]


def test_a_journal_is_recalled_alone() -> None:
    write("2023-05-02", journal="One")
    write("2022-05-02", journal="two")
    assert recalled(TODAY, "ONE") == ["2023-05-02"]
    assert recalled(TODAY) == ["2023-05-02", "2022-05-02"]


def test_a_days_entries_come_latest_first() -> None:
    for hour in (9, 21, 13):
        instant = datetime(2024, 5, 2, hour, tzinfo=UTC)
        add_entry(str(hour), created_at=instant, zone="UTC", journal=f"j{hour}")
    assert [entry.preview for entry in list_day_entries(TODAY)] == ["21", "13", "9"]
    assert [entry.preview for entry in list_day_entries(TODAY, limit=1)] == ["21"]
    assert [entry.preview for entry in list_day_entries(TODAY, journal="j9")] == ["9"]


# A year of days


def test_a_year_has_a_tally_for_each_day_that_was_written_on() -> None:
    for day in ("2022-12-31", "2023-01-01", "2023-12-31", "2023-12-31", "2024-01-01"):
        write(day)
    first, last = date(2023, 1, 1), date(2023, 12, 31)
    calendar = get_calendar(2023)
    assert calendar.days == (Tally(first, first, 1, 3, 1), Tally(last, last, 2, 6, 1))
    assert (calendar.first_year, calendar.last_year) == (2022, 2024)


def test_words_follow_every_change_of_an_entry() -> None:
    first = write("2023-05-02", "one two", journal="one")
    second = write("2023-05-02", "three", journal="two")

    def tallies() -> list[tuple[int, int, int]]:
        assert find_faults() == []
        return [(day.first.day, day.entries, day.words) for day in get_calendar(2023).days]

    assert tallies() == [(2, 2, 3)]
    edit_entry(first.uuid, "one two three four")
    assert tallies() == [(2, 2, 5)]
    edit_entry(second.uuid, "moved and longer", created_at=datetime(2023, 5, 4, 12, tzinfo=UTC))
    assert tallies() == [(2, 1, 4), (4, 1, 3)]
    delete_entry(second.uuid)
    assert tallies() == [(2, 1, 4)]
    restore_entry(second.uuid)
    delete_entry(first.uuid)
    assert tallies() == [(4, 1, 3)]
    empty_trash()
    assert tallies() == [(4, 1, 3)]


def test_words_of_an_older_journal_are_counted() -> None:
    path = locations.database_path()
    old = apsw.Connection(str(path))
    for migration in migrations.MIGRATIONS[:2]:
        migrations._apply(old, migration, path)
    old.execute("INSERT INTO journal (id, name, key, created_at) VALUES (1, 'a', 'a', 0)")
    for number, (day, words, deleted) in enumerate(
        [("2023-05-02", 3, None), ("2023-05-02", 4, None), ("2023-05-03", 5, 1)]
    ):
        old.execute(
            "INSERT INTO entry (id, uuid, journal_id, created_at, modified_at, zone, local_date,"
            " revision, deleted_at, word_count, title, heading, preview, facets, text)"
            " VALUES (?, ?, 1, 0, 0, 'UTC', ?, 1, ?, ?, '', '', '', '', 'x')",
            (number + 1, f"uuid{number}", day, deleted, words),
        )
    old.close()
    assert [(day.entries, day.words) for day in get_calendar(2023).days] == [(2, 7)]
    with read_transaction() as db:
        assert db.pragma("user_version") == migrations.MIGRATIONS[-1].number


# Statistics


def test_statistics_add_up() -> None:
    for day in ("2021-12-31", "2022-01-01", "2022-01-02", "2024-02-29", "2024-02-29"):
        write(day)
    statistics = get_statistics(TODAY)
    assert statistics.total == Tally(date(2021, 12, 31), date(2024, 2, 29), 5, 15, 4)
    assert statistics.longest == Streak(date(2021, 12, 31), date(2022, 1, 2))
    assert statistics.current is None
    assert [
        (year.first.year, year.entries, year.words, year.days) for year in statistics.periods
    ] == [
        (2021, 1, 3, 1),
        (2022, 2, 6, 2),
        (2023, 0, 0, 0),
        (2024, 2, 6, 1),
    ]


def test_a_year_has_twelve_months() -> None:
    for day in ("2023-12-31", "2024-01-31", "2024-02-29", "2024-12-31"):
        write(day)
    statistics = get_statistics(TODAY, year=2024)
    assert statistics.total == Tally(date(2024, 1, 31), date(2024, 12, 31), 3, 9, 3)
    assert [month.entries for month in statistics.periods] == [1, 1, *[0] * 9, 1]
    assert [month.last.day for month in statistics.periods[:3]] == [31, 29, 31]
    assert get_statistics(TODAY, year=2023).periods[1].last.day == 28


def test_a_streak_that_goes_on_may_have_begun_last_year() -> None:
    for day in ("2023-12-30", "2023-12-31", "2024-01-01"):
        write(day)
    today = date(2024, 1, 2)
    whole = Streak(date(2023, 12, 30), date(2024, 1, 1))
    assert get_statistics(today).current == whole
    assert get_statistics(today, year=2024).current == whole
    assert get_statistics(today, year=2024).longest == Streak(whole.last, whole.last)
    assert get_statistics(today, year=2023).current is None


def test_statistics_of_one_journal() -> None:
    write("2024-05-01", journal="one")
    write("2024-05-02", "other words of it", journal="two")
    total = get_statistics(TODAY, journal="TWO").total
    assert total is not None
    assert (total.entries, total.words, total.days) == (1, 4, 1)
    streak = get_statistics(TODAY).current
    assert streak is not None
    assert streak.days == 2


def test_ten_thousand_entries_are_counted() -> None:
    noon = datetime(2000, 1, 1, 12, tzinfo=UTC)
    add_entries(
        NewEntry("three words here", created_at=noon + timedelta(days=number // 2), zone="UTC")
        for number in range(10_000)
    )
    statistics = get_statistics(date(2020, 1, 1))
    assert statistics.total is not None
    assert (statistics.total.entries, statistics.total.words) == (10_000, 30_000)
    assert statistics.longest is not None
    assert statistics.total.days == statistics.longest.days == 5_000
    assert sum(year.words for year in statistics.periods) == 30_000
    assert len(get_calendar(2004).days) == 366
    assert len(list_on_this_day(date(2030, 6, 1))) == 2 * 14


# Names


def test_the_most_frequent_names_come_first() -> None:
    write_names("2023-05-02", "Anna", "Anna", "Ben")
    write_names("2024-05-02", "Ben", "Ben", "Ben", "Cleo")
    assert counted() == [("Ben", 4), ("Anna", 2), ("Cleo", 1)]
    assert counted(limit=1) == [("Ben", 4)]
    assert counted(year=2023) == [("Anna", 2), ("Ben", 1)]
    assert counted(year=2022) == counted(type=EntityType.PLACE) == []
    assert counted(type=EntityType.PERSON, year=2024) == [("Ben", 3), ("Cleo", 1)]
    by_year = list_frequent_names_by_year(limit=1)
    assert {year: [name.name for name in names] for year, names in by_year.items()} == {
        2023: ["Anna"],
        2024: ["Ben"],
    }


def test_a_name_of_several_journals_is_one() -> None:
    write_names("2024-05-02", "anna", "Ben", "Ben", journal="one")
    write_names("2024-05-02", "Anna", "Anna", journal="two")
    for year in (None, 2024):
        names = list_frequent_names(year=year)
        assert [(name.name, name.count, len(name.entity_ids)) for name in names] == [
            ("Anna", 3, 2),
            ("Ben", 2, 1),
        ]
        (ours,) = list_frequent_names(year=year, journal="two")
        assert names[0].entity_ids[:1] == ours.entity_ids
        assert counted(year=year, journal="one") == [("Ben", 2), ("anna", 1)]
    assert [name.count for name in list_frequent_names_by_year(journal="two")[2024]] == [2]


@pytest.mark.parametrize("year", [None, 2024])
def test_names_in_the_trash_are_not_counted(year: int | None) -> None:
    entry = write_names("2024-05-02", "Anna", "Anna")
    write_names("2024-05-03", "Anna")
    delete_entry(entry.uuid)
    assert counted(year=year) == [("Anna", 1)]
    restore_entry(entry.uuid)
    assert counted(year=year) == [("Anna", 3)]
