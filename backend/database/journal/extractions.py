"""What models found in entries: stored with the mentions it means, in one transaction."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from backend.database.journal import facets, mentions
from backend.database.sqlite import rows, schema
from backend.database.sqlite.connection import read_transaction, write_transaction
from backend.failpoints import reach
from backend.records import EntityType, Span
from backend.text import without_marks

# The `extracted_revision` of an entry that is to be extracted again: below any revision,
# as that of an entry that was never read, and told apart from it.
_TO_BE_READ_AGAIN = -1


def find_extraction(uuid: str, text: str, model: str) -> list[Span] | None:
    """Return what `model` found in exactly this text before; None if it has not read it."""
    with read_transaction() as db:
        found = db.execute(
            "SELECT r.spans FROM reading r JOIN entry e ON e.id = r.entry_id"
            " WHERE e.uuid = ? AND r.model = ? AND r.text_hash = ?",
            (uuid, model, _hash(text)),
        ).fetchone()
    if found is None:
        return None
    return [
        Span(start, end, EntityType(type_), confidence)
        for start, end, type_, confidence in json.loads(found[0])
    ]


def store_extraction(
    uuid: str,
    revision: int,
    model: str,
    spans: Iterable[Span],
    *,
    model_name: str | None = None,
    is_provisional: bool = False,
) -> bool:
    """Make `spans` the mentions of an entry, and its revision a read one.

    Spans that do not lie within the text, or name nothing, are dropped.

    Args:
        uuid: the whole uuid of the entry.
        revision: the revision that was read.
        model: identity of the model; another text than this means another reader.
        spans: what it found, offsets in code points of that revision's text.
        model_name: the name under which the user knows the model; `model` if None.
        is_provisional: the model stands in for the chosen one (see `requeue_provisional`).

    Returns:
        False, and nothing is changed, if the revision is no longer the current one or the entry
        is in the trash or gone.
    """
    with write_transaction("extract") as db:
        found = db.execute(
            "SELECT id, journal_id, facets, text FROM entry"
            " WHERE uuid = ? AND revision = ? AND deleted_at IS NULL",
            (uuid, revision),
        ).fetchone()
        if found is None:
            return False
        entry_id, journal_id, words, text = found
        valid = mentions.valid_spans(text, spans)
        row = {
            "entry_id": entry_id,
            "model": model,
            "text_hash": _hash(text),
            "spans": json.dumps([(s.start, s.end, s.type.value, s.confidence) for s in valid]),
        }
        schema.insert(db, schema.READING, row, if_present="replace")
        reach("extract.reading_kept")
        named = mentions.replace_mentions(
            db, entry_id, journal_id, text, valid, model_name or model
        )
        reach("extract.mentions_replaced")
        db.execute(
            "UPDATE entry SET extracted_revision = revision, facets = ? WHERE id = ?",
            (facets.with_entities(words, named), entry_id),
        )
        reach("extract.marked")
        db.execute("DELETE FROM provisional WHERE entry_id = ?", (entry_id,))
        if is_provisional:
            schema.insert(db, schema.PROVISIONAL, {"entry_id": entry_id})
        return True


def count_provisional() -> int:
    """Return how many entries were extracted by a model that stood in for the chosen one."""
    with read_transaction() as db:
        return rows.integer(
            db,
            "SELECT count(*) FROM provisional JOIN entry ON id = entry_id"
            " WHERE deleted_at IS NULL AND extracted_revision = revision",
        )


def requeue_provisional(most: int | None = None) -> int:
    """Have those entries read again, by the chosen model if it is back; how many.

    What the other one found stays visible until then.

    Args:
        most: no more than so many; all of them if None.
    """
    with write_transaction() as db:
        ids = json.dumps(
            [
                entry_id
                for (entry_id,) in db.execute(
                    "SELECT entry_id FROM provisional JOIN entry ON id = entry_id"
                    " WHERE deleted_at IS NULL LIMIT ?",
                    (-1 if most is None else most,),
                )
            ]
        )
        db.execute(
            "UPDATE entry SET extracted_revision = ?"
            " WHERE id IN (SELECT value FROM json_each(?)) AND extracted_revision = revision",
            (_TO_BE_READ_AGAIN, ids),
        )
        count = db.changes()
        db.execute(
            "DELETE FROM provisional WHERE entry_id IN (SELECT value FROM json_each(?))", (ids,)
        )
        return count


def list_readable(since: date | None = None) -> list[str]:
    """Return the uuids of the entries outside the trash, oldest first.

    Args:
        since: the first local day; all of them if None.
    """
    with read_transaction() as db:
        found = db.execute(
            "SELECT uuid FROM entry WHERE deleted_at IS NULL AND local_date >= ? ORDER BY id",
            (since.isoformat() if since else "",),
        )
        return [uuid for (uuid,) in found]


def reset_extraction(uuid: str | None, *, since: date | None = None) -> int:
    """Have one entry, or with None all of them, read again from the start; how many.

    What was found before stays visible until then, but is not reused.

    Args:
        uuid: the whole uuid of an entry; all of them if None.
        since: only entries of this local day and later.
    """
    condition = "WHERE (?1 IS NULL OR uuid = ?1) AND local_date >= ?2"
    values = (uuid, since.isoformat() if since else "")
    with write_transaction() as db:
        db.execute(
            f"DELETE FROM reading WHERE entry_id IN (SELECT id FROM entry {condition})",
            values,
        )
        db.execute(
            f"UPDATE entry SET extracted_revision = iif(extracted_revision = 0, 0, ?3) {condition}",
            (*values, _TO_BE_READ_AGAIN),
        )
        return rows.integer(
            db, f"SELECT count(*) FROM entry {condition} AND deleted_at IS NULL", values
        )


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


@dataclass(frozen=True, slots=True)
class PendingRevision:
    """The current revision of an entry that is not extracted yet, and the entry's journal."""

    journal: str
    revision: int


@dataclass(frozen=True, slots=True)
class PendingEntry:
    """An entry whose current revision is not extracted yet, with its text.

    `day` is the writer's own day, as YYYY-MM-DD. `is_again` marks one that was extracted before
    and is to be extracted again, by the model that is chosen now.
    """

    uuid: str
    journal: str
    revision: int
    text: str
    day: str
    is_again: bool


_IS_PENDING = "e.uuid = ? AND e.extracted_revision < e.revision AND e.deleted_at IS NULL"


def find_pending(uuid: str) -> PendingRevision | None:
    """Return what is pending of an entry, without its text.

    None if its current revision is extracted, or if the entry is in the trash or gone.
    """
    with read_transaction() as db:
        found = db.execute(
            "SELECT j.name, e.revision FROM entry e JOIN journal j ON j.id = e.journal_id"
            f" WHERE {_IS_PENDING}",
            (uuid,),
        ).fetchone()
    return None if found is None else PendingRevision(*found)


def load_pending(uuid: str) -> PendingEntry | None:
    """Return an entry that is to be extracted, with its text; None as for `find_pending`."""
    with read_transaction() as db:
        found = db.execute(
            "SELECT j.name, e.revision, e.text, e.local_date, e.extracted_revision < 0"
            f" FROM entry e JOIN journal j ON j.id = e.journal_id WHERE {_IS_PENDING}",
            (uuid,),
        ).fetchone()
    if found is None:
        return None
    journal, revision, text, day, is_again = found
    return PendingEntry(uuid, journal, revision, text, day, bool(is_again))


def pending_revisions(uuids: Iterable[str]) -> dict[str, int]:
    """Return the current revisions of those entries among `uuids` that are pending."""
    with read_transaction() as db:
        return dict(
            db.execute(
                "SELECT uuid, revision FROM entry WHERE extracted_revision < revision"
                " AND deleted_at IS NULL AND uuid IN (SELECT value FROM json_each(?))",
                (json.dumps(list(uuids)),),
            )
        )


def find_labels(uuids: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Return journal and label (title or first line) of those among `uuids` that exist."""
    with read_transaction() as db:
        found = db.execute(
            "SELECT e.uuid, j.name, iif(e.title = '', e.heading, e.title)"
            " FROM entry e JOIN journal j ON j.id = e.journal_id"
            " WHERE e.uuid IN (SELECT value FROM json_each(?))",
            (json.dumps(list(uuids)),),
        )
        return {uuid: (journal, without_marks(label)) for uuid, journal, label in found}


def skip_extraction(uuid: str) -> bool:
    """Mark the current revision of an entry as extracted, with the mentions it has.

    Its next edit is extracted as ever.

    Returns:
        Whether it was pending.
    """
    with write_transaction() as db:
        db.execute(
            "UPDATE entry SET extracted_revision = revision"
            " WHERE uuid = ? AND extracted_revision < revision AND deleted_at IS NULL",
            (uuid,),
        )
        return db.changes() > 0
