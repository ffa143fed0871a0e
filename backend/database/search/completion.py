"""What a word that is being typed may become: names, tags and journals that there are.

What is used often and was used lately comes first: a use counts half as much after each
`HALVING_DAYS` without another one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

import apsw

from backend import dates
from backend import text as texts
from backend.database.journal import facets, journals
from backend.database.search.query import (
    FIELDS,
    QUOTES,
    Piece,
    divide,
    is_unicode,
)
from backend.database.sqlite import entry_ids
from backend.database.sqlite.connection import read_transaction
from backend.records import Completion, EntityType, QueryCompletion, QueryOffer

#: Days after which a name or tag that is not used any more counts half.
HALVING_DAYS = 60

# The most used ones are ranked; looking at all of a long journal's would take too long.
_CANDIDATES = 100
_LAST = "\U0010ffff"
# The bytes a tag can begin with, as hexadecimal digits: those of ASCII and those that begin a
# character of several bytes. The index holds the words of all texts beside the tags.
_FIRST_DIGITS = ("2", "3", "4", "5", "6", "7", "c", "d", "e", "f")
_AFTER_HEX = "g"


def complete_names(
    prefix: str, *, journal: str | None = None, limit: int = 8, today: date | None = None
) -> list[Completion]:
    """Return mentioned names that have a word beginning with `prefix`, the likeliest first.

    Case and width do not matter. A name that stands for things of several types or in several
    journals is given once, with the type that is mentioned most.

    Args:
        prefix: what was typed so far, without its mark; "" gives the likeliest of all.
        journal: name of a journal; None for all of them.
        limit: how many at most.
        today: the day from which recency is measured; the writer's own if None.
    """
    key = texts.name_key(prefix) if prefix.strip() else ""
    condition, values = journals.condition(journal)
    with read_transaction() as db:
        found = list(
            db.execute(
                "SELECT n.name, n.key, n.type, n.count,"
                " (SELECT max(entry_id) FROM mention WHERE entity_id = n.id)"
                " FROM entity n WHERE n.count > 0"
                f" AND (n.key BETWEEN ? AND ? OR instr(n.key, ?) > 0) {condition}"
                " ORDER BY n.count DESC, n.id LIMIT ?",
                (key, key + _LAST, f" {key}", *values, _CANDIDATES),
            )
        )
    by_key: dict[str, Completion] = {}
    for name, own_key, kind, count, last in found:
        known = by_key.get(own_key)
        if known is None:
            by_key[own_key] = Completion(name, count, _day(last), EntityType(kind))
        else:
            latest = max(filter(None, (known.last, _day(last))), default=None)
            by_key[own_key] = Completion(known.text, known.count + count, latest, known.type)
    return _ranked(by_key.values(), key, limit, today)


def complete_tags(
    prefix: str, *, journal: str | None = None, limit: int = 8, today: date | None = None
) -> list[Completion]:
    """Return tags that begin with `prefix`, folded and without mark, the likeliest first.

    Args:
        As `complete_names`; `count` is the number of entries with the tag in all journals.
    """
    key = facets.tag_key(prefix)
    with read_transaction() as db:
        within = "" if journal is None else _journal_word(db, journal)
        if within is None:
            return []
        counted = sorted(tags_beginning(db, prefix), key=lambda each: (-each[1], each[0]))[
            :_CANDIDATES
        ]
        found = []
        for tag, count in counted:
            words = " AND ".join(filter(None, (facets.tag_facet(tag), within)))
            last = db.execute(
                "SELECT rowid FROM entry_fts WHERE entry_fts MATCH ? ORDER BY rowid DESC LIMIT 1",
                (f"facets : ({words})",),
            ).fetchone()
            if last is not None:
                found.append(Completion(tag, count, _day(last[0])))
    return _ranked(found, key, limit, today)


def complete_journals(
    prefix: str, *, journal: str | None = None, limit: int = 8, today: date | None = None
) -> list[Completion]:
    """Return journals whose name begins with `prefix`, the likeliest first.

    Args:
        As `complete_names`; `count` is the number of entries.
    """
    key = journals.name_key(prefix)
    condition, values = journals.condition(journal, column="j.id")
    with read_transaction() as db:
        rows = db.execute(
            "SELECT j.name, coalesce(sum(d.count), 0), max(d.local_date)"
            " FROM journal j LEFT JOIN day d ON d.journal_id = j.id"
            f" WHERE j.key BETWEEN ? AND ? {condition} GROUP BY j.id ORDER BY j.key",
            (key, key + _LAST, *values),
        )
        found = [
            Completion(name, count, entry_ids.stored_day(last) if last else None)
            for name, count, last in rows
        ]
    return _ranked(found, key, limit, today)


def tags_beginning(db: apsw.Connection, prefix: str) -> Iterator[tuple[str, int]]:
    """Return the tags that begin with `prefix`, and how many entries have each."""
    db.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.term USING fts5vocab(main, entry_fts, col)")
    beginnings = (
        [facets.tag_beginning(prefix)] if prefix else [f"t{digit}" for digit in _FIRST_DIGITS]
    )
    for beginning in beginnings:
        for word, count in db.execute(
            "SELECT term, doc FROM temp.term WHERE term >= ? AND term < ? AND col = 'facets'",
            (beginning, beginning + _AFTER_HEX),
        ):
            tag = facets.tag_of(word)
            if tag is not None:
                yield tag, count


def _journal_word(db: apsw.Connection, journal: str) -> str | None:
    journal_id = journals.find(db, journal)
    return None if journal_id is None else facets.journal_facet(journal_id)


def _day(entry_id: int | None) -> date | None:
    placed = None if entry_id is None else entry_ids.place(entry_id)
    return None if placed is None else placed[0]


def _ranked(
    found: Iterable[Completion], key: str, limit: int, today: date | None
) -> list[Completion]:
    """Return the likeliest first; one that is what was typed already before all others."""
    present = today or dates.today()

    def rank(each: Completion) -> tuple[bool, float, int, str]:
        idle = HALVING_DAYS * 100 if each.last is None else max((present - each.last).days, 0)
        weight = each.count * 0.5 ** (idle / HALVING_DAYS)
        # Of what was used in another century no weight is left.
        return each.text.casefold() != key, -weight, -each.count, each.text

    return sorted(found, key=rank)[: max(limit, 0)]


# Days and periods in words: those that are offered before anything is typed, and the others.
_PERIODS = ("today", "yesterday", "this-week", "last-week")
_LATER_PERIODS = (
    "this-month",
    "last-month",
    "this-year",
    "last-year",
    *(f"last-{weekday.lower()}" for weekday in dates.WEEKDAYS),
    "a-week-ago",
    "a-month-ago",
    "a-year-ago",
)
# The beginning of a field is offered from so many letters on; one is the beginning of any word.
_SHORTEST_FIELD = 2
_YEARS_BACK = 5
_YEAR = re.compile(r"[0-9]{4}-")


def complete_query(
    query: str, cursor: int, *, journal: str | None = None, limit: int = 6
) -> QueryCompletion | None:
    """Return what the part of `query` before `cursor` may become; None for nothing.

    Names and journals with a space in them come quoted, as the query needs them.

    Args:
        query: what was typed so far.
        cursor: where the next letter would go.
        journal: names and tags of this journal alone; of all if None.
        limit: how many offers at most.
    """
    pieces = divide(query[:cursor], as_typed=True) if is_unicode(query) else []
    if not pieces or not pieces[-1].is_open:
        return None
    piece = pieces[-1]
    end = cursor
    while end < len(query) and not query[end].isspace() and query[end] not in QUOTES:
        end += 1
    offers = tuple(_offers(piece, journal, limit))
    return QueryCompletion(piece.start, end, offers) if offers else None


def _offers(piece: Piece, journal: str | None, limit: int) -> list[QueryOffer]:
    before = "-" if piece.is_excluded else ""
    match piece.mark:
        case "":
            return _fields(piece, before)
        case "@":
            return _quoted(f"{before}@", complete_names(piece.value, journal=journal, limit=limit))
        case "#":
            return _quoted(f"{before}#", complete_tags(piece.value, journal=journal, limit=limit))
        case "journal":
            return _quoted(f"{before}journal:", complete_journals(piece.value, limit=limit))
        case field:
            # What is in quotes may have spaces where an offer has hyphens.
            typed = "-".join(piece.value.lower().split())
            days = [day for day in _days(typed) if day.startswith(typed)]
            return [QueryOffer(f"{field}:{day} ") for day in days[:limit] if not before]


def _fields(piece: Piece, before: str) -> list[QueryOffer]:
    typed = piece.value.lower()
    if len(typed) < _SHORTEST_FIELD:
        return []
    # Days cannot be excluded.
    fields = FIELDS if not before else ("journal",)
    return [QueryOffer(f"{before}{field}:") for field in fields if field.startswith(typed)]


def _quoted(mark: str, found: list[Completion]) -> list[QueryOffer]:
    offers = []
    for each in found:
        text = each.text
        if any(map(str.isspace, text)):
            text = f'"{text}"'
        # What has a quote in it cannot be written down.
        if not any(quote in each.text for quote in QUOTES):
            offers.append(QueryOffer(f"{mark}{text} ", each))
    return offers


def _days(typed: str) -> list[str]:
    """Return the days and periods that may be meant: the latest ones, and the months of a year."""
    today = dates.today()
    last_month = today.replace(day=1) - timedelta(days=1)
    months = [f"{day:%Y-%m}" for day in (today, last_month)]
    years = [str(today.year - back) for back in range(_YEARS_BACK) if today.year > back]
    year = _YEAR.match(typed)
    others = [f"{year[0]}{month:02}" for month in range(1, 13)] if year else []
    return list(dict.fromkeys([*_PERIODS, *months, *years, *_LATER_PERIODS, *others]))
