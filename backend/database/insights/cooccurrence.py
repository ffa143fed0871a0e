"""Where entities appear: in which entries, with whom, in which months.

Everything is answered from the indexes of mentions alone. They end in an entry's id, which tells
the day (entry_ids.py), so that no entry is read but those whose passages are shown.

`ids` are the records of one entity (several journals may have it). `along` narrows to entries
that mention others too: ids of each of them, all of which must be there.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import date

import apsw

from backend.database.sqlite import entry_ids, rows
from backend.database.sqlite.connection import read_transaction
from backend.records import Companion, EntityType, EntrySummary, Mention, MonthCount

Ids = Sequence[int]

_IS_ONE = "IN (SELECT value FROM json_each(?))"


def find_places(ids: Ids, *, along: Sequence[Ids] = ()) -> list[tuple[int, int, int]]:
    """Return every mention outside the trash as (id of the entry, start, end), in this order."""
    with read_transaction() as db:
        condition, values = _within(ids, along)
        return [
            (entry_id, start, end)
            for entry_id, start, end in db.execute(
                "SELECT entry_id, start_offset, end_offset FROM mention"
                f" WHERE {condition} ORDER BY entry_id, start_offset, end_offset",
                values,
            )
        ]


def get_entity_mentions(
    entity_id: int, *, along: Sequence[Ids] = ()
) -> list[tuple[EntrySummary, Mention]]:
    """Return every mention of an entity outside the trash with its entry, oldest first.

    Empty if there is no such entity (any more).
    """
    condition, values = _within((entity_id,), along)
    with read_transaction() as db:
        found = db.execute(
            f"SELECT {rows.SUMMARY}, m.start_offset, m.end_offset, m.surface, m.confidence,"
            " n.name, n.type, model.name"
            f" FROM (SELECT * FROM mention WHERE {condition}) m"
            " JOIN entry e ON e.id = m.entry_id JOIN entity n ON n.id = m.entity_id"
            " LEFT JOIN model ON model.id = m.model_id"
            " ORDER BY m.entry_id, m.start_offset, m.end_offset",
            values,
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


def list_companions(
    ids: Ids, *, along: Sequence[Ids] = (), limit: int | None = None
) -> list[Companion]:
    """Return the entities of the same entries, the most frequent companion first, then by name.

    Args:
        ids: the entity.
        along: others that have to be in the entries as well; they are no companions.
        limit: the most to return.
    """
    condition, values = _within(ids, along)
    named = json.dumps([each for group in (ids, *along) for each in group])
    with read_transaction() as db:
        found = db.execute(
            "SELECT group_concat(n.id), n.name, n.type, sum(t.together) AS together, max(n.count)"
            " FROM (SELECT entity_id, count(DISTINCT entry_id) AS together FROM mention"
            f"  WHERE entry_id IN (SELECT entry_id FROM mention WHERE {condition})"
            "  GROUP BY entity_id) t JOIN entity n ON n.id = t.entity_id"
            f" WHERE NOT n.id {_IS_ONE}"
            " GROUP BY n.key, n.type ORDER BY together DESC, n.name, n.type LIMIT ?",
            (*values, named, -1 if limit is None else max(limit, 0)),
        )
        return [
            Companion(tuple(map(int, each.split(","))), name, EntityType(kind), together)
            for each, name, kind, together, _ in found
        ]


def count_months(ids: Ids, *, along: Sequence[Ids] = ()) -> list[MonthCount]:
    """Return mentions by month, from the first to the last entry of the entity's journals."""
    condition, values = _within(ids, along)
    with read_transaction() as db:
        life = _life(db, ids)
        if life is None:
            return []
        months: Counter[tuple[int, int]] = Counter()
        for ordinal, count in db.execute(
            f"SELECT {entry_ids.day_sql('entry_id')} AS day, count(*) FROM mention"
            f" WHERE {condition} GROUP BY day",
            values,
        ):
            day = date.fromordinal(ordinal)
            months[day.year, day.month] += count
        first, last = life
        return [
            MonthCount(
                date(number // 12, number % 12 + 1, 1), months[number // 12, number % 12 + 1]
            )
            for number in range(_month_number(first), _month_number(last) + 1)
        ]


def _within(ids: Ids, along: Sequence[Ids]) -> tuple[str, tuple[str, ...]]:
    """Return SQL that holds for the mentions of `ids` that count, and its values."""
    condition = f"entity_id {_IS_ONE} AND entry_id NOT IN ({rows.IN_TRASH})"
    for _ in along:
        condition += f" AND entry_id IN (SELECT entry_id FROM mention WHERE entity_id {_IS_ONE})"
    return condition, tuple(json.dumps(list(group)) for group in (ids, *along))


def _life(db: apsw.Connection, ids: Ids) -> tuple[date, date] | None:
    """Return the first and the last local day of the journals that `ids` belong to."""
    found: list[str] = []
    for (journal_id,) in db.execute(
        f"SELECT DISTINCT journal_id FROM entity WHERE id {_IS_ONE}", (json.dumps(list(ids)),)
    ):
        for edge in ("min", "max"):
            ((day,),) = db.execute(
                f"SELECT {edge}(local_date) FROM entry WHERE deleted_at IS NULL AND journal_id = ?",
                (journal_id,),
            )
            if day is not None:
                found.append(day)
    if not found:
        return None
    return entry_ids.stored_day(min(found)), entry_ids.stored_day(max(found))


def _month_number(day: date) -> int:
    return day.year * 12 + day.month - 1
