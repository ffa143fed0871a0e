"""Emptying the trash: what goes is gone, what stays is whole."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from backend import dates
from backend.database.insights.entities import list_entities
from backend.database.journal.entries import (
    add_entry,
    delete_entry,
    edit_entry,
    get_entry,
    list_trash,
    restore_entry,
)
from backend.database.journal.extractions import store_extraction
from backend.database.journal.revisions import get_revision, list_revisions, restore_revision
from backend.database.journal.trash import empty_trash, purge_entry
from backend.database.sqlite.connection import close_all, read_transaction
from backend.database.sqlite.integrity import find_faults
from backend.errors import NotFoundError
from backend.records import EntityType, Span


def named_entry(text: str, name: str) -> str:
    """An entry in which `name` was found; its uuid."""
    uuid = add_entry(text).uuid
    start = text.index(name)
    store_extraction(uuid, 1, "m", [Span(start, start + len(name), EntityType.PERSON, 0.9)])
    return uuid


def test_what_is_emptied_is_gone_with_its_history_and_names(charlie_home: Path) -> None:
    kept = named_entry("Tea with Grandma.", "Grandma")
    gone = named_entry("Met Xanthippe, a philosopher's wife.", "Xanthippe")
    edit_entry(gone, "Met Xanthippe, and told her a zanzibarian secret.")
    edit_entry(gone, "Met Xanthippe.")
    delete_entry(gone)
    assert empty_trash() == [gone]
    assert empty_trash() == []
    assert list_trash() == []
    with pytest.raises(NotFoundError):
        get_entry(gone)
    with pytest.raises(NotFoundError):
        list_revisions(gone)
    assert [entity.name for entity in list_entities()] == ["Grandma"]
    assert get_entry(kept).mentions[0].text == "Grandma"
    assert find_faults() == []
    with read_transaction() as db:
        for table in ("revision", "reading", "mention"):
            rows = db.execute(
                f"SELECT count(*) FROM {table} WHERE entry_id NOT IN (SELECT id FROM entry)"
            )
            assert next(rows) == (0,)
    close_all()
    # The text itself was written over, in the journal and in its log.
    for path in charlie_home.glob("charlie.db*"):
        assert b"told her a zanzibarian" not in path.read_bytes()


def test_only_the_trash_is_emptied_and_only_what_is_old_enough() -> None:
    add_entry("stays")
    deleted = add_entry("deleted just now").uuid
    delete_entry(deleted)
    assert empty_trash(dates.now() - timedelta(days=1)) == []
    assert [entry.uuid for entry in list_trash()] == [deleted]
    assert empty_trash(dates.now() + timedelta(seconds=1)) == [deleted]


def test_one_entry_is_purged_and_the_others_come_back() -> None:
    first, second = add_entry("first").uuid, add_entry("second").uuid
    with pytest.raises(NotFoundError):
        purge_entry(first)
    delete_entry(first)
    delete_entry(second)
    assert purge_entry(first[:8]) == first
    restore_entry(second)
    assert get_entry(second).text == "second"
    assert find_faults() == []


def test_history_has_every_text_and_brings_each_back() -> None:
    uuid = add_entry("one", title="First").uuid
    edit_entry(uuid, "two", title="")
    edit_entry(uuid, "three")
    texts = [(each.revision, each.title, each.text) for each in list_revisions(uuid)]
    assert texts == [(3, "", "three"), (2, "", "two"), (1, "First", "one")]
    assert [each.is_current for each in list_revisions(uuid)] == [True, False, False]
    restored = restore_revision(uuid, 1)
    assert (restored.revision, restored.title, restored.text) == (4, "First", "one")
    assert [each.text for each in list_revisions(uuid)] == ["one", "three", "two", "one"]
    assert restore_revision(uuid, 1).revision == 4
    with pytest.raises(NotFoundError, match="no revision 9"):
        get_revision(uuid, 9)


def test_history_of_an_entry_in_the_trash_is_shown_and_changes_nothing() -> None:
    uuid = add_entry("one").uuid
    edit_entry(uuid, "two")
    delete_entry(uuid)
    assert [each.text for each in list_revisions(uuid)] == ["two", "one"]
    with pytest.raises(NotFoundError, match="trash"):
        restore_revision(uuid, 1)
