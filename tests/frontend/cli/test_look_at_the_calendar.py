"""on-this-day, calendar, stats: pictures and tables of the days that were written on."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from backend import add_entry, set_preference
from backend.database.journal.extractions import store_extraction
from backend.dates import today
from backend.preferences import WEEK_START
from backend.records import EntityType, Span, WeekStart
from tests.commands import RunCharlie


def write(day: str, text: str = "Anna came by.", journal: str = "default") -> str:
    noon = datetime.fromisoformat(f"{day}T12:00:00+00:00")
    entry = add_entry(text, journal=journal, created_at=noon, zone="UTC")
    if text.startswith("Anna"):
        store_extraction(entry.uuid, 1, "m", [Span(0, 4, EntityType.PERSON, 0.9)])
    return entry.uuid


def test_recalls_this_day_of_earlier_years(run_charlie: RunCharlie) -> None:
    now = today()
    last_year = date(now.year - 1, now.month, min(now.day, 28))
    write(last_year.isoformat(), "A year has passed since.")
    asked = ["--date", date(now.year, now.month, last_year.day).isoformat()]
    printed = run_charlie("on-this-day", *asked).stdout
    assert "a year ago" in printed
    assert "A year has passed since." in printed
    (entry,) = json.loads(run_charlie("on-this-day", *asked, "--json").stdout)
    assert entry["local_date"] == last_year.isoformat()
    assert run_charlie("on-this-day").returncode == 0


def test_recalls_the_leap_day_once_a_year(run_charlie: RunCharlie) -> None:
    write("2020-02-29", "Leapt.", journal="Leaps")
    for day, expected in (("2023-02-28", 1), ("2024-02-28", 0), ("2024-02-29", 1)):
        done = run_charlie("on-this-day", "--date", day, "--journal", "leaps", "--json")
        assert len(json.loads(done.stdout)) == expected
    done = run_charlie("on-this-day", "--date", "2024-02-28")
    assert (done.returncode, done.stdout) == (0, "")
    assert "28 February" in done.stderr


def test_wrong_days_and_years_are_wrong_usage(run_charlie: RunCharlie) -> None:
    assert run_charlie("on-this-day", "--date", "someday").returncode == 2
    for year in ("1", "9999", "soon"):
        assert run_charlie("calendar", year).returncode == 2
        assert run_charlie("stats", year).returncode == 2


@pytest.mark.parametrize(("columns", "rows"), [("40", 12), ("60", 12), ("120", 7), ("200", 7)])
def test_draws_a_year_of_days(run_charlie: RunCharlie, columns: str, rows: int) -> None:
    for day, words in (("2024-01-01", 10), ("2024-02-29", 200), ("2024-12-31", 50)):
        write(day, "word " * words)
    done = run_charlie("calendar", "2024", environment={"COLUMNS": columns})
    picture, below = done.stdout.split("\n\n")
    lines = picture.splitlines()
    assert len(lines) == 1 + rows
    assert max(map(len, lines)) <= int(columns)
    assert picture.startswith("2024 ")
    assert picture.count("·") == 363
    assert [picture.count(shade) for shade in "░▒▓█"] == [0, 1, 1, 1]
    assert "· none" in below
    assert "2024: 3 entries on 3 days, 260 words" in below


def test_draws_in_ascii_where_there_is_nothing_else(run_charlie_process: RunCharlie) -> None:
    write("2024-01-01")
    for command in (["calendar", "2024"], ["stats"]):
        done = run_charlie_process(*command, environment={"PYTHONIOENCODING": "ascii"})
        assert done.returncode == 0, done.stderr
        assert done.stdout.isascii()


def test_weeks_begin_as_the_writer_wants(run_charlie: RunCharlie) -> None:
    write("2024-01-01")

    def first_row() -> str:
        done = run_charlie("calendar", "2024", environment={"COLUMNS": "120"})
        return done.stdout.splitlines()[1]

    assert first_row().startswith("Mon  █")
    set_preference(WEEK_START, WeekStart.SUNDAY)
    assert first_row().startswith("Sun    ")


def test_a_calendar_reads_as_a_table(run_charlie: RunCharlie) -> None:
    write("2024-01-01", "one two")
    write("2024-01-01", "three")
    write("2024-03-05", "four", journal="other")
    printed = run_charlie("calendar", "2024", "--table").stdout.splitlines()
    assert [line.split() for line in printed[1:]] == [
        ["2024-01-01", "2", "3"],
        ["2024-03-05", "1", "1"],
    ]
    done = run_charlie("calendar", "2024", "--journal", "other", "--json")
    assert json.loads(done.stdout) == {
        "year": 2024,
        "days": [{"date": "2024-03-05", "entries": 1, "words": 1}],
    }


def test_an_empty_year_says_which_years_there_are(run_charlie: RunCharlie) -> None:
    done = run_charlie("calendar", "2024")
    assert (done.returncode, done.stdout) == (0, "")
    assert "Nothing was written in 2024." in done.stderr
    write("2020-01-01")
    write("2022-01-01")
    assert "from 2020 to 2022" in run_charlie("calendar", "2024").stderr


def test_counts_the_whole_journal(run_charlie: RunCharlie) -> None:
    for day in ("2022-12-31", "2023-01-01", "2024-02-29"):
        write(day)
    printed = run_charlie("stats").stdout
    assert "3 entries, 9 words" in printed
    assert "2 days, 31 Dec 2022 to 1 Jan 2023" in printed
    assert "People: Anna (3)" in printed
    found = json.loads(run_charlie("stats", "--json").stdout)
    assert (found["entries"], found["words"], found["days"]) == (3, 9, 3)
    assert found["longest_streak"] == {"first": "2022-12-31", "last": "2023-01-01", "days": 2}
    assert found["current_streak"] is None
    assert [year["entries"] for year in found["periods"]] == [1, 1, 1]
    name = {"name": "Anna", "type": "PERSON", "count": 1}
    assert found["periods"][0]["names"] == [name]
    assert found["names"] == [{**name, "count": 3}]


def test_counts_a_year(run_charlie: RunCharlie) -> None:
    write(today().isoformat())
    write("2023-02-01")
    found = json.loads(run_charlie("stats", str(today().year), "--json").stdout)
    assert len(found["periods"]) == 12
    assert found["entries"] == 1
    assert found["current_streak"]["days"] == 1
    assert "Feb" in run_charlie("stats", "2023").stdout


def test_an_empty_journal_has_no_statistics(run_charlie: RunCharlie) -> None:
    done = run_charlie("stats")
    assert (done.returncode, done.stdout) == (0, "")
    assert json.loads(run_charlie("stats", "--json").stdout)["periods"] == []


def test_names_and_texts_are_printed_without_controls(run_charlie: RunCharlie) -> None:
    write("2023-05-02", "Anna\x1b[2J\u202e came\x9b.")
    entry = add_entry("\x1b[31mBen\x07", created_at=datetime(2023, 5, 2, tzinfo=UTC), zone="UTC")
    store_extraction(entry.uuid, 1, "m", [Span(0, 9, EntityType.PERSON, 0.9)])
    for command in (["on-this-day", "--date", "2024-05-02"], ["stats"], ["stats", "--json"]):
        printed = run_charlie(*command).stdout
        assert "Ben" in printed
        assert not set(printed) & set("\x1b\x07\x9b\u202e")
