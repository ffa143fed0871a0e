"""A parsed query as one expression of FTS5.

Journal, tags and entities are words of the index too (facets.py), so that the index alone
answers the whole query. What the user typed only ever stands inside FTS5 strings, where nothing
but the quote has a meaning.
"""

from __future__ import annotations

from typing import NamedTuple

import apsw

from backend import text as texts
from backend.database.journal import facets, journals
from backend.database.search.query import (
    Journal,
    Name,
    Part,
    Query,
    Tag,
    Words,
    is_word_character,
)
from backend.errors import QueryError

# While a word of two letters is being typed it stands for itself: to join the entries of all
# the words it may begin takes up to 80 ms among 100,000, of one letter 200 ms, and an index of
# prefixes would double the size of the journal.
_SHORTEST_PREFIX = 3
# Scripts without spaces begin here (CJK radicals): there one character begins few words.
_FIRST_IDEOGRAPH = "\u2e80"
# Names that the beginning of one may stand for while it is being typed, the most mentioned first.
_TYPED_NAMES = 10
# Sorts after everything that may follow a prefix.
_AFTER = "\U0010ffff"


class Expression(NamedTuple):
    """What to match.

    Attributes:
        match: the right side of FTS5's MATCH; its first phrases are `words`.
        words: each of the wanted words and phrases as a MATCH of its own, in their order.
        entity_ids: the entities of the wanted names.
        tags: the keys of the wanted tags, without those that are still being typed.
    """

    match: str
    words: tuple[str, ...]
    entity_ids: tuple[int, ...]
    tags: tuple[str, ...]


def compile_query(
    db: apsw.Connection, query: Query, *, journal: str | None, as_typed: bool
) -> Expression | None:
    """Return the expression for a query in a journal (all if None); None if none can match.

    Raises:
        QueryError: the query names a journal that does not exist, and that is not being typed.
    """
    words: list[str] = []
    filters: list[str] = []
    excluded: list[str] = []
    entity_ids: list[int] = []
    for part in query.parts:
        named = _entities_named(db, part) if isinstance(part, Name) else []
        term = _term(db, query, part, named)
        if part.is_excluded:
            excluded += [term] if term else []
        elif term is None:
            return None
        elif isinstance(part, Words):
            words.append(term)
        else:
            filters.append(term)
            entity_ids += named
    if journal is not None:
        journal_id = journals.find(db, journal)
        if journal_id is None:
            return None
        filters.append(_facets(facets.journal_facet(journal_id)))
    wanted = [*words, *filters] or [_facets(facets.ANY)]
    match = " AND ".join(f"({term})" for term in wanted)
    if excluded:
        match = f"({match}) NOT ({' OR '.join(f'({term})' for term in excluded)})"
    return Expression(
        match=match,
        words=tuple(words),
        entity_ids=tuple(entity_ids),
        tags=tuple(
            facets.tag_key(part.value)
            for part in query.parts
            if isinstance(part, Tag) and not part.is_excluded and not part.is_prefix
        ),
    )


def _term(db: apsw.Connection, query: Query, part: Part, named: list[int]) -> str | None:
    """Return the FTS5 expression of one part; None if it names what does not exist."""
    match part:
        case Tag():
            star = "*" if part.is_prefix else ""
            return f"facets : {_string(facets.tag_facet(part.value))}{star}"
        case Name():
            return _facets(*map(facets.entity_facet, named)) if named else None
        case Journal():
            journal_id = journals.find(db, part.value)
            if journal_id is not None:
                return _facets(facets.journal_facet(journal_id))
            if part.is_prefix:
                return None
            names = [
                name for (name,) in db.execute("SELECT name FROM journal ORDER BY key LIMIT 9")
            ]
            start, end = part.span
            raise QueryError(
                f"There is no journal “{part.value}”.",
                hint=f"There are: {', '.join(names)}." if names else "There is none yet.",
                query=query.source,
                start=start,
                length=end - start,
            )
        case _:
            star = "*" if part.is_prefix and _may_be_prefix(part.value) else ""
            return f"{{title text}} : {_string(part.value)}{star}"


def _entities_named(db: apsw.Connection, name: Name) -> list[int]:
    key = texts.name_key(name.value)
    if name.is_prefix:
        found = db.execute(
            "SELECT id FROM entity WHERE key >= ? AND key < ? AND count > 0"
            " ORDER BY count DESC LIMIT ?",
            (key, key + _AFTER, _TYPED_NAMES),
        )
    else:
        found = db.execute("SELECT id FROM entity WHERE key = ? AND count > 0", (key,))
    return [entity_id for (entity_id,) in found]


def _may_be_prefix(phrase: str) -> bool:
    """Return whether the last word of a phrase is long enough to match the words it begins."""
    length = 0
    while length < len(phrase) and is_word_character(phrase[-1 - length]):
        length += 1
    return length >= _SHORTEST_PREFIX or (length > 0 and phrase[-1] >= _FIRST_IDEOGRAPH)


def _facets(*words: str) -> str:
    return f"facets : ({' OR '.join(map(_string, words))})"


def _string(text: str) -> str:
    """Return `text` as a string of FTS5, which ends at a NUL wherever it stands."""
    return '"' + text.replace('"', '""').replace("\0", " ") + '"'
