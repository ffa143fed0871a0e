"""The people, places, organisations and activities of a journal."""

from __future__ import annotations

from typing import Any

from backend import text as texts
from backend.database import journals, rows
from backend.database.connection import reading
from backend.database.content import encodable
from backend.records import Entity, EntityType, EntrySummary, Mention


def list_entities(
    *, journal: str | None = None, type: EntityType | None = None, limit: int | None = None
) -> list[Entity]:
    """Entities that entries outside the trash mention, the most mentioned first, then by name."""
    condition, values = _filter(journal, type)
    with reading() as db:
        return rows.entities(
            db,
            f"WHERE n.count > 0 {condition} ORDER BY n.count DESC, n.name, n.id LIMIT ?",
            (*values, -1 if limit is None else max(limit, 0)),
        )


def find_entities(
    name: str, *, journal: str | None = None, type: EntityType | None = None
) -> list[Entity]:
    """Entities of that name (case, width and surrounding punctuation aside), most mentioned first.

    Several where a name stands for things of several types, or in several journals.
    """
    key = texts.name_key(encodable(name, "The name"))
    condition, values = _filter(journal, type)
    with reading() as db:
        return rows.entities(
            db,
            f"WHERE n.count > 0 AND n.key = ? {condition} ORDER BY n.count DESC, n.name, n.id",
            (key, *values),
        )


def get_entity_mentions(entity_id: int) -> list[tuple[EntrySummary, Mention]]:
    """Every mention of an entity outside the trash with its entry, oldest first.

    Empty if there is no such entity (any more).
    """
    with reading() as db:
        found = db.execute(
            f"SELECT {rows.SUMMARY}, m.start_offset, m.end_offset, m.surface, m.confidence,"
            " n.name, n.type, model.name"
            " FROM mention m JOIN entry e ON e.id = m.entry_id JOIN entity n ON n.id = m.entity_id"
            " LEFT JOIN model ON model.id = m.model_id"
            " WHERE m.entity_id = ? AND e.deleted_at IS NULL"
            " ORDER BY m.entry_id, m.start_offset, m.end_offset",
            (entity_id,),
        )
        answer = []
        for row in found:
            entry = rows.summary(row[: rows.SUMMARY_COLUMNS])
            start, end, surface, confidence, name, kind, model = row[rows.SUMMARY_COLUMNS :]
            mention = Mention(
                entry.uuid,
                start,
                end,
                surface,
                confidence,
                entity_id,
                name,
                EntityType(kind),
                model,
            )
            answer.append((entry, mention))
        return answer


def _filter(journal: str | None, type: EntityType | None) -> tuple[str, tuple[Any, ...]]:
    condition, values = journals.condition(journal)
    if type is None:
        return condition, values
    return f"{condition} AND n.type = ?", (*values, type.value)
