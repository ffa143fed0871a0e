"""Text that is being typed, kept until it is saved or thrown away."""

from __future__ import annotations

from datetime import datetime

from backend import text as texts
from backend.database.journal.content import encodable
from backend.database.sqlite import entry_ids, schema
from backend.database.sqlite.connection import read_transaction, write_transaction
from backend.errors import NotFoundError
from backend.records import Draft


def save_draft(
    key: str,
    text: str,
    *,
    journal: str,
    entry: str | None = None,
    base_revision: int = 0,
    title: str | None = None,
    created_at: datetime | None = None,
) -> None:
    """Keep the text of an editing session; one without anything to see is discarded.

    Args:
        key: names the session; a draft of the same key is replaced.
        text: the whole text as it stands.
        journal: where it is to be saved; it need not exist yet.
        entry: uuid of the entry being edited; None for a new one.
        base_revision: the revision of that entry the session started from; 0 for a new one.
        title: the title as it stands; None if it was not touched.
        created_at: the instant the entry is to be about; None if it was not touched.

    Raises:
        UsageError: the text is not valid UTF-8.
        StorageError: it could not be written; the draft before it is kept.
    """
    if not (texts.has_content(text) or texts.has_content(title or "")):
        discard_draft(key)
        return
    encodable(text, "The draft")
    encodable(title or "", "The title")
    row = {
        "key": key,
        "journal": journal,
        "entry_uuid": entry,
        "base_revision": base_revision,
        "updated_at": entry_ids.now_ms(),
        "text": text,
        "title": title,
        "created_at": None if created_at is None else entry_ids.to_ms(created_at),
    }
    with write_transaction("draft") as db:
        schema.insert(db, schema.DRAFT, row, if_present="replace")


def list_drafts() -> list[Draft]:
    """Return all drafts, the one last typed into first."""
    with read_transaction() as db:
        rows = db.execute(
            f"SELECT {schema.DRAFT.select()} FROM draft ORDER BY updated_at DESC, key"
        )
        return [
            Draft(
                key,
                journal,
                entry,
                base_revision,
                text,
                entry_ids.from_ms(updated_at),
                title,
                None if created_at is None else entry_ids.from_ms(created_at),
            )
            for key, journal, entry, base_revision, updated_at, text, title, created_at in rows
        ]


def rename_draft(key: str, new_key: str) -> None:
    """Have another editing session go on with a draft.

    Raises:
        NotFoundError: there is no such draft (any more).
        StorageError: it could not be written; the draft is as it was.
    """
    with write_transaction("draft") as db:
        db.execute("UPDATE draft SET key = ? WHERE key = ?", (new_key, key))
        if not db.changes():
            raise NotFoundError(
                "The draft is gone: it was saved or discarded elsewhere.",
                safe="Nothing was changed.",
            )


def discard_draft(key: str) -> None:
    """Forget the draft of an editing session; nothing happens if there is none."""
    with write_transaction("draft") as db:
        db.execute("DELETE FROM draft WHERE key = ?", (key,))
