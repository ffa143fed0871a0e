"""The history of an entry: every text it ever had, kept for as long as the entry itself."""

from __future__ import annotations

from backend.database.journal.entries import edit_entry
from backend.database.sqlite import rows
from backend.database.sqlite.connection import read_transaction
from backend.database.sqlite.entry_ids import from_ms
from backend.errors import NotFoundError
from backend.records import Entry, Revision


def list_revisions(uuid: str) -> list[Revision]:
    """Return all texts of an entry, the current one first; of one in the trash too.

    Raises:
        NotFoundError: there is no such entry.
        UsageError: several entries begin like this, or `uuid` is shorter than 4 characters.
    """
    with read_transaction() as db:
        entry_id = rows.find_entry_anywhere(db, uuid)
        ((name, revision, saved_at, title, text),) = db.execute(
            "SELECT uuid, revision, modified_at, title, text FROM entry WHERE id = ?", (entry_id,)
        )
        current = Revision(name, revision, from_ms(saved_at), title, text, True)
        earlier = db.execute(
            "SELECT revision, saved_at, title, text FROM revision WHERE entry_id = ?"
            " ORDER BY revision DESC",
            (entry_id,),
        )
        return [
            current,
            *(
                Revision(name, number, from_ms(at), old_title, old_text, False)
                for number, at, old_title, old_text in earlier
            ),
        ]


def get_revision(uuid: str, number: int) -> Revision:
    """One text of an entry.

    Raises:
        NotFoundError: there is no such entry, or it has no such revision.
    """
    for revision in list_revisions(uuid):
        if revision.revision == number:
            return revision
    raise NotFoundError(
        f"The entry “{uuid}” has no revision {number}.", hint=f"charlie history {uuid} lists them."
    )


def restore_revision(uuid: str, number: int) -> Entry:
    """Save an earlier text of an entry as its newest revision; the one it replaces is kept.

    Raises:
        NotFoundError: there is no such entry outside the trash, or it has no such revision.
        StorageError: it could not be written; nothing was changed.
    """
    wanted = get_revision(uuid, number)
    return edit_entry(wanted.entry, wanted.text, title=wanted.title)
