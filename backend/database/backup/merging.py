"""Bringing entries of another journal, a backup say, into this one without losing any of either.

An entry is the same in both if its uuid is, and a text the same if its words are. Nothing that
is here is replaced or taken away; doing it twice adds nothing. A function that takes a connection
runs inside the transaction of its caller.
"""

from __future__ import annotations

import hashlib
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, replace
from datetime import date
from enum import StrEnum
from itertools import islice
from typing import NamedTuple

import apsw

from backend.database.backup.archive import StoredDraft, StoredEntry, Version
from backend.database.backup.snapshots import Progress
from backend.database.journal import facets, journals, mentions
from backend.database.journal.content import checked_title, derive
from backend.database.journal.entries import insert_entry, keep_revision, replace_text
from backend.database.sqlite import rows, schema
from backend.errors import UsageError
from backend.failpoints import reach
from backend.records import DEFAULT_JOURNAL

#: Opens a transaction of the journal that is merged into.
Transaction = Callable[[], AbstractContextManager[apsw.Connection]]

# Entries merged in one transaction.
_ENTRIES_A_STEP = 100

log = logging.getLogger("charlie.backups")


class Outcome(StrEnum):
    """What became of an entry."""

    ADDED = "added"  # it was not here
    CHANGED = "changed"  # it had texts that were not here; they are in its history now
    SAME = "same"  # all of it was here
    IN_TRASH = "in trash"  # all of it was here, in the trash, where it stays


class Merged(NamedTuple):
    """What became of entries; `mended` had a value that cannot be, `failed` could not be merged."""

    outcomes: Counter[Outcome]
    failed: int
    mended: int


def merge_entry(db: apsw.Connection, stored: StoredEntry) -> Outcome:
    """Add what is not here yet of an entry and its history.

    Where both were changed, the text that is current here stays so and the other is put into the
    history. Only if the other was made from the one that is current here, it takes its place.

    Raises:
        EmptyEntryError, UsageError: its text cannot be an entry's; nothing was changed.
    """
    found = db.execute(
        "SELECT id, title, text, deleted_at IS NOT NULL FROM entry WHERE uuid = ?", (stored.uuid,)
    ).fetchone()
    if found is None:
        _add(db, stored)
        return Outcome.ADDED
    entry_id, title, text, is_in_trash = found
    known = {
        (title, text),
        *db.execute("SELECT title, text FROM revision WHERE entry_id = ?", (entry_id,)),
    }
    versions = {
        (version.title, version.text): version for version in (*stored.earlier, stored.current)
    }
    missing = [version for words, version in versions.items() if words not in known]
    if not missing:
        return Outcome.IN_TRASH if is_in_trash and stored.deleted_at is None else Outcome.SAME
    leads_on = not is_in_trash and any((v.title, v.text) == (title, text) for v in stored.earlier)
    _add_versions(db, entry_id, missing, stored.current if leads_on else None)
    return Outcome.CHANGED


def merge_journal(db: apsw.Connection, name: str) -> None:
    """Add a journal that holds nothing, if none is called so.

    Raises:
        UsageError: `name` cannot be the name of a journal.
    """
    journals.get_or_create(db, name)


def merge_draft(db: apsw.Connection, draft: StoredDraft) -> bool:
    """Add a draft whose words are nowhere here; whether it was added."""
    draft = draft.mended()
    try:
        journal = journals.checked_name(draft.journal)
    except UsageError:
        journal = DEFAULT_JOURNAL
    if db.execute(
        "SELECT 1 FROM draft WHERE text = ?1 AND coalesce(?2, title, '') = coalesce(title, '')"
        " UNION ALL SELECT 1 FROM entry WHERE text = ?1 AND coalesce(?2, title) = title"
        " UNION ALL SELECT 1 FROM revision WHERE text = ?1 AND coalesce(?2, title) = title",
        (draft.text, draft.title),
    ).fetchone():
        return False
    key = draft.key
    if db.execute("SELECT 1 FROM draft WHERE key = ?", (key,)).fetchone():
        words = f"{draft.title or ''}\n{draft.text}"
        key = f"{key}-{hashlib.sha256(words.encode()).hexdigest()[:8]}"
    row = {**draft.as_row(), "key": key, "journal": journal}
    schema.insert(db, schema.DRAFT, row, if_present="keep")
    return db.changes() > 0


def merge_preference(db: apsw.Connection, key: str, value: str) -> bool:
    """Add a preference (JSON) that was never set here; whether it was added."""
    row = {"key": key, "value": value}
    schema.insert(db, schema.PREFERENCE, row, if_present="keep")
    return db.changes() > 0


def merge_entries(
    entries: Iterable[StoredEntry],
    total: int,
    transaction: Transaction,
    progress: Progress | None = None,
) -> Merged:
    """Merge entries, some in each transaction, so that others may write between two.

    Args:
        entries: what to merge.
        total: how many there are, for `progress`.
        transaction: opens a transaction of the journal that is merged into.
        progress: told after each transaction; what it raises ends the work.
    """
    outcomes: Counter[Outcome] = Counter()
    failed = 0
    mended = 0
    left = iter(entries)
    done = 0
    while batch := list(islice(left, _ENTRIES_A_STEP)):
        with transaction() as journal:
            for entry in batch:
                if wrong := entry.misfits():
                    log.warning("An entry was mended: its %s cannot be.", ", ".join(sorted(wrong)))
                    mended += 1
                try:
                    outcomes[merge_entry(journal, entry.mended())] += 1
                    reach("merge.entry_merged")
                except UsageError as error:
                    log.warning("The entry %s was not brought back: %s", entry.uuid, error)
                    failed += 1
        reach("merge.step_done")
        done += len(batch)
        if progress is not None:
            progress(done, total)
    return Merged(outcomes, failed, mended)


def merge_rest(
    journals: Iterable[str],
    drafts: Iterable[StoredDraft],
    preferences: Mapping[str, str],
    transaction: Transaction,
) -> tuple[int, int]:
    """Merge journals by name, drafts, and preferences (JSON by key), in one transaction.

    Returns:
        How many drafts and how many preferences were added.
    """
    with transaction() as journal:
        for name in journals:
            try:
                merge_journal(journal, name)
            except UsageError as error:
                log.warning("An empty journal was not brought back: %s", error)
        return (
            sum(merge_draft(journal, draft) for draft in drafts),
            sum(merge_preference(journal, *each) for each in preferences.items()),
        )


def _add(db: apsw.Connection, stored: StoredEntry) -> None:
    current = stored.current
    content = derive(current.text)
    journal_id = journals.get_or_create(db, stored.journal)
    entry_id = insert_entry(
        db,
        content,
        uuid=stored.uuid,
        journal_id=journal_id,
        title=checked_title(current.title),
        created_at=stored.created_at,
        modified_at=current.saved_at,
        zone=stored.zone,
        local_date=date.fromisoformat(stored.local_date),
        revision=current.revision,
    )
    versions = (version.as_row(entry_id) for version in stored.earlier)
    schema.insert_all(db, schema.REVISION, versions, if_present="keep")
    readings = ({"entry_id": entry_id, **asdict(reading)} for reading in stored.readings)
    schema.insert_all(db, schema.READING, readings, if_present="keep")
    if stored.is_extracted:
        _add_mentions(db, entry_id, journal_id, stored)
    if stored.deleted_at is not None:
        mentions.count_mentions(db, entry_id, -1)
        db.execute("UPDATE entry SET deleted_at = ? WHERE id = ?", (stored.deleted_at, entry_id))
        mentions.settle(db, mentions.entity_ids(db, entry_id))


def _add_mentions(db: apsw.Connection, entry_id: int, journal_id: int, stored: StoredEntry) -> None:
    text = stored.current.text
    valid = mentions.valid_spans(text, stored.spans)
    named = mentions.replace_mentions(db, entry_id, journal_id, text, valid, stored.model)
    ((words,),) = db.execute("SELECT facets FROM entry WHERE id = ?", (entry_id,))
    db.execute(
        "UPDATE entry SET extracted_revision = revision, facets = ? WHERE id = ?",
        (facets.with_entities(words, named), entry_id),
    )


def _add_versions(
    db: apsw.Connection, entry_id: int, missing: list[Version], successor: Version | None
) -> None:
    """Put texts into an entry's history, behind its current one, which then comes again.

    No revision gets another number: it is as if each had been saved, and then the current one
    again; or `successor`, one of them, and nothing after it.
    """
    ((modified_at, number),) = db.execute(
        "SELECT modified_at, revision FROM entry WHERE id = ?", (entry_id,)
    )
    keep_revision(db, entry_id)
    for version in missing:
        if version is successor:
            continue
        number += 1
        schema.insert(db, schema.REVISION, replace(version, revision=number).as_row(entry_id))
        db.execute(
            "UPDATE entry SET revision = revision + 1,"
            " extracted_revision = extracted_revision + (extracted_revision >= revision)"
            " WHERE id = ?",
            (entry_id,),
        )
    if successor is not None:
        modified_at = successor.saved_at
        old = rows.entry_text(db, entry_id)
        if old != successor.text:
            replace_text(db, entry_id, old, derive(successor.text))
        db.execute(
            "UPDATE entry SET title = ? WHERE id = ?", (checked_title(successor.title), entry_id)
        )
    db.execute("UPDATE entry SET modified_at = ? WHERE id = ?", (modified_at, entry_id))
