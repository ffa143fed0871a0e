"""Commands about deleted entries: trash, and what empties it."""

from __future__ import annotations

from datetime import timedelta

import click

import backend
from backend.dates import local_time, local_zone, now
from frontend.cli.asking import confirm
from frontend.cli.options import json_option
from frontend.cli.output import SHORT_UUID, instant_json, print_json, print_line

_LOST = "Only a backup brings back what is deleted here."


@click.group(invoke_without_command=True)
@json_option("Print an array of entries.")
@click.pass_context
def trash(context: click.Context, as_json: bool) -> None:
    """Show the deleted entries and since when. They stay until you empty the trash yourself."""
    if context.invoked_subcommand is not None:
        return
    entries = backend.list_trash()
    if as_json:
        print_json(
            [
                {
                    "uuid": entry.uuid,
                    "journal": entry.journal,
                    "title": entry.title,
                    "local_date": entry.local_date.isoformat(),
                    "preview": entry.preview,
                    "deleted_at": instant_json(entry.deleted_at),
                }
                for entry in entries
            ]
        )
        return
    for entry in entries:
        deleted = local_time(entry.deleted_at, local_zone())
        heading = entry.title or entry.preview
        print_line(f"{deleted:%Y-%m-%d %H:%M}  {entry.uuid[:SHORT_UUID]}  {heading}")
    print_line(
        "To bring one back: charlie restore UUID" if entries else "The trash is empty.", error=True
    )


@trash.command()
@click.option(
    "--older-than",
    "days",
    # Two thousand years: longer ago than any entry can be.
    type=click.IntRange(0, 730_000),
    help="Only what has been in the trash for so many days.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option('Print {"deleted": [UUID, …]}.')
def empty(days: int | None, yes: bool, as_json: bool) -> None:
    """Delete what is in the trash, with its history, for good."""
    count = len(backend.list_trash())
    if count:
        which = f"What was deleted at least {days} days ago" if days else "All of it"
        print_line(f"Entries in the trash: {count:,}. {which} goes. {_LOST}", error=True)
        confirm("Delete for good?", yes=yes)
    before = None if days is None else now() - timedelta(days=days)
    _print_deleted(backend.empty_trash(before), as_json=as_json)


@trash.command()
@click.argument("uuid")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option('Print {"deleted": [UUID]}.')
def purge(uuid: str, yes: bool, as_json: bool) -> None:
    """Delete one entry in the trash, with its history, for good."""
    print_line(_LOST, error=True)
    confirm("Delete it for good?", yes=yes)
    _print_deleted([backend.purge_entry(uuid)], as_json=as_json)


def _print_deleted(deleted: list[str], *, as_json: bool) -> None:
    if as_json:
        print_json({"deleted": deleted})
    else:
        print_line(f"{len(deleted):,} deleted for good." if deleted else "Nothing was deleted.")
