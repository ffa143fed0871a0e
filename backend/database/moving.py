"""Moving an entry to another journal."""

from __future__ import annotations

from backend.database import facets, journals, mentions, rows
from backend.database.connection import writing
from backend.failpoints import reach
from backend.records import EntrySummary


def move_entry(uuid: str, journal: str) -> EntrySummary:
    """Move an entry, with its history and its drafts, to another journal.

    What was found in it is found there: its mentions become mentions of the entities of that
    journal, and the names that nothing else mentions leave the one it comes from. Its text is
    not read again, and one that waits to be read goes on waiting.

    Args:
        uuid: the entry, or an unambiguous beginning of its uuid.
        journal: one that exists; upper and lower case are the same.

    Raises:
        NotFoundError: there is no such journal, or no such entry outside the trash.
        UsageError: several entries begin like this, or `uuid` is shorter than 4 characters.
        StorageError: it could not be written; nothing was changed.
    """
    with writing("move") as db:
        entry_id = rows.find_entry(db, uuid)
        journal_id = journals.existing(db, journal)
        ((before, words, whole),) = db.execute(
            "SELECT journal_id, facets, uuid FROM entry WHERE id = ?", (entry_id,)
        )
        if before != journal_id:
            db.execute("UPDATE entry SET journal_id = ? WHERE id = ?", (journal_id, entry_id))
            reach("move.filed")
            named = mentions.move_mentions(db, entry_id, journal_id)
            reach("move.mentions_moved")
            db.execute(
                "UPDATE entry SET facets = ? WHERE id = ?",
                (facets.in_journal(words, journal_id, named), entry_id),
            )
            db.execute(
                "UPDATE draft SET journal = (SELECT name FROM journal WHERE id = ?)"
                " WHERE entry_uuid = ?",
                (journal_id, whole),
            )
        return rows.entry_summary(db, entry_id)
