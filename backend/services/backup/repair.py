"""A damaged journal made whole again, as far as that goes.

The damaged files are copied aside byte for byte before anything else. A new journal is made of
all that can still be read in them and of the newest backup that can be opened; only when it is
complete, checked and on disk does it take the place of the damaged one. From the first look until
then nobody else can write into the journal: what is saved meanwhile waits for the new one.
"""

from __future__ import annotations

import filecmp
import logging
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from backend import dates, files, locations
from backend.database.backup import archive, snapshots
from backend.database.backup.backup_folder import list_backups
from backend.database.backup.merging import Outcome, Transaction, merge_entries, merge_rest
from backend.database.backup.rebuilding import (
    has_changed_silently,
    is_known,
    new_journal,
    read_until_damage,
    transaction_of,
)
from backend.database.backup.salvage import is_plausible, salvage
from backend.database.backup.snapshots import Progress
from backend.database.sqlite.connection import (
    SUFFIXES,
    Connection,
    beside,
    close_all,
    exclusive_access,
    read_transaction,
    write_transaction,
)
from backend.database.sqlite.failures import explained, in_use
from backend.database.sqlite.integrity import find_faults, rebuild_search_index
from backend.errors import CharlieError, DatabaseDamagedError, NotFoundError, StorageError
from backend.events import EventName, publish
from backend.failpoints import reach
from backend.file_locks import list_holders
from backend.preferences import preferences_from_elsewhere, sound_preferences
from backend.services.backup.restore import open_backup

#: What `find_faults` says where only the search index is wrong.
_INDEX_FAULT = "the search index does not fit the entries"

# What shows that a file was written to: its number, size and time of change (nanoseconds).
_Stamp = tuple[int, int, int]

log = logging.getLogger("charlie.repair")


@dataclass(frozen=True, slots=True)
class Repair:
    """What was done.

    `entries` were read in the damaged journal (those of its trash included), `broken` of them
    without their end; `texts` are earlier texts of entries that are lost themselves.
    `from_backup` came from `backup`, or got texts from there. `aside` is the folder with the
    damaged files; None where the journal was sound, or only its search index had to be made
    again (and the texts, that may be what is wrong, to be compared with the backup's).
    """

    faults: tuple[str, ...]
    aside: Path | None = None
    entries: int = 0
    broken: int = 0
    texts: int = 0
    from_backup: int = 0
    drafts: int = 0
    backup: Path | None = None


def diagnose() -> list[str]:
    """Return what is wrong with the journal, in words; empty where all is well or none is.

    Raises:
        StorageError: the journal cannot be opened for a reason other than damage.
    """
    path = locations.database_path()
    if not any(beside(path, suffix).exists() for suffix in SUFFIXES):
        return []
    try:
        with read_transaction() as db:
            # SQLite's own check does not look at the characters of a text.
            snapshots.examine(db, path)
        return find_faults()
    except DatabaseDamagedError as error:
        return [error.message]


def repair(*, progress: Progress | None = None) -> Repair:
    """Make the journal whole again; nothing is changed where nothing is wrong.

    Entries that were deleted for good since the newest backup come back with it.

    Raises:
        NotFoundError: there is no journal.
        StorageError: it is open elsewhere, or there is no space; it is as it was.
    """
    path = locations.database_path()
    if not any(beside(path, suffix).exists() for suffix in SUFFIXES):
        raise NotFoundError(
            f"There is no journal in {path.parent}.",
            hint="If there should be one, bring a backup back: charlie restore-backup FILE",
        )
    with exclusive_access():
        done = _repair(path, progress)
    if done.aside is not None:
        publish(EventName.WAKE)
    return done


def _repair(path: Path, progress: Progress | None) -> Repair:
    faults = diagnose()
    if faults == [_INDEX_FAULT]:
        rebuild_search_index()
        # It is the index that is wrong, or a text under it.
        backup, from_backup = _add_backup(write_transaction, has_changed_silently)
        return Repair(tuple(faults), from_backup=from_backup, backup=backup)
    if not faults:
        return Repair(())
    close_all()
    try:
        with files.private_folder(path.parent) as folder:
            before = _stamps(path)
            aside = _copy_aside(path)
            reach("repair.copied_aside")
            source = _begun_before(aside, path.name) or aside
            done = _rebuild(source / path.name, folder / path.name, tuple(faults), progress)
            reach("repair.rebuilt")
            _check_unchanged(path, before)
            _put_in_place(folder / path.name, path)
    except OSError as error:
        raise StorageError(
            f"The journal could not be repaired: {error.strerror or error}.",
            safe="The damaged files are as they were.",
            hint=f"Make room where {path.parent} lies and try again.",
        ) from error
    return done


def _stamps(path: Path) -> list[_Stamp | None]:
    """Return the state of the journal's file and of its log, in this order."""
    stamps: list[_Stamp | None] = []
    for suffix in ("", "-wal"):
        try:
            status = beside(path, suffix).stat()
        except FileNotFoundError:
            stamps.append(None)
        else:
            stamps.append((status.st_ino, status.st_size, status.st_mtime_ns))
    return stamps


def _check_unchanged(path: Path, before: list[_Stamp | None]) -> None:
    """Refuse to replace what a program that is not Charlie has open, or has written to."""
    holders = list_holders(path)
    if holders or _stamps(path) != before:
        raise in_use(path, holders)


def _copy_aside(path: Path) -> Path:
    """Copy the journal's files, byte for byte, into a new folder."""
    stem = f"{dates.now():%Y%m%dT%H%M%SZ}"
    parent = locations.damaged_dir()
    folder = parent / stem
    number = 2
    while folder.exists():
        folder = parent / f"{stem}-{number}"
        number += 1
    folder.mkdir(mode=0o700)
    for suffix in SUFFIXES:
        source = beside(path, suffix)
        if source.exists():
            target = folder / source.name
            files.create_private(target)
            shutil.copyfile(source, target)
            files.sync(target)
    files.sync(folder)
    files.sync(parent)
    return folder


def _begun_before(aside: Path, name: str) -> Path | None:
    """Return the folder of an earlier repair of the same file that took its log away."""
    if (aside / f"{name}-wal").exists():
        return None
    for folder in sorted(aside.parent.iterdir(), reverse=True):
        if (
            folder != aside
            and (folder / f"{name}-wal").exists()
            and (folder / name).exists()
            and filecmp.cmp(folder / name, aside / name, shallow=False)
        ):
            return folder
    return None


def _rebuild(
    damaged: Path, target: Path, faults: tuple[str, ...], progress: Progress | None
) -> Repair:
    """Write the journal `target` of what is in `damaged` and in the newest backup."""
    found = salvage(damaged)
    readable = read_until_damage(damaged, target.parent)
    files.create_private(target)
    with explained(target), new_journal(target) as journal:
        transaction = transaction_of(journal)
        # With their names as long as SQLite can read them, and without from there on.
        merge_entries(readable, len(readable), transaction)
        sound = [entry for entry in found.entries if is_plausible(entry)]
        merge_entries(sound, len(sound), transaction, progress)
        entries = archive.count_entries(journal)
        backup, from_backup = _add_backup(transaction)
        broken = _add_lost(found.broken, journal, transaction)
        texts = _add_lost(found.texts, journal, transaction)
        drafts, _ = merge_rest(
            found.journals, found.drafts, sound_preferences(found.preferences), transaction
        )
    if not entries and not backup and not broken and not texts and not drafts:
        raise StorageError(
            f"Nothing could be read in {damaged.name}, and there is no backup beside it.",
            safe=f"It is as it was; there is a copy in {damaged.parent}.",
            hint="With a backup from elsewhere: move it away, then charlie restore-backup FILE.",
        )
    contents = snapshots.load_contents(target)
    log.info("Repaired: %s", contents.rows)
    return Repair(
        faults, damaged.parent, entries + broken, broken, texts, from_backup, drafts, backup
    )


def _add_backup(
    transaction: Transaction, wanted: Callable[[archive.StoredEntry], bool] | None = None
) -> tuple[Path | None, int]:
    """Merge the newest backup that can be opened; which, and how many entries it gave.

    `wanted` chooses among its entries; without it they are all merged, and the rest too.
    """
    for backup in list_backups():
        try:
            with open_backup(backup.path) as db:
                merged = merge_entries(
                    filter(wanted, archive.load_entries(db)),
                    archive.count_entries(db),
                    transaction,
                )
                if wanted is None:
                    merge_rest(
                        archive.load_empty_journals(db),
                        archive.load_drafts(db),
                        preferences_from_elsewhere(archive.load_preferences(db)),
                        transaction,
                    )
        except CharlieError as error:
            log.warning("%s was passed over: %s", backup.path.name, error)
        else:
            outcomes = merged.outcomes
            return backup.path, outcomes[Outcome.ADDED] + outcomes[Outcome.CHANGED]
    return None, 0


def _add_lost(
    candidates: list[archive.StoredEntry], journal: Connection, transaction: Transaction
) -> int:
    """Merge what is not whole, where nothing better is there; how many."""
    wanted = [entry for entry in candidates if is_plausible(entry) and not is_known(journal, entry)]
    return merge_entries(wanted, len(wanted), transaction).outcomes[Outcome.ADDED]


def _put_in_place(rebuilt: Path, path: Path) -> None:
    """Have the new journal take the place of the damaged one, whose files are safe elsewhere."""
    files.sync(rebuilt)
    # The old log first: SQLite would play it into the new journal.
    for suffix in SUFFIXES[1:]:
        beside(path, suffix).unlink(missing_ok=True)
    reach("repair.log_removed")
    rebuilt.rename(path)
    reach("repair.in_place")
    files.sync(path.parent)
