"""Backups brought back: opened, checked, and merged into the journal."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from backend import files, locations, templates
from backend.database.backup import archive
from backend.database.backup.backup_copy import open_copy
from backend.database.backup.backup_folder import BackupKind, keep_backup
from backend.database.backup.merging import Outcome, merge_entries, merge_rest
from backend.database.backup.snapshots import Progress
from backend.database.sqlite.connection import Connection, read_transaction, write_transaction
from backend.errors import BackupError, NotFoundError, UsageError
from backend.events import EventName, publish
from backend.failpoints import reach
from backend.preferences import preferences_from_elsewhere
from backend.services.backup import encryption

_SQLITE_HEADER = b"SQLite format 3\x00"

log = logging.getLogger("charlie.backups")


@dataclass(frozen=True, slots=True)
class Restoration:
    """What a backup brought back.

    `added` entries were not here; `changed` ones got texts into their history that were not
    here; of the `unchanged` ones everything was. `in_trash` are here, in the trash, where they
    stay. `mended` had a date or an id that cannot be, and got one that can; `failed` could not be
    taken over. `kept` is the backup that was made of the journal
    before, None where there was none.
    """

    added: int
    changed: int
    unchanged: int
    in_trash: int
    mended: int
    failed: int
    drafts: int
    preferences: int
    templates: int
    kept: Path | None


def is_encrypted(path: Path) -> bool:
    """Return whether a passphrase is needed to open the file.

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
def open_backup(path: Path, *, passphrase: str | None = None) -> Iterator[Connection]:
    """Yield a copy of the journal in a backup, checked and of the present schema.

    The file itself is only read.

    Raises:
        As `restore_backup`.
    """
    path = path.expanduser().absolute()
    beginning = _beginning(path)
    with files.private_folder(locations.backups_dir()) as folder, ExitStack() as stack:
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
            copy = open_copy(plain, folder / "journal.db", shown=path)
            db = stack.enter_context(copy)
        except OSError as error:
            raise BackupError(
                f"The backup {path} cannot be opened: {error.strerror or error}.",
                safe="Nothing was changed.",
                hint="Check its permissions and the free space.",
            ) from error
        yield db


def _beginning(path: Path) -> bytes:
    try:
        # A pipe would be waited for.
        if not path.is_file() and path.exists():
            raise BackupError(f"{path} is not a file.", safe="Nothing was changed.")
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


def _keep_present() -> Path | None:
    """Back up the journal as it is now, if there is one with something in it."""
    if not locations.database_path().exists():
        return None
    with read_transaction() as db:
        if not archive.count_entries(db) and not archive.load_drafts(db):
            return None
        return keep_backup(db, BackupKind.RESTORE).path


def _merge(db: Connection, kept: Path | None, progress: Progress | None) -> Restoration:
    outcomes, failed, mended = merge_entries(
        archive.load_entries(db), archive.count_entries(db), write_transaction, progress
    )
    drafts, preferences = merge_rest(
        archive.load_empty_journals(db),
        archive.load_drafts(db),
        preferences_from_elsewhere(archive.load_preferences(db)),
        write_transaction,
    )
    return Restoration(
        outcomes[Outcome.ADDED],
        outcomes[Outcome.CHANGED],
        outcomes[Outcome.SAME],
        outcomes[Outcome.IN_TRASH],
        mended,
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
