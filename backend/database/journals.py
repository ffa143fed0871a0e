"""Journals: created when first written to, known by a name whose case does not matter."""

from __future__ import annotations

import unicodedata

import apsw

from backend.database import chronology
from backend.database.connection import reading
from backend.database.content import encodable
from backend.errors import UsageError

MAX_NAME_LENGTH = 80


def list_journals() -> list[str]:
    """The names of all journals, in alphabetical order."""
    with reading() as db:
        return [name for (name,) in db.execute("SELECT name FROM journal ORDER BY key")]


def get_or_create(db: apsw.Connection, name: str) -> int:
    """The id of the journal `name`.

    Raises:
        UsageError: `name` cannot be the name of a journal.
    """
    name = checked_name(name)
    found = find(db, name)
    if found is not None:
        return found
    db.execute(
        "INSERT INTO journal (name, key, created_at) VALUES (?, ?, ?)",
        (name, name_key(name), chronology.now_ms()),
    )
    return db.last_insert_rowid()


def find(db: apsw.Connection, name: str) -> int | None:
    """The id of the journal `name`, or None."""
    found = db.execute("SELECT id FROM journal WHERE key = ?", (name_key(name),)).fetchone()
    return None if found is None else int(found[0])


def condition(name: str | None, column: str = "journal_id") -> tuple[str, tuple[str, ...]]:
    """SQL that holds for the rows of a journal (for all if None), and its values."""
    if name is None:
        return "", ()
    return f"AND {column} = (SELECT id FROM journal WHERE key = ?)", (name_key(name),)


def checked_name(name: str) -> str:
    """`name` without surrounding space.

    Raises:
        UsageError: it is empty, too long or holds control characters.
    """
    trimmed = name.strip()
    if not trimmed:
        reason = "it is empty"
    elif len(trimmed) > MAX_NAME_LENGTH:
        reason = f"it has {len(trimmed)} characters; at most {MAX_NAME_LENGTH} are allowed"
    elif any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in trimmed):
        reason = "it holds control characters"
    else:
        return trimmed
    raise UsageError(
        f"That cannot be the name of a journal: {reason}.",
        safe="Nothing was saved.",
        hint=f"Use a name of 1 to {MAX_NAME_LENGTH} visible characters.",
    )


def name_key(name: str) -> str:
    """The form under which two spellings of a journal's name are the same."""
    encodable(name, "The name of the journal")
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return folded.strip()
