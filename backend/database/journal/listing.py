"""Lists of entries: pages, days, positions, what waits to be read.

Nothing here reads an entry's text, and pages are found in an index alone, so that a hundred
thousand entries scroll like a hundred.
"""

from __future__ import annotations

from backend import records
from backend.database.journal import journals
from backend.database.sqlite import entry_ids, rows
from backend.database.sqlite.connection import read_transaction


def list_entries(
    *, journal: str | None = None, limit: int = 50, offset: int = 0
) -> list[records.EntrySummary]:
    """Return entries outside the trash, newest day first, within a day the latest first.

    A journal that does not exist has no entries.
    """
    condition, values = journals.condition(journal)
    with read_transaction() as db:
        # The inner query walks an index alone, however far the offset leads.
        found = db.execute(
            f"SELECT {rows.SUMMARY} FROM"
            f" (SELECT id FROM entry WHERE deleted_at IS NULL {condition}"
            "  ORDER BY local_date DESC, id DESC LIMIT ? OFFSET ?) page"
            " JOIN entry e ON e.id = page.id ORDER BY e.local_date DESC, e.id DESC",
            (*values, max(limit, 0), max(offset, 0)),
        )
        return [rows.summary(row) for row in found]


def list_days(journal: str | None = None) -> list[records.DayCount]:
    """Return how many entries each local day holds, newest first, without empty days."""
    condition, values = journals.condition(journal)
    with read_transaction() as db:
        found = db.execute(
            f"SELECT local_date, sum(count) FROM day WHERE true {condition}"
            " GROUP BY local_date ORDER BY local_date DESC",
            values,
        )
        return [records.DayCount(entry_ids.stored_day(day), count) for day, count in found]


def count_entries(journal: str | None = None) -> int:
    """Return the number of entries outside the trash."""
    condition, values = journals.condition(journal)
    with read_transaction() as db:
        return rows.integer(
            db, f"SELECT coalesce(sum(count), 0) FROM day WHERE true {condition}", values
        )


def locate_entry(uuid: str, journal: str | None = None) -> int:
    """Return the position (from 0) of an entry in what `list_entries` returns for `journal`.

    Raises:
        NotFoundError: it is not in that list.
        UsageError: several entries begin like this, or `uuid` is shorter than 4 characters.
    """
    condition, values = journals.condition(journal)
    with read_transaction() as db:
        entry_id = rows.find_entry(db, uuid)
        listed = db.execute(
            f"SELECT local_date FROM entry WHERE deleted_at IS NULL {condition} AND id = ?",
            (*values, entry_id),
        ).fetchone()
        if listed is None:
            raise rows.unknown_entry(uuid)
        (day,) = listed
        later_days = rows.integer(
            db,
            f"SELECT coalesce(sum(count), 0) FROM day WHERE local_date > ? {condition}",
            (day, *values),
        )
        later_that_day = rows.integer(
            db,
            "SELECT count(*) FROM entry WHERE deleted_at IS NULL AND local_date = ? AND id > ?"
            f" {condition}",
            (day, entry_id, *values),
        )
        return later_days + later_that_day


def list_trash() -> list[records.TrashedEntry]:
    """Return the deleted entries, the last one deleted first."""
    with read_transaction() as db:
        found = db.execute(
            f"SELECT {rows.SUMMARY}, e.deleted_at FROM entry e WHERE e.deleted_at IS NOT NULL"
            " ORDER BY e.deleted_at DESC, e.id DESC"
        )
        return [rows.trashed(row) for row in found]


def list_pending(limit: int | None = None) -> list[tuple[str, str]]:
    """Uuid and journal of the entries whose current revision has not been read, newest save first.

    An entry needs reading exactly when it is listed here.
    """
    with read_transaction() as db:
        found = db.execute(
            "SELECT e.uuid, j.name FROM entry e JOIN journal j ON j.id = e.journal_id"
            " WHERE e.extracted_revision < e.revision AND e.deleted_at IS NULL"
            " ORDER BY e.modified_at DESC, e.id DESC LIMIT ?",
            (-1 if limit is None else max(limit, 0),),
        )
        return [(uuid, name) for uuid, name in found]


def count_pending() -> int:
    """Return how many entries `list_pending` returns."""
    with read_transaction() as db:
        return rows.integer(
            db,
            "SELECT count(*) FROM entry WHERE extracted_revision < revision AND deleted_at IS NULL",
        )
