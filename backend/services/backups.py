"""Backups: made by themselves, made by hand, and brought back.

A backup that counts has been compared, row by row, with the journal it was made from.
"""

from __future__ import annotations

import logging
import os
import secrets
import shutil
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

import apsw

from backend import dates, locations
from backend.database import archive, merging, migrations, snapshots
from backend.database.backup_folder import Backup, BackupKind, keep_backup, list_backups
from backend.database.bell import ring
from backend.database.connection import reading, writing
from backend.database.failures import explained
from backend.database.snapshots import Progress
from backend.errors import (
    BackupError,
    CharlieError,
    DatabaseDamagedError,
    DatabaseNewerError,
    NotFoundError,
    UsageError,
)
from backend.services import encryption

__all__ = [
    "Backup",
    "BackupKind",
    "Restoration",
    "WrittenBackup",
    "back_up",
    "back_up_automatically",
    "is_due",
    "is_encrypted",
    "list_backups",
    "open_backup",
    "restore_backup",
    "write_backup",
]

#: How old the newest automatic backup may become.
INTERVAL = timedelta(days=1)

# Entries brought back in one transaction: others may write between two.
_ENTRIES_A_STEP = 100

_SQLITE_HEADER = b"SQLite format 3\x00"

log = logging.getLogger("charlie.backups")


@dataclass(frozen=True, slots=True)
class WrittenBackup:
    """A backup that was compared and is on disk. `size` is in bytes."""

    path: Path
    size: int
    contents: snapshots.Contents
    is_encrypted: bool = False


@dataclass(frozen=True, slots=True)
class Restoration:
    """What a backup brought back.

    `added` entries were not here; `changed` ones got texts into their history that were not
    here; of the `unchanged` ones everything was. `in_trash` are here, in the trash, where they
    stay. `failed` could not be taken over. `kept` is the backup that was made of the journal
    before, None where there was none.
    """

    added: int
    changed: int
    unchanged: int
    in_trash: int
    failed: int
    drafts: int
    preferences: int
    kept: Path | None


def is_due(now: datetime | None = None) -> bool:
    """Whether it is time for an automatic backup: there is a journal, and none of the last day.

    A backup that seems to come from the future, because the clock was wrong then or is now, does
    not keep others from being made.
    """
    if not locations.database_path().exists():
        return False
    present = now or dates.now()
    return not any(
        abs(present - backup.made_at) < INTERVAL
        for backup in list_backups()
        if backup.kind is BackupKind.AUTOMATIC
    )


def back_up_automatically(*, progress: Progress | None = None) -> Backup | None:
    """Make the automatic backup if it is due; None if it is not, or another process makes it.

    Raises:
        BackupError, StorageError: there is none, and the older ones are still there.
    """
    if not is_due():
        return None
    with reading() as db:
        if not archive.count_entries(db):
            return None
        return keep_backup(db, BackupKind.AUTOMATIC, progress=progress)


def back_up(*, progress: Progress | None = None) -> Backup:
    """Make a backup in Charlie's own folder, which stays until the user deletes it.

    Raises:
        BackupError, StorageError: there is none.
    """
    with _journal() as db:
        return keep_backup(db, BackupKind.MANUAL, progress=progress)


def write_backup(
    target: Path, *, passphrase: str | None = None, progress: Progress | None = None
) -> WrittenBackup:
    """Make a backup as the new file `target`, locked if there is a passphrase.

    An encrypted one is opened again and compared before it counts.

    Raises:
        UsageError: there is such a file already, or the passphrase is too short.
        BackupError, StorageError: there is none.
    """
    target = target.expanduser().absolute()
    if target.exists():
        raise UsageError(
            f"There is already a file {target}.",
            safe="It was left as it is.",
            hint="Give another name, or delete it first.",
        )
    try:
        with _journal() as db:
            if passphrase is None:
                contents = snapshots.copy_journal(db, target, progress=progress)
            else:
                with _private_folder() as folder:
                    plain = folder / "journal.db"
                    contents = snapshots.copy_journal(db, plain, progress=progress)
                    _write_encrypted(plain, target, passphrase)
        size = target.stat().st_size
    except OSError as error:
        raise BackupError(
            f"The backup {target} could not be written: {error.strerror or error}.",
            safe="The journal is untouched.",
            hint="Check that the folder exists, its permissions and the free space.",
        ) from error
    return WrittenBackup(target, size, contents, passphrase is not None)


def is_encrypted(path: Path) -> bool:
    """Whether a passphrase is needed to open the file.

    Raises:
        NotFoundError: there is no such file.
        BackupError: it cannot be read.
    """
    return _beginning(path.expanduser()).startswith(encryption.HEADER)


def restore_backup(
    path: Path, *, passphrase: str | None = None, progress: Progress | None = None
) -> Restoration:
    """Bring back what the journal has not, or no longer, out of a backup.

    The journal is backed up first, and nothing in it is replaced or taken away. It may be stopped
    at any time and begun again; doing it twice adds nothing.

    Raises:
        NotFoundError: there is no such file.
        BackupError: it is damaged, no backup, or the passphrase is missing or wrong.
        StorageError: the journal cannot be written; what was brought back so far is saved.
    """
    with open_backup(path, passphrase=passphrase) as db:
        kept = _keep_present()
        restoration = _merge(db, kept, progress)
    ring("wake")
    return restoration


@contextmanager
def open_backup(path: Path, *, passphrase: str | None = None) -> Iterator[apsw.Connection]:
    """A copy of the journal in a backup, checked and brought to the present schema.

    The file itself is only read.

    Raises:
        As `restore_backup`.
    """
    path = path.expanduser().absolute()
    beginning = _beginning(path)
    with _private_folder() as folder:
        plain = path
        try:
            if beginning.startswith(encryption.HEADER):
                if passphrase is None:
                    raise BackupError(
                        f"{path} is encrypted.", hint="Give the passphrase it was made with."
                    )
                plain = folder / "decrypted.db"
                _write_private(plain, encryption.decrypt(path.read_bytes(), passphrase))
                beginning = _beginning(plain)
            if not beginning.startswith(_SQLITE_HEADER):
                raise BackupError(
                    f"{path} is not a backup of Charlie's.",
                    safe="Nothing was changed.",
                    hint="charlie backup --list shows the backups that Charlie made by itself.",
                )
            copy = folder / "journal.db"
            db = _check_and_copy(path, plain, copy)
        except OSError as error:
            raise BackupError(
                f"The backup {path} cannot be opened: {error.strerror or error}.",
                safe="Nothing was changed.",
                hint="Check its permissions and the free space.",
            ) from error
        try:
            yield db
        finally:
            db.close()


class AutomaticBackups:
    """Makes the automatic backup in a thread of its own, in a process that runs for long."""

    #: Seconds between two looks at whether one is due, and before the first.
    LOOK_INTERVAL = 600.0
    FIRST_LOOK = 10.0

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="backups", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End soon; a backup that is being made is given up, and made by the next worker."""
        self._stop.set()
        self._thread.join(timeout=2.0)

    def _run(self) -> None:
        wait = self.FIRST_LOOK
        while not self._stop.wait(wait):
            wait = self.LOOK_INTERVAL
            try:
                made = back_up_automatically(progress=self._go_on)
            except BackupStoppedError:
                return
            except CharlieError as error:
                log.warning("There is no backup of today: %s", error)
            else:
                if made is not None:
                    log.info("Made the backup %s.", made.path.name)

    def _go_on(self, _done: int, _total: int) -> None:
        if self._stop.is_set():
            raise BackupStoppedError("The backup was stopped.")


class BackupStoppedError(BackupError):
    """A backup was given up because its process ends."""


@contextmanager
def _journal() -> Iterator[apsw.Connection]:
    """The journal, which exists."""
    path = locations.database_path()
    if not path.exists():
        raise NotFoundError(
            f"There is no journal in {path.parent} yet.",
            hint="Write the first entry: charlie add TEXT",
        )
    with reading() as db:
        yield db


@contextmanager
def _private_folder() -> Iterator[Path]:
    """A folder beside the backups that is gone afterwards."""
    folder = locations.backups_dir() / f".work-{secrets.token_hex(8)}"
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _write_private(path: Path, data: bytes) -> None:
    """Write a new file of this user alone; on disk when this returns."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _write_encrypted(plain: Path, target: Path, passphrase: str) -> None:
    data = plain.read_bytes()
    locked = encryption.encrypt(data, passphrase)
    partial = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
    try:
        _write_private(partial, locked)
        if encryption.decrypt(partial.read_bytes(), passphrase) != data:
            raise BackupError(
                f"The backup {target} is not what was to be written; it was thrown away.",
                safe="The journal is untouched.",
                hint="Check the disk it was written to.",
            )
        partial.rename(target)
        snapshots.sync(target.parent)
    finally:
        partial.unlink(missing_ok=True)


def _beginning(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(64)
    except FileNotFoundError:
        raise NotFoundError(
            f"There is no file {path}.",
            hint="charlie backup --list shows the backups that Charlie made by itself.",
        ) from None
    except OSError as error:
        raise BackupError(
            f"{path} cannot be read: {error.strerror or error}.", safe="Nothing was changed."
        ) from error


def _check_and_copy(path: Path, plain: Path, copy: Path) -> apsw.Connection:
    """The journal in the file `plain`, which came from `path`, as a copy that may be changed."""
    try:
        seal = snapshots.read_seal(plain)
        contents = snapshots.read_contents(plain)
        if seal is not None and seal.contents != contents:
            raise BackupError(
                f"The backup {path} has changed since it was made on"
                f" {seal.made_at:%Y-%m-%d}: it is damaged.",
                safe="Nothing was changed.",
                hint="Take another one: charlie backup --list shows those that Charlie made.",
            )
        _write_private(copy, plain.read_bytes())
        with explained(path):
            db = apsw.Connection(str(copy), flags=apsw.SQLITE_OPEN_READWRITE)
            try:
                db.pragma("synchronous", "OFF")
                migrations.migrate(db, path)
            except BaseException:
                db.close()
                raise
            return db
    except DatabaseDamagedError as error:
        raise BackupError(
            f"The backup {path} is damaged, or no backup of Charlie's.",
            safe="Nothing was changed.",
            hint="Take another one: charlie backup --list shows those that Charlie made.",
        ) from error
    except DatabaseNewerError as error:
        raise BackupError(
            f"The backup {path} was made by a newer Charlie.",
            safe="Nothing was changed.",
            hint="Update Charlie.",
        ) from error


def _keep_present() -> Path | None:
    """Back up the journal as it is now, if there is one with something in it."""
    if not locations.database_path().exists():
        return None
    with reading() as db:
        if not archive.count_entries(db) and not archive.read_drafts(db):
            return None
        return keep_backup(db, BackupKind.RESTORE).path


def _merge(db: apsw.Connection, kept: Path | None, progress: Progress | None) -> Restoration:
    total = archive.count_entries(db)
    outcomes: Counter[merging.Outcome] = Counter()
    failed = 0
    entries = archive.read_entries(db)
    done = 0
    while batch := list(islice(entries, _ENTRIES_A_STEP)):
        with writing() as journal:
            for entry in batch:
                try:
                    outcomes[merging.merge_entry(journal, entry)] += 1
                except UsageError as error:
                    log.warning("The entry %s was not brought back: %s", entry.uuid, error)
                    failed += 1
        done += len(batch)
        if progress is not None:
            progress(done, total)
    with writing() as journal:
        drafts = sum(merging.merge_draft(journal, draft) for draft in archive.read_drafts(db))
        preferences = sum(
            merging.merge_preference(journal, key, value)
            for key, value in archive.read_preferences(db).items()
        )
    return Restoration(
        outcomes[merging.Outcome.ADDED],
        outcomes[merging.Outcome.CHANGED],
        outcomes[merging.Outcome.SAME],
        outcomes[merging.Outcome.IN_TRASH],
        failed,
        drafts,
        preferences,
        kept,
    )
