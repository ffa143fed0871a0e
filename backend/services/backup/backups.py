"""Backups: made by themselves every day, and made by hand.

A backup that counts has been compared, row by row, with the journal it was made from.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from backend import dates, files, locations
from backend.database.backup import archive, snapshots
from backend.database.backup.backup_folder import (
    Backup,
    BackupBusyError,
    BackupFailure,
    BackupKind,
    forget_failure,
    keep_backup,
    keep_failure,
    last_failure,
    list_backups,
)
from backend.database.backup.snapshots import Progress
from backend.database.sqlite.connection import Connection, read_transaction
from backend.errors import BackupError, CharlieError, NotFoundError
from backend.services.backup import encryption

__all__ = [
    "AutomaticBackups",
    "Backup",
    "BackupFailure",
    "BackupKind",
    "WrittenBackup",
    "back_up",
    "back_up_automatically",
    "is_due",
    "last_failure",
    "list_backups",
    "write_backup",
]

#: How old the newest automatic backup may become.
INTERVAL = timedelta(days=1)

log = logging.getLogger("charlie.backups")


@dataclass(frozen=True, slots=True)
class WrittenBackup:
    """A backup that was compared and is on disk. `size` is in bytes."""

    path: Path
    size: int
    contents: snapshots.Contents
    is_encrypted: bool = False


def is_due(now: datetime | None = None) -> bool:
    """Return whether to make an automatic backup: there is a journal, and none of the last day.

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

    That it fails is remembered until the next one that does not: `last_failure`.

    Raises:
        BackupError, StorageError: there is none, and the older ones are still there.
    """
    try:
        made = _make_if_due(progress)
    except BackupStoppedError:
        raise
    except BackupBusyError:
        return None
    except CharlieError as error:
        keep_failure(error)
        raise
    except OSError as error:
        failure = _folder_unusable(error)
        keep_failure(failure)
        raise failure from error
    forget_failure()
    return made


def _make_if_due(progress: Progress | None) -> Backup | None:
    if not is_due():
        return None
    with read_transaction() as db:
        if not archive.count_entries(db):
            return None
        return keep_backup(db, BackupKind.AUTOMATIC, progress=progress)


def _folder_unusable(error: OSError) -> BackupError:
    return BackupError(
        f"The backup could not be written: {error.filename or 'its folder'}:"
        f" {error.strerror or error}.",
        safe="The journal is untouched.",
        hint="Check the free space and the permissions there.",
    )


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
        raise snapshots.name_is_taken(target)
    try:
        with _journal() as db:
            if passphrase is None:
                contents = snapshots.copy_journal(db, target, progress=progress)
            else:
                with files.private_folder(locations.backups_dir()) as folder:
                    plain = folder / "journal.db"
                    contents = snapshots.copy_journal(db, plain, progress=progress)
                    _write_encrypted(plain, target, passphrase)
        size = target.stat().st_size
    except FileExistsError:
        raise snapshots.name_is_taken(target) from None
    except OSError as error:
        raise BackupError(
            f"The backup {target} could not be written: {error.strerror or error}.",
            safe="The journal is untouched.",
            hint="Check that the folder exists, its permissions and the free space.",
        ) from error
    return WrittenBackup(target, size, contents, passphrase is not None)


class BackupStoppedError(BackupError):
    """A backup was given up because its process ends."""


class AutomaticBackups:
    """Makes the automatic backup in a thread of its own, in a process that runs for long.

    Args:
        told: called from that thread after every look, with the error of a backup that failed.
    """

    #: Seconds before the first look at whether one is due, and between two.
    FIRST_LOOK = 3.0
    LOOK_INTERVAL = 600.0

    def __init__(self, told: Callable[[CharlieError | None], None] | None = None) -> None:
        self._told = told
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="backups", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; a backup that is being made is given up, and made by the next worker.

        Takes a second at most: what is left behind then is tidied up before the next backup.
        """
        self._stop.set()
        self._thread.join(timeout=1.0)

    def _run(self) -> None:
        wait = self.FIRST_LOOK
        while not self._stop.wait(wait):
            wait = self.LOOK_INTERVAL
            failure: CharlieError | None = None
            try:
                made = back_up_automatically(progress=self._go_on)
            except BackupStoppedError:
                return
            except CharlieError as error:
                failure = error
                log.warning("There is no backup of today: %s", error)
            else:
                if made is not None:
                    log.info("Made the backup %s.", made.path.name)
            if self._told is not None:
                self._told(failure)

    def _go_on(self, _done: int, _total: int) -> None:
        if self._stop.is_set():
            raise BackupStoppedError("The backup was stopped.")


@contextmanager
def _journal() -> Iterator[Connection]:
    """Yield the journal, which has to exist."""
    path = locations.database_path()
    if not path.exists():
        raise NotFoundError(
            f"There is no journal in {path.parent} yet.",
            hint="Write the first entry: charlie add TEXT",
        )
    with read_transaction() as db:
        yield db


def _write_encrypted(plain: Path, target: Path, passphrase: str) -> None:
    data = plain.read_bytes()
    locked = encryption.encrypt(data, passphrase)
    partial = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
    try:
        files.write_private(partial, locked)
        if encryption.decrypt(partial.read_bytes(), passphrase) != data:
            raise BackupError(
                f"The backup {target} is not what was to be written; it was thrown away.",
                safe="The journal is untouched.",
                hint="Check the disk it was written to.",
            )
        files.give_name(partial, target)
        files.sync(target.parent)
    finally:
        partial.unlink(missing_ok=True)
