"""A small invented journal with its names, the same at every run."""

from __future__ import annotations

from datetime import UTC, datetime

from backend import add_entry, edit_entry
from backend.database.journal.extractions import store_extraction
from backend.records import EntityType, Span

NAMES = {
    "Grandma": EntityType.PERSON,
    "Nadia": EntityType.PERSON,
    "Ben": EntityType.PERSON,
    "Anna Kowalska": EntityType.PERSON,
    "Lisbon": EntityType.PLACE,
    "Porto": EntityType.PLACE,
    "Café Aurora": EntityType.PLACE,
    "Siemens": EntityType.ORGANIZATION,
    "University of Porto": EntityType.ORGANIZATION,
    "choir": EntityType.ACTIVITY,
    "rowing": EntityType.ACTIVITY,
}

ENTRIES = (
    ("2023-05-12T18:40", "", "Moved to Lisbon. Ben carried every box and asked for soup."),
    ("2023-05-13T21:05", "", "First evening at Café Aurora with Ben. #friends"),
    ("2023-11-02T20:10", "Autumn", "Grandma on the phone. She wants to see Lisbon before Easter."),
    ("2024-04-01T19:30", "", "Grandma arrived. Tea, maps, and the choir in the church next door."),
    (
        "2024-04-02T22:15",
        "",
        "Grandma and Nadia at Café Aurora. Porto all night.",
    ),
    ("2024-05-12T09:00", "", "A year in Lisbon. rowing with Nadia before work at Siemens."),
    ("2024-09-20T23:01", "", "Anna Kowalska starts at the University of Porto on Monday."),
    ("2025-02-14T20:00", "", "rowing in the rain. Nadia laughed, Ben did not. #friends"),
    ("2025-05-12T21:45", "", "Two years in Lisbon. Dinner with Ben, Nadia and Anna Kowalska."),
    ("2025-12-24T17:20", "", "The choir sang. Grandma wore the red hat and knew all the words."),
    (
        "2026-05-12T20:30",
        "Tea with Grandma",
        "Tea with Grandma in Lisbon.\n\n"
        "## What she asked\n\n"
        "- whether the *choir* still meets\n"
        "- whether **Anna Kowalska** still works at the University of Porto\n"
        "- and why Ben is in Porto so often\n\n"
        "> You write everything down, she said. Good.\n\n"
        "We went rowing in the evening, Nadia too. #family",
    ),
    ("2026-05-13T08:10", "", "Slept long. Called Siemens, then Nadia: rowing on Friday."),
)


def spans_of(text: str) -> list[Span]:
    """Where the names stand, as a model would say."""
    found = []
    for name, kind in NAMES.items():
        start = text.find(name)
        while start >= 0:
            found.append(Span(start, start + len(name), kind, 0.95))
            start = text.find(name, start + 1)
    # "Porto" in "University of Porto" is part of that name.
    return [
        span
        for span in found
        if not any(
            other != span and other.start <= span.start and other.end >= span.end for other in found
        )
    ]


def write_little_life() -> list[str]:
    """Write the entries and store their names; the uuids, the oldest entry's first."""
    uuids = []
    for number, (instant, title, text) in enumerate(ENTRIES):
        entry = add_entry(
            text,
            title=title,
            created_at=datetime.fromisoformat(instant).replace(tzinfo=UTC),
            zone="UTC",
            uuid=f"{number:08x}-0000-4000-8000-000000000000",
        )
        store_extraction(entry.uuid, entry.revision, "built-in", spans_of(text))
        uuids.append(entry.uuid)
    return uuids


def rewrite_tea(uuid: str) -> None:
    """Give the entry about tea a second revision."""
    text = ENTRIES[10][2].replace("Good.", "Good. She poured again.")
    entry = edit_entry(uuid, text)
    store_extraction(entry.uuid, entry.revision, "built-in", spans_of(text))
