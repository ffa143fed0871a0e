"""Rows of the database as records, and entries found by what a user calls them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

import apsw

from backend import records
from backend import text as texts
from backend.database.sqlite import entry_ids
from backend.errors import NotFoundError, UsageError

Row = tuple[Any, ...]

# A shorter beginning of a uuid is a guess rather than a name.
_SHORTEST_PREFIX = 4
_PREFIX = re.compile(r"[0-9a-z][0-9a-z_-]*")
# Sorts after everything that may follow a prefix.
_AFTER = "\x7f"

#: Columns of a summary, of the table `entry` under the name `e`.
SUMMARY = """
    e.uuid, (SELECT name FROM journal WHERE id = e.journal_id), e.title, e.heading,
    e.created_at, e.zone, e.local_date, e.revision, e.extracted_revision, e.word_count, e.preview
"""
SUMMARY_COLUMNS = 11

#: Ids of the entries in the trash. They are few, and asking for each entry whether it is there
#: would read its row, text and all.
IN_TRASH = "SELECT id FROM entry WHERE deleted_at IS NOT NULL"

#: The first and the last entry outside the trash that mentions the entity `n`, as ids.
FIRST_ENTRY = (
    "(SELECT entry_id FROM mention WHERE entity_id = n.id"
    f" AND entry_id NOT IN ({IN_TRASH}) ORDER BY entry_id LIMIT 1)"
)
LAST_ENTRY = FIRST_ENTRY.replace("ORDER BY entry_id", "ORDER BY entry_id DESC")

_ENTITY = f"""
    SELECT n.id, (SELECT name FROM journal WHERE id = n.journal_id), n.name, n.type, n.count,
        {FIRST_ENTRY}, {LAST_ENTRY},
        (SELECT json_group_array(form) FROM
            (SELECT form FROM spelling WHERE entity_id = n.id AND form <> n.name AND count > 0
             ORDER BY count DESC, id))
    FROM entity n
"""


def summary(row: Row) -> records.EntrySummary:
    """Return an `EntrySummary` from the columns `SUMMARY`."""
    return records.EntrySummary(**_fields(row))


def trashed(row: Row) -> records.TrashedEntry:
    """Return a `TrashedEntry` from the columns `SUMMARY` and `deleted_at`."""
    return records.TrashedEntry(
        **_fields(row[:SUMMARY_COLUMNS]), deleted_at=entry_ids.from_ms(row[SUMMARY_COLUMNS])
    )


def entry(db: apsw.Connection, entry_id: int, *, conflict: bool = False) -> records.Entry:
    """Return an entry that exists, with its text, mentions and entities."""
    (row,) = db.execute(f"SELECT e.text, {SUMMARY} FROM entry e WHERE e.id = ?", (entry_id,))
    shared = _fields(row[1:])
    named = entities(
        db,
        "WHERE n.id IN (SELECT entity_id FROM mention WHERE entry_id = ?)"
        " ORDER BY n.count DESC, n.name, n.id",
        (entry_id,),
    )
    by_id = {entity.id: entity for entity in named}
    found = db.execute(
        "SELECT start_offset, end_offset, surface, confidence, entity_id, model.name"
        " FROM mention LEFT JOIN model ON model.id = model_id"
        " WHERE entry_id = ? ORDER BY start_offset, end_offset, entity_id",
        (entry_id,),
    )
    return records.Entry(
        **shared,
        text=row[0],
        mentions=tuple(
            records.Mention(
                entry=shared["uuid"],
                start=start,
                end=end,
                text=surface,
                confidence=confidence,
                entity_id=entity_id,
                name=by_id[entity_id].name,
                type=by_id[entity_id].type,
                model=model,
            )
            for start, end, surface, confidence, entity_id, model in found
        ),
        entities=tuple(named),
        conflict=conflict,
    )


def entry_text(db: apsw.Connection, entry_id: int) -> str:
    """Return the text of an entry that exists."""
    ((text,),) = db.execute("SELECT text FROM entry WHERE id = ?", (entry_id,))
    return str(text)


def entry_id(db: apsw.Connection, uuid: str) -> int | None:
    """Return the id of the entry of a whole uuid, in the trash or not; None without one."""
    found = db.execute("SELECT id FROM entry WHERE uuid = ?", (uuid,)).fetchone()
    return None if found is None else int(found[0])


def entry_summary(db: apsw.Connection, entry_id: int) -> records.EntrySummary:
    """Return the summary of an entry that exists."""
    (row,) = db.execute(f"SELECT {SUMMARY} FROM entry e WHERE e.id = ?", (entry_id,))
    return summary(row)


def _fields(row: Row) -> dict[str, Any]:
    """Return the fields of `EntrySummary` by name, from the columns `SUMMARY`."""
    uuid, journal, title, heading, created, zone, day, revision, extracted, words, preview = row
    return {
        "uuid": uuid,
        "journal": journal,
        "title": title or texts.without_marks(heading),
        "created_at": entry_ids.from_ms(created),
        "zone": zone,
        "local_date": entry_ids.stored_day(day),
        "revision": revision,
        "word_count": words,
        "preview": texts.without_marks(preview, is_joined=True),
        "is_extracted": extracted >= revision,
    }


def integer(db: apsw.Connection, query: str, values: Iterable[Any] = ()) -> int:
    """Return the one number that a query answers."""
    (number,) = next(db.execute(query, tuple(values)))
    return int(number)


def entities(
    db: apsw.Connection, condition: str, values: Iterable[Any] = ()
) -> list[records.Entity]:
    """Return the entities `n` that the SQL after `FROM entity n` selects, in its order."""
    return [
        records.Entity(
            entity_id,
            journal,
            name,
            records.EntityType(kind),
            tuple(json.loads(aliases)),
            count,
            None if first is None else entry_ids.day(first),
            None if last is None else entry_ids.day(last),
        )
        for entity_id, journal, name, kind, count, first, last, aliases in db.execute(
            _ENTITY + condition, tuple(values)
        )
    ]


def find_entry(db: apsw.Connection, uuid: str, *, in_trash: bool = False) -> int:
    """Return the id of the entry that `uuid`, or an unambiguous beginning of one, names.

    Args:
        db: a connection.
        uuid: a whole uuid, or at least its first four characters, in either case.
        in_trash: look among the deleted entries instead of the others.

    Raises:
        NotFoundError: there is none.
        UsageError: `uuid` is too short, or more than one entry begins with it.
    """
    prefix = uuid.strip().lower()
    if len(prefix) < _SHORTEST_PREFIX:
        raise UsageError(
            f"“{uuid}” is too short to name an entry.",
            hint=f"Give at least the first {_SHORTEST_PREFIX} characters of its id.",
        )
    wanted = _matches(db, prefix, in_trash=in_trash)
    if len(wanted) == 1:
        return wanted[0]
    if wanted:
        raise UsageError(
            f"More than one entry has an id that begins with “{uuid}”.",
            hint="Give more characters of it.",
        )
    if _matches(db, prefix, in_trash=not in_trash):
        raise _elsewhere(uuid, in_trash=in_trash)
    raise unknown_entry(uuid)


def find_entry_anywhere(db: apsw.Connection, uuid: str) -> int:
    """Return what `find_entry` does outside the trash, or else inside."""
    try:
        return find_entry(db, uuid)
    except NotFoundError:
        if not _matches(db, uuid.strip().lower(), in_trash=True):
            raise
        return find_entry(db, uuid, in_trash=True)


def unknown_entry(uuid: str) -> NotFoundError:
    """Return the error for an entry that does not exist where it was looked for."""
    return NotFoundError(
        f"There is no entry “{uuid}”.", hint="charlie list shows the entries and their ids."
    )


def _matches(db: apsw.Connection, prefix: str, *, in_trash: bool) -> list[int]:
    if not _PREFIX.fullmatch(prefix):
        return []
    trashed = "NOT NULL" if in_trash else "NULL"
    found: list[int] = []
    for entry_id, uuid in db.execute(
        f"SELECT id, uuid FROM entry WHERE uuid >= ? AND uuid < ? AND deleted_at IS {trashed}"
        " ORDER BY uuid LIMIT 2",
        (prefix, prefix + _AFTER),
    ):
        if uuid == prefix:
            return [entry_id]
        found.append(entry_id)
    return found


def _elsewhere(uuid: str, *, in_trash: bool) -> NotFoundError:
    if in_trash:
        return NotFoundError(f"The entry “{uuid}” is not in the trash.")
    return NotFoundError(
        f"The entry “{uuid}” is in the trash.",
        safe="Its text is kept.",
        hint=f"charlie restore {uuid} brings it back.",
    )
