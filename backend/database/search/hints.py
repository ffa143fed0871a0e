"""Why a query found nothing: what in it means something else than its writer may think."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

import apsw

from backend import text as texts
from backend.database.journal import facets
from backend.database.search.completion import tags_beginning
from backend.database.search.query import FIELDS, Name, Part, Query, Tag, Words, parse
from backend.database.sqlite.connection import read_transaction

# So many hints are enough to go on with.
_MOST = 3
# How alike two words are that one may be a slip for the other, from 0 to 1 (difflib's measure).
_ALIKE = 0.7
# Names and words that are compared at most: comparing one takes some ten microseconds.
_CANDIDATES = 5_000

# Neither a time of day nor an address.
_FIELD = re.compile(r"([^\W\d]\w*):(?!//)\S")
_AFTER = "\U0010ffff"


def explain_nothing(query: str) -> list[str]:
    """Return hints, a sentence each, for a query that found nothing; empty where there are none.

    Raises:
        QueryError: the query cannot be understood; it says where.
        StorageError: the journal cannot be read.
    """
    parsed = parse(query, as_typed=True)
    with read_transaction() as db:
        found = [_hint(db, parsed, part) for part in parsed.parts if not part.is_excluded]
    return [hint for hint in found if hint][:_MOST]


def _hint(db: apsw.Connection, query: Query, part: Part) -> str | None:
    match part:
        case Name():
            return _hint_of_name(db, part.value)
        case Tag():
            return _hint_of_tag(db, part.value)
        case Words():
            return _hint_of_field(query, part) or _hint_of_word(db, part.value)
    return None


def _hint_of_field(query: Query, part: Words) -> str | None:
    typed = _FIELD.match(query.source[slice(*part.span)])
    if typed is None or typed[1].lower() in FIELDS:
        return None
    fields = ", ".join(f"{field}:" for field in FIELDS)
    return f"“{typed[1]}:” limits nothing here. There are {fields}, @name and #tag."


def _hint_of_name(db: apsw.Connection, name: str) -> str | None:
    key = texts.name_key(name)
    known = dict(
        db.execute(
            "SELECT key, name FROM entity WHERE count > 0 ORDER BY count DESC LIMIT ?",
            (_CANDIDATES,),
        )
    )
    if key in known:
        return None
    alike = _nearest(key, known)
    # A first name alone is how most people are looked for.
    alike += [each for each in known if key in each.split() and each not in alike][: 3 - len(alike)]
    return _not_there(f"No name is “{name}”", [f"@{_quoted(known[each])}" for each in alike])


def _hint_of_tag(db: apsw.Connection, tag: str) -> str | None:
    key = facets.tag_key(tag)
    known = [each for each, _ in tags_beginning(db, "")][:_CANDIDATES]
    if key in known:
        return None
    return _not_there(f"No tag is “#{tag}”", [f"#{each}" for each in _nearest(key, known)])


def _hint_of_word(db: apsw.Connection, word: str) -> str | None:
    folded = texts.fold(word)
    if " " in folded or len(folded) < 3:
        return None
    db.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.term USING fts5vocab(main, entry_fts, col)")
    first = folded[0]
    terms = [
        term
        for (term,) in db.execute(
            "SELECT DISTINCT term FROM temp.term WHERE term >= ? AND term < ? AND col <> 'facets'"
            " AND length(term) BETWEEN ? AND ? LIMIT ?",
            (first, first + _AFTER, len(folded) - 2, len(folded) + 2, _CANDIDATES),
        )
    ]
    if folded in terms:
        return None
    return _not_there(f"No entry has the word “{word}”", _nearest(folded, terms))


def _nearest(word: str, known: Iterable[str]) -> list[str]:
    return difflib.get_close_matches(word, list(known), n=3, cutoff=_ALIKE)


def _not_there(what: str, instead: list[str]) -> str:
    return f"{what}. Did you mean {' or '.join(instead)}?" if instead else f"{what}."


def _quoted(name: str) -> str:
    return f'"{name}"' if " " in name else name
