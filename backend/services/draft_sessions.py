"""Drafts of editing sessions: written while somebody types, recovered when the session died.

A draft outlives its session. Whether the Charlie that writes it still runs is known from a lock
file: the system gives the lock back at any death, so a draft whose session's lock can be had was
left behind and is offered back, and one that is being typed in another terminal is not.
"""

from __future__ import annotations

import contextlib
import threading
import uuid
from dataclasses import dataclass, replace
from datetime import datetime

from backend.database.journal.drafts import discard_draft, list_drafts, rename_draft, save_draft
from backend.database.journal.entries import get_entry
from backend.errors import NotFoundError, StorageError
from backend.file_locks import FileLock, is_locked
from backend.journal import add_entry, edit_entry
from backend.locations import lock_path, run_dir
from backend.records import Draft, Entry
from backend.services.edited_files import adopt_edited_files

_LOCK_PREFIX = "screen-"

# How long to try for a session's own lock, in seconds: others hold it for a moment to see
# whether it is held.
_LOCK_TIMEOUT = 10.0


@dataclass(frozen=True, slots=True)
class Page:
    """What is being written, as it stands; `title` and `created_at` are None where untouched."""

    text: str
    title: str | None = None
    created_at: datetime | None = None


class SessionLock:
    """Shows other processes that this one lives, from `acquire` to `release` or death.

    Attributes:
        token: what the keys of this process' drafts begin with.
    """

    def __init__(self) -> None:
        self.token = uuid.uuid4().hex[:12]
        self._lock: FileLock | None = None

    def acquire(self) -> None:
        """Take the lock; nothing happens the second time.

        Raises:
            StorageError: there is no place for it.
        """
        if self._lock is not None:
            return
        lock = FileLock(lock_path(f"{_LOCK_PREFIX}{self.token}"))
        if not lock.acquire(timeout=_LOCK_TIMEOUT):
            raise StorageError(
                f"The file {lock.path} is locked by another program.",
                hint="Close other programs that use this folder, then try again.",
            )
        self._lock = lock

    def new_key(self) -> str:
        """Return a key for one more draft of this process."""
        return f"{self.token}-{uuid.uuid4().hex[:12]}"

    def release(self) -> None:
        """Give the lock back; the drafts that are left count as left behind.

        Raises:
            StorageError: its file cannot be deleted.
        """
        lock, self._lock = self._lock, None
        if lock is not None:
            with lock:
                lock.delete()


@dataclass(frozen=True, slots=True)
class RecoveredDraft:
    """A draft whose session died, and its entry (None if it has none, or that is gone)."""

    draft: Draft
    entry: Entry | None

    @property
    def becomes_new_entry(self) -> bool:
        """Whether saving it makes a new entry: nothing is saved over what others saved since."""
        return self.entry is None or _was_saved_since(self.entry, self.draft.base_revision)


def load_recovered_drafts(own: SessionLock) -> list[RecoveredDraft]:
    """Return the drafts whose session is gone, the latest first, with their entries.

    What an editor saved after Charlie had stopped waiting for it becomes such a draft. Lock files
    that died sessions left are deleted.

    Args:
        own: this process, whose drafts are not among them.

    Raises:
        StorageError: they cannot be read.
    """
    adopt_edited_files()
    is_alive = {own.token: True}
    recovered = []
    for draft in list_drafts():
        token = draft.key.partition("-")[0]
        if token not in is_alive:
            is_alive[token] = is_locked(lock_path(f"{_LOCK_PREFIX}{token}"))
        if not is_alive[token]:
            recovered.append(RecoveredDraft(draft, _entry_of(draft)))
    _delete_forgotten_locks()
    return recovered


def _entry_of(draft: Draft) -> Entry | None:
    if draft.entry is None:
        return None
    try:
        return get_entry(draft.entry)
    except NotFoundError:
        return None


def _delete_forgotten_locks() -> None:
    for path in run_dir().glob(f"{_LOCK_PREFIX}*.lock"):
        # What cannot be deleted is tried again the next time.
        with contextlib.suppress(StorageError), FileLock(path) as lock:
            if lock.acquire():
                lock.delete()


def adopt(draft: Draft, own: SessionLock) -> Draft:
    """Make a recovered draft one of this process' own.

    Raises:
        NotFoundError: another process has dealt with it meanwhile.
        StorageError: it could not be; it is as it was.
    """
    key = own.new_key()
    rename_draft(draft.key, key)
    return replace(draft, key=key)


def save_recovered_draft(draft: Draft) -> Entry:
    """Save a draft as what it was begun as, over nothing that others saved since.

    Raises:
        CharlieError: it could not be saved; the draft is still there.
    """
    return save_page(
        Page(draft.text, draft.title, draft.created_at),
        key=draft.key,
        journal=draft.journal,
        entry=draft.entry,
        base_revision=draft.base_revision,
        over_others=False,
    )


def save_page(
    page: Page,
    *,
    key: str,
    journal: str,
    entry: str | None,
    base_revision: int,
    over_others: bool,
    has_new_text: bool = True,
    title: str = "",
    created_at: datetime | None = None,
) -> Entry:
    """Save a page as its entry's next revision, or as a new entry; its draft ends with that.

    It becomes a new entry where it was begun as one, where its entry is gone, and where others
    saved the entry since and `over_others` is False.

    Args:
        page: what was written.
        key: the key of its draft.
        journal: where a new entry goes.
        entry: uuid of the entry that was edited; None for a new one.
        base_revision: the revision that was edited; 0 for a new entry.
        over_others: make it the entry's text even if others saved another one since; theirs is
            kept as an earlier revision, and the answer's `conflict` is set.
        has_new_text: False if only the title or the date was changed: the text of the entry
            stays then, regardless of who saved it.
        title: the title of a new entry where the page has none of its own.
        created_at: the instant a new entry is about where the page has none; now if None.

    Raises:
        CharlieError: it could not be saved; the draft is as it was.
    """
    # An entry that was deleted meanwhile is written again as a new one.
    with contextlib.suppress(NotFoundError):
        if entry is not None and (
            over_others or not _was_saved_since(get_entry(entry), base_revision)
        ):
            return edit_entry(
                entry,
                page.text if has_new_text else None,
                title=page.title,
                created_at=page.created_at,
                base_revision=base_revision,
                draft=key,
            )
    return add_entry(
        page.text,
        journal=journal,
        title=title if page.title is None else page.title,
        created_at=page.created_at or created_at,
        draft=key,
    )


def _was_saved_since(entry: Entry, base_revision: int) -> bool:
    return entry.revision != base_revision


class AutosaveWriter:
    """Writes one draft, from any thread, never an older text over a newer one.

    Args:
        key: the draft's key (`SessionLock.new_key`, or that of an adopted draft).
        journal: the journal the text will be saved in.
        entry: uuid of the entry being edited, None for a new one.
        base_revision: the revision the text started from, 0 for a new entry.
    """

    def __init__(
        self, key: str, *, journal: str, entry: str | None = None, base_revision: int = 0
    ) -> None:
        self.key = key
        self.journal = journal
        self.entry = entry
        self.base_revision = base_revision
        self._lock = threading.Lock()
        self._written = 0
        self._valid_from = 0

    def write(self, page: Page, serial: int) -> bool:
        """Write `page`, the state after change number `serial`; return False if it came too late.

        Raises:
            StorageError: it could not be written.
        """
        with self._lock:
            if serial <= self._written or serial <= self._valid_from:
                return False
            save_draft(
                self.key,
                page.text,
                journal=self.journal,
                entry=self.entry,
                base_revision=self.base_revision,
                title=page.title,
                created_at=page.created_at,
            )
            self._written = serial
            return True

    def paused(self) -> threading.Lock:
        """Return a lock under which no draft is written.

        Hold it from before a save to after `mark_saved`: a write that is still under way must not
        bring the draft of a saved text back.
        """
        return self._lock

    def mark_saved(self, entry: str, base_revision: int, serial: int) -> None:
        """Note that change `serial` is saved as a revision, and the draft gone with that.

        Call it, and the save itself, while `paused`.
        """
        self.entry = entry
        self.base_revision = base_revision
        self._valid_from = max(self._valid_from, serial)

    def discard(self, serial: int) -> None:
        """Delete the draft; states up to change `serial` are not written any more.

        Raises:
            StorageError: it could not be.
        """
        with self._lock:
            discard_draft(self.key)
            self._valid_from = max(self._valid_from, serial)
