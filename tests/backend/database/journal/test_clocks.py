"""Clocks that jump, summer time, and journeys: days stay the writer's, and nothing is reordered."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from backend import dates
from backend.database.journal.drafts import list_drafts, save_draft
from backend.database.journal.entries import (
    add_entry,
    delete_entry,
    edit_entry,
    get_entry,
    list_days,
    list_entries,
    list_pending,
    list_trash,
    restore_entry,
)
from backend.database.journal.extractions import store_extraction
from backend.database.journal.revisions import list_revisions
from backend.database.journal.trash import empty_trash
from backend.database.sqlite import connection
from backend.database.sqlite.integrity import find_faults
from backend.moments import parse_moment

ROOT = Path(connection.__file__).parents[3]

NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)


class Clock:
    """The machine's clock, which can be set."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = datetime(2026, 5, 3, 12, tzinfo=UTC)
        monkeypatch.setattr(dates, "now", lambda: self.now)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.mark.parametrize(
    "jump", [timedelta(hours=-3), timedelta(days=-20_000), timedelta(days=3_650)]
)
def test_a_clock_that_jumps_between_saves_loses_and_reorders_no_text(
    clock: Clock, jump: timedelta
) -> None:
    uuid = add_entry("first").uuid
    clock.now += jump
    assert edit_entry(uuid, "second").text == "second"
    clock.now -= jump * 2
    assert edit_entry(uuid, "third").revision == 3
    assert [each.text for each in list_revisions(uuid)] == ["third", "second", "first"]
    assert store_extraction(uuid, 3, "m", [])
    assert list_pending() == []
    save_draft("key", "typed", journal="default")
    clock.now += jump
    save_draft("key", "typed on", journal="default")
    assert [draft.text for draft in list_drafts()] == ["typed on"]
    delete_entry(uuid)
    clock.now += jump
    restore_entry(uuid)
    assert get_entry(uuid).text == "third"
    assert find_faults() == []


def test_an_entry_of_a_machine_without_a_clock_can_be_moved(clock: Clock) -> None:
    clock.now = datetime(1970, 1, 1, tzinfo=UTC)
    entry = add_entry("The battery was empty.", zone="Europe/Lisbon")
    assert entry.local_date == date(1970, 1, 1)
    clock.now = datetime(2026, 5, 3, 12, tzinfo=UTC)
    moved = edit_entry(entry.uuid, entry.text, created_at=clock.now)
    assert moved.local_date == date(2026, 5, 3)
    assert find_faults() == []


def test_what_seems_deleted_in_the_future_is_not_old(clock: Clock) -> None:
    entry = add_entry("deleted while the clock was ahead")
    clock.now += timedelta(days=3_650)
    delete_entry(entry.uuid)
    clock.now -= timedelta(days=3_650)
    assert empty_trash(clock.now - timedelta(days=30)) == []
    assert [each.uuid for each in list_trash()] == [entry.uuid]


def test_the_hour_that_comes_twice_is_in_order(clock: Clock) -> None:
    # In Lisbon the clocks go from 02:00 back to 01:00 on 25 October 2026, at 01:00 UTC.
    for minute in (30, 90, 150):
        clock.now = datetime(2026, 10, 25, tzinfo=UTC) + timedelta(minutes=minute)
        add_entry(f"{minute}", zone="Europe/Lisbon")
    newest_first = list_entries()
    assert [entry.preview for entry in newest_first] == ["150", "90", "30"]
    walls = [f"{dates.local_time(each.created_at, each.zone):%H:%M}" for each in newest_first]
    assert walls == ["02:30", "01:30", "01:30"]
    assert [day.count for day in list_days()] == [3]


def test_days_of_23_and_of_25_hours_hold_what_was_written_on_them(clock: Clock) -> None:
    for day, hours in ((date(2026, 3, 29), 23), (date(2026, 10, 25), 25)):
        start = parse_moment(f"{day} 00:00", "Europe/Lisbon", at=NEW_YEAR)
        for hour in range(hours):
            clock.now = start + timedelta(hours=hour, minutes=30)
            add_entry(f"{hour}", zone="Europe/Lisbon")
    assert [(day.local_date, day.count) for day in list_days()] == [
        (date(2026, 10, 25), 25),
        (date(2026, 3, 29), 23),
    ]


ELSEWHERE = """
from backend.database.journal.entries import add_entry, edit_entry, list_days, list_entries
(first,) = list_entries()
print(first.zone, first.local_date)
edit_entry(first.uuid, "edited on a journey")
print(list_entries()[0].local_date)
print(add_entry("written on a journey").zone)
"""


def test_a_journey_moves_no_entry_to_another_day(clock: Clock) -> None:
    clock.now = datetime(2026, 5, 3, 22, 30, tzinfo=UTC)
    add_entry("late in the evening", zone="Europe/Lisbon")
    done = subprocess.run(
        [sys.executable, "-c", ELSEWHERE],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "TZ": "Pacific/Auckland"},
    )
    assert done.stdout.split() == [
        "Europe/Lisbon",
        "2026-05-03",
        "2026-05-03",
        "Pacific/Auckland",
    ]
