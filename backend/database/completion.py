"""What a word that is being typed may become: names, tags and journals that there are.

What is used often and was used lately comes first: a use counts half as much after each
`HALVING_DAYS` without another one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

import apsw

from backend import dates
from backend import text as texts
from backend.database import chronology, facets, journals
from backend.database.connection import reading
from backend.records import Completion, EntityType

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
    """Names that entries mention, of which a word begins with `prefix`, the likeliest first.

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
    with reading() as db:
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
    """Tags that begin with `prefix`, without their mark and folded, the likeliest first.

    Args:
        As `complete_names`; `count` is the number of entries with the tag in all journals.
    """
    key = facets.tag_key(prefix)
    with reading() as db:
        within = "" if journal is None else _journal_word(db, journal)
        if within is None:
            return []
        counted = sorted(_tags(db, prefix), key=lambda each: (-each[1], each[0]))[:_CANDIDATES]
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
    """Journals whose name begins with `prefix`, the likeliest first.

    Args:
        As `complete_names`; `count` is the number of entries.
    """
    key = journals.name_key(prefix)
    condition, values = journals.condition(journal, column="j.id")
    with reading() as db:
        rows = db.execute(
            "SELECT j.name, coalesce(sum(d.count), 0), max(d.local_date)"
            " FROM journal j LEFT JOIN day d ON d.journal_id = j.id"
            f" WHERE j.key BETWEEN ? AND ? {condition} GROUP BY j.id ORDER BY j.key",
            (key, key + _LAST, *values),
        )
        found = [
            Completion(name, count, date.fromisoformat(last) if last else None)
            for name, count, last in rows
        ]
    return _ranked(found, key, limit, today)


def _tags(db: apsw.Connection, prefix: str) -> Iterator[tuple[str, int]]:
    """The tags that begin with `prefix` and the number of entries that have them."""
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
    placed = None if entry_id is None else chronology.place(entry_id)
    return None if placed is None else placed[0]


def _ranked(
    found: Iterable[Completion], key: str, limit: int, today: date | None
) -> list[Completion]:
    """The likeliest first; one that is what was typed already before all others."""
    present = today or dates.today()

    def rank(each: Completion) -> tuple[bool, float, int, str]:
        idle = HALVING_DAYS * 100 if each.last is None else max((present - each.last).days, 0)
        weight = each.count * 0.5 ** (idle / HALVING_DAYS)
        # Of what was used in another century no weight is left.
        return each.text.casefold() != key, -weight, -each.count, each.text

    return sorted(found, key=rank)[: max(limit, 0)]
