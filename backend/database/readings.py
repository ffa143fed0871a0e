"""What models found in entries: stored with the mentions it means, in one transaction."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from backend.database import facets, mentions
from backend.database.connection import reading, writing
from backend.records import EntityType, Span


def find_reading(uuid: str, text: str, model: str) -> list[Span] | None:
    """What `model` found in exactly this text of the entry before; None if it has not read it."""
    with reading() as db:
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


def store_extraction(uuid: str, revision: int, model: str, spans: Iterable[Span]) -> bool:
    """Make `spans` the mentions of an entry, and its revision a read one.

    Spans that do not lie within the text, or name nothing, are dropped.

    Args:
        uuid: the whole uuid of the entry.
        revision: the revision that was read.
        model: identity of the model; another text than this means another reader.
        spans: what it found, offsets in code points of that revision's text.

    Returns:
        False, and nothing is changed, if the revision is no longer the current one or the entry
        is in the trash or gone.
    """
    with writing() as db:
        found = db.execute(
            "SELECT id, journal_id, facets, text FROM entry"
            " WHERE uuid = ? AND revision = ? AND deleted_at IS NULL",
            (uuid, revision),
        ).fetchone()
        if found is None:
            return False
        entry_id, journal_id, words, text = found
        valid = mentions.valid_spans(text, spans)
        db.execute(
            "INSERT OR REPLACE INTO reading (entry_id, model, text_hash, spans)"
            " VALUES (?, ?, ?, ?)",
            (
                entry_id,
                model,
                _hash(text),
                json.dumps([(s.start, s.end, s.type.value, s.confidence) for s in valid]),
            ),
        )
        named = mentions.replace_mentions(db, entry_id, journal_id, text, valid)
        db.execute(
            "UPDATE entry SET extracted_revision = revision, facets = ? WHERE id = ?",
            (facets.with_entities(words, named), entry_id),
        )
        return True


def reset_extraction(uuid: str | None) -> None:
    """Have one entry, or with None all of them, read again from the start.

    What was found before stays visible until then, but is not reused.
    """
    condition, values = ("", ()) if uuid is None else ("WHERE uuid = ?", (uuid,))
    with writing() as db:
        db.execute(
            f"DELETE FROM reading WHERE entry_id IN (SELECT id FROM entry {condition})",
            values,
        )
        db.execute(f"UPDATE entry SET extracted_revision = 0 {condition}", values)


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
