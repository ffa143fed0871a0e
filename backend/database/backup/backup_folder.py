"""The folder of backups that Charlie keeps by itself: names, kinds, and what goes when.

Of the automatic ones stay the newest of each of seven days, four weeks and six months; of those
made before something risky the newest five of each kind. What the user asked for by hand stays
until the user deletes it. Nothing is deleted before the next backup has been compared and is on
disk.
"""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import apsw

from backend import dates, files, locations
from backend.database.backup import snapshots
from backend.errors import BackupError, CharlieError
from backend.file_locks import FileLock

#: How long a backup waits for another one to end, in seconds.
LOCK_TIMEOUT = 60.0

# Left free on the disk beside a backup, in bytes: the journal itself has to go on.
_RESERVE = 20_000_000

_STAMP = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"charlie-(?P<stamp>\d{8}T\d{6}Z)-(?P<kind>[a-z-]+?)(?:-\d+)?\.db")

_KEPT_DAYS, _KEPT_WEEKS, _KEPT_MONTHS = 7, 4, 6
_KEPT_OF_A_KIND = 5


class BackupKind(StrEnum):
    """What a backup was made for."""

    AUTOMATIC = "automatic"
    MIGRATION = "before-migration"
    RESTORE = "before-restore"
    MANUAL = "manual"


class BackupBusyError(BackupError):
    """Another process makes a backup, and takes long over it."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A file in the folder. `size` is in bytes."""

    path: Path
    kind: BackupKind
    made_at: datetime
    size: int


def keep_backup(
    journal: apsw.Connection,
    kind: BackupKind,
    *,
    progress: snapshots.Progress | None = None,
    timeout: float = LOCK_TIMEOUT,
) -> Backup:
    """Copy the open journal into the folder, compare, and let go of what is out of date.

    Raises:
        BackupBusyError: another backup does not end.
        BackupError: there is too little space, or the copy differs.
        StorageError: the journal cannot be read, or the copy not be written.
    """
    folder = locations.backups_dir()
    with FileLock(locations.lock_path("backup")) as lock:
        if not lock.acquire(timeout=timeout):
            raise BackupBusyError(
                "Another backup is being made.",
                safe="The journal is untouched.",
                hint="Wait for it, then try again.",
            )
        snapshots.remove_partial(folder)
        files.remove_stale_folders(folder)
        _check_space(Path(journal.filename), folder)
        target = _free_name(folder, kind)
        try:
            snapshots.copy_journal(journal, target, progress=progress)
        except OSError as error:
            raise BackupError(
                f"The backup {target} could not be written: {error.strerror or error}.",
                safe="The journal is untouched.",
                hint="Check the free space and the permissions there.",
            ) from error
        made = list_backups()
        for old in out_of_date(made, dates.now()):
            # By a clock that was set back the one just made may seem to be the oldest.
            if old.path == target:
                continue
            with suppress(FileNotFoundError):
                old.path.unlink()
    return next(backup for backup in made if backup.path == target)


def list_backups() -> list[Backup]:
    """Return the backups in the folder, the newest first."""
    found = []
    for path in locations.backups_dir().iterdir():
        match = _NAME.fullmatch(path.name)
        if match is None or match["kind"] not in set(BackupKind):
            continue
        with suppress(ValueError, FileNotFoundError):
            made_at = datetime.strptime(match["stamp"], _STAMP).replace(tzinfo=UTC)
            found.append(Backup(path, BackupKind(match["kind"]), made_at, path.stat().st_size))
    return sorted(found, key=lambda backup: (backup.made_at, backup.path.name), reverse=True)


def out_of_date(backups: Iterable[Backup], now: datetime) -> list[Backup]:
    """Return those to be deleted of `backups`, which are in the order of `list_backups`.

    One that is dated after `now` was made by a wrong clock: it stays, and takes no other's place.
    """
    by_kind: dict[BackupKind, list[Backup]] = {kind: [] for kind in BackupKind}
    for backup in backups:
        if backup.made_at > now:
            continue
        by_kind[backup.kind].append(backup)
    automatic = by_kind[BackupKind.AUTOMATIC]
    kept = {
        *_newest_of_each(automatic, lambda at: at.date(), _KEPT_DAYS),
        *_newest_of_each(automatic, lambda at: at.isocalendar()[:2], _KEPT_WEEKS),
        *_newest_of_each(automatic, lambda at: (at.year, at.month), _KEPT_MONTHS),
    }
    gone = [backup for backup in automatic if backup not in kept]
    for kind in (BackupKind.MIGRATION, BackupKind.RESTORE):
        gone += by_kind[kind][_KEPT_OF_A_KIND:]
    return gone


def _newest_of_each(
    backups: Iterable[Backup], period: Callable[[datetime], object], most: int
) -> list[Backup]:
    newest: dict[object, Backup] = {}
    for backup in backups:
        newest.setdefault(period(backup.made_at), backup)
    return list(newest.values())[:most]


def _check_space(journal: Path, folder: Path) -> None:
    """Refuse a backup that would fill the disk under the journal."""
    log = journal.with_name(journal.name + "-wal")
    needed = sum(path.stat().st_size for path in (journal, log) if path.exists()) + _RESERVE
    disk = os.statvfs(folder)
    free = disk.f_bavail * disk.f_frsize
    if free < needed:
        raise BackupError(
            f"There is too little space for a backup: {free // 1_000_000} MB are free at"
            f" {folder}, {needed // 1_000_000} MB are needed.",
            safe="The journal is untouched.",
            hint="Make room there.",
        )


def _free_name(folder: Path, kind: BackupKind) -> Path:
    stem = f"charlie-{dates.now().strftime(_STAMP)}-{kind.value}"
    path = folder / f"{stem}.db"
    number = 2
    while path.exists():
        path = folder / f"{stem}-{number}.db"
        number += 1
    return path


log = logging.getLogger("charlie.backups")


@dataclass(frozen=True, slots=True)
class BackupFailure:
    """When it failed for the last time, why, and what to do."""

    at: datetime
    message: str
    hint: str | None = None


def keep_failure(error: CharlieError) -> None:
    """Remember that an automatic backup failed. Never raises."""
    record = {"at": dates.now().isoformat(), "message": error.message, "hint": error.hint}
    try:
        path = locations.backup_failure_path()
        path.unlink(missing_ok=True)
        files.write_private(path, json.dumps(record).encode())
    except (OSError, CharlieError) as failed:
        log.warning("That the backup failed was not noted: %s", failed)


def forget_failure() -> None:
    """Note that there is a backup again. Never raises."""
    with suppress(OSError, CharlieError):
        locations.backup_failure_path().unlink(missing_ok=True)


def last_failure() -> BackupFailure | None:
    """Return what `keep_failure` noted; None if the last automatic backup succeeded."""
    try:
        record = json.loads(locations.backup_failure_path().read_bytes())
        at = datetime.fromisoformat(record["at"])
        return BackupFailure(at, str(record["message"]), record["hint"])
    except (OSError, CharlieError, ValueError, KeyError, TypeError):
        return None
