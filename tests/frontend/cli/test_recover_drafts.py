"""Text that was being written when Charlie ended, by command."""

from __future__ import annotations

import json

from backend import add_entry, get_entry, list_drafts, list_entries, save_draft
from backend.services.draft_sessions import SessionLock
from tests.commands import RunCharlie


def test_a_draft_is_listed_shown_and_saved(run_charlie: RunCharlie) -> None:
    save_draft("gone-1", "Half a sentence about the \x1b[31msea", journal="default", title="Sea")

    (listed,) = json.loads(run_charlie("draft", "--json").stdout)
    assert (listed["key"], listed["title"]) == ("gone-1", "Sea")
    assert "Sea  (6 words; A new entry)" in run_charlie("draft").stdout
    assert "\x1b" not in run_charlie("draft", "show", "gone").stdout
    assert json.loads(run_charlie("draft", "show", "gone", "--json").stdout)["key"] == "gone-1"

    saved = run_charlie("draft", "save", "gone-1")
    assert saved.returncode == 0
    (entry,) = list_entries()
    assert (entry.uuid, entry.title) == (saved.stdout.strip(), "Sea")
    assert list_drafts() == []


def test_a_draft_of_an_entry_that_moved_on_becomes_an_entry_of_its_own(
    run_charlie: RunCharlie,
) -> None:
    entry = add_entry("as it was")
    save_draft("gone-1", "as I had it", journal="default", entry=entry.uuid, base_revision=7)

    saved = run_charlie("draft", "save", "gone-1").stdout.strip()

    assert saved != entry.uuid
    assert get_entry(entry.uuid).text == "as it was"
    assert get_entry(saved).text == "as I had it"


def test_a_draft_is_thrown_away_only_after_a_question(run_charlie: RunCharlie) -> None:
    save_draft("gone-1", "words", journal="default")

    refused = run_charlie("draft", "discard", "gone-1")
    assert (refused.returncode, len(list_drafts())) == (2, 1)
    assert run_charlie("draft", "discard", "gone-1", "--yes").returncode == 0
    assert list_drafts() == []


def test_what_is_being_typed_is_not_offered(run_charlie: RunCharlie) -> None:
    living = SessionLock()
    living.acquire()
    save_draft(living.new_key(), "still typing", journal="default")

    shown = run_charlie("draft")
    assert (shown.stdout, shown.returncode) == ("", 0)
    assert "No draft was left behind." in shown.stderr
    living.release()


def test_an_unknown_draft_is_told(run_charlie: RunCharlie) -> None:
    save_draft("gone-1", "one", journal="default")
    save_draft("gone-2", "two", journal="default")

    assert run_charlie("draft", "show", "nobody").returncode == 1
    assert run_charlie("draft", "show", "gone").returncode == 2
