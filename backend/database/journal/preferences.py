"""What the user switched, as JSON values; and the identity of this database."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from backend.database.sqlite import schema
from backend.database.sqlite.connection import reading, writing


def get_preference(key: str, default: Any = None) -> Any:
    """The value stored under `key`, or `default`."""
    with reading() as db:
        found = db.execute("SELECT value FROM preference WHERE key = ?", (key,)).fetchone()
    return default if found is None else json.loads(found[0])


def get_preferences() -> dict[str, Any]:
    """All that is stored, by key."""
    with reading() as db:
        found = db.execute("SELECT key, value FROM preference")
        return {key: json.loads(value) for key, value in found}


def set_preference(key: str, value: Any) -> None:
    """Store `value`, anything that JSON can hold, under `key`."""
    set_preferences({key: value})


def set_preferences(values: Mapping[str, Any]) -> None:
    """Store several, all of them or none."""
    rows = [{"key": key, "value": json.dumps(value)} for key, value in values.items()]
    with writing() as db:
        schema.insert_all(db, schema.PREFERENCE, rows, if_present="replace")


def instance_id() -> str:
    """A name that no other database bears, made when this one was created."""
    with reading() as db:
        (value,) = next(db.execute("SELECT value FROM meta WHERE key = 'instance'"))
    return str(value)
