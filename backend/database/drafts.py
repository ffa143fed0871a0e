"""Text that is being typed, kept until it is saved or thrown away."""

from __future__ import annotations

from backend import text as texts
from backend.database import chronology
from backend.database.connection import reading, writing
from backend.database.content import encodable
from backend.records import Draft


def save_draft(
    key: str, text: str, *, journal: str, entry: str | None = None, base_revision: int = 0
) -> None:
    """Keep the text of an editing session; one without anything to see is discarded.

    Args:
        key: names the session; a draft of the same key is replaced.
        text: the whole text as it stands.
        journal: where it is to be saved; it need not exist yet.
        entry: uuid of the entry being edited; None for a new one.
        base_revision: the revision of that entry the session started from; 0 for a new one.

    Raises:
        UsageError: the text is not valid UTF-8.
        StorageError: it could not be written; the draft before it is kept.
    """
    if not texts.has_content(text):
        discard_draft(key)
        return
    encodable(text, "The draft")
    with writing("draft") as db:
        db.execute(
            "INSERT OR REPLACE INTO draft"
            " (key, journal, entry_uuid, base_revision, updated_at, text)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (key, journal, entry, base_revision, chronology.now_ms(), text),
        )


def list_drafts() -> list[Draft]:
    """All drafts, the one last typed into first."""
    with reading() as db:
        return [
            Draft(key, journal, entry, base_revision, text, chronology.from_ms(updated_at))
            for key, journal, entry, base_revision, text, updated_at in db.execute(
                "SELECT key, journal, entry_uuid, base_revision, text, updated_at FROM draft"
                " ORDER BY updated_at DESC, key"
            )
        ]


def discard_draft(key: str) -> None:
    """Forget the draft of an editing session; nothing happens if there is none."""
    with writing("draft") as db:
        db.execute("DELETE FROM draft WHERE key = ?", (key,))
