"""Writing and reading entries.

Every function is one transaction: the entry, its earlier revisions, its index and its mentions
change together or not at all.
"""

from __future__ import annotations

import uuid as uuids
from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

import apsw

from backend import dates, records
from backend.database.journal import facets, journals, mentions
from backend.database.journal.content import Content, checked_title, derive, encodable
from backend.database.journal.journals import list_journals
from backend.database.journal.listing import (
    count_entries,
    count_pending,
    list_days,
    list_entries,
    list_pending,
    list_trash,
    locate_entry,
)
from backend.database.sqlite import entry_ids, rows, schema
from backend.database.sqlite.connection import read_transaction, write_transaction
from backend.errors import UsageError
from backend.failpoints import reach
from backend.records import DEFAULT_JOURNAL

__all__ = [
    "NewEntry",
    "add_entries",
    "add_entry",
    "count_entries",
    "count_pending",
    "delete_entry",
    "edit_entry",
    "free_id",
    "get_entry",
    "get_entry_text",
    "insert_entry",
    "keep_revision",
    "list_days",
    "list_entries",
    "list_journals",
    "list_pending",
    "list_trash",
    "locate_entry",
    "replace_text",
    "restore_entry",
]


# As with `Content`, every command would pay for a dataclass.
class NewEntry(NamedTuple):
    """An entry to be added; the fields are the arguments of `add_entry`."""

    text: str
    journal: str = DEFAULT_JOURNAL
    title: str = ""
    created_at: datetime | None = None
    zone: str | None = None
    uuid: str | None = None


def add_entry(
    text: str,
    *,
    journal: str = DEFAULT_JOURNAL,
    title: str = "",
    created_at: datetime | None = None,
    zone: str | None = None,
    uuid: str | None = None,
    draft: str | None = None,
) -> records.Entry:
    """Save a new entry; when this returns it is on disk.

    Args:
        text: stored exactly as given.
        journal: created if it does not exist; upper and lower case are the same.
        title: shown instead of the first line if not empty.
        created_at: the instant the entry is about (timezone-aware); now if None.
        zone: IANA zone it was written in; this machine's if None.
        uuid: its id (4 to 64 letters, digits and hyphens); a random one if None.
        draft: key of the draft that this entry makes superfluous.

    Raises:
        EmptyEntryError: `text` has nothing to see in it.
        UsageError: an argument cannot be used, or the uuid is taken.
        StorageError: it could not be written; nothing was.
    """
    new = _prepare(NewEntry(text, journal, title, created_at, zone, uuid))
    with write_transaction("save") as db:
        entry_id = _insert(db, new)
        reach("save.inserted")
        _discard_draft(db, draft)
        return rows.entry(db, entry_id)


def add_entries(new: Iterable[NewEntry]) -> list[str]:
    """Save many entries in one transaction, all or none; return their uuids in order.

    Raises:
        As `add_entry`.
    """
    prepared = [_prepare(each) for each in new]
    with write_transaction("bulk") as db:
        for each in prepared:
            _insert(db, each)
            reach("bulk.inserted")
    return [each.uuid for each in prepared]


def edit_entry(
    uuid: str,
    text: str | None,
    *,
    title: str | None = None,
    created_at: datetime | None = None,
    base_revision: int | None = None,
    draft: str | None = None,
) -> records.Entry:
    """Save a new text of an entry; the one it replaces is kept as an earlier revision.

    Args:
        uuid: the entry, or an unambiguous beginning of its uuid.
        text: the whole new text; None leaves it as it is. If neither it nor the title changes
            there is no new revision.
        title: the new title, "" for none; None leaves it as it is.
        created_at: another instant for the entry; None leaves it as it is.
        base_revision: the revision that was edited. If it is no longer the current one the
            text or title is saved all the same, and the answer's `conflict` is set.
        draft: key of the draft that this edit makes superfluous.

    Raises:
        NotFoundError: there is no such entry outside the trash.
        EmptyEntryError, UsageError, StorageError: as `add_entry`; nothing was changed.
    """
    content = None if text is None else derive(text)
    new_title = None if title is None else checked_title(title)
    with write_transaction("edit") as db:
        entry_id = rows.find_entry(db, uuid)
        ((old_text, old_title, revision, old_created_at, zone),) = db.execute(
            "SELECT text, title, revision, created_at, zone FROM entry WHERE id = ?", (entry_id,)
        )
        is_rewritten = content is not None and content.text != old_text
        is_changed = is_rewritten or new_title not in (None, old_title)
        if is_changed:
            keep_revision(db, entry_id)
            reach("edit.revision_kept")
            if content is not None and is_rewritten:
                replace_text(db, entry_id, old_text, content)
                reach("edit.text_replaced")
            if new_title is not None:
                db.execute("UPDATE entry SET title = ? WHERE id = ?", (new_title, entry_id))
        if created_at is not None and entry_ids.to_ms(created_at) != old_created_at:
            entry_id = _move_in_time(db, entry_id, created_at, zone)
            reach("edit.moved")
        _discard_draft(db, draft)
        is_stale = base_revision is not None and base_revision != revision
        return rows.entry(db, entry_id, conflict=is_changed and is_stale)


def get_entry(uuid: str, *, in_trash: bool = False) -> records.Entry:
    """Return an entry with its text, mentions and entities; one in the trash if `in_trash`.

    Raises:
        NotFoundError: there is no such entry outside the trash, or in it if `in_trash`.
        UsageError: several entries begin like this, or `uuid` is shorter than 4 characters.
    """
    with read_transaction() as db:
        return rows.entry(db, rows.find_entry(db, uuid, in_trash=in_trash))


def get_entry_text(uuid: str) -> tuple[str, int, str] | None:
    """Journal, revision and text of an entry; None if there is none outside the trash."""
    with read_transaction() as db:
        found = db.execute(
            "SELECT j.name, e.revision, e.text FROM entry e JOIN journal j ON j.id = e.journal_id"
            " WHERE e.uuid = ? AND e.deleted_at IS NULL",
            (uuid,),
        ).fetchone()
    return None if found is None else (found[0], found[1], found[2])


def delete_entry(uuid: str) -> records.EntrySummary:
    """Put an entry into the trash, where it is neither listed nor found.

    Raises:
        NotFoundError: there is no such entry outside the trash.
    """
    with write_transaction("delete") as db:
        entry_id = rows.find_entry(db, uuid)
        mentions.count_mentions(db, entry_id, -1)
        reach("delete.uncounted")
        db.execute("UPDATE entry SET deleted_at = ? WHERE id = ?", (entry_ids.now_ms(), entry_id))
        reach("delete.marked")
        mentions.settle(db, mentions.entity_ids(db, entry_id))
        return rows.entry_summary(db, entry_id)


def restore_entry(uuid: str) -> records.EntrySummary:
    """Bring an entry back from the trash, with its mentions.

    Raises:
        NotFoundError: there is no such entry in the trash.
    """
    with write_transaction("restore") as db:
        entry_id = rows.find_entry(db, uuid, in_trash=True)
        db.execute("UPDATE entry SET deleted_at = NULL WHERE id = ?", (entry_id,))
        reach("restore.unmarked")
        mentions.count_mentions(db, entry_id, +1)
        reach("restore.counted")
        mentions.settle(db, mentions.entity_ids(db, entry_id))
        return rows.entry_summary(db, entry_id)


class _Prepared(NamedTuple):
    """A new entry checked and described, ready to be written."""

    content: Content
    journal: str
    title: str
    created_at: int
    zone: str
    local_date: date
    uuid: str


def _prepare(new: NewEntry) -> _Prepared:
    """Check and derive all that can be before the database is locked for writing."""
    created_at = new.created_at or dates.now()
    zone = dates.local_zone() if new.zone is None else new.zone
    return _Prepared(
        content=derive(new.text),
        journal=journals.checked_name(new.journal),
        title=checked_title(new.title),
        created_at=entry_ids.to_ms(created_at),
        zone=encodable(zone, "The time zone"),
        local_date=entry_ids.local_day(created_at, zone),
        uuid=str(uuids.uuid4()) if new.uuid is None else _checked_uuid(new.uuid),
    )


def _insert(db: apsw.Connection, new: _Prepared) -> int:
    if db.execute("SELECT 1 FROM entry WHERE uuid = ?", (new.uuid,)).fetchone():
        raise UsageError(
            f"There is already an entry with the id {new.uuid}.", safe="Nothing was saved."
        )
    return insert_entry(
        db,
        new.content,
        uuid=new.uuid,
        journal_id=journals.get_or_create(db, new.journal),
        title=new.title,
        created_at=new.created_at,
        modified_at=entry_ids.now_ms(),
        zone=new.zone,
        local_date=new.local_date,
        revision=1,
    )


def insert_entry(
    db: apsw.Connection,
    content: Content,
    *,
    uuid: str,
    journal_id: int,
    title: str,
    created_at: int,
    modified_at: int,
    zone: str,
    local_date: date,
    revision: int,
) -> int:
    """Insert an entry that nothing has been extracted from yet; return its id.

    Args:
        db: a connection inside a transaction.
        content: the text and what is derived from it.
        uuid: its id for the user; no entry may have it.
        journal_id: the journal it belongs to.
        title: as `checked_title` returns it.
        created_at: the instant it is about, in milliseconds since 1970.
        modified_at: when its text was saved, in milliseconds since 1970.
        zone: IANA zone it was written in.
        local_date: the day of `created_at` there.
        revision: the number of its text, from 1.
    """
    entry_id = free_id(db, local_date, created_at)
    row = {
        "id": entry_id,
        "uuid": uuid,
        "journal_id": journal_id,
        "created_at": created_at,
        "modified_at": modified_at,
        "zone": zone,
        "local_date": local_date.isoformat(),
        "revision": revision,
        "title": title,
        **_derived_columns(journal_id, content, ()),
    }
    schema.insert(db, schema.ENTRY, row)
    return entry_id


def _derived_columns(
    journal_id: int, content: Content, entity_ids: Iterable[int]
) -> dict[str, schema.Value]:
    """Return the text and the columns that are derived from it, by name."""
    return {
        "word_count": content.word_count,
        "heading": content.heading,
        "preview": content.preview,
        "facets": facets.entry_facets(journal_id, content.tags, entity_ids),
        "text": content.text,
    }


def keep_revision(db: apsw.Connection, entry_id: int) -> None:
    """Set the current text and title aside and count the revision up.

    What was read stays read: a new title alone gives a model nothing to read.
    """
    db.execute(
        f"INSERT INTO revision ({schema.REVISION.select()})"
        " SELECT id, revision, modified_at, title, text FROM entry WHERE id = ?",
        (entry_id,),
    )
    db.execute(
        "UPDATE entry SET revision = revision + 1, modified_at = ?,"
        " extracted_revision = extracted_revision + (extracted_revision >= revision)"
        " WHERE id = ?",
        (entry_ids.now_ms(), entry_id),
    )


def replace_text(db: apsw.Connection, entry_id: int, old: str, new: Content) -> None:
    """Write the text of a new revision, which nothing has read yet."""
    named = mentions.realign_mentions(db, entry_id, old, new.text)
    ((journal_id,),) = db.execute("SELECT journal_id FROM entry WHERE id = ?", (entry_id,))
    columns = _derived_columns(journal_id, new, named)
    assignments = ", ".join(f"{name} = :{name}" for name in columns)
    db.execute(
        "UPDATE entry SET extracted_revision = min(extracted_revision, revision - 1),"
        f" {assignments} WHERE id = :id",
        {**columns, "id": entry_id},
    )


def _move_in_time(db: apsw.Connection, entry_id: int, created_at: datetime, zone: str) -> int:
    """Give an entry another instant, and with it another id; return the new id."""
    local_date = entry_ids.local_day(created_at, zone)
    ms = entry_ids.to_ms(created_at)
    new_id = free_id(db, local_date, ms)
    db.execute(
        "UPDATE entry SET id = ?, created_at = ?, local_date = ?, modified_at = ? WHERE id = ?",
        (new_id, ms, local_date.isoformat(), entry_ids.now_ms(), entry_id),
    )
    return new_id


def free_id(db: apsw.Connection, local_date: date, ms: int) -> int:
    """Return the id of the next entry of this local day and millisecond."""
    lowest = entry_ids.first_id(local_date, ms)
    ((highest,),) = db.execute(
        "SELECT max(id) FROM entry WHERE id >= ? AND id < ?", (lowest, lowest + entry_ids.TWINS)
    )
    if highest is None:
        return lowest
    if highest + 1 < lowest + entry_ids.TWINS:
        return int(highest) + 1
    # Thousands of imported notes may share a made-up instant: the next millisecond takes them.
    return free_id(db, local_date, ms + 1)


def _discard_draft(db: apsw.Connection, key: str | None) -> None:
    if key is not None:
        db.execute("DELETE FROM draft WHERE key = ?", (key,))


def _checked_uuid(uuid: str) -> str:
    lowered = uuid.strip().lower()
    if not schema.UUID.fullmatch(lowered):
        raise UsageError(
            f"“{uuid}” cannot be the id of an entry.",
            safe="Nothing was saved.",
            hint="Use 4 to 64 letters, digits and hyphens.",
        )
    return lowered


def move_entry(uuid: str, journal: str) -> records.EntrySummary:
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
    with write_transaction("move") as db:
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
