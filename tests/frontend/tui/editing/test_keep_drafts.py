"""Drafts: never older over newer, never offered while somebody types into them."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest

from backend import (
    add_entry,
    delete_entry,
    edit_entry,
    get_entry,
    list_drafts,
    list_entries,
    save_draft,
)
from backend.database.sqlite.connection import write_transaction
from backend.errors import NotFoundError
from backend.locations import run_dir
from backend.records import Entry
from backend.services.draft_sessions import (
    AutosaveWriter,
    Page,
    SessionLock,
    adopt,
    load_recovered_drafts,
    save_page,
    save_recovered_draft,
)
from tests.frontend.tui.journeys import opened


@pytest.fixture
def writer() -> AutosaveWriter:
    return AutosaveWriter("key", journal="default")


def recovered_texts(own: SessionLock) -> list[str]:
    return [each.draft.text for each in load_recovered_drafts(own)]


def draft_texts() -> list[str]:
    return [draft.text for draft in list_drafts()]


def test_the_latest_state_is_kept(writer: AutosaveWriter) -> None:
    assert writer.write(Page("one"), 1)
    assert writer.write(Page("one two"), 2)

    assert draft_texts() == ["one two"]


def test_an_older_state_does_not_replace_a_newer_one(writer: AutosaveWriter) -> None:
    writer.write(Page("one two"), 2)

    assert not writer.write(Page("one"), 1)
    assert draft_texts() == ["one two"]


def test_a_write_under_way_does_not_bring_a_saved_draft_back(writer: AutosaveWriter) -> None:
    writer.write(Page("text"), 1)
    with writer.paused():
        entry = add_entry("text more", draft=writer.key)
        writer.mark_saved(entry.uuid, entry.revision, 2)

    assert not writer.write(Page("text more"), 2)
    assert draft_texts() == []


def test_typing_on_after_a_save_is_a_draft_of_the_saved_entry(writer: AutosaveWriter) -> None:
    with writer.paused():
        entry = add_entry("text", draft=writer.key)
        writer.mark_saved(entry.uuid, entry.revision, 1)
    writer.write(Page("text and more"), 2)

    (draft,) = list_drafts()
    assert (draft.entry, draft.base_revision, draft.text) == (entry.uuid, 1, "text and more")


def test_a_discarded_draft_stays_away(writer: AutosaveWriter) -> None:
    writer.write(Page("text"), 1)
    writer.discard(2)

    assert not writer.write(Page("text"), 2)
    assert draft_texts() == []


LIVING = """
import sys
from backend import save_draft
from backend.services.draft_sessions import SessionLock

lock = SessionLock()
lock.acquire()
save_draft(lock.new_key(), "being typed", journal="default")
print("ready", flush=True)
sys.stdin.read()
"""


def test_a_draft_is_offered_when_its_writer_is_dead_and_not_before() -> None:
    own = SessionLock()
    own.acquire()
    with subprocess.Popen(
        [sys.executable, "-c", LIVING], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"ready\n"
        assert recovered_texts(own) == []
        writer.kill()

    assert recovered_texts(own) == ["being typed"]
    own.release()


def test_own_drafts_are_not_offered() -> None:
    own = SessionLock()
    own.acquire()
    save_draft(own.new_key(), "mine", journal="default")

    assert recovered_texts(own) == []
    own.release()
    assert recovered_texts(SessionLock()) == ["mine"]


def test_the_latest_draft_is_offered_first() -> None:
    for text in ("first", "second", "third"):
        save_draft(f"gone-{text}", text, journal="default")
        time.sleep(0.002)  # a draft's time is in milliseconds

    assert recovered_texts(SessionLock()) == ["third", "second", "first"]


def test_forgotten_lock_files_are_tidied_away() -> None:
    forgotten = run_dir() / "screen-0123456789ab.lock"
    forgotten.touch()
    own = SessionLock()
    own.acquire()
    load_recovered_drafts(own)

    assert [path.name for path in run_dir().glob("screen-*")] == [f"screen-{own.token}.lock"]
    own.release()
    assert list(run_dir().glob("screen-*")) == []


def test_a_draft_that_is_continued_belongs_to_who_continues_it() -> None:
    noon = datetime(2025, 5, 3, 12, tzinfo=UTC)
    save_draft("gone-1", "left behind", journal="default", title="Begun", created_at=noon)
    own = SessionLock()
    own.acquire()
    (recovered,) = load_recovered_drafts(own)
    mine = adopt(recovered.draft, own)

    assert [(d.key, d.text, d.title, d.created_at) for d in list_drafts()] == [
        (mine.key, "left behind", "Begun", noon)
    ]
    assert recovered_texts(own) == []
    own.release()


def test_the_draft_of_an_unchanged_entry_becomes_its_next_revision() -> None:
    entry = add_entry("before")
    save_draft("gone-1", "after", journal="default", entry=entry.uuid, base_revision=1)
    (draft,) = list_drafts()

    saved = save_recovered_draft(draft)
    assert (saved.uuid, saved.revision, saved.text) == (entry.uuid, 2, "after")
    assert list_drafts() == []


def test_title_and_day_of_a_draft_are_saved_with_it() -> None:
    noon = datetime(2025, 5, 3, 12, tzinfo=UTC)
    entry = add_entry("before", title="Old")
    save_draft("gone-1", "new", journal="default", title="New", created_at=noon)
    save_draft("gone-2", "before", journal="default", entry=entry.uuid, base_revision=1, title="")
    for draft in list_drafts():
        save_recovered_draft(draft)

    saved = {get_entry(each.uuid).text: each for each in list_entries()}
    assert (saved["new"].title, saved["new"].created_at) == ("New", noon)
    assert saved["before"].title == "before"


def test_the_draft_of_an_entry_that_moved_on_becomes_an_entry_of_its_own() -> None:
    entry = add_entry("before")
    save_draft("gone-1", "mine", journal="default", entry=entry.uuid, base_revision=1)
    edit_entry(entry.uuid, "theirs")
    (draft,) = list_drafts()

    saved = save_recovered_draft(draft)
    assert saved.uuid != entry.uuid
    assert saved.text == "mine"
    assert list_drafts() == []


def test_the_draft_of_an_entry_that_is_gone_becomes_an_entry_of_its_own() -> None:
    save_draft("gone-1", "mine", journal="default", entry="0" * 32, base_revision=1)
    (draft,) = list_drafts()

    saved = save_recovered_draft(draft)
    assert saved.text == "mine"
    with pytest.raises(NotFoundError):
        edit_entry("0" * 32, "x")


@pytest.mark.parametrize("over_others", [True, False])
def test_one_rule_says_what_a_page_becomes(over_others: bool) -> None:
    def save(entry: str | None, base_revision: int) -> Entry:
        return save_page(
            Page("mine"),
            key="key",
            journal="default",
            entry=entry,
            base_revision=base_revision,
            over_others=over_others,
        )

    untouched, changed, deleted = (add_entry(text) for text in ("one", "two", "three"))
    edit_entry(changed.uuid, "theirs")
    delete_entry(deleted.uuid)

    assert save(untouched.uuid, 1).uuid == untouched.uuid
    assert save(None, 0).uuid != untouched.uuid
    assert save(deleted.uuid, 1).uuid != deleted.uuid
    saved = save(changed.uuid, 1)
    assert (saved.uuid == changed.uuid) is over_others
    assert saved.conflict is over_others
    assert get_entry(changed.uuid).text == ("mine" if over_others else "theirs")


def test_what_is_told_of_a_draft_is_what_saving_does() -> None:
    entries = [add_entry(text) for text in ("one", "two", "three")]
    for number, entry in enumerate(entries):
        save_draft(f"gone-{number}", "mine", journal="default", entry=entry.uuid, base_revision=1)
    edit_entry(entries[1].uuid, "theirs")
    delete_entry(entries[2].uuid)

    for recovered in load_recovered_drafts(SessionLock()):
        saved = save_recovered_draft(recovered.draft)
        assert (saved.uuid != recovered.draft.entry) is recovered.becomes_new_entry


async def test_a_draft_that_is_continued_tells_its_own_age() -> None:
    save_draft("of the dead", "left behind", journal="default")
    with write_transaction() as db:
        db.execute("UPDATE draft SET updated_at = updated_at - 150000")
    async with opened() as journey:
        await journey.sees("You were writing")
        await journey.press("enter")
        await journey.sees("left behind", "draft kept 2 min ago")


async def test_a_draft_is_not_offered_over_a_page_that_is_being_written() -> None:
    async with opened() as journey:
        await journey.press("n")
        await journey.sees("New entry")
        save_draft("left-behind", "sad draft", journal="default")
        journey.app.dialogs.drafts()
        await journey.type("sad words")
        await journey.pilot.pause(0.5)
        assert "You were writing" not in journey.text
        await journey.press("escape")
        await journey.sees("You were writing", "sad draft")
    assert [entry.preview for entry in list_entries()] == ["sad words"]
