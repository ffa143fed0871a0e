"""Searching entries.

A query becomes one full-text expression (expression.py) and a range of days, which is a range
of ids (chronology.py). Because ids ascend in time, the newest matches are read off the index
directly, however common the words are; only a bounded number of matches is ranked.
"""

from __future__ import annotations

import json
import weakref
from typing import TYPE_CHECKING

import apsw

from backend.database.journal import facets
from backend.database.journal.preferences import get_preferences
from backend.database.search import ranking, snippets
from backend.database.search.fts_query import Expression, compile_query
from backend.database.search.query import parse
from backend.database.sqlite import entry_ids, rows
from backend.database.sqlite.connection import read_transaction
from backend.preferences import DATE_FORMAT, WEEK_START
from backend.records import SearchHit, SearchOrder, SearchPage

#: Up to this many matches are ordered by relevance, more of them by date: to rank one takes 5 µs.
RANKED_MATCHES = 1_000

if TYPE_CHECKING:
    from backend.moments import DateConventions

# Connections that know our functions.
_prepared: weakref.WeakSet[apsw.Connection] = weakref.WeakSet()


def search_entries(
    query: str,
    *,
    journal: str | None = None,
    limit: int = 50,
    offset: int = 0,
    as_typed: bool = False,
    order: SearchOrder = SearchOrder.RELEVANCE,
) -> list[SearchHit]:
    """Return the hits of `search_page`."""
    page = search_page(
        query, journal=journal, limit=limit, offset=offset, as_typed=as_typed, order=order
    )
    return list(page.hits)


def search_page(
    query: str,
    *,
    journal: str | None = None,
    limit: int = 50,
    offset: int = 0,
    as_typed: bool = False,
    order: SearchOrder = SearchOrder.RELEVANCE,
) -> SearchPage:
    """Return entries outside the trash that match a query (query.py has the language).

    The answer says in which order they come: newest first if that is wanted, if there are more
    than `RANKED_MATCHES`, or if the query has no words by which to tell a better one.

    Args:
        query: what the user typed.
        journal: search this journal alone; all if None.
        limit: the most hits to return.
        offset: the hits to skip.
        as_typed: the query is still being typed: its last word (of three letters and more)
            matches whatever it begins, and what is not finished is ignored. An empty query has
            no hits.
        order: the order that is wanted.

    Raises:
        QueryError: the query cannot be understood; it says where.
    """
    parsed = parse(query, as_typed=as_typed, conventions=_conventions)
    nothing = SearchPage((), SearchOrder.NEWEST, 0, parsed.unfinished)
    if parsed.is_empty():
        return nothing
    days = entry_ids.id_range(parsed.first, parsed.last)
    with read_transaction() as db:
        expression = compile_query(db, parsed, journal=journal, as_typed=as_typed)
        if expression is None:
            return nothing
        _prepare(db)
        is_ranked = bool(expression.words) and order is SearchOrder.RELEVANCE
        ids = _rank(db, expression, days) if is_ranked else None
        if ids is not None:
            total = len(ids)
        else:
            total = RANKED_MATCHES + 1 if is_ranked else _count(db, expression.match, days)
        first, last = max(offset, 0), max(offset, 0) + max(limit, 0)
        if ids is None:
            found = _find(db, expression, days, last - first, first)
        else:
            found = _find_these(db, expression, ids[first:last])
        hit = _hit_of_words if expression.words else _hit_of_filters
        return SearchPage(
            tuple(hit(db, entry_id, encoded, expression) for entry_id, encoded in found),
            SearchOrder.NEWEST if ids is None else SearchOrder.RELEVANCE,
            total if total <= RANKED_MATCHES else None,
            parsed.unfinished,
        )


def find_matches(uuid: str, query: str, *, as_typed: bool = False) -> tuple[tuple[int, int], ...]:
    """Return where the words, names and tags of a query stand in the text of an entry.

    Code-point ranges in ascending order, a bounded number of them; none where the entry is gone
    or does not match (any more).

    Raises:
        QueryError: the query cannot be understood; it says where.
    """
    parsed = parse(query, as_typed=as_typed, conventions=_conventions)
    if parsed.is_empty():
        return ()
    with read_transaction() as db:
        expression = compile_query(db, parsed, journal=None, as_typed=as_typed)
        row = db.execute("SELECT id, text FROM entry WHERE uuid = ?", (uuid,)).fetchone()
        if expression is None or row is None:
            return ()
        entry_id, text = row
        ranges = set(_ranges_of_filters(db, entry_id, text, expression))
        if expression.words:
            _prepare(db)
            for (encoded,) in db.execute(
                "SELECT places(entry_fts) FROM entry_fts WHERE entry_fts MATCH ? AND rowid = ?",
                (expression.match, entry_id),
            ):
                ranges.update((start, end) for start, end in json.loads(encoded))
        return tuple(sorted(ranges))


def _conventions() -> DateConventions:
    # Its patterns take 5 ms to compile, and few searches limit days.
    from backend.moments import DateConventions  # noqa: PLC0415

    kept = get_preferences()
    return DateConventions(kept[WEEK_START].weekday, kept[DATE_FORMAT].month_first)


def _prepare(db: apsw.Connection) -> None:
    if db not in _prepared:
        db.register_fts5_function("relevance", ranking.relevance)
        db.register_fts5_function("excerpt", snippets.excerpt)
        db.register_fts5_function("places", snippets.places)
        _prepared.add(db)


def _rank(db: apsw.Connection, expression: Expression, days: tuple[int, int]) -> list[int] | None:
    """Return the ids of all matches, the best first; None if there are too many to rank.

    One look at the index finds and rates them: each look at all the words that a beginning may
    become is worth avoiding.
    """
    words = expression.words
    # Of a single word the weight changes nothing.
    counts = (_count(db, word, days) if len(words) > 1 else 0 for word in words)
    weights = ", ".join(f"{ranking.rarity(count):.4f}" for count in counts)
    rated = list(
        db.execute(
            f"SELECT rowid, relevance(entry_fts, {weights}) FROM entry_fts"
            " WHERE entry_fts MATCH ? AND rowid BETWEEN ? AND ? LIMIT ?",
            (expression.match, *days, RANKED_MATCHES + 1),
        )
    )
    if len(rated) > RANKED_MATCHES:
        return None
    return [entry_id for entry_id, _ in sorted(rated, key=lambda each: (each[1], -each[0]))]


def _find(
    db: apsw.Connection, expression: Expression, days: tuple[int, int], limit: int, offset: int
) -> list[tuple[int, str]]:
    """Return id and excerpt (for `snippets.decode`; "" without words) of the newest matches."""
    excerpt = "excerpt(entry_fts)" if expression.words else "''"
    return list(
        db.execute(
            f"SELECT rowid, {excerpt} FROM entry_fts"
            " WHERE entry_fts MATCH ? AND rowid BETWEEN ? AND ?"
            " ORDER BY rowid DESC LIMIT ? OFFSET ?",
            (expression.match, *days, limit, offset),
        )
    )


def _find_these(
    db: apsw.Connection, expression: Expression, ids: list[int]
) -> list[tuple[int, str]]:
    """Return id and excerpt of some matches, in the order of `ids`."""
    if not ids:
        return []
    # With the plus it is one look at the index and not one for each id.
    excerpts = dict(
        db.execute(
            "SELECT rowid, excerpt(entry_fts) FROM entry_fts"
            " WHERE entry_fts MATCH ? AND rowid BETWEEN ? AND ?"
            f" AND +rowid IN ({', '.join('?' * len(ids))})",
            (expression.match, min(ids), max(ids), *ids),
        )
    )
    return [(entry_id, excerpts[entry_id]) for entry_id in ids]


def _hit_of_words(
    db: apsw.Connection, entry_id: int, encoded: str, expression: Expression
) -> SearchHit:
    return SearchHit(rows.entry_summary(db, entry_id), *snippets.decode(encoded))


def _hit_of_filters(
    db: apsw.Connection, entry_id: int, encoded: str, expression: Expression
) -> SearchHit:
    entry = rows.entry_summary(db, entry_id)
    if expression.entity_ids or expression.tags:
        text = rows.entry_text(db, entry_id)
        ranges = sorted(_ranges_of_filters(db, entry_id, text, expression))
        if ranges:
            return SearchHit(entry, *snippets.around(text, ranges), ranges[0][0])
    return SearchHit(entry, entry.preview, ())


def _ranges_of_filters(
    db: apsw.Connection, entry_id: int, text: str, expression: Expression
) -> list[tuple[int, int]]:
    """Return where the wanted names and tags stand in a text."""
    places = db.execute(
        "SELECT start_offset, end_offset FROM mention WHERE entry_id = ?"
        f" AND entity_id IN ({', '.join('?' * len(expression.entity_ids))})",
        (entry_id, *expression.entity_ids),
    )
    return [*places, *facets.find_tag_ranges(text, expression.tags)]


def _count(db: apsw.Connection, match: str, days: tuple[int, int]) -> int:
    """Return how many entries match, counted no further than ranking needs to know."""
    return rows.integer(
        db,
        "SELECT count(*) FROM (SELECT 1 FROM entry_fts"
        " WHERE entry_fts MATCH ? AND rowid BETWEEN ? AND ? LIMIT ?)",
        (match, *days, RANKED_MATCHES + 1),
    )
