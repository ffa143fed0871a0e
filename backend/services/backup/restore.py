"""Backups brought back: opened, checked, and merged into the journal."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import apsw

from backend import files, locations, templates
from backend.database.backup import archive, merging, snapshots
from backend.database.backup.backup_folder import BackupKind, keep_backup
from backend.database.backup.merging import Outcome
from backend.database.backup.snapshots import Progress
from backend.database.sqlite import migrations
from backend.database.sqlite.connection import reading, writing
from backend.database.sqlite.failures import explained
from backend.errors import (
    BackupError,
    DatabaseDamagedError,
    DatabaseNewerError,
    NotFoundError,
    UsageError,
)
from backend.events import EventName, publish
from backend.failpoints import reach
from backend.services.backup import encryption

#: Opens a transaction of the journal that is merged into.
Transaction = Callable[[], AbstractContextManager[apsw.Connection]]

# Entries brought back in one transaction: others may write between two.
_ENTRIES_A_STEP = 100

_SQLITE_HEADER = b"SQLite format 3\x00"

log = logging.getLogger("charlie.backups")


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
    templates: int
    kept: Path | None


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
    publish(EventName.WAKE)
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
    with files.private_folder(locations.backups_dir()) as folder:
        plain = path
        try:
            if beginning.startswith(encryption.HEADER):
                if passphrase is None:
                    raise BackupError(
                        f"{path} is encrypted.", hint="Give the passphrase it was made with."
                    )
                plain = folder / "decrypted.db"
                files.write_private(plain, encryption.decrypt(path.read_bytes(), passphrase))
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
        files.write_private(copy, plain.read_bytes())
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
    outcomes, failed = merge_entries(
        archive.read_entries(db), archive.count_entries(db), writing, progress
    )
    drafts, preferences = merge_rest(
        archive.read_empty_journals(db),
        archive.read_drafts(db),
        archive.read_preferences(db),
        writing,
    )
    return Restoration(
        outcomes[Outcome.ADDED],
        outcomes[Outcome.CHANGED],
        outcomes[Outcome.SAME],
        outcomes[Outcome.IN_TRASH],
        failed,
        drafts,
        preferences,
        _add_templates(archive.read_templates(db)),
        kept,
    )


def _add_templates(texts: Mapping[str, str]) -> int:
    """Keep the templates that are not here; how many were added."""
    added = 0
    for name, text in texts.items():
        try:
            added += templates.add_template(name, text) is not None
            reach("merge.template_added")
        except UsageError as error:
            log.warning("A template was not brought back: %s", error)
    return added


def merge_entries(
    entries: Iterable[archive.StoredEntry],
    total: int,
    transaction: Transaction,
    progress: Progress | None = None,
) -> tuple[Counter[Outcome], int]:
    """Merge entries, some at a time; what became of them, and how many could not be taken over."""
    outcomes: Counter[Outcome] = Counter()
    failed = 0
    left = iter(entries)
    done = 0
    while batch := list(islice(left, _ENTRIES_A_STEP)):
        with transaction() as journal:
            for entry in batch:
                try:
                    outcomes[merging.merge_entry(journal, entry)] += 1
                    reach("merge.entry_merged")
                except UsageError as error:
                    log.warning("The entry %s was not brought back: %s", entry.uuid, error)
                    failed += 1
        reach("merge.step_done")
        done += len(batch)
        if progress is not None:
            progress(done, total)
    return outcomes, failed


def merge_rest(
    journals: Iterable[str],
    drafts: Iterable[archive.StoredDraft],
    preferences: Mapping[str, str],
    transaction: Transaction,
) -> tuple[int, int]:
    """Merge journals by name, drafts and preferences; how many of the latter two were added."""
    with transaction() as journal:
        for name in journals:
            merging.merge_journal(journal, name)
        return (
            sum(merging.merge_draft(journal, draft) for draft in drafts),
            sum(merging.merge_preference(journal, *each) for each in preferences.items()),
        )
