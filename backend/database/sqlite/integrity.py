"""Whether what the journal derives from the entries still fits them, and how to derive it again."""

from __future__ import annotations

from dataclasses import dataclass

import apsw

from backend.database.sqlite import entry_ids, rows
from backend.database.sqlite.connection import read_transaction, write_transaction
from backend.database.sqlite.page_check import page_faults
from backend.database.sqlite.schema_check import schema_faults
from backend.preferences import PREFERENCES

# What is wrong, and a query that finds a row where it is.
_RULES = (
    (
        "the counts of entries by day do not fit",
        "SELECT local_date, journal_id, count(*), sum(word_count) FROM entry"
        " WHERE deleted_at IS NULL GROUP BY local_date, journal_id"
        " EXCEPT SELECT local_date, journal_id, count, words FROM day",
    ),
    (
        "there are days without entries",
        "SELECT local_date, journal_id, count, words FROM day EXCEPT"
        " SELECT local_date, journal_id, count(*), sum(word_count) FROM entry"
        " WHERE deleted_at IS NULL GROUP BY local_date, journal_id",
    ),
    (
        "an entry has an id that cannot be",
        "SELECT 1 FROM entry WHERE uuid GLOB '*[^0-9a-z_-]*' OR length(uuid) NOT BETWEEN 4 AND 64",
    ),
    (
        "an entry has a date that cannot be",
        "SELECT 1 FROM entry WHERE date(local_date) IS NOT local_date"
        f" OR created_at NOT BETWEEN {entry_ids.FIRST_MS} AND {entry_ids.LAST_MS}"
        f" OR modified_at NOT BETWEEN {entry_ids.FIRST_MS} AND {entry_ids.LAST_MS}"
        f" OR deleted_at NOT BETWEEN {entry_ids.FIRST_MS} AND {entry_ids.LAST_MS}",
    ),
    (
        "a draft has a date that cannot be",
        f"SELECT 1 FROM draft WHERE updated_at NOT BETWEEN {entry_ids.FIRST_MS}"
        f" AND {entry_ids.LAST_MS}"
        f" OR created_at NOT BETWEEN {entry_ids.FIRST_MS} AND {entry_ids.LAST_MS}",
    ),
    (
        "the counts of mentions do not fit",
        "SELECT 1 FROM entity n WHERE n.count <>"
        " (SELECT count(*) FROM mention m JOIN entry e ON e.id = m.entry_id"
        "  WHERE m.entity_id = n.id AND e.deleted_at IS NULL)"
        " OR n.count <> (SELECT sum(count) FROM spelling WHERE entity_id = n.id)",
    ),
    (
        "a mention does not fit its entry's text",
        "SELECT 1 FROM mention m JOIN entry e ON e.id = m.entry_id"
        " WHERE substr(e.text, m.start_offset + 1, m.end_offset - m.start_offset) <> m.surface"
        " AND instr(e.text, char(0)) = 0",
    ),
)


def find_faults(most: int = 10) -> list[str]:
    """Return what is wrong inside the database, in words; empty where all is well.

    Reads every page: about a second for 100 MB.

    Raises:
        DatabaseDamagedError: it is too damaged to be read at all.
    """
    with read_transaction() as db:
        faults = _faults_inside(db, most)
    if faults:
        return faults
    # FTS5 has its check take the form of an insert, though nothing changes.
    with write_transaction() as db:
        try:
            db.execute("INSERT INTO entry_fts (entry_fts, rank) VALUES ('integrity-check', 1)")
        except apsw.CorruptError:
            return ["the search index does not fit the entries"]
    return []


def _faults_inside(db: apsw.Connection, most: int, *, quick: bool = False) -> list[str]:
    """Return what is wrong with pages, schema, rows and settings.

    Whatever is asked further could be answered wrongly where the pages or the schema are damaged.
    """
    if found := page_faults(db, most, quick=quick) or schema_faults(db, most):
        return found
    faults = [
        f"a row of {table} refers to a row of {parent} that does not exist"
        for table, _, parent, _ in db.execute("PRAGMA foreign_key_check")
    ]
    faults += [what for what, query in _RULES if db.execute(query).fetchone()]
    faults += [
        f"the setting {name} is damaged"
        for name, value in db.execute("SELECT key, value FROM preference")
        if name in PREFERENCES and not PREFERENCES[name].is_understood(value)
    ]
    return faults[:most]


@dataclass(frozen=True, slots=True)
class Summary:
    """What a look at the journal tells.

    `faults` says what is wrong with it, in words; `entries` counts all of them,
    those in the trash included.
    """

    faults: tuple[str, ...]
    entries: int
    sqlite_version: str


def summarize(most: int) -> Summary:
    """Check the journal, about a second for 100 MB, and count its entries.

    Args:
        most: look no further after so many faults.

    Raises:
        StorageError: the journal cannot be read.
    """
    with read_transaction() as db:
        faults = _faults_inside(db, most, quick=True)
        entries = rows.integer(db, "SELECT count(*) FROM entry")
    return Summary(tuple(faults), entries, apsw.sqlite_lib_version())


def rebuild_search_index() -> None:
    """Make the search index again from the entries: about 10 s for 100,000."""
    with write_transaction() as db:
        db.execute("INSERT INTO entry_fts (entry_fts) VALUES ('rebuild')")
