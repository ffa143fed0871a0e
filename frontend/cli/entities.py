"""Commands about people, places, organisations and activities."""

from __future__ import annotations

from collections.abc import Sequence

import click

import backend
from backend.dates import today
from backend.errors import NotFoundError
from backend.records import Entity, EntityOrder, EntityType
from frontend.cli.options import COUNT, journal_option, json_option
from frontend.cli.output import (
    SHORT_UUID,
    JsonObject,
    day_heading,
    entity_json,
    mention_json,
    print_json,
    print_line,
)
from frontend.shared.formatting import TYPE_NAMES, counted, short_month
from frontend.shared.sparkline import count_years, describe_months, draw_months

_TYPE = click.Choice([type_.value for type_ in EntityType], case_sensitive=False)

#: Cells of the line that shows the months.
SPARKLINE_WIDTH = 60
#: How many of those that appear with an entity are listed; --json has all.
MOST_COMPANIONS = 20

_PAGE = 200

# The ids of each of those that have to be in an entry as well.
Along = Sequence[Sequence[int]]


@click.command()
@click.option("--type", "type_name", type=_TYPE, help="Only this type.")
@journal_option
@click.option(
    "--sort",
    type=click.Choice([order.value for order in EntityOrder]),
    default=EntityOrder.FREQUENCY.value,
    help="Most mentioned first, last mentioned first, or by name.",
)
@click.option("--match", "typed", default="", help="Only names with words that begin so.")
@click.option("--new", "is_new", is_flag=True, help="Only what was first mentioned this month.")
@click.option("--limit", type=COUNT, help="No more than so many.")
@json_option("Print an array of entities.")
def entities(
    type_name: str | None,
    journal: str | None,
    sort: str,
    typed: str,
    is_new: bool,
    limit: int | None,
    as_json: bool,
) -> None:
    """Show who and what the journal mentions."""
    found = backend.list_entities(
        journal=journal,
        type=_type(type_name),
        match=typed,
        new_since=today().replace(day=1) if is_new else None,
        order=EntityOrder(sort),
        limit=limit,
    )
    if as_json:
        print_json([entity_json(entity) for entity in found])
        return
    for entity in found:
        last = entity.last.isoformat() if entity.last else ""
        print_line(f"{entity.count:>6}  {last:<10}  {entity.type.value.lower():<12}  {entity.name}")
    if found:
        return
    if typed or is_new or type_name or journal:
        print_line("No such names.", error=True)
    else:
        print_line(
            "No names yet. They appear when entries have been read: charlie process", error=True
        )


@click.group(short_help="One person, place, organisation or activity.")
def entity() -> None:
    """One person, place, organisation or activity."""


@entity.command("show", short_help="Show when NAME is mentioned, with whom, and every passage.")
@click.argument("name", nargs=-1, required=True)
@click.option("--type", "type_name", type=_TYPE, help="Where several share the name.")
@journal_option
@click.option(
    "--with", "others", multiple=True, help="Only entries that mention this as well; repeatable."
)
@click.option("--newest", is_flag=True, help="The newest passages first.")
@click.option("--limit", type=COUNT, help="No more than so many passages.")
@json_option("Print the entity with its mentions.")
def show_entity(
    name: tuple[str, ...],
    type_name: str | None,
    journal: str | None,
    others: tuple[str, ...],
    newest: bool,
    limit: int | None,
    as_json: bool,
) -> None:
    """Show everything the journal says about NAME: when, with whom, every passage."""
    found = _find(" ".join(name), journal, _type(type_name))
    chosen = max(found, key=lambda candidate: candidate.count)
    along = [[other.id for other in _find(other, journal)] for other in others]
    if as_json:
        print_json(_entity_json(chosen, along))
    else:
        _print_entity(chosen, along, others)
        _print_passages(chosen, along, newest=newest, limit=limit)
    for other in found:
        if other != chosen:
            print_line(
                f"Also called so: a {other.type.value.lower()} in “{other.journal}” "
                f"({other.count} mentions); choose with --type or --journal.",
                error=True,
            )


def _find(name: str, journal: str | None, type: EntityType | None = None) -> list[Entity]:
    found = backend.find_entities(name, journal=journal, type=type)
    if not found:
        raise NotFoundError(
            f"The journal knows nobody and nothing by the name “{name}”.",
            hint="The names it knows: charlie entities",
        )
    return found


def _entity_json(entity: Entity, along: Along) -> JsonObject:
    ids = [entity.id]
    return {
        **entity_json(entity),
        "together": [
            {"name": each.name, "type": each.type.value, "count": each.together}
            for each in backend.list_companions(ids, along=along)
        ],
        "months": [
            {"month": f"{each.month:%Y-%m}", "count": each.count}
            for each in backend.count_months(ids, along=along)
        ],
        "mentions": [
            {"entry": mention.entry, **mention_json(mention)}
            for _, mention in backend.get_entity_mentions(entity.id, along=along)
        ],
    }


def _print_entity(entity: Entity, along: Along, others: Sequence[str]) -> None:
    profile = backend.get_entity([entity.id], journal=entity.journal)
    print_line(" + ".join([entity.name, *others]), bold=True)
    print_line(
        f"{TYPE_NAMES[entity.type]}, mentioned {counted(entity.count, 'time')}"
        + (f" in {counted(profile.entries, 'entry', 'entries')}" if profile else "")
    )
    if entity.aliases:
        print_line(f"Also written: {', '.join(entity.aliases)}")
    if entity.first and entity.last:
        print_line(f"First: {day_heading(entity.first)}")
        print_line(f"Last:  {day_heading(entity.last)}")
    months = backend.count_months([entity.id], along=along)
    drawn = draw_months(months, SPARKLINE_WIDTH)
    if drawn is not None:
        print_line()
        print_line(f"{short_month(drawn.first)} {drawn.line} {short_month(drawn.last)}")
        print_line(describe_months(months))
        years = [f"{year}: {count:,}" for year, count in count_years(months) if count]
        print_line("  ".join(years))
    companions = backend.list_companions([entity.id], along=along, limit=MOST_COMPANIONS)
    if companions:
        print_line()
        print_line("Appears with (entries together)", bold=True)
    for each in companions:
        print_line(f"{each.together:>6}  {each.type.value.lower():<12}  {each.name}")


def _print_passages(entity: Entity, along: Along, *, newest: bool, limit: int | None) -> None:
    shown = 0
    heading = None
    while limit is None or shown < limit:
        page = backend.list_passages(
            [entity.id],
            along=along,
            newest_first=newest,
            limit=_PAGE if limit is None else min(_PAGE, limit - shown),
            offset=shown,
        )
        for passage in page.passages:
            summary = passage.entry
            if summary.uuid != heading:
                heading = summary.uuid
                print_line()
                print_line(
                    f"{day_heading(summary.local_date)}  {summary.uuid[:SHORT_UUID]}", bold=True
                )
            print_line(f"  {passage.text}")
        shown += len(page.passages)
        if not page.passages or shown >= page.total:
            break
    if not shown:
        print_line("No entry mentions all of them.", error=True)


def _type(name: str | None) -> EntityType | None:
    return EntityType(name.upper()) if name else None
