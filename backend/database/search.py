"""Searching entries.

A query becomes one full-text expression (expression.py) and a range of days, which is a range
of ids (chronology.py). Because ids ascend in time, the newest matches are read off the index
directly, however common the words are; only a bounded number of matches is ranked.
"""

from __future__ import annotations

import weakref

import apsw

from backend.database import chronology, ranking, rows, snippets
from backend.database.connection import reading
from backend.database.expression import Expression, compile_query
from backend.database.query import parse
from backend.records import SearchHit

#: Up to this many matches are ordered by relevance, more of them by date: to rank one takes 5 µs.
RANKED_MATCHES = 1_000

# Connections that know our functions.
_prepared: weakref.WeakSet[apsw.Connection] = weakref.WeakSet()


def search_entries(
    query: str,
    *,
    journal: str | None = None,
    limit: int = 50,
    offset: int = 0,
    as_typed: bool = False,
) -> list[SearchHit]:
    """Entries outside the trash that match a query (query.py describes the language).

    Up to `RANKED_MATCHES` matches of whole words come in order of relevance. Newest first come
    more than these, those of the beginning of a word, and those of a query without words.

    Args:
        query: what the user typed.
        journal: search this journal alone; all if None.
        limit: the most hits to return.
        offset: the hits to skip.
        as_typed: the query is still being typed: its last word (of three letters and more)
            matches whatever it begins, and what is not finished is ignored. An empty query has
            no hits.

    Raises:
        QueryError: the query cannot be understood; the message says where.
    """
    parsed = parse(query, as_typed=as_typed)
    if parsed.is_empty():
        return []
    days = chronology.id_range(parsed.first, parsed.last)
    page = (max(limit, 0), max(offset, 0))
    with reading() as db:
        expression = compile_query(db, parsed, journal=journal, as_typed=as_typed)
        if expression is None:
            return []
        if expression.words:
            return _hits_of_words(db, expression, days, page)
        return _hits_of_filters(db, expression, days, page)


def _hits_of_words(
    db: apsw.Connection, expression: Expression, days: tuple[int, int], page: tuple[int, int]
) -> list[SearchHit]:
    if db not in _prepared:
        db.register_fts5_function("relevance", ranking.relevance)
        db.register_fts5_function("excerpt", snippets.excerpt)
        _prepared.add(db)
    rank: list[str] = []
    if not expression.has_prefix and _count(db, expression.match, days) <= RANKED_MATCHES:
        weights = (ranking.rarity(_count(db, word, days)) for word in expression.words)
        rank.append(f"relevance({', '.join(f'{weight:.4f}' for weight in weights)})")
    found = db.execute(
        "SELECT rowid, excerpt(entry_fts) FROM entry_fts"
        f" WHERE entry_fts MATCH ? AND rowid BETWEEN ? AND ? {'AND rank MATCH ?' if rank else ''}"
        f" ORDER BY {'rank' if rank else 'rowid DESC'} LIMIT ? OFFSET ?",
        (expression.match, *days, *rank, *page),
    )
    return [
        SearchHit(rows.entry_summary(db, entry_id), *snippets.decode(encoded))
        for entry_id, encoded in found
    ]


def _hits_of_filters(
    db: apsw.Connection, expression: Expression, days: tuple[int, int], page: tuple[int, int]
) -> list[SearchHit]:
    found = db.execute(
        "SELECT rowid FROM entry_fts WHERE entry_fts MATCH ? AND rowid BETWEEN ? AND ?"
        " ORDER BY rowid DESC LIMIT ? OFFSET ?",
        (expression.match, *days, *page),
    )
    hits: list[SearchHit] = []
    for (entry_id,) in found:
        entry = rows.entry_summary(db, entry_id)
        if expression.entity_ids:
            snippet = _around_names(db, entry_id, expression.entity_ids)
            hits.append(SearchHit(entry, *snippet))
        else:
            hits.append(SearchHit(entry, entry.preview, ()))
    return hits


def _around_names(
    db: apsw.Connection, entry_id: int, entity_ids: tuple[int, ...]
) -> tuple[str, snippets.Highlights]:
    places = db.execute(
        "SELECT start_offset, end_offset FROM mention WHERE entry_id = ?"
        f" AND entity_id IN ({', '.join('?' * len(entity_ids))}) ORDER BY start_offset",
        (entry_id, *entity_ids),
    )
    ((text,),) = db.execute("SELECT text FROM entry WHERE id = ?", (entry_id,))
    return snippets.around(text, list(places))


def _count(db: apsw.Connection, match: str, days: tuple[int, int]) -> int:
    """How many entries match, counted no further than ranking needs to know."""
    return rows.integer(
        db,
        "SELECT count(*) FROM (SELECT 1 FROM entry_fts"
        " WHERE entry_fts MATCH ? AND rowid BETWEEN ? AND ? LIMIT ?)",
        (match, *days, RANKED_MATCHES + 1),
    )
