"""Searching entries: a query becomes one full-text expression and a range of days.

Journal, tags and entities are words of the same index (facets.py), and entry ids ascend in
time (chronology.py). The newest matches are therefore read off the index directly, however
common the words are; only a bounded number of matches is ranked.
"""

from __future__ import annotations

import os
import re

import apsw

from backend import text as texts
from backend.database import chronology, facets, journals, rows
from backend.database.connection import reading
from backend.database.query import Journal, Name, Part, Query, Tag, Words, parse
from backend.errors import QueryError
from backend.records import SearchHit

#: Up to this many matches are ordered by relevance, more of them by date: bm25 takes 1.6 µs a
#: match, which is 160 ms for a word that every one of 100,000 entries holds.
RANKED_MATCHES = 1_000
# A word in a title weighs as much as this many in the text; facets do not count.
_TITLE_WEIGHT = 4.0
_SNIPPET_TOKENS = 24
# Names that the beginning of one may stand for while it is being typed.
_TYPED_NAMES = 50

_SPACES = re.compile(r"\s+")


def search_entries(
    query: str,
    *,
    journal: str | None = None,
    limit: int = 50,
    offset: int = 0,
    as_typed: bool = False,
) -> list[SearchHit]:
    """Entries outside the trash that match a query (see `query.py` for the language).

    Up to `RANKED_MATCHES` matches of words come in order of relevance, more of them, and those
    of a query without words, newest first.

    Args:
        query: what the user typed.
        journal: search this journal alone; all if None.
        limit: the most hits to return.
        offset: the hits to skip.
        as_typed: the query is still being typed: its last word matches what it begins, and
            what is not finished is ignored. An empty query has no hits.

    Raises:
        QueryError: the query cannot be understood; the message says where.
    """
    parsed = parse(query, as_typed=as_typed)
    if as_typed and not parsed.parts and parsed.first is None and parsed.last is None:
        return []
    if journal is not None:
        parsed.parts.append(Journal(journal))
    with reading() as db:
        expression = _expression(db, parsed, is_strict=not as_typed, argument=journal)
        if expression is None:
            return []
        return _hits(db, parsed, expression, max(limit, 0), max(offset, 0))


def _expression(
    db: apsw.Connection, query: Query, *, is_strict: bool, argument: str | None
) -> str | None:
    """The query in FTS5's syntax, every user's word quoted; None if nothing can match."""
    wanted: list[str] = []
    excluded: list[str] = []
    for part in query.parts:
        term = _term(db, part, is_strict=is_strict and getattr(part, "name", None) != argument)
        if term is not None:
            (excluded if part.is_excluded else wanted).append(term)
        elif not part.is_excluded:
            return None
    if not any(isinstance(part, Words) and not part.is_excluded for part in query.parts):
        wanted.append(f'facets : "{facets.ANY}"')
    expression = " AND ".join(f"({term})" for term in wanted)
    for term in excluded:
        expression = f"({expression}) NOT ({term})"
    return expression


def _term(db: apsw.Connection, part: Part, *, is_strict: bool) -> str | None:
    match part:
        case Words():
            return f"{{title text}} : {_quoted(part.text)}{'*' if part.is_prefix else ''}"
        case Tag():
            return f"facets : {_quoted(facets.tag_facet(part.tag))}{'*' if part.is_prefix else ''}"
        case Journal():
            return _journal_term(db, part, is_strict=is_strict)
        case Name():
            ids = _entities_named(db, part)
            return _any_facet([facets.entity_facet(entity_id) for entity_id in ids])


def _journal_term(db: apsw.Connection, part: Journal, *, is_strict: bool) -> str | None:
    journal_id = journals.find(db, part.name)
    if journal_id is not None:
        return _any_facet([facets.journal_facet(journal_id)])
    if is_strict:
        raise QueryError(f"There is no journal “{part.name}”.", hint="charlie journals lists them.")
    return None


def _entities_named(db: apsw.Connection, part: Name) -> list[int]:
    key = texts.name_key(part.name)
    if part.is_prefix:
        found = db.execute(
            "SELECT id FROM entity WHERE key >= ? AND key < ? AND count > 0"
            " ORDER BY count DESC LIMIT ?",
            (key, key + "\U0010ffff", _TYPED_NAMES),
        )
    else:
        found = db.execute("SELECT id FROM entity WHERE key = ? AND count > 0", (key,))
    return [entity_id for (entity_id,) in found]


def _any_facet(words: list[str]) -> str | None:
    if not words:
        return None
    return f"facets : ({' OR '.join(_quoted(word) for word in words)})"


def _quoted(text: str) -> str:
    """`text` as an FTS5 string, in which nothing but the quote has a meaning."""
    return '"' + text.replace('"', '""').replace("\0", " ") + '"'


def _hits(
    db: apsw.Connection, query: Query, expression: str, limit: int, offset: int
) -> list[SearchHit]:
    low, high = chronology.id_range(query.first, query.last)
    condition, values = "entry_fts MATCH ?", [expression]
    bounds: list[int] = []
    if low is not None:
        condition += " AND rowid >= ?"
        bounds.append(low)
    if high is not None:
        condition += " AND rowid <= ?"
        bounds.append(high)
    order = "rowid DESC"
    has_words = any(isinstance(part, Words) and not part.is_excluded for part in query.parts)
    if has_words:
        matches = rows.integer(
            db,
            f"SELECT count(*) FROM (SELECT 1 FROM entry_fts WHERE {condition} LIMIT ?)",  # noqa: S608
            (*values, *bounds, RANKED_MATCHES + 1),
        )
        if matches <= RANKED_MATCHES:
            order = "rank"
            condition += f" AND rank MATCH 'bm25({_TITLE_WEIGHT}, 1.0, 0.0)'"
    # No text can hold this by accident or on purpose.
    nonce = os.urandom(8).hex()
    opening, closing = f"<{nonce}>", f"</{nonce}>"
    found = db.execute(
        f"SELECT rowid, snippet(entry_fts, 1, ?, ?, '…', {_SNIPPET_TOKENS}) FROM entry_fts"  # noqa: S608
        f" WHERE {condition} ORDER BY {order} LIMIT ? OFFSET ?",
        (opening, closing, *values, *bounds, limit, offset),
    ).fetchall()
    hits = []
    for entry_id, marked in found:
        snippet, highlights = unmarked(marked, opening, closing)
        hits.append(SearchHit(rows.entry_summary(db, entry_id), snippet, highlights))
    return hits


def unmarked(marked: str, opening: str, closing: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """One line of text and its highlighted ranges, from text with marks around them."""
    line = ""
    ranges: list[tuple[int, int]] = []
    for index, piece in enumerate(marked.split(opening)):
        inside, mark, outside = piece.partition(closing) if index else ("", "", piece)
        if mark:
            start = len(line)
            line += _SPACES.sub(" ", inside)
            ranges.append((start, len(line)))
        line += _SPACES.sub(" ", outside)
    return line, tuple(ranges)
