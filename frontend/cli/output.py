"""What commands print: sanitised lines for people, JSON for programs."""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import click

import backend
from backend.text import for_terminal, for_terminal_line
from frontend.shared.date_preferences import date_preferences
from frontend.shared.formatting import TYPE_NAMES, clock, long_date

if TYPE_CHECKING:
    from backend.errors import QueryError
    from backend.records import Entity, EntityType, Entry, EntrySummary, Mention

JsonObject = dict[str, Any]

#: Code points of a uuid that lists show; enough to name an entry in any journal a person writes.
SHORT_UUID = 8

# JSON escapes C0 controls itself; DEL, C1 controls, line separators and bidi overrides are legal
# in a JSON string and would be obeyed by the terminal that shows it.
_UNSAFE_IN_JSON = re.compile("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")

# Code points that are shown of a long query: before what is wrong in it, and in all.
_BEFORE_WRONG_PART = 40
_WRONG_LINE = 70


def print_line(text: str = "", *, error: bool = False, **style: Any) -> None:
    """Print one line for people; stderr if `error`. `style` goes to `click.style`."""
    safe = for_terminal_line(text)
    click.echo(click.style(safe, **style) if style else safe, err=error)


def styled(text: str, **style: Any) -> str:
    """Return a part of a line for people: sanitised, then styled as `click.style` does."""
    return str(click.style(for_terminal_line(text), **style))


def print_text(text: str, *, error: bool = False) -> None:
    """Print a text of several lines, with nothing in it that a terminal would obey."""
    click.echo(for_terminal(text), err=error)


def print_wrong_part(error: QueryError) -> None:
    """Print a query on stderr with what is not understood of it underlined, if it is a part."""
    if error.start is None:
        return
    # 20 ms that only an error costs.
    from rich.cells import cell_len

    first = max(0, error.start - _BEFORE_WRONG_PART)
    last = min(len(error.query), max(error.start + error.length, first + _WRONG_LINE))
    line = for_terminal_line(error.query[first:last])
    before = cell_len(line[: error.start - first])
    length = cell_len(line[error.start - first : error.start - first + error.length])
    click.echo(f"  {line}\n  {' ' * before}{'^' * max(1, length)}", err=True)


def print_json(value: object, *, indent: bool = True) -> None:
    """Print `value` as JSON: readable in any script, and without terminal controls.

    Where the stream does not hold every script it is ASCII: a program must not get a "?".
    """
    is_narrow = not (sys.stdout.encoding or "").lower().replace("-", "").startswith("utf")
    text = json.dumps(value, ensure_ascii=is_narrow, indent=2 if indent else None)
    click.echo(_UNSAFE_IN_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", text))


@cache
def load_date_preferences() -> None:
    """Have days written and weeks counted as the user does; asks the journal once."""
    date_preferences.apply(backend.get_preferences())


def day_heading(day: date) -> str:
    """ "Saturday 21 November 2026", or as the user writes it."""
    load_date_preferences()
    return long_date(day)


def moment_heading(entry: EntrySummary) -> str:
    """ "Saturday 21 November 2026, 21:30": the writer's day and time of an entry."""
    return f"{day_heading(entry.local_date)}, {clock(entry)}"


def instant_json(instant: datetime) -> str:
    """Return an instant as ISO 8601 in UTC, to the second, "2026-11-21T20:30:00Z"."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def entry_json(entry: Entry) -> JsonObject:
    """Return an entry with its text, and its entities with their mentions in it."""
    return {
        "uuid": entry.uuid,
        "journal": entry.journal,
        "title": entry.title,
        "created_at": instant_json(entry.created_at),
        "zone": entry.zone,
        "local_date": entry.local_date.isoformat(),
        "revision": entry.revision,
        "read": entry.is_extracted,
        "text": entry.text,
        "entities": [
            {**entity_json(entity), "mentions": [mention_json(mention) for mention in mentions]}
            for entity, mentions in mentions_by_entity(entry)
        ],
    }


def mentions_by_entity(entry: Entry) -> list[tuple[Entity, list[Mention]]]:
    """Return the entities of an entry with their mentions, in the order they first appear."""
    grouped: defaultdict[int, list[Mention]] = defaultdict(list)
    for mention in entry.mentions:
        grouped[mention.entity_id].append(mention)
    by_id = {entity.id: entity for entity in entry.entities}
    return [(by_id[entity_id], mentions) for entity_id, mentions in grouped.items()]


def entity_json(entity: Entity) -> JsonObject:
    """Return an entity without its mentions."""
    return {
        "name": entity.name,
        "type": entity.type.value,
        "aliases": list(entity.aliases),
        "count": entity.count,
        "first": entity.first.isoformat() if entity.first else None,
        "last": entity.last.isoformat() if entity.last else None,
    }


def mention_json(mention: Mention) -> JsonObject:
    """Return a mention inside its entry (whose uuid is left out)."""
    return {
        "start": mention.start,
        "end": mention.end,
        "text": mention.text,
        "confidence": round(mention.confidence, 3),
        "model": mention.model,
    }


def print_entry_lines(entries: Sequence[EntrySummary]) -> None:
    """Entries under day headings, a line each: time, title or beginning, short uuid."""
    day = None
    for entry in entries:
        if entry.local_date != day:
            if day is not None:
                print_line()
            day = entry.local_date
            print_line(day_heading(day), bold=True)
        print_entry_line(entry)


def print_entry_line(entry: EntrySummary) -> None:
    """One entry: time, title or beginning, short uuid."""
    heading = for_terminal_line(entry.title or entry.preview)
    click.echo(f"  {clock(entry)}  {styled(entry.uuid[:SHORT_UUID], dim=True)}  {heading}")


def print_entities_of(entry: Entry) -> None:
    """Print the names in an entry, a line a type: "People: Anna (2), Ben"."""
    by_type: defaultdict[EntityType, list[str]] = defaultdict(list)
    for entity, mentions in mentions_by_entity(entry):
        times = f" ({len(mentions)})" if len(mentions) > 1 else ""
        by_type[entity.type].append(entity.name + times)
    for type_, names in sorted_types(by_type.items()):
        print_line(f"{TYPE_NAMES[type_]}: {', '.join(names)}")


def sorted_types(
    items: Iterable[tuple[EntityType, list[str]]],
) -> list[tuple[EntityType, list[str]]]:
    """`items` in the order in which types are always shown: people first."""
    order = list(TYPE_NAMES)
    return sorted(items, key=lambda item: order.index(item[0]))
