"""Bringing in entries of another journal: nothing is lost of either, and twice adds nothing."""

from __future__ import annotations

from datetime import UTC, datetime

from backend.database.backup import archive, merging
from backend.database.backup.archive import StoredDraft, StoredEntry, Version
from backend.database.backup.merging import Outcome
from backend.database.insights.entities import list_entities
from backend.database.journal.drafts import list_drafts, save_draft
from backend.database.journal.entries import (
    add_entry,
    count_pending,
    delete_entry,
    edit_entry,
    get_entry,
)
from backend.database.journal.extractions import store_extraction
from backend.database.journal.revisions import list_revisions
from backend.database.journal.trash import empty_trash
from backend.database.sqlite.connection import read_transaction, write_transaction
from backend.database.sqlite.integrity import find_faults
from backend.records import EntityType, Span


def stored() -> list[StoredEntry]:
    """The entries of the journal as they are now."""
    with read_transaction() as db:
        return list(archive.load_entries(db))


def merge(*entries: StoredEntry) -> list[Outcome]:
    """What became of each, merged twice: the second time nothing may happen."""
    with write_transaction() as db:
        outcomes = [merging.merge_entry(db, entry) for entry in entries]
    before = stored()
    with write_transaction() as db:
        again = {merging.merge_entry(db, entry) for entry in entries}
    assert again <= {Outcome.SAME, Outcome.IN_TRASH}
    assert stored() == before
    assert find_faults() == []
    return outcomes


def texts(uuid: str) -> list[tuple[int, str]]:
    return [(each.revision, each.text) for each in list_revisions(uuid)]


def test_a_lost_entry_comes_back_whole() -> None:
    uuid = add_entry("Tea with Anna.", title="Tea", journal="Travel").uuid
    edit_entry(uuid, "Tea with Anna, twice.")
    store_extraction(uuid, 2, "m", [Span(9, 13, EntityType.PERSON, 0.75)], model_name="M")
    before = get_entry(uuid)
    saved = stored()
    delete_entry(uuid)
    empty_trash()
    assert merge(*saved) == [Outcome.ADDED]
    assert stored() == saved
    after = get_entry(uuid)
    assert [(m.text, m.confidence, m.model) for m in after.mentions] == [("Anna", 0.75, "M")]
    assert (after.title, after.text, after.revision, after.journal, after.created_at) == (
        before.title,
        before.text,
        before.revision,
        before.journal,
        before.created_at,
    )
    assert count_pending() == 0


def test_an_entry_lost_from_the_trash_comes_back_into_the_trash() -> None:
    uuid = add_entry("Tea with Anna.").uuid
    store_extraction(uuid, 1, "m", [Span(9, 13, EntityType.PERSON, 0.75)])
    delete_entry(uuid)
    saved = stored()
    empty_trash()
    assert merge(*saved) == [Outcome.ADDED]
    assert stored() == saved
    assert [(entity.name, entity.count) for entity in list_entities()] in ([], [("Anna", 0)])


def test_texts_that_went_different_ways_are_both_kept() -> None:
    uuid = add_entry("common").uuid
    edit_entry(uuid, "theirs")
    saved = stored()
    delete_entry(uuid)
    empty_trash()
    add_entry("common", uuid=uuid)
    edit_entry(uuid, "ours")
    store_extraction(uuid, 2, "m", [])
    assert merge(*saved) == [Outcome.CHANGED]
    assert texts(uuid) == [(4, "ours"), (3, "theirs"), (2, "ours"), (1, "common")]
    assert get_entry(uuid).is_extracted


def test_a_text_made_from_the_one_here_takes_its_place() -> None:
    uuid = add_entry("first").uuid
    edit_entry(uuid, "second")
    edit_entry(uuid, "third", title="Newest")
    saved = stored()
    delete_entry(uuid)
    empty_trash()
    add_entry("first", uuid=uuid)
    store_extraction(uuid, 1, "m", [])
    assert merge(*saved) == [Outcome.CHANGED]
    assert texts(uuid) == [(3, "third"), (2, "second"), (1, "first")]
    assert get_entry(uuid).title == "Newest"
    assert count_pending() == 1


def test_what_was_done_after_the_backup_stays_done() -> None:
    edited, deleted = add_entry("old").uuid, add_entry("deleted").uuid
    saved = stored()
    edit_entry(edited, "new")
    delete_entry(deleted)
    assert merge(*saved) == [Outcome.SAME, Outcome.IN_TRASH]
    assert get_entry(edited).text == "new"


def test_an_entry_of_another_machine_finds_a_place_of_its_own() -> None:
    mine = add_entry("mine").uuid
    (entry,) = stored()
    version = Version(1, entry.current.saved_at, "", "theirs")
    other = StoredEntry(
        "feed-0001", "default", entry.created_at, entry.zone, entry.local_date, None, version
    )
    assert merge(other) == [Outcome.ADDED]
    assert (get_entry(mine).text, get_entry("feed-0001").text) == ("mine", "theirs")


def test_drafts_come_back_beside_those_that_are_here() -> None:
    add_entry("saved long ago")
    save_draft("key", "typed here", journal="default")
    drafts = [
        StoredDraft("key", "default", None, 0, 1, "typed there"),
        StoredDraft("other", "default", None, 0, 1, "saved long ago"),
        StoredDraft("third", "default", None, 0, 1, "typed here"),
    ]
    for expected in ([True, False, False], [False, False, False]):
        with write_transaction() as db:
            assert [merging.merge_draft(db, draft) for draft in drafts] == expected
    assert {draft.text for draft in list_drafts()} == {"typed here", "typed there"}


def test_a_draft_comes_back_for_the_sake_of_its_title() -> None:
    add_entry("walked", title="Sunday")
    drafts = [
        StoredDraft("a", "default", None, 0, 1, "walked", "Sunday", 86_400_000),
        StoredDraft("b", "default", None, 0, 1, "walked", "Monday", 86_400_000),
        StoredDraft("c", "default", None, 0, 1, "walked"),
    ]
    for expected in ([False, True, False], [False, False, False]):
        with write_transaction() as db:
            assert [merging.merge_draft(db, draft) for draft in drafts] == expected
    (draft,) = list_drafts()
    assert (draft.title, draft.created_at) == ("Monday", datetime(1970, 1, 2, tzinfo=UTC))
    with read_transaction() as db:
        assert archive.load_drafts(db)[0].title == "Monday"
