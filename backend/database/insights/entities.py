"""The people, places, organisations and activities of a journal."""

from __future__ import annotations

import json
import weakref
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import apsw

from backend import text as texts
from backend.database.journal import journals
from backend.database.journal.content import encodable
from backend.database.sqlite import entry_ids, rows
from backend.database.sqlite.connection import read_transaction
from backend.records import (
    Entity,
    EntityOrder,
    EntityPage,
    EntityProfile,
    EntitySummary,
    EntityType,
)


def list_entities(
    *,
    journal: str | None = None,
    type: EntityType | None = None,
    match: str = "",
    new_since: date | None = None,
    order: EntityOrder = EntityOrder.FREQUENCY,
    limit: int | None = None,
) -> list[Entity]:
    """Return entities that entries outside the trash mention.

    Args:
        journal: name of a journal; None for all of them.
        type: only this type.
        match: what was typed of a name. Each of its words begins a word of the name or, further
            down the list, occurs in one; case, accents and punctuation do not matter.
        new_since: only what was first mentioned on this local day or later.
        order: the most mentioned first, the last mentioned first, or by name.
        limit: the most to return.
    """
    typed = texts.fold(match)
    with read_transaction() as db:
        source, values = _source(db, journal, type, typed)
        order_by = {
            EntityOrder.FREQUENCY: "n.count DESC, n.name, n.id",
            EntityOrder.RECENCY: f"{rows.LAST_ENTRY} DESC, n.count DESC, n.name, n.id",
            EntityOrder.NAME: "folded(n.name), n.name, n.id",
        }[order]
        new = ""
        if new_since is not None:
            new = f"AND {rows.FIRST_ENTRY} >= ?"
            values = (*values, entry_ids.id_range(new_since, None)[0])
        return rows.entities(
            db,
            f"{source} {new} ORDER BY {'f.fit DESC,' if typed else ''} {order_by} LIMIT ?",
            (*values, -1 if limit is None else max(limit, 0)),
        )


def browse_entities(
    *,
    journal: str | None = None,
    type: EntityType | None = None,
    match: str = "",
    new_since: date | None = None,
    order: EntityOrder = EntityOrder.FREQUENCY,
    limit: int = 100,
    offset: int = 0,
) -> EntityPage:
    """Return a part of the list of what is mentioned, a name and type once over all journals.

    Args:
        As `list_entities`; the counts of the answer are those of every type. `offset` is how
        many of the list to skip.
    """
    with read_transaction() as db:
        found = _ranked(db, journal, match, new_since, order)
        counted = Counter(kind for kind, _ in found)
        listed = [ids for kind, ids in found if type is None or kind == type.value]
        page = listed[max(offset, 0) :][: max(limit, 0)]
        counts = {each: counted[each.value] for each in EntityType}
        return EntityPage(counts, tuple(_summaries(db, page)))


def locate_entity(
    ids: Sequence[int],
    *,
    journal: str | None = None,
    type: EntityType | None = None,
    match: str = "",
    new_since: date | None = None,
    order: EntityOrder = EntityOrder.FREQUENCY,
) -> int | None:
    """Return the position (from 0) in `browse_entities` of the entity with any of `ids`.

    None if it is not in that list.
    """
    wanted = {str(each) for each in ids}
    with read_transaction() as db:
        found = _ranked(db, journal, match, new_since, order)
    listed = (group for kind, group in found if type is None or kind == type.value)
    return next(
        (place for place, group in enumerate(listed) if not wanted.isdisjoint(group.split(","))),
        None,
    )


def get_entity(
    ids: Sequence[int],
    *,
    name: str = "",
    type: EntityType | None = None,
    journal: str | None = None,
) -> EntityProfile | None:
    """Return an entity by the ids of its records, with its records in other journals.

    A name that nothing mentions any more loses its id: after an entry is extracted again it may
    have another one. Therefore, where none of `ids` is left, the most mentioned entity of `name` is
    given (one of `type`, if there is one).

    Args:
        ids: as in `EntitySummary`.
        name: what it was called; "" to look for nothing else.
        type: what it was.
        journal: leave out those of other journals, except `ids`; None for none of them.

    Returns:
        None if no entry outside the trash mentions it.
    """
    condition, values = journals.condition(journal)
    wanted = json.dumps(list(ids))
    with read_transaction() as db:
        found = list(
            db.execute(
                "SELECT DISTINCT type, key FROM entity"
                " WHERE id IN (SELECT value FROM json_each(?)) AND count > 0",
                (wanted,),
            )
        )
        if not found:
            found = list(
                db.execute(
                    f"SELECT type, key FROM entity WHERE key = ? AND count > 0 {condition}"
                    " ORDER BY type = ? DESC, count DESC, id LIMIT 1",
                    (texts.name_key(name), *values, type or ""),
                )
            )
        entities = [
            entity
            for kind, key in found
            for entity in rows.entities(
                db,
                "WHERE n.key = ? AND n.type = ? AND n.count > 0 AND"
                f" (n.id IN (SELECT value FROM json_each(?)) OR true {condition})",
                (key, kind, wanted, *values),
            )
        ]
        return _profile(db, entities) if entities else None


def find_entities(
    name: str, *, journal: str | None = None, type: EntityType | None = None
) -> list[Entity]:
    """Return the entities of a name in any case and width, the most mentioned first.

    Several where a name stands for things of several types, or in several journals.
    """
    key = texts.name_key(encodable(name, "The name"))
    with read_transaction() as db:
        source, values = _source(db, journal, type, "")
        return rows.entities(
            db, f"{source} AND n.key = ? ORDER BY n.count DESC, n.name, n.id", (*values, key)
        )


def _source(
    db: apsw.Connection, journal: str | None, type: EntityType | None, typed: str
) -> tuple[str, tuple[Any, ...]]:
    """Return SQL after `FROM entity n`, ending in conditions that others may be added to.

    With `typed`, a folded text, `f.fit` says how well a name fits it.
    """
    prepare(db)
    condition, values = journals.condition(journal)
    if type is not None:
        condition, values = f"{condition} AND n.type = ?", (*values, type.value)
    join = ""
    if typed:
        join = (
            "JOIN (SELECT entity_id, max(name_fit(form, ?)) AS fit FROM spelling"
            " WHERE count > 0 GROUP BY entity_id HAVING fit > 0) f ON f.entity_id = n.id"
        )
        values = (typed, *values)
    return f"{join} WHERE n.count > 0 {condition}", values


def _ranked(
    db: apsw.Connection,
    journal: str | None,
    match: str,
    new_since: date | None,
    order: EntityOrder,
) -> list[tuple[str, str]]:
    """Return (type, ids as "3,17") of each name and type, in order."""
    typed = texts.fold(match)
    source, values = _source(db, journal, None, typed)
    having = ""
    if new_since is not None:
        having = f"HAVING min({rows.FIRST_ENTRY}) >= ?"
        values = (*values, entry_ids.id_range(new_since, None)[0])
    rank = {
        EntityOrder.FREQUENCY: "sum(n.count) DESC, min(n.name), n.type",
        EntityOrder.RECENCY: f"max({rows.LAST_ENTRY}) DESC, sum(n.count) DESC, min(n.name), n.type",
        EntityOrder.NAME: "min(folded(n.name)), n.type",
    }[order]
    return list(
        db.execute(
            "SELECT n.type, group_concat(n.id)"
            f" FROM entity n {source} GROUP BY n.key, n.type {having}"
            f" ORDER BY {'max(f.fit) DESC,' if typed else ''} {rank}",
            values,
        )
    )


def _summaries(db: apsw.Connection, groups: Sequence[str]) -> list[EntitySummary]:
    """Return the entities of each group of ids, "3,17", as one."""
    found = {
        row[0]: row
        for row in db.execute(
            f"SELECT n.id, n.name, n.type, n.count, {rows.FIRST_ENTRY}, {rows.LAST_ENTRY}"
            " FROM entity n WHERE n.id IN (SELECT value FROM json_each(?))",
            (f"[{','.join(groups)}]",),
        )
    }
    return [_summary([found[int(each)] for each in group.split(",")]) for group in groups]


def _summary(found: Iterable[tuple[Any, ...]]) -> EntitySummary:
    ranked = sorted(found, key=lambda row: (-row[3], row[0]))
    _, name, kind, _, _, _ = ranked[0]
    return EntitySummary(
        ids=tuple(row[0] for row in ranked),
        name=name,
        type=EntityType(kind),
        count=sum(row[3] for row in ranked),
        first=entry_ids.day(min(row[4] for row in ranked)),
        last=entry_ids.day(max(row[5] for row in ranked)),
    )


def _profile(db: apsw.Connection, entities: list[Entity]) -> EntityProfile:
    ranked = sorted(entities, key=lambda entity: (-entity.count, entity.id))
    name = ranked[0].name
    spellings = dict.fromkeys(
        form for entity in ranked for form in (entity.name, *entity.aliases) if form != name
    )
    ids = tuple(entity.id for entity in ranked)
    return EntityProfile(
        ids=ids,
        name=name,
        type=ranked[0].type,
        count=sum(entity.count for entity in ranked),
        first=min((entity.first for entity in ranked if entity.first), default=None),
        last=max((entity.last for entity in ranked if entity.last), default=None),
        aliases=tuple(spellings),
        entries=rows.integer(
            db,
            "SELECT count(DISTINCT entry_id) FROM mention"
            " WHERE entity_id IN (SELECT value FROM json_each(?))"
            f" AND entry_id NOT IN ({rows.IN_TRASH})",
            (json.dumps(ids),),
        ),
    )


# Names that are kept folded, a few megabytes: they are looked through at every key.
_KEPT = 65_536

# Connections that know our functions.
_prepared: weakref.WeakSet[apsw.Connection] = weakref.WeakSet()


def prepare(db: apsw.Connection) -> None:
    """Teach a connection `folded(name)` and `name_fit(name, typed)`, for use in SQL."""
    if db not in _prepared:
        # What SQLite hands over is text in both cases; the stubs of apsw cannot know.
        functions: dict[str, tuple[Callable[..., Any], int]] = {
            "folded": (folded, 1),
            "name_fit": (fit, 2),
        }
        for name, (function, arguments) in functions.items():
            db.create_scalar_function(name, function, arguments, deterministic=True)
        _prepared.add(db)


@lru_cache(_KEPT)
def folded(name: str) -> str:
    """Return `name` in the form in which it is looked for and sorted."""
    return texts.fold(name)


def fit(name: str, typed: str) -> int:
    """Return how well `name` fits the folded words that were `typed`.

    2 if each begins a word of it, 1 if each occurs in it, else 0.
    """
    words = f" {folded(name)}"
    wanted = typed.split(" ")
    if all(f" {word}" in words for word in wanted):
        return 2
    return int(all(word in words for word in wanted))
