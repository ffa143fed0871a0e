"""Entries as the worker sees them: what needs to be read, and why it need not be any more."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from backend.database.connection import reading, writing
from backend.text import without_marks


@dataclass(frozen=True, slots=True)
class UnreadEntry:
    """An entry whose current revision has not been read.

    `label` is its title or first line, `day` the writer's own day, as YYYY-MM-DD. `is_again` marks
    one that was read before and is to be read anew, by the model that is chosen now.
    """

    uuid: str
    journal: str
    revision: int
    label: str
    text: str
    day: str
    is_again: bool


def find_unread(uuid: str) -> UnreadEntry | None:
    """The entry, if it needs to be read; None if it was read, is in the trash or is gone."""
    with reading() as db:
        found = db.execute(
            "SELECT j.name, e.revision, iif(e.title = '', e.heading, e.title), e.text,"
            " e.local_date, e.extracted_revision < 0"
            " FROM entry e JOIN journal j ON j.id = e.journal_id"
            " WHERE e.uuid = ? AND e.extracted_revision < e.revision AND e.deleted_at IS NULL",
            (uuid,),
        ).fetchone()
    if found is None:
        return None
    journal, revision, label, text, day, is_again = found
    return UnreadEntry(uuid, journal, revision, without_marks(label), text, day, bool(is_again))


def unread_revisions(uuids: Iterable[str]) -> dict[str, int]:
    """The current revisions of those entries among `uuids` that need to be read."""
    with reading() as db:
        return dict(
            db.execute(
                "SELECT uuid, revision FROM entry WHERE extracted_revision < revision"
                " AND deleted_at IS NULL AND uuid IN (SELECT value FROM json_each(?))",
                (json.dumps(list(uuids)),),
            )
        )


def find_labels(uuids: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Journal and label (title or first line) of those among `uuids` that exist."""
    with reading() as db:
        found = db.execute(
            "SELECT e.uuid, j.name, iif(e.title = '', e.heading, e.title)"
            " FROM entry e JOIN journal j ON j.id = e.journal_id"
            " WHERE e.uuid IN (SELECT value FROM json_each(?))",
            (json.dumps(list(uuids)),),
        )
        return {uuid: (journal, without_marks(label)) for uuid, journal, label in found}


def skip_reading(uuid: str) -> bool:
    """Count the entry's current revision as read, keeping the mentions it has; whether it was not.

    Its next edit is read as ever.
    """
    with writing() as db:
        db.execute(
            "UPDATE entry SET extracted_revision = revision"
            " WHERE uuid = ? AND extracted_revision < revision AND deleted_at IS NULL",
            (uuid,),
        )
        return db.changes() > 0
