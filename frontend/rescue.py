"""Drafts that were left behind, and what becomes of them."""

from __future__ import annotations

from dataclasses import dataclass

from backend import add_entry, edit_entry, get_entry
from backend.errors import NotFoundError
from backend.records import Draft, Entry
from frontend.drafting import Presence, list_rescued
from frontend.wording import entry_name


@dataclass(frozen=True, slots=True)
class Rescued:
    """A draft and the entry it was begun from (None if it has none, or that is gone)."""

    draft: Draft
    entry: Entry | None

    @property
    def has_moved_on(self) -> bool:
        """Whether the entry was saved by somebody else since the draft was begun."""
        return self.entry is not None and self.entry.revision != self.draft.base_revision

    @property
    def about(self) -> str:
        """What the draft belongs to and what saving it will do."""
        if self.draft.entry is None:
            return "A new entry"
        if self.entry is None:
            return "Its entry is gone: it will be saved as a new one"
        if self.has_moved_on:
            return f"{entry_name(self.entry)} was changed since: saved as a new entry, both stay"
        return f"Changes to {entry_name(self.entry)}"


def read_rescued(own: Presence) -> list[Rescued]:
    """The drafts that nobody is typing into, nor `own`, with their entries; blocks.

    Raises:
        StorageError: they cannot be read.
    """
    return [Rescued(draft, _entry_of(draft)) for draft in list_rescued(own)]


def _entry_of(draft: Draft) -> Entry | None:
    if draft.entry is None:
        return None
    try:
        return get_entry(draft.entry)
    except NotFoundError:
        return None


def store_rescued(rescued: Rescued) -> Entry:
    """Save a draft, over nothing that was saved since it was begun; blocks.

    Raises:
        CharlieError: it could not be saved; the draft is still there.
    """
    draft = rescued.draft
    if rescued.entry is None or rescued.has_moved_on:
        return add_entry(
            draft.text,
            journal=draft.journal,
            title=draft.title or "",
            created_at=draft.created_at,
            draft=draft.key,
        )
    return edit_entry(
        rescued.entry.uuid,
        draft.text,
        title=draft.title,
        created_at=draft.created_at,
        base_revision=draft.base_revision,
        draft=draft.key,
    )
