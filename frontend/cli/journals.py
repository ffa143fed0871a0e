"""Commands about journals: which there are, and create, rename, move, delete."""

from __future__ import annotations

import click

import backend
from frontend.cli.options import json_option
from frontend.cli.output import entry_json, print_json, print_line
from frontend.shared.formatting import counted


@click.command()
@json_option("Print an array of names and counts.")
def journals(as_json: bool) -> None:
    """Show the journals and how many entries each has."""
    found = backend.count_journals()
    if as_json:
        print_json(
            [{"name": each.name, "count": each.count, "in_trash": each.in_trash} for each in found]
        )
        return
    for each in found:
        trashed = f"  ({each.in_trash} in the trash)" if each.in_trash else ""
        print_line(f"{each.count:>7}  {each.name}{trashed}")
    if not found:
        print_line("No journals yet. The first entry makes one: charlie add TEXT", error=True)


@click.group(short_help="Create, rename or delete a journal; move entries.")
def journal() -> None:
    """One journal: create, rename or delete it, or move entries into it.

    Upper and lower case are the same in names.
    """


@journal.command()
@click.argument("name")
@json_option('Print {"name": …}.')
def create(name: str, as_json: bool) -> None:
    """Make an empty journal."""
    made = backend.create_journal(name)
    if as_json:
        print_json({"name": made})
    else:
        print_line(f"Created “{made}”. To write in it: charlie add --journal NAME TEXT")


@journal.command()
@click.argument("name")
@click.argument("new_name")
@json_option('Print {"name": …}.')
def rename(name: str, new_name: str, as_json: bool) -> None:
    """Give a journal another name. Everything stays in it."""
    renamed = backend.rename_journal(name, new_name)
    if as_json:
        print_json({"name": renamed})
    else:
        print_line(f"“{name.strip()}” is called “{renamed}” now.")


@journal.command(short_help="Move entries to the journal NAME.")
@click.argument("uuid", nargs=-1, required=True)
@click.argument("name")
@json_option("Print an array of the entries.")
def move(uuid: tuple[str, ...], name: str, as_json: bool) -> None:
    """Move entries to the journal NAME, with their history and the names in them.

    Nothing is read again. The beginning of a UUID is enough.
    """
    entries = [backend.get_entry(each) for each in uuid]
    for entry in entries:
        moved = backend.move_entry(entry.uuid, name)
    if as_json:
        print_json([entry_json(backend.get_entry(entry.uuid)) for entry in entries])
    else:
        count = counted(len(entries), "entry", "entries")
        print_line(f"Moved {count} to “{moved.journal}”.")


@journal.command()
@click.argument("name")
@json_option('Print {"deleted": …}.')
def delete(name: str, as_json: bool) -> None:
    """Delete a journal that holds nothing, not even in the trash."""
    deleted = backend.delete_journal(name)
    if as_json:
        print_json({"deleted": deleted})
    else:
        print_line(f"Deleted the empty journal “{deleted}”.")
