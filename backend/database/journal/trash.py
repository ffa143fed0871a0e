"""Emptying the trash: the one way in which a text leaves the journal for good."""

from __future__ import annotations

from datetime import datetime

import apsw

from backend.database.journal import mentions
from backend.database.sqlite import entry_ids, rows
from backend.database.sqlite.connection import read_transaction, write_transaction


def purge_entry(uuid: str) -> str:
    """Delete an entry in the trash, with its history, for good; its whole uuid.

    Raises:
        NotFoundError: there is no such entry in the trash.
        StorageError: it could not be deleted; it is still there.
    """
    with read_transaction() as db:
        entry_id = rows.find_entry(db, uuid, in_trash=True)
        (whole,) = next(db.execute("SELECT uuid FROM entry WHERE id = ?", (entry_id,)))
    _purge("uuid = ?", (whole,))
    return str(whole)


def empty_trash(deleted_before: datetime | None = None) -> list[str]:
    """Delete the entries in the trash, with their histories, for good; their uuids.

    Args:
        deleted_before: only what was put there before this instant; everything if None.

    Raises:
        StorageError: nothing was deleted.
    """
    if deleted_before is None:
        return _purge("true", ())
    return _purge("deleted_at < ?", (entry_ids.to_ms(deleted_before),))


def _purge(condition: str, values: tuple[str | int, ...]) -> list[str]:
    with write_transaction() as db:
        found = list(
            db.execute(
                f"SELECT id, uuid FROM entry WHERE deleted_at IS NOT NULL AND {condition}", values
            )
        )
        # The words themselves are to go, not only the way to them.
        before = db.pragma("secure_delete", True)
        try:
            for entry_id, _ in found:
                named = mentions.entity_ids(db, entry_id)
                # The mentions of an entry in the trash are counted already as gone.
                db.execute("DELETE FROM entry WHERE id = ?", (entry_id,))
                mentions.settle(db, named)
        finally:
            db.pragma("secure_delete", bool(before))
    if found:
        _fold_log()
    return [uuid for _, uuid in found]


def _fold_log() -> None:
    """Have the write-ahead log, which holds the old pages too, written over soon."""
    with read_transaction() as db:
        # A checkpoint cannot run inside the transaction that reading() has begun.
        db.execute("ROLLBACK")
        try:
            db.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
        except (apsw.BusyError, apsw.LockedError):
            # Somebody else reads; the log is folded when they are done.
            return
