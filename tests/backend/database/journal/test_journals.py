"""Journals are made, renamed and deleted, and entries move between them with what they mention."""

from __future__ import annotations

from pathlib import Path

import pytest

import backend
from backend.database.journal.extractions import (
    count_provisional,
    find_extraction,
    store_extraction,
)
from backend.database.sqlite import connection
from backend.database.sqlite.integrity import find_faults
from backend.errors import NotFoundError, UsageError
from backend.locations import database_path
from backend.preferences import SHOWN_JOURNAL
from backend.records import EntityType, JournalCount, Span
from backend.services.backup import backups, repair, restore

TEXT = "Met Sarah Chen in Lisbon #garden."
SPANS = [Span(4, 14, EntityType.PERSON, 0.9), Span(18, 24, EntityType.PLACE, 0.8)]


def add_read(uuid: str, journal: str = "default", *, is_provisional: bool = False) -> str:
    """An entry in which a model has found two names."""
    backend.add_entry(TEXT, uuid=uuid, journal=journal)
    assert store_extraction(uuid, 1, "m", SPANS, is_provisional=is_provisional)
    return uuid


def names(journal: str | None = None) -> dict[tuple[str, str], int]:
    found = backend.list_entities(journal=journal)
    return {(entity.journal, entity.name): entity.count for entity in found}


def found(query: str) -> list[str]:
    return sorted(hit.entry.uuid for hit in backend.search_entries(query))


@pytest.fixture(autouse=True)
def sound() -> object:
    yield
    assert find_faults() == []


def test_a_journal_may_be_empty() -> None:
    assert backend.create_journal("  Travel ") == "Travel"
    backend.add_entry("Here.")
    assert backend.count_journals() == [
        JournalCount("default", 1, 0),
        JournalCount("Travel", 0, 0),
    ]
    assert backend.list_entries(journal="travel") == []


@pytest.mark.parametrize("name", ["travel", "TRAVEL", "ｔravel", " Travel "])
def test_a_name_is_taken_whatever_its_case(name: str) -> None:
    backend.create_journal("Travel")
    with pytest.raises(UsageError, match="already a journal “Travel”"):
        backend.create_journal(name)
    backend.create_journal("Other")
    with pytest.raises(UsageError, match="already a journal “Travel”"):
        backend.rename_journal("other", name)
    assert backend.list_journals() == ["Other", "Travel"]


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 81, "\x1b[2J"])
def test_what_cannot_be_a_name_is_refused(name: str) -> None:
    backend.create_journal("Travel")
    with pytest.raises(UsageError, match="cannot be the name"):
        backend.create_journal(name)
    with pytest.raises(UsageError, match="cannot be the name"):
        backend.rename_journal("travel", name)
    assert backend.list_journals() == ["Travel"]


def test_renaming_keeps_everything() -> None:
    add_read("first", "Travel")
    backend.add_entry("Not read yet.", uuid="waits", journal="Travel")
    add_read("gone", "Travel")
    backend.delete_entry("gone")
    backend.save_draft("typed", "On the way", journal="TRAVEL")
    backend.set_preference(SHOWN_JOURNAL, "travel")
    assert backend.rename_journal("travel", "Voyages") == "Voyages"
    assert {entry.uuid for entry in backend.list_entries(journal="voyages")} == {"first", "waits"}
    assert found("journal:voyages") == ["first", "waits"]
    assert found("@sarah journal:voyages") == []
    assert found('@"Sarah Chen" journal:voyages') == ["first"]
    assert names() == {("Voyages", "Sarah Chen"): 1, ("Voyages", "Lisbon"): 1}
    assert backend.get_preference(SHOWN_JOURNAL) == "Voyages"
    assert [draft.journal for draft in backend.list_drafts()] == ["Voyages"]
    assert backend.restore_entry("gone").journal == "Voyages"
    assert backend.list_entries(journal="Travel") == []


def test_the_same_name_in_other_letters_is_a_new_name() -> None:
    backend.create_journal("travel")
    assert backend.rename_journal("travel", "Travel") == "Travel"
    assert backend.list_journals() == ["Travel"]


def test_the_default_journal_may_have_another_name() -> None:
    backend.add_entry("One.")
    backend.rename_journal("default", "Diary")
    assert backend.add_entry("Two.").journal == "Diary"
    backend.rename_journal("diary", "Days")
    assert backend.add_entry("Three.").journal == "Days"
    assert backend.list_journals() == ["Days"]
    backend.create_journal("default")
    assert backend.add_entry("Four.").journal == "default"


def test_moving_takes_the_mentions_along() -> None:
    add_read("first")
    add_read("second", is_provisional=True)
    add_read("there", "Travel")
    moved = backend.move_entry("second", "TRAVEL")
    assert moved.journal == "Travel"
    assert moved.is_extracted
    assert names() == {
        ("default", "Sarah Chen"): 1,
        ("default", "Lisbon"): 1,
        ("Travel", "Sarah Chen"): 2,
        ("Travel", "Lisbon"): 2,
    }
    assert found("journal:travel") == found('@"sarah chen" journal:travel') == ["second", "there"]
    assert found("#garden journal:default") == ["first"]
    assert count_provisional() == 1
    assert find_extraction("second", TEXT, "m") == SPANS
    mention = backend.get_entry("second").mentions[0]
    assert (mention.start, mention.end, mention.confidence, mention.model) == (4, 14, 0.9, "m")
    backend.move_entry("first", "travel")
    assert names("default") == {}


def test_moving_leaves_what_the_trash_mentions() -> None:
    add_read("first")
    add_read("gone")
    backend.create_journal("Travel")
    backend.delete_entry("gone")
    backend.move_entry("first", "travel")
    assert names("default") == {}
    backend.restore_entry("gone")
    assert names("default") == {("default", "Sarah Chen"): 1, ("default", "Lisbon"): 1}


def test_moving_keeps_the_history_and_takes_the_draft_along() -> None:
    backend.add_entry("Once.", uuid="entry")
    backend.edit_entry("entry", "Twice.")
    backend.create_journal("Travel")
    backend.save_draft("typed", "Thrice.", journal="default", entry="entry", base_revision=2)
    moved = backend.move_entry("entr", "Travel")
    assert (moved.revision, moved.is_extracted) == (2, False)
    assert [each.text for each in backend.list_revisions("entry")] == ["Twice.", "Once."]
    assert [draft.journal for draft in backend.list_drafts()] == ["Travel"]


def test_what_cannot_be_moved_stays() -> None:
    add_read("entry")
    with pytest.raises(NotFoundError, match="no journal “Travel”"):
        backend.move_entry("entry", "Travel")
    backend.create_journal("Travel")
    with pytest.raises(NotFoundError):
        backend.move_entry("nowhere", "Travel")
    backend.delete_entry("entry")
    with pytest.raises(NotFoundError, match="in the trash"):
        backend.move_entry("entry", "Travel")
    assert backend.count_journals()[0] == JournalCount("default", 0, 1)


def test_only_an_empty_journal_is_deleted() -> None:
    add_read("entry", "Travel")
    with pytest.raises(UsageError, match="it holds 1 entry"):
        backend.delete_journal("travel")
    backend.delete_entry("entry")
    with pytest.raises(UsageError, match="1 entry in the trash"):
        backend.delete_journal("travel")
    backend.empty_trash()
    backend.save_draft("typed", "On the way", journal="travel")
    with pytest.raises(UsageError, match="1 draft"):
        backend.delete_journal("travel")
    backend.discard_draft("typed")
    backend.set_preference(SHOWN_JOURNAL, "Travel")
    assert backend.delete_journal("travel") == "Travel"
    assert backend.list_journals() == []
    assert backend.get_preference(SHOWN_JOURNAL) is None
    with pytest.raises(NotFoundError):
        backend.delete_journal("travel")


def test_a_backup_brings_back_journals_without_entries() -> None:
    add_read("entry", "Travel")
    backend.create_journal("Empty")
    kept = backups.back_up().path
    backend.delete_journal("Empty")
    backend.create_journal("Home")
    backend.move_entry("entry", "Home")
    restore.restore_backup(kept)
    assert backend.get_entry("entry").journal == "Home"
    assert backend.list_journals() == ["Empty", "Home", "Travel"]


def test_a_repair_keeps_journals_without_entries() -> None:
    for number in range(60):
        backend.add_entry(f"{number} {TEXT * 20}", journal="Travel")
    backend.create_journal("Empty")
    connection.close_all()
    path = Path(database_path())
    damaged = bytearray(path.read_bytes())
    middle = len(damaged) // 2 // 4096 * 4096
    damaged[middle : middle + 4096] = bytes(4096)
    path.write_bytes(damaged)
    repair.repair()
    assert {"Empty", "Travel"} <= set(backend.list_journals())
