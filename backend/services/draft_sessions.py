"""Keeping what is being typed: one draft a writing session, and whose it is.

A draft outlives its writer. Whether the Charlie that wrote it still runs is known from a lock
file: the system gives the lock back at any death, so a draft whose lock can be had was left
behind and is offered back, and one that is being typed in another terminal is not.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import threading
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from backend.database.journal.drafts import discard_draft, list_drafts, rename_draft, save_draft
from backend.database.journal.entries import get_entry
from backend.errors import NotFoundError, StorageError
from backend.journal import add_entry, edit_entry
from backend.locations import lock_path, run_dir
from backend.records import Draft, Entry

_LOCK_PREFIX = "screen-"


@dataclass(frozen=True, slots=True)
class Page:
    """What is being written, as it stands; `title` and `created_at` are None where untouched."""

    text: str
    title: str | None = None
    created_at: datetime | None = None


class Presence:
    """This screen's sign that it lives: a lock file, held from `enter` to `leave` or death."""

    def __init__(self) -> None:
        self.token = uuid.uuid4().hex[:12]
        self._held: tuple[Path, int] | None = None

    def enter(self) -> None:
        """Take the lock; nothing happens the second time.

        Raises:
            StorageError: there is no place for it.
        """
        if self._held is None:
            path = lock_path(f"{_LOCK_PREFIX}{self.token}")
            try:
                self._held = (path, _lock_new(path))
            except OSError as error:
                raise StorageError(
                    f"The folder {path.parent} cannot be written: {error.strerror}.",
                    hint="Check its permissions and the free space.",
                ) from error

    def new_key(self) -> str:
        """A key for one more draft of this screen."""
        return f"{self.token}-{uuid.uuid4().hex[:12]}"

    def leave(self) -> None:
        """Give the lock back; the drafts that are left count as left behind."""
        if self._held is not None:
            path, file = self._held
            self._held = None
            path.unlink(missing_ok=True)
            os.close(file)


def _lock_new(path: Path) -> int:
    """Create and lock `path`; again if another Charlie tidied it away between the two."""
    while True:
        file = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        fcntl.flock(file, fcntl.LOCK_EX)
        with contextlib.suppress(FileNotFoundError):
            if os.fstat(file).st_ino == path.stat().st_ino:
                return file
        os.close(file)


def list_rescued(own: Presence) -> list[Draft]:
    """Drafts whose writer is gone, the latest first; forgotten lock files are tidied away.

    Raises:
        StorageError: the drafts cannot be read.
    """
    living: dict[str, bool] = {own.token: True}
    rescued = []
    for draft in list_drafts():
        token = draft.key.partition("-")[0]
        if token not in living:
            living[token] = _is_held(lock_path(f"{_LOCK_PREFIX}{token}"))
        if not living[token]:
            rescued.append(draft)
    _tidy(run_dir().glob(f"{_LOCK_PREFIX}*.lock"))
    return rescued


def adopt(draft: Draft, own: Presence) -> Draft:
    """Make a draft that was left behind one of this screen's own.

    Raises:
        NotFoundError: somebody else has dealt with it meanwhile.
        StorageError: it could not be; it is as it was.
    """
    key = own.new_key()
    rename_draft(draft.key, key)
    return replace(draft, key=key)


def _is_held(path: Path) -> bool:
    try:
        file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False


def _tidy(paths: Iterable[Path]) -> None:
    for path in paths:
        # Another Charlie may be tidying too.
        with contextlib.suppress(OSError):
            if not _is_held(path):
                path.unlink(missing_ok=True)


class DraftKeeper:
    """Writes one draft, from any thread, never an older text over a newer one.

    Args:
        key: the draft's key (`Presence.new_key`, or that of a rescued draft).
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
        """Write `page`, the state after change number `serial`; False if it came too late.

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

    def settle(self, entry: str, base_revision: int, serial: int) -> None:
        """The text of change `serial` is saved as a revision, and the draft gone with that.

        A write of that state or an older one that is still under way must not bring it back:
        call it, and the save itself, with `writing_stopped`.
        """
        self.entry = entry
        self.base_revision = base_revision
        self._valid_from = max(self._valid_from, serial)

    def writing_stopped(self) -> threading.Lock:
        """A lock under which no draft is written: hold it from before a save to after `settle`."""
        return self._lock

    def discard(self, serial: int) -> None:
        """Throw the draft away; states up to change `serial` are not written any more.

        Raises:
            StorageError: it could not be.
        """
        with self._lock:
            discard_draft(self.key)
            self._valid_from = max(self._valid_from, serial)


@dataclass(frozen=True, slots=True)
class Rescued:
    """A draft and the entry it was begun from (None if it has none, or that is gone)."""

    draft: Draft
    entry: Entry | None

    @property
    def has_moved_on(self) -> bool:
        """Whether the entry was saved by somebody else since the draft was begun."""
        return self.entry is not None and self.entry.revision != self.draft.base_revision


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
