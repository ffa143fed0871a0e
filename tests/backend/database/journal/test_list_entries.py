"""Lists: order, pages, days, positions, trash, and what waits to be read."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from backend.database.journal.entries import (
    NewEntry,
    add_entries,
    add_entry,
    count_entries,
    count_pending,
    delete_entry,
    edit_entry,
    list_days,
    list_entries,
    list_pending,
    list_trash,
    locate_entry,
    restore_entry,
)
from backend.database.journal.extractions import reset_extraction, store_extraction
from backend.database.sqlite import entry_ids
from backend.database.sqlite.integrity import find_faults
from backend.errors import NotFoundError
from backend.records import DayCount

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)


def texts(**arguments: object) -> list[str]:
    return [entry.preview for entry in list_entries(**arguments)]  # type: ignore[arg-type]


def test_an_empty_journal_has_empty_lists() -> None:
    assert list_entries() == []
    assert list_days() == []
    assert list_trash() == []
    assert list_pending() == []
    assert count_entries() == count_pending() == 0
    assert list_entries(journal="none") == []
    assert list_days("none") == []
    assert count_entries("none") == 0


def test_the_newest_local_day_comes_first_then_the_latest_instant() -> None:
    # The instant is later, the day is earlier: 23:00 in Honolulu is the next day in Tokyo.
    add_entry("honolulu", created_at=datetime(2024, 5, 2, 9, tzinfo=UTC), zone="Pacific/Honolulu")
    add_entry("tokyo", created_at=datetime(2024, 5, 1, 22, tzinfo=UTC), zone="Asia/Tokyo")
    add_entry("morning", created_at=datetime(2024, 5, 2, 8, tzinfo=UTC), zone="UTC")
    assert texts() == ["morning", "tokyo", "honolulu"]


def test_entries_of_one_instant_come_in_the_order_of_writing() -> None:
    for number in range(5):
        add_entry(str(number), created_at=NOON, zone="UTC")
    assert texts() == ["4", "3", "2", "1", "0"]


def test_more_entries_than_fit_one_millisecond_still_have_places(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(entry_ids, "TWINS", 3)
    add_entries([NewEntry(str(n), created_at=NOON, zone="UTC") for n in range(10)])
    assert texts() == [str(n) for n in reversed(range(10))]


def test_pages_together_are_the_whole_list() -> None:
    add_entries(
        [NewEntry(str(n), created_at=NOON + timedelta(hours=5 * n), zone="UTC") for n in range(23)]
    )
    whole = texts(limit=100)
    assert whole == [str(n) for n in reversed(range(23))]
    assert [text for offset in range(0, 30, 5) for text in texts(limit=5, offset=offset)] == whole
    assert texts(limit=0) == []
    assert texts(limit=-1) == []
    assert texts(limit=2, offset=-5) == ["22", "21"]


def test_a_journal_is_listed_alone() -> None:
    add_entry("a", journal="One", created_at=NOON)
    add_entry("b", journal="two", created_at=NOON)
    assert texts(journal="ONE") == ["a"]
    assert texts() == ["b", "a"]
    assert count_entries("one") == 1
    assert count_entries() == 2


def test_days_count_the_entries_of_each() -> None:
    for hours in (0, 1, 30):
        add_entry("x", journal="one", created_at=NOON + timedelta(hours=hours), zone="UTC")
    removed = add_entry("y", journal="two", created_at=NOON, zone="UTC")
    first, second = date(2024, 5, 1), date(2024, 5, 2)
    assert list_days() == [DayCount(second, 1), DayCount(first, 3)]
    assert list_days("ONE") == [DayCount(second, 1), DayCount(first, 2)]
    delete_entry(removed.uuid)
    assert list_days() == [DayCount(second, 1), DayCount(first, 2)]
    assert list_days("two") == []
    restore_entry(removed.uuid)
    assert list_days("two") == [DayCount(first, 1)]
    assert find_faults() == []


def test_an_entry_is_located_where_the_list_has_it() -> None:
    for number in range(12):
        add_entry(
            f"{number} x",
            journal="even" if number % 2 == 0 else "odd",
            created_at=NOON + timedelta(hours=7 * (number % 5)),
            zone="UTC",
        )
    for journal in (None, "even", "odd"):
        listed = list_entries(journal=journal, limit=100)
        assert [locate_entry(entry.uuid, journal) for entry in listed] == list(range(len(listed)))


def test_an_entry_that_is_not_listed_is_not_located() -> None:
    entry = add_entry("a", journal="one")
    add_entry("b", journal="two")
    with pytest.raises(NotFoundError):
        locate_entry(entry.uuid, "two")
    with pytest.raises(NotFoundError):
        locate_entry(entry.uuid, "none")
    delete_entry(entry.uuid)
    with pytest.raises(NotFoundError):
        locate_entry(entry.uuid)


def test_the_trash_lists_what_was_deleted_last_first() -> None:
    first, second, kept = add_entry("first"), add_entry("second"), add_entry("kept")
    assert delete_entry(second.uuid).uuid == second.uuid
    delete_entry(first.uuid)
    assert {entry.uuid for entry in list_trash()} == {first.uuid, second.uuid}
    assert [entry.uuid for entry in list_entries()] == [kept.uuid]
    assert restore_entry(first.uuid).preview == "first"
    assert [entry.uuid for entry in list_trash()] == [second.uuid]
    assert count_entries() == 2


def test_pending_is_what_was_not_read_in_its_current_revision() -> None:
    first, second = add_entry("first", journal="one"), add_entry("second")
    assert set(list_pending()) == {(first.uuid, "one"), (second.uuid, "default")}
    store_extraction(first.uuid, 1, "m", [])
    assert list_pending() == [(second.uuid, "default")]
    edit_entry(first.uuid, "changed")
    assert list_pending(limit=1) == [(first.uuid, "one")]
    assert count_pending() == 2
    delete_entry(first.uuid)
    assert list_pending() == [(second.uuid, "default")]
    restore_entry(first.uuid)
    assert count_pending() == 2


def test_everything_can_be_made_pending_again() -> None:
    entries = [add_entry(str(number)) for number in range(3)]
    for entry in entries:
        store_extraction(entry.uuid, 1, "m", [])
    reset_extraction(entries[1].uuid)
    assert list_pending() == [(entries[1].uuid, "default")]
    reset_extraction(None)
    assert count_pending() == 3
