"""Journals: created on request or when first written to, known by a name whose case does not
matter.

Where no journal is named, entries go into the one called "default". The user may rename it too:
the preference `default_journal` says what it is called since.
"""

from __future__ import annotations

import unicodedata

import apsw

from backend.database.journal.content import encodable
from backend.database.journal.preferences import (
    read_preference,
    remove_preference,
    write_preferences,
)
from backend.database.sqlite import entry_ids, schema
from backend.database.sqlite.connection import read_transaction, write_transaction
from backend.errors import NotFoundError, UsageError
from backend.failpoints import reach
from backend.preferences import (
    DEFAULT_JOURNAL_NAME,
    SHOWN_JOURNAL,
    WRITTEN_JOURNAL,
    Preference,
)
from backend.records import DEFAULT_JOURNAL, JournalCount
from backend.text import fold_case

MAX_NAME_LENGTH = 80

# The preferences that name a journal.
_NAMING = (SHOWN_JOURNAL, WRITTEN_JOURNAL, DEFAULT_JOURNAL_NAME)


def list_journals() -> list[str]:
    """Return the names of all journals, in alphabetical order."""
    with read_transaction() as db:
        return [name for (name,) in db.execute("SELECT name FROM journal ORDER BY key")]


def count_journals() -> list[JournalCount]:
    """Return all journals with what they hold, in alphabetical order."""
    with read_transaction() as db:
        found = db.execute(
            "SELECT name, coalesce(listed, 0), coalesce(deleted, 0) FROM journal"
            " LEFT JOIN (SELECT journal_id, sum(count) AS listed FROM day GROUP BY journal_id) d"
            " ON d.journal_id = journal.id"
            " LEFT JOIN (SELECT journal_id, count(*) AS deleted FROM entry"
            "  WHERE deleted_at IS NOT NULL GROUP BY journal_id) t"
            " ON t.journal_id = journal.id ORDER BY key"
        )
        return [JournalCount(name, count, in_trash) for name, count, in_trash in found]


def find_journal(name: str) -> str | None:
    """Return the name of a journal as it is kept, or None if there is none called so."""
    with read_transaction() as db:
        found = db.execute("SELECT name FROM journal WHERE key = ?", (name_key(name),)).fetchone()
    return None if found is None else str(found[0])


def create_journal(name: str) -> str:
    """Make an empty journal; its name as it is kept.

    Raises:
        UsageError: `name` cannot be the name of a journal, or one is called so.
        StorageError: it could not be written; nothing was.
    """
    name = checked_name(name)
    with write_transaction() as db:
        _check_free(db, name)
        _insert(db, name)
    return name


def rename_journal(name: str, new_name: str) -> str:
    """Give a journal another name, or the same in other letters; the new name as it is kept.

    Everything stays in it: entries, names, drafts, what is waiting to be read.

    Raises:
        NotFoundError: there is no journal `name`.
        UsageError: `new_name` cannot be the name of a journal, or another one is called so.
        StorageError: it could not be written; nothing was changed.
    """
    new_name = checked_name(new_name)
    with write_transaction("rename") as db:
        journal_id = existing(db, name)
        _check_free(db, new_name, except_id=journal_id)
        ((old_name,),) = db.execute("SELECT name FROM journal WHERE id = ?", (journal_id,))
        db.execute(
            "UPDATE journal SET name = ?, key = ? WHERE id = ?",
            (new_name, name_key(new_name), journal_id),
        )
        reach("rename.named")
        _rename_in_drafts(db, old_name, new_name)
        reach("rename.drafts_moved")
        _rename_in_preferences(db, old_name, new_name)
    return new_name


def delete_journal(name: str) -> str:
    """Delete a journal that holds nothing, not even in the trash; its name.

    Raises:
        NotFoundError: there is no such journal.
        UsageError: it holds entries, or a draft is to be saved in it; nothing was deleted.
        StorageError: it could not be written; nothing was changed.
    """
    with write_transaction() as db:
        journal_id = existing(db, name)
        ((kept, listed, deleted),) = db.execute(
            "SELECT name, count(e.id) FILTER (WHERE e.deleted_at IS NULL),"
            " count(e.id) FILTER (WHERE e.deleted_at IS NOT NULL)"
            " FROM journal LEFT JOIN entry e ON e.journal_id = journal.id WHERE journal.id = ?",
            (journal_id,),
        )
        drafted = len(_drafts(db, kept))
        if listed or deleted or drafted:
            raise _not_empty(kept, listed, deleted, drafted)
        db.execute("DELETE FROM journal WHERE id = ?", (journal_id,))
        for preference in _named_in_preferences(db, kept):
            remove_preference(db, preference)
    return str(kept)


def get_or_create(db: apsw.Connection, name: str) -> int:
    """Return the id of the journal `name`, which is created if there is none.

    Raises:
        UsageError: `name` cannot be the name of a journal.
    """
    name = checked_name(name)
    found = find(db, name)
    if found is None and name_key(name) == name_key(DEFAULT_JOURNAL):
        found = _find_default(db)
    return _insert(db, name) if found is None else found


def existing(db: apsw.Connection, name: str) -> int:
    """Return the id of the journal `name`.

    Raises:
        NotFoundError: there is none.
    """
    found = find(db, name)
    if found is None:
        raise NotFoundError(
            f"There is no journal “{name.strip()}”.",
            safe="Nothing was changed.",
            hint="charlie journals shows them; charlie journal create NAME makes one.",
        )
    return found


def find(db: apsw.Connection, name: str) -> int | None:
    """Return the id of the journal `name`, or None."""
    found = db.execute("SELECT id FROM journal WHERE key = ?", (name_key(name),)).fetchone()
    return None if found is None else int(found[0])


def condition(name: str | None, column: str = "journal_id") -> tuple[str, tuple[str, ...]]:
    """Return SQL that holds for the rows of a journal (all if None), and its values."""
    if name is None:
        return "", ()
    return f"AND {column} = (SELECT id FROM journal WHERE key = ?)", (name_key(name),)


def checked_name(name: str) -> str:
    """Return `name` without surrounding space.

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
    """Return the form in which spellings of a journal's name are the same."""
    encodable(name, "The name of the journal")
    return fold_case(name).strip()


def _insert(db: apsw.Connection, name: str) -> int:
    row: schema.Row = {"name": name, "key": name_key(name), "created_at": entry_ids.now_ms()}
    schema.insert(db, schema.JOURNAL, row)
    return db.last_insert_rowid()


def _check_free(db: apsw.Connection, name: str, except_id: int | None = None) -> None:
    found = find(db, name)
    if found is not None and found != except_id:
        ((kept,),) = db.execute("SELECT name FROM journal WHERE id = ?", (found,))
        raise UsageError(
            f"There is already a journal “{kept}”.",
            safe="Nothing was changed.",
            hint="Choose another name; upper and lower case count as the same.",
        )


def _find_default(db: apsw.Connection) -> int | None:
    """Return the id of the journal that was called "default" once."""
    name = read_preference(db, DEFAULT_JOURNAL_NAME)
    return None if name is None else find(db, name)


def _drafts(db: apsw.Connection, name: str) -> list[str]:
    """Return the keys of the drafts that are to be saved in a journal."""
    found = db.execute("SELECT key, journal FROM draft")
    return [key for key, journal in found if name_key(journal) == name_key(name)]


def _rename_in_drafts(db: apsw.Connection, old: str, new: str) -> None:
    for key in _drafts(db, old):
        db.execute("UPDATE draft SET journal = ? WHERE key = ?", (new, key))


def _rename_in_preferences(db: apsw.Connection, old: str, new: str) -> None:
    concerned = _named_in_preferences(db, old)
    if name_key(old) == name_key(DEFAULT_JOURNAL):
        concerned.add(DEFAULT_JOURNAL_NAME)
    write_preferences(db, *(preference.to(new) for preference in concerned))


def _named_in_preferences(db: apsw.Connection, name: str) -> set[Preference[str | None]]:
    """Return those of the preferences that name a journal which name this one."""
    values = {preference: read_preference(db, preference) for preference in _NAMING}
    return {
        preference
        for preference, value in values.items()
        if value is not None and name_key(value) == name_key(name)
    }


def _not_empty(name: str, listed: int, deleted: int, drafted: int) -> UsageError:
    if listed:
        held = f"{listed} {'entry' if listed == 1 else 'entries'}"
        hint = "Move them first: charlie journal move UUID NAME."
    elif deleted:
        held = f"{deleted} {'entry' if deleted == 1 else 'entries'} in the trash"
        hint = "Restore and move them, or empty the trash: charlie trash empty."
    else:
        held = f"{drafted} {'draft' if drafted == 1 else 'drafts'}"
        hint = "Save or discard what is being written there first."
    return UsageError(
        f"The journal “{name}” is not empty: it holds {held}.",
        safe="Nothing was deleted.",
        hint=hint,
    )
