"""The store of preferences, as JSON; and the identity of this database.

What preferences there are, and what their values mean, says `backend.preferences`.
"""

from __future__ import annotations

from typing import TypeVar

import apsw

from backend.database.sqlite import schema
from backend.database.sqlite.connection import read_transaction, write_transaction
from backend.preferences import Preference, Preferences, StoredPreference

T = TypeVar("T")


def get_preference(preference: Preference[T]) -> T:
    """Return the stored value of `preference`, or its default.

    Raises:
        StorageError: the journal cannot be read.
    """
    with read_transaction() as db:
        return read_preference(db, preference)


def get_preferences() -> Preferences:
    """Return all preferences.

    Raises:
        StorageError: the journal cannot be read.
    """
    with read_transaction() as db:
        return Preferences(dict(db.execute("SELECT key, value FROM preference")))


def set_preference(preference: Preference[T], value: T) -> None:
    """Store `value` for `preference`.

    Raises:
        StorageError: it could not be written.
    """
    set_preferences(preference.to(value))


def set_preferences(*changes: StoredPreference) -> None:
    """Store several preferences, all of them or none.

    Raises:
        StorageError: they could not be written; nothing was changed.
    """
    with write_transaction() as db:
        write_preferences(db, *changes)


def read_preference(db: apsw.Connection, preference: Preference[T]) -> T:
    """Return the value of `preference` inside a transaction."""
    found = db.execute("SELECT value FROM preference WHERE key = ?", (preference.name,)).fetchone()
    return preference.from_json(None if found is None else found[0])


def write_preferences(db: apsw.Connection, *changes: StoredPreference) -> None:
    """Store preferences inside a write transaction."""
    rows = [{"key": change.name, "value": change.json} for change in changes]
    schema.insert_all(db, schema.PREFERENCE, rows, if_present="replace")


def remove_preference(db: apsw.Connection, preference: Preference[T]) -> None:
    """Make `preference` its default inside a write transaction."""
    db.execute("DELETE FROM preference WHERE key = ?", (preference.name,))


def instance_id() -> str:
    """Return a name that no other database bears, made when this one was created."""
    with read_transaction() as db:
        (value,) = next(db.execute("SELECT value FROM meta WHERE key = 'instance'"))
    return str(value)
