"""A backup opened to be merged: checked, copied, and the copy brought to the present schema."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import apsw

from backend.database.backup import foreign, snapshots
from backend.database.sqlite import migrations
from backend.database.sqlite.failures import explained
from backend.errors import BackupError, DatabaseDamagedError, DatabaseNewerError

_TAKE_ANOTHER = "Take another one: charlie backup --list shows those that Charlie made."


@contextmanager
def open_copy(source: Path, copy: Path, *, shown: Path) -> Iterator[apsw.Connection]:
    """Open a copy of the journal in a backup.

    Args:
        source: the backup, a database; it is only read.
        copy: where to put the copy; there must be no such file.
        shown: the file that messages are about, where `source` was decrypted from one.

    Raises:
        BackupError: it is damaged, no backup, or of a newer program.
        OSError: the copy cannot be written.
    """
    db = _check_and_copy(source, copy, shown)
    try:
        yield db
    finally:
        db.close()


def _check_and_copy(source: Path, copy: Path, shown: Path) -> apsw.Connection:
    try:
        # The file may be another one in the next moment: what is checked is what is read.
        foreign.copy_file(source, copy)
        with explained(shown), closing(foreign.open_foreign(copy)) as restricted:
            foreign.check_schema(restricted, shown)
        seal = snapshots.load_seal(copy)
        contents = snapshots.load_contents(copy)
        if seal is not None and seal.contents != contents:
            raise BackupError(
                f"The backup {shown} has changed since it was made on"
                f" {seal.made_at:%Y-%m-%d}: it is damaged.",
                safe="Nothing was changed.",
                hint=_TAKE_ANOTHER,
            )
        with explained(shown):
            db = apsw.Connection(str(copy), flags=apsw.SQLITE_OPEN_READWRITE)
            try:
                foreign.limit_steps(db, copy)
                db.pragma("synchronous", "OFF")
                migrations.migrate(db, shown)
                foreign.allow_reading_only(db)
            except BaseException:
                db.close()
                raise
            return db
    except (DatabaseDamagedError, apsw.InterruptError) as error:
        raise BackupError(
            f"The backup {shown} is damaged, or no backup of Charlie's.",
            safe="Nothing was changed.",
            hint=_TAKE_ANOTHER,
        ) from error
    except DatabaseNewerError as error:
        raise BackupError(
            f"The backup {shown} was made by a newer Charlie.",
            safe="Nothing was changed.",
            hint="Update Charlie.",
        ) from error
