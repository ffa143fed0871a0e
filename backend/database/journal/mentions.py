"""Mentions and the entities they name, kept true with every change of an entry.

Everything here runs inside the transaction of its caller. Two things always hold: offsets fit
the entry's current text, and the counts of entities and spellings are those of the mentions in
entries that are not in the trash.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

import apsw

from backend import text as texts
from backend.database.sqlite import schema
from backend.records import EntityType, Span


def valid_spans(text: str, spans: Iterable[Span]) -> list[Span]:
    """Return the spans that lie within `text` and name something, each once, by position.

    Of two with the same place and type the more confident one stays.
    """
    best: dict[tuple[int, int, EntityType], Span] = {}
    for span in spans:
        if not 0 <= span.start < span.end <= len(text):
            continue
        if not texts.has_content(text[span.start : span.end]):
            continue
        confidence = 0.0 if math.isnan(span.confidence) else span.confidence
        place = (int(span.start), int(span.end), EntityType(span.type))
        candidate = Span(*place, min(1.0, max(0.0, float(confidence))))
        if place not in best or best[place].confidence < candidate.confidence:
            best[place] = candidate
    return sorted(best.values(), key=lambda span: (span.start, span.end, span.type))


def replace_mentions(
    db: apsw.Connection,
    entry_id: int,
    journal_id: int,
    text: str,
    spans: Sequence[Span],
    model: str | None,
) -> list[int]:
    """Make `spans` (valid ones), found by `model` (None: not known), the mentions of an entry.

    Returns the ids of its entities.
    """
    before = remove_mentions(db, entry_id)
    model_id = _model(db, model) if spans and model is not None else None
    ids: list[int] = []
    for span in spans:
        surface = text[span.start : span.end]
        entity_id = _entity(db, journal_id, span.type, surface)
        ids.append(entity_id)
        _insert_mention(
            db,
            (entry_id, span.start, span.end, entity_id, span.confidence, surface, model_id),
            if_present="keep",
        )
    count_mentions(db, entry_id, +1)
    settle(db, {*before, *ids})
    return list(dict.fromkeys(ids))


def realign_mentions(db: apsw.Connection, entry_id: int, old: str, new: str) -> list[int]:
    """Move an entry's mentions along with an edit of its text; return the entities that stay.

    What lies wholly before or behind the changed part keeps its mention, so that correcting a
    word does not put out every name until the entry is read again.
    """
    kept_start = texts.shared_prefix(old, new)
    kept_end = len(old) - min(texts.shared_suffix(old, new), min(len(old), len(new)) - kept_start)
    shift = len(new) - len(old)
    found = db.execute(
        f"SELECT {schema.MENTION.select()} FROM mention WHERE entry_id = ?", (entry_id,)
    )
    places = list(found)
    before = remove_mentions(db, entry_id)
    for _, start, end, *rest in places:
        if end <= kept_start:
            moved = 0
        elif start >= kept_end:
            moved = shift
        else:
            continue
        _insert_mention(db, (entry_id, start + moved, end + moved, *rest))
    count_mentions(db, entry_id, +1)
    settle(db, before)
    return entity_ids(db, entry_id)


def move_mentions(db: apsw.Connection, entry_id: int, journal_id: int) -> list[int]:
    """Have an entry mention the entities of another journal by the same names and types.

    Returns the ids of these entities.
    """
    places = list(
        db.execute(
            "SELECT start_offset, end_offset, confidence, surface, model_id, n.type"
            " FROM mention JOIN entity n ON n.id = entity_id WHERE entry_id = ?",
            (entry_id,),
        )
    )
    before = remove_mentions(db, entry_id)
    for start, end, confidence, surface, model_id, type_ in places:
        entity_id = _entity(db, journal_id, EntityType(type_), surface)
        _insert_mention(db, (entry_id, start, end, entity_id, confidence, surface, model_id))
    count_mentions(db, entry_id, +1)
    named = entity_ids(db, entry_id)
    settle(db, {*before, *named})
    return named


def remove_mentions(db: apsw.Connection, entry_id: int) -> list[int]:
    """Remove all mentions of an entry; return the entities it had, to be settled."""
    before = entity_ids(db, entry_id)
    count_mentions(db, entry_id, -1)
    db.execute("DELETE FROM mention WHERE entry_id = ?", (entry_id,))
    return before


def entity_ids(db: apsw.Connection, entry_id: int) -> list[int]:
    """Return the entities that an entry mentions."""
    rows = db.execute("SELECT DISTINCT entity_id FROM mention WHERE entry_id = ?", (entry_id,))
    return [entity_id for (entity_id,) in rows]


def count_mentions(db: apsw.Connection, entry_id: int, sign: int) -> None:
    """Add (`sign` +1) or take away (-1) the mentions of an entry from the counts."""
    rows = db.execute("SELECT entity_id, surface FROM mention WHERE entry_id = ?", (entry_id,))
    forms = Counter((entity_id, _form(surface)) for entity_id, surface in rows)
    for (entity_id, form), count in forms.items():
        db.execute("UPDATE entity SET count = count + ? WHERE id = ?", (sign * count, entity_id))
        db.execute(
            "INSERT INTO spelling (entity_id, form, count) VALUES (?1, ?2, ?3)"
            " ON CONFLICT (entity_id, form) DO UPDATE SET count = count + ?3",
            (entity_id, form, sign * count),
        )


def settle(db: apsw.Connection, changed: Iterable[int]) -> None:
    """Name entities by their most frequent spelling; drop those that nothing mentions."""
    for entity_id in changed:
        db.execute(
            "DELETE FROM entity WHERE id = ?1"
            " AND NOT EXISTS (SELECT 1 FROM mention WHERE entity_id = ?1)",
            (entity_id,),
        )
        db.execute(
            "UPDATE entity SET name = coalesce((SELECT form FROM spelling"
            " WHERE entity_id = ?1 AND count > 0 ORDER BY count DESC, id LIMIT 1), name)"
            " WHERE id = ?1",
            (entity_id,),
        )


def _entity(db: apsw.Connection, journal_id: int, type: EntityType, surface: str) -> int:
    key = texts.name_key(surface)
    identity = {"journal_id": journal_id, "type": type.value, "key": key}
    found = db.execute(
        "SELECT id FROM entity WHERE journal_id = :journal_id AND type = :type AND key = :key",
        identity,
    ).fetchone()
    if found:
        return int(found[0])
    schema.insert(db, schema.ENTITY, {**identity, "name": _form(surface)})
    return db.last_insert_rowid()


def _model(db: apsw.Connection, name: str) -> int:
    schema.insert(db, schema.MODEL, {"name": name}, if_present="keep")
    (model_id,) = next(db.execute("SELECT id FROM model WHERE name = ?", (name,)))
    return int(model_id)


def _insert_mention(
    db: apsw.Connection, values: Sequence[schema.Value], *, if_present: schema.IfPresent = "raise"
) -> None:
    """Insert a mention, given its values in the order of the table's columns."""
    row = dict(zip(schema.MENTION.columns, values, strict=True))
    schema.insert(db, schema.MENTION, row, if_present=if_present)


def _form(surface: str) -> str:
    """Return a spelling on one line, wherever it was broken."""
    return " ".join(surface.split())
