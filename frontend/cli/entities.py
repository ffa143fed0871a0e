"""Commands about people, places, organisations and activities."""

from __future__ import annotations

from collections.abc import Sequence

import click

import backend
from backend.errors import NotFoundError
from backend.records import Entity, EntityType, EntrySummary, Mention
from backend.text import single_line
from frontend.cli.output import (
    TYPE_NAMES,
    day_heading,
    entity_json,
    mention_json,
    print_json,
    print_line,
)

_TYPE = click.Choice([type_.value for type_ in EntityType], case_sensitive=False)

#: Code points of an entry's text shown on each side of a mention.
CONTEXT = 60


@click.command()
@click.option("--type", "type_name", type=_TYPE, help="Only this type.")
@click.option("--journal", help="Only this journal.")
@click.option("--limit", type=click.IntRange(min=1), help="The most mentioned so many.")
@click.option("--json", "as_json", is_flag=True, help="Print an array of entities.")
def entities(type_name: str | None, journal: str | None, limit: int | None, as_json: bool) -> None:
    """Show who and what the journal mentions, the most mentioned first."""
    found = backend.list_entities(journal=journal, type=_type(type_name), limit=limit)
    if as_json:
        print_json([entity_json(entity) for entity in found])
        return
    for entity in found:
        print_line(f"{entity.count:>6}  {entity.type.value.lower():<12}  {entity.name}")
    if not found:
        print_line(
            "No names yet. They appear when entries have been read: charlie process", error=True
        )


@click.group()
def entity() -> None:
    """One person, place, organisation or activity."""


@entity.command("show")
@click.argument("name", nargs=-1, required=True)
@click.option("--type", "type_name", type=_TYPE, help="Where several share the name.")
@click.option("--journal", help="Only this journal.")
@click.option("--json", "as_json", is_flag=True, help="Print the entity with its mentions.")
def show_entity(
    name: tuple[str, ...], type_name: str | None, journal: str | None, as_json: bool
) -> None:
    """Show everything the journal says about NAME."""
    wanted = " ".join(name)
    found = backend.find_entities(wanted, journal=journal, type=_type(type_name))
    if not found:
        raise NotFoundError(
            f"The journal knows nobody and nothing by the name “{wanted}”.",
            hint="The names it knows: charlie entities",
        )
    chosen = max(found, key=lambda candidate: candidate.count)
    others = [candidate for candidate in found if candidate != chosen]
    mentions = backend.get_entity_mentions(chosen.id)
    if as_json:
        print_json(
            {
                **entity_json(chosen),
                "mentions": [
                    {"entry": mention.entry, **mention_json(mention)} for _, mention in mentions
                ],
            }
        )
    else:
        _print_entity(chosen, mentions)
    for other in others:
        print_line(
            f"Also called so: a {other.type.value.lower()} in “{other.journal}” "
            f"({other.count} mentions); choose with --type or --journal.",
            error=True,
        )


def _print_entity(entity: Entity, mentions: Sequence[tuple[EntrySummary, Mention]]) -> None:
    print_line(entity.name, bold=True)
    print_line(f"{TYPE_NAMES[entity.type]}, mentioned {entity.count} times")
    if entity.aliases:
        print_line(f"Also written: {', '.join(entity.aliases)}")
    texts: dict[str, str] = {}
    for summary, mention in mentions:
        if summary.uuid not in texts:
            texts = {summary.uuid: backend.get_entry(summary.uuid).text}
            print_line()
            print_line(f"{day_heading(summary.local_date)}  {summary.uuid[:8]}", bold=True)
        text = texts[summary.uuid]
        before = single_line(
            text[max(0, mention.start - CONTEXT) : mention.start] + "|", CONTEXT + 1
        )
        after = single_line("|" + text[mention.end : mention.end + CONTEXT], CONTEXT + 1)
        print_line(f"  …{before[:-1]}{mention.text}{after[1:]}…")


def _type(name: str | None) -> EntityType | None:
    return EntityType(name.upper()) if name else None
