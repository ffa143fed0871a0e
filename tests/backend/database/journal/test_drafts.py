"""Drafts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from backend.database.journal.drafts import discard_draft, list_drafts, rename_draft, save_draft
from backend.database.journal.preferences import (
    instance_id,
)
from backend.errors import NotFoundError, UsageError


def test_a_draft_is_kept_as_typed_and_replaced_by_its_key() -> None:
    before = datetime.now(UTC)
    save_draft("a", "first", journal="travel")
    save_draft("a", " typed\0 \n", journal="Travel", entry="abcd", base_revision=3)
    (draft,) = list_drafts()
    assert (draft.key, draft.text, draft.journal) == ("a", " typed\0 \n", "Travel")
    assert (draft.entry, draft.base_revision) == ("abcd", 3)
    assert (draft.updated_at - before).total_seconds() > -0.001


def test_title_and_day_are_kept_where_they_were_touched() -> None:
    noon = datetime(2025, 5, 3, 12, tzinfo=UTC)
    save_draft("a", "text", journal="default")
    save_draft("b", "text", journal="default", title="", created_at=noon)
    drafts = {draft.key: draft for draft in list_drafts()}
    assert (drafts["a"].title, drafts["a"].created_at) == (None, None)
    assert (drafts["b"].title, drafts["b"].created_at) == ("", noon)


def test_a_title_alone_is_a_draft() -> None:
    save_draft("a", "", journal="default", title="Begun")
    assert [draft.title for draft in list_drafts()] == ["Begun"]
    save_draft("a", "", journal="default", title=" ")
    assert list_drafts() == []


def test_drafts_are_listed_and_discarded_one_by_one() -> None:
    for key in "abc":
        save_draft(key, f"text {key}", journal="default")
    discard_draft("b")
    discard_draft("unknown")
    assert {draft.key for draft in list_drafts()} == {"a", "c"}
    assert list_drafts()[0].entry is None


@pytest.mark.parametrize("text", ["", "  \n", "\u200b"])
def test_an_empty_draft_is_no_draft(text: str) -> None:
    save_draft("a", "text", journal="default")
    save_draft("a", text, journal="default")
    assert list_drafts() == []


def test_half_a_character_keeps_the_draft_before_it() -> None:
    save_draft("a", "text", journal="default")
    with pytest.raises(UsageError):
        save_draft("a", "text\ud800", journal="default")
    with pytest.raises(UsageError):
        save_draft("a", "text", journal="default", title="\ud800")
    assert list_drafts()[0].text == "text"


def test_a_draft_goes_on_under_another_key() -> None:
    save_draft("a", "text", journal="default", entry="e", base_revision=2, title="Title")
    (before,) = list_drafts()
    rename_draft("a", "b")
    assert list_drafts() == [replace(before, key="b")]


def test_a_draft_that_is_gone_is_not_gone_on_with() -> None:
    save_draft("b", "text", journal="default")
    with pytest.raises(NotFoundError):
        rename_draft("a", "c")
    assert [draft.key for draft in list_drafts()] == ["b"]


def test_each_database_has_an_identity_of_its_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    first = instance_id()
    assert instance_id() == first
    monkeypatch.setenv("CHARLIE_HOME", str(tmp_path / "other"))
    assert instance_id() != first
