"""An entry in an editor: opened, kept as a draft, saved. All of it blocks."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import datetime

from backend import get_entry, get_revision
from backend.dates import local_zone
from backend.errors import NotFoundError
from backend.records import Draft, Entry, EntrySummary
from backend.services.draft_sessions import AutosaveWriter, Page, SessionLock, save_page

_BOTH_KEPT = (
    "The entry had changed since you opened it. Both texts are kept: yours is shown, the other"
    " one is its earlier revision."
)
_OTHER_CURRENT = (
    "Saved. The text of this entry was changed elsewhere since you opened it, and stays as it is"
    " there; here it is shown as it was."
)


@dataclass(frozen=True, slots=True)
class Saved:
    """An entry that was saved, and what the writer has to know about it, or ""."""

    entry: Entry
    notice: str = ""


class EditorSession:
    """The text in an editor, and how it becomes an entry.

    Args:
        writer: writes the draft.
        draft: what is to be gone on with, or None.

    Attributes:
        title: the title as it is saved, "" for none.
        created_at: the instant the entry is about as it is saved; None for a new one.
        zone: IANA zone that the entry's clock shows.
    """

    def __init__(self, writer: AutosaveWriter, draft: Draft | None = None) -> None:
        self.writer = writer
        self.draft = draft
        self.title = ""
        self.created_at: datetime | None = None
        self.zone = local_zone()
        # The text as it is saved; None where nothing is.
        self._text: str | None = None

    @classmethod
    def of_new_entry(cls, lock: SessionLock, journal: str) -> EditorSession:
        """Begin a new entry for `journal`."""
        return cls(AutosaveWriter(lock.new_key(), journal=journal))

    @classmethod
    def of_entry(cls, lock: SessionLock, entry: EntrySummary) -> EditorSession:
        """Edit an entry as it is saved."""
        return cls(AutosaveWriter(lock.new_key(), journal=entry.journal, entry=entry.uuid))

    @classmethod
    def of_draft(cls, draft: Draft) -> EditorSession:
        """Continue a recovered draft under its own key."""
        writer = AutosaveWriter(
            draft.key,
            journal=draft.journal,
            entry=draft.entry,
            base_revision=draft.base_revision,
        )
        return cls(writer, draft)

    @property
    def is_new(self) -> bool:
        """Whether nothing of it was ever saved."""
        return self.writer.entry is None

    def open(self) -> Page:
        """Return what the editor begins with.

        Raises:
            NotFoundError: the entry is gone, and there is no draft of it.
            StorageError: it cannot be read.
        """
        draft = self.draft
        if self.writer.entry is not None:
            # The draft of an entry that is gone is one of a new entry.
            with contextlib.suppress(NotFoundError) if draft else contextlib.nullcontext():
                self._fetch(self.writer.entry)
        if draft is None:
            return Page(self._text or "")
        return Page(draft.text, draft.title, draft.created_at)

    def _fetch(self, uuid: str) -> None:
        entry = get_entry(uuid)
        # An entry's title may be its first line; a revision's is the one that was given.
        self.title = get_revision(uuid, entry.revision).title
        self.created_at, self.zone = entry.created_at, entry.zone
        if self.draft is None or self.draft.base_revision == entry.revision:
            self._text = entry.text
            self.writer.base_revision = entry.revision

    def keep(self, page: Page, serial: int) -> None:
        """Keep `page`, the state after change number `serial`, as the draft.

        Raises:
            StorageError: it could not be written.
        """
        self.writer.write(page, serial)

    def discard(self, serial: int) -> None:
        """Throw the draft away, and whatever of it up to change `serial` is still under way.

        Raises:
            StorageError: it could not be.
        """
        self.writer.discard(serial)

    def store(self, page: Page, serial: int) -> Saved:
        """Save `page`, the state after change number `serial`, and end the draft with that.

        Raises:
            CharlieError: it could not be saved; the draft is as it was.
        """
        writer = self.writer
        with writer.paused():
            saved = self._save(page)
            # What was not written over is still what the next save has to be compared with.
            revision = writer.base_revision
            if saved.entry.text == page.text:
                revision, self._text = saved.entry.revision, page.text
            writer.mark_saved(saved.entry.uuid, revision, serial)
        self.title = page.title.strip() if page.title is not None else self.title
        self.created_at, self.zone = saved.entry.created_at, saved.entry.zone
        return saved

    def _save(self, page: Page) -> Saved:
        writer = self.writer
        has_new_text = page.text != self._text
        entry = save_page(
            page,
            key=writer.key,
            journal=writer.journal,
            entry=writer.entry,
            base_revision=writer.base_revision,
            over_others=True,
            has_new_text=has_new_text,
            title=self.title,
            created_at=self.created_at,
        )
        if entry.text != page.text:
            return Saved(entry, _OTHER_CURRENT)
        return Saved(entry, _BOTH_KEPT if entry.conflict and has_new_text else "")
