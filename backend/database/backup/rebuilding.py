"""What a repair asks of databases: of the damaged one, and of the new one it writes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import apsw

from backend import text as texts
from backend.database.backup import archive
from backend.database.backup.archive import StoredEntry
from backend.database.backup.merging import Transaction
from backend.database.sqlite import migrations
from backend.database.sqlite.connection import SUFFIXES, beside, read_transaction


@contextmanager
def new_journal(path: Path) -> Iterator[apsw.Connection]:
    """Make a journal in the empty file `path`; at the end it is a single file.

    Raises:
        apsw.Error: it cannot be written.
    """
    db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
    try:
        db.execute("PRAGMA foreign_keys = ON")
        migrations.migrate(db, path)
        yield db
    finally:
        db.close()


def transaction_of(journal: apsw.Connection) -> Transaction:
    """Return what opens a transaction of a journal that nobody else has open."""

    @contextmanager
    def transaction() -> Iterator[apsw.Connection]:
        with journal:
            yield journal

    return transaction


def read_until_damage(damaged: Path, folder: Path) -> list[StoredEntry]:
    """Return the entries that SQLite can still read, up to the first it cannot.

    Args:
        damaged: a journal that nobody has open.
        folder: where it may be copied to: reading a log writes.

    Raises:
        OSError: it cannot be copied.
    """
    entries: list[StoredEntry] = []
    copy = folder / "readable.db"
    for suffix in SUFFIXES[:2]:
        source = beside(damaged, suffix)
        if source.exists():
            shutil.copyfile(source, beside(copy, suffix))
    if not copy.exists():
        return entries
    with suppress(apsw.Error, UnicodeDecodeError, ValueError, TypeError):
        db = apsw.Connection(str(copy))
        try:
            entries.extend(
                entry.mended()
                for entry in archive.load_entries(db)
                if texts.has_content(entry.current.text)
            )
        finally:
            db.close(True)
    return entries


def has_changed_silently(entry: StoredEntry) -> bool:
    """Return whether the journal has another text under the same revision of an entry.

    Raises:
        StorageError: the journal cannot be read.
    """
    current = entry.current
    with read_transaction() as db:
        found = db.execute(
            "SELECT 1 FROM entry WHERE uuid = ? AND revision = ? AND modified_at = ?"
            " AND (title, text) <> (?, ?)",
            (entry.uuid, current.revision, current.saved_at, current.title, current.text),
        ).fetchone()
    return found is not None


def is_known(journal: apsw.Connection, entry: StoredEntry) -> bool:
    """Return whether a journal holds an entry of this uuid, or this text anywhere."""
    found = journal.execute(
        "SELECT 1 FROM entry WHERE uuid = ?1 OR text = ?2"
        " UNION ALL SELECT 1 FROM revision WHERE text = ?2",
        (entry.uuid, entry.current.text),
    ).fetchone()
    return found is not None
