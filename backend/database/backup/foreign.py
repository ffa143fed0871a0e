"""Databases from elsewhere, opened as data: nothing that is in one is carried out.

A backup may come from anybody. It is opened read-only; what SQLite may do with it is listed here
and asked for statement by statement; its schema is compared with Charlie's before a row is read;
and reading ends after more steps than a file of its size can need.
"""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

import apsw

from backend import files
from backend.database.sqlite.failures import damaged
from backend.database.sqlite.migrations import check_version
from backend.database.sqlite.schema_check import schema_faults
from backend.errors import BackupError

# Steps of SQLite's machine between two looks at how many there were.
_STEPS_A_LOOK = 100_000
# Steps that any file may take, a few seconds, and those for each of its bytes. Reading, checking
# and digesting a real journal takes less than one a byte.
_STEPS = 200_000_000
_STEPS_A_BYTE = 200

_ACTIONS = frozenset(
    {apsw.SQLITE_SELECT, apsw.SQLITE_READ, apsw.SQLITE_FUNCTION, apsw.SQLITE_TRANSACTION}
)
# Pragmas that only answer; `data_version` is asked by the full-text index.
_PRAGMAS = frozenset(
    {"application_id", "data_version", "integrity_check", "quick_check", "user_version"}
)
_NUMBER = frozenset({"integrity_check", "quick_check"})


def copy_file(source: Path, target: Path) -> None:
    """Copy a file from elsewhere to the new file `target` (0600).

    Raises:
        BackupError: it is no regular file: a pipe or a device may never end.
        OSError: it cannot be read, or the copy not be written.
    """
    # Without waiting for whoever may write into a pipe.
    descriptor = os.open(source, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise BackupError(f"{source} is not a file.", safe="Nothing was changed.")
        files.create_private(target)
        with target.open("wb") as copy:
            shutil.copyfileobj(file, copy, 1 << 20)


def open_foreign(path: Path) -> apsw.Connection:
    """Open a file that nobody writes, restricted, without creating anything beside it."""
    db = apsw.Connection(
        f"{path.absolute().as_uri()}?immutable=1",
        flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI,
    )
    limit_steps(db, path)
    allow_reading_only(db)
    return db


def limit_steps(db: apsw.Connection, path: Path) -> None:
    """End statements with `apsw.InterruptError` after more steps than the file can need."""
    db.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
    db.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
    left = (_STEPS + _STEPS_A_BYTE * path.stat().st_size) // _STEPS_A_LOOK

    def is_over() -> bool:
        nonlocal left
        left -= 1
        return left < 0

    db.set_progress_handler(is_over, _STEPS_A_LOOK)


def allow_reading_only(db: apsw.Connection) -> None:
    """Have statements refused that do anything but read."""

    def decide(
        action: int, first: str | None, second: str | None, _schema: str | None, _by: str | None
    ) -> int:
        if action in _ACTIONS:
            return apsw.SQLITE_OK
        if action == apsw.SQLITE_PRAGMA and first in _PRAGMAS:
            is_question = second is None or first in _NUMBER
            return apsw.SQLITE_OK if is_question else apsw.SQLITE_DENY
        return apsw.SQLITE_DENY

    db.authorizer = decide


def check_schema(db: apsw.Connection, shown: Path) -> None:
    """Make sure that the database has a schema of Charlie's, of any version, and nothing else.

    Args:
        db: as `open_foreign` returns it.
        shown: the file that messages are about.

    Raises:
        DatabaseNewerError: a newer program made it.
        DatabaseDamagedError: it has not.
    """
    check_version(db, shown)
    if faults := schema_faults(db):
        raise damaged(shown, "; ".join(faults))
