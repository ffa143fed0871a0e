"""Editing entries: revisions, conflicts, and what an edit leaves of what was read."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from backend.database.insights.entities import list_entities
from backend.database.journal.drafts import list_drafts, save_draft
from backend.database.journal.entries import (
    add_entry,
    count_pending,
    delete_entry,
    edit_entry,
    get_entry,
    list_days,
    list_entries,
)
from backend.database.journal.extractions import store_extraction
from backend.database.search.search import search_entries
from backend.database.sqlite.connection import read_transaction
from backend.database.sqlite.integrity import find_faults
from backend.errors import EmptyEntryError, NotFoundError, UsageError
from backend.records import EntityType, Span

SARAH = EntityType.PERSON


def earlier_texts(uuid: str) -> list[tuple[int, str, str]]:
    """Revision, title and text of what later saves replaced."""
    with read_transaction() as db:
        return list(
            db.execute(
                "SELECT r.revision, r.title, r.text FROM revision r"
                " JOIN entry e ON e.id = r.entry_id WHERE e.uuid = ? ORDER BY r.revision",
                (uuid,),
            )
        )


def test_an_edit_is_a_new_revision_and_keeps_the_old_text() -> None:
    entry = add_entry("first\0", title="One")
    second = edit_entry(entry.uuid, "second", title="Two")
    third = edit_entry(entry.uuid, "third")
    assert (second.revision, second.text, second.title) == (2, "second", "Two")
    assert (third.revision, third.text, third.title) == (3, "third", "Two")
    assert third.created_at == entry.created_at
    assert earlier_texts(entry.uuid) == [(1, "One", "first\0"), (2, "Two", "second")]


def test_derived_fields_follow_the_text() -> None:
    entry = add_entry("one two #old")
    edited = edit_entry(entry.uuid, "# Fresh\nthree words here #new")
    assert (edited.title, edited.word_count) == ("Fresh", 6)
    assert edited.preview == "Fresh three words here #new"
    assert [hit.entry.uuid for hit in search_entries("#new")] == [entry.uuid]
    assert search_entries("#old") == []
    assert search_entries("one") == []


def test_an_unchanged_text_is_no_revision() -> None:
    entry = add_entry("same", title="Title")
    assert edit_entry(entry.uuid, "same") == entry
    assert edit_entry(entry.uuid, "same", title="Title", base_revision=7) == entry
    assert earlier_texts(entry.uuid) == []


def test_a_title_is_kept_changed_or_taken_away() -> None:
    entry = add_entry("first line", title="Explicit")
    assert edit_entry(entry.uuid, "other line").title == "Explicit"
    assert edit_entry(entry.uuid, "other line", title="New").title == "New"
    bare = edit_entry(entry.uuid, "other line", title="")
    assert (bare.title, bare.revision) == ("other line", 4)


def test_a_stale_base_is_saved_as_a_conflict() -> None:
    entry = add_entry("base")
    edit_entry(entry.uuid, "theirs", base_revision=1)
    mine = edit_entry(entry.uuid, "mine", base_revision=1)
    assert (mine.conflict, mine.revision, mine.text) == (True, 3, "mine")
    assert [text for _, _, text in earlier_texts(entry.uuid)] == ["base", "theirs"]
    assert get_entry(entry.uuid).conflict is False
    assert edit_entry(entry.uuid, "again", base_revision=3).conflict is False


def test_a_title_or_a_day_alone_leaves_a_text_that_moved_on_as_it_is() -> None:
    entry = add_entry("mine")
    edit_entry(entry.uuid, "theirs")
    titled = edit_entry(entry.uuid, None, title="New", base_revision=1)
    assert (titled.text, titled.title, titled.revision, titled.conflict) == (
        "theirs",
        "New",
        3,
        True,
    )
    moved = edit_entry(entry.uuid, None, created_at=datetime(2025, 1, 1, 12, tzinfo=UTC))
    assert (moved.text, moved.revision, moved.local_date.year) == ("theirs", 3, 2025)


def test_an_edit_needs_to_be_read_again() -> None:
    entry = add_entry("Sarah came")
    assert store_extraction(entry.uuid, 1, "m", [])
    assert count_pending() == 0
    assert edit_entry(entry.uuid, "Sarah left").is_extracted is False
    assert count_pending() == 1


def test_a_title_alone_needs_no_reading() -> None:
    entry = add_entry("Sarah came")
    store_extraction(entry.uuid, 1, "m", [Span(0, 5, SARAH, 0.9)])
    edited = edit_entry(entry.uuid, "Sarah came", title="A visit")
    assert (edited.revision, edited.is_extracted) == (2, True)
    assert len(edited.mentions) == 1


def test_a_title_does_not_hide_that_the_text_is_unread() -> None:
    entry = add_entry("Sarah came")
    assert edit_entry(entry.uuid, "Sarah came", title="A visit").is_extracted is False
    assert count_pending() == 1


@pytest.mark.parametrize(
    ("edited", "kept"),
    [
        ("Sarah met Tom in Porto.", ["Sarah", "Tom", "Porto"]),
        ("Today Sarah met Tom in Porto.", ["Sarah", "Tom", "Porto"]),
        ("Sarah met Tom in Porto. And then?", ["Sarah", "Tom", "Porto"]),
        ("Sarah met old Tom in Porto.", ["Sarah", "Tom", "Porto"]),
        ("Sarah met Tim in Porto.", ["Sarah", "Porto"]),
        ("Sarah met in Porto.", ["Sarah", "Porto"]),
        ("Somebody else entirely", []),
        ("T", []),
    ],
)
def test_mentions_move_along_with_an_edit(edited: str, kept: list[str]) -> None:
    text = "Sarah met Tom in Porto."
    entry = add_entry(text)
    spans = [
        Span(0, 5, SARAH, 0.9),
        Span(10, 13, SARAH, 0.8),
        Span(17, 22, EntityType.PLACE, 0.7),
    ]
    store_extraction(entry.uuid, 1, "m", spans)
    answer = edit_entry(entry.uuid, edited)
    assert [mention.text for mention in answer.mentions] == kept
    assert all(edited[m.start : m.end] == m.text for m in answer.mentions)
    assert sorted(entity.name for entity in list_entities()) == sorted(kept)
    assert find_faults() == []


def test_another_instant_moves_the_entry_with_all_it_has() -> None:
    moved = add_entry("Sarah #tag", created_at=datetime(2024, 5, 1, 12, tzinfo=UTC), zone="UTC")
    other = add_entry("Other", created_at=datetime(2024, 5, 2, 12, tzinfo=UTC), zone="UTC")
    edit_entry(moved.uuid, "Sarah #tag!")
    store_extraction(moved.uuid, 2, "m", [Span(0, 5, SARAH, 0.9)])
    answer = edit_entry(moved.uuid, "Sarah #tag!", created_at=datetime(2025, 1, 1, 3, tzinfo=UTC))
    assert answer.local_date == date(2025, 1, 1)
    assert (answer.revision, answer.is_extracted, len(answer.mentions)) == (2, True, 1)
    assert [entry.uuid for entry in list_entries()] == [moved.uuid, other.uuid]
    assert [hit.entry.uuid for hit in search_entries("#tag in:2025")] == [moved.uuid]
    assert search_entries("in:2024-05-01") == []
    assert [day.local_date for day in list_days()] == [date(2025, 1, 1), date(2024, 5, 2)]
    assert list_entities()[0].last == date(2025, 1, 1)
    assert earlier_texts(moved.uuid) == [(1, "", "Sarah #tag")]
    assert find_faults() == []


def test_an_edit_finds_the_entry_by_the_beginning_of_its_uuid() -> None:
    entry = add_entry("text", uuid="abcd-1")
    assert edit_entry("ABCD", "new").uuid == entry.uuid


def test_what_cannot_be_saved_changes_nothing() -> None:
    entry = add_entry("text")
    save_draft("key", "words", journal="default", entry=entry.uuid, base_revision=1)
    with pytest.raises(EmptyEntryError):
        edit_entry(entry.uuid, " \n", draft="key")
    with pytest.raises(UsageError):
        edit_entry(entry.uuid, "new", title="t" * 2_000, draft="key")
    with pytest.raises(UsageError):
        edit_entry(entry.uuid, "new", created_at=datetime(9999, 1, 1, tzinfo=UTC), draft="key")
    assert get_entry(entry.uuid) == entry
    assert len(list_drafts()) == 1
    edit_entry(entry.uuid, "new", draft="key")
    assert list_drafts() == []


def test_what_is_not_there_cannot_be_edited() -> None:
    with pytest.raises(NotFoundError):
        edit_entry("00000000", "text")
    entry = add_entry("text")
    delete_entry(entry.uuid)
    with pytest.raises(NotFoundError, match="trash"):
        edit_entry(entry.uuid, "new")
