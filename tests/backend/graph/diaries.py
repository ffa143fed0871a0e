"""Entries in which a model found names, for tests of what is asked about them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from backend.database.journal.entries import NewEntry, add_entries, add_entry, get_entry
from backend.database.journal.extractions import store_extraction
from backend.records import EntityType, Entry, Span

TYPES = {
    "Lisbon": EntityType.PLACE,
    "Porto": EntityType.PLACE,
    "Acme": EntityType.ORGANIZATION,
    "chess": EntityType.ACTIVITY,
}


def spans_of(text: str, *names: str) -> list[Span]:
    """A span for each occurrence of each of `names`; who is not in `TYPES` is a person."""
    found: list[Span] = []
    for name in names:
        start = text.find(name)
        while start >= 0:
            kind = TYPES.get(name, EntityType.PERSON)
            found.append(Span(start, start + len(name), kind, 0.9))
            start = text.find(name, start + 1)
    return found


def write(text: str, *names: str, day: date = date(2024, 5, 1), journal: str = "default") -> Entry:
    """Add an entry of noon of `day` in which `names` were found."""
    moment = datetime.combine(day, time(12), UTC)
    entry = add_entry(text, journal=journal, created_at=moment, zone="UTC")
    assert store_extraction(entry.uuid, 1, "m", spans_of(text, *names))
    return get_entry(entry.uuid)


def write_many(count: int, text: str, *names: str) -> None:
    """Add `count` entries of the same text, all of now, in which `names` were found."""
    spans = spans_of(text, *names)
    for uuid in add_entries(NewEntry(text) for _ in range(count)):
        store_extraction(uuid, 1, "m", spans)
