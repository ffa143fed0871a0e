"""Commands that change entries: add, edit, delete, restore."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

import backend
from backend.dates import local_time, local_zone, now
from backend.errors import CharlieError, EmptyEntryError
from backend.records import DEFAULT_JOURNAL
from backend.text import has_content
from frontend.cli.input import join_arguments, read_standard_input, rescue
from frontend.cli.options import json_option
from frontend.cli.output import (
    SHORT_UUID,
    entry_json,
    load_date_preferences,
    moment_heading,
    print_entities_of,
    print_json,
    print_line,
)
from frontend.shared.date_preferences import date_preferences
from frontend.shared.formatting import entry_name

if TYPE_CHECKING:
    from datetime import datetime

    from backend.records import Entry

#: Seconds that `--wait` waits for the worker to read an entry before it says so and gives up.
EXTRACTION_TIMEOUT = 600.0


@click.command(short_help="Write an entry: TEXT, standard input or your editor.")
@click.argument("text", nargs=-1)
@click.option("--date", "moment", help="When it was: “yesterday 21:30”, “last friday”, 2026-05-03.")
@click.option("--journal", default=DEFAULT_JOURNAL, show_default=True, help="Journal to write in.")
@click.option("--title", default="", help="Shown in lists instead of the first line.")
@click.option("--template", "template_name", help="Begin with this template.")
@click.option("--wait", is_flag=True, help="Wait until the entry is read and show its names.")
@json_option("Print the entry as JSON.")
def add(
    text: tuple[str, ...],
    moment: str | None,
    journal: str,
    title: str,
    template_name: str | None,
    wait: bool,
    as_json: bool,
) -> None:
    """Write an entry: TEXT, or “-” for standard input, or nothing for your editor.

    Prints the new entry's uuid.
    """
    zone = local_zone()
    created_at = _moment(moment, zone) if moment else None
    beginning = _beginning(template_name, local_time(created_at or now(), zone))

    def save(content: str) -> Entry:
        return backend.add_entry(
            content, journal=journal, title=title, created_at=created_at, zone=zone
        )

    if text == ("-",) or (not text and not sys.stdin.isatty()):
        content = read_standard_input()
        try:
            entry = save(_joined(beginning, content))
        except EmptyEntryError:
            raise
        except CharlieError as error:
            # A pipe cannot be read twice.
            error.safe = f"What you gave is kept in {rescue(content.encode())}."
            raise
    elif text:
        entry = save(_joined(beginning, join_arguments(text)))
    else:
        # subprocess and tempfile take 10 ms to import; most entries come as arguments.
        from backend.services.edited_files import EditingContext
        from frontend.shared.external_editor import edit_in_editor

        context = EditingContext(journal=journal)
        with edit_in_editor(beginning, context) as edited:
            if not has_content(edited.text) or edited.text == beginning:
                print_line("Nothing was written, so nothing was saved.", error=True)
                return
            entry = save(edited.text)
    print_line(f"Saved in “{entry.journal}”: {moment_heading(entry)}.", error=True)
    if not as_json:
        print_line(entry.uuid)
    try:
        if wait:
            _wait_for_extraction(entry)
    except CharlieError as error:
        error.safe = "The entry is saved, and is read as soon as that is possible."
        raise
    finally:
        # The caller gets the saved entry even where waiting for its names failed.
        if as_json:
            print_json(entry_json(backend.get_entry(entry.uuid)))
        elif wait:
            print_entities_of(backend.get_entry(entry.uuid))


@click.command()
@click.argument("uuid")
@click.option("--text", help="The new text, or “-” for standard input; without it your editor.")
@click.option("--date", "moment", help="Move it to another day or time: “3 days ago”.")
@click.option("--title", help="Give the entry a title; empty takes it away.")
@json_option("Print the entry as JSON.")
def edit(uuid: str, text: str | None, moment: str | None, title: str | None, as_json: bool) -> None:
    """Change an entry. Every earlier text stays in its history."""
    old = backend.get_entry(uuid)
    created_at = _moment(moment, old.zone) if moment else None

    def save(content: str | None) -> Entry:
        return backend.edit_entry(
            old.uuid, content, title=title, created_at=created_at, base_revision=old.revision
        )

    if text == "-":
        content = read_standard_input()
        try:
            entry = save(content)
        except CharlieError as error:
            error.safe = (
                f"The entry is unchanged; what you gave is kept in {rescue(content.encode())}."
            )
            raise
    elif text is not None:
        entry = save(join_arguments([text]))
    elif moment is not None or title is not None:
        entry = save(None)
    else:
        # As in `add`.
        from backend.services.edited_files import EditingContext
        from frontend.shared.external_editor import edit_in_editor, without_final_newline

        context = EditingContext(old.journal, old.uuid, old.revision)
        with edit_in_editor(old.text, context) as edited:
            content = without_final_newline(edited.text, old.text)
            if not has_content(content):
                raise EmptyEntryError(
                    "The text came back empty; the entry was left as it is.",
                    hint=f"To delete it: charlie delete {old.uuid[:SHORT_UUID]}",
                )
            entry = save(content)
    if entry.conflict:
        print_line(
            "The entry was changed elsewhere meanwhile. Your text is the current one; "
            "the other is in its history.",
            error=True,
        )
    changed = entry.revision != old.revision or entry.created_at != old.created_at
    print_line("Saved." if changed else "Nothing was changed.", error=True)
    if as_json:
        print_json(entry_json(entry))
    else:
        print_line(entry.uuid)


@click.command(short_help="Move entries to the trash.")
@click.argument("uuids", nargs=-1, required=True, metavar="UUID...")
@click.option("--yes", is_flag=True, hidden=True, help="Nothing is asked, with or without it.")
def delete(uuids: tuple[str, ...], yes: bool) -> None:
    """Move entries to the trash, from where “restore” brings them back."""
    # All of them are known before the first one goes.
    for entry in [backend.get_entry(uuid) for uuid in dict.fromkeys(uuids)]:
        gone = backend.delete_entry(entry.uuid)
        print_line(
            f"{entry_name(entry)} is in the trash."
            f" To bring it back: charlie restore {gone.uuid[:SHORT_UUID]}",
            error=True,
        )


@click.command()
@click.argument("uuid")
def restore(uuid: str) -> None:
    """Bring an entry back from the trash."""
    entry = backend.restore_entry(uuid)
    print_line(f"Restored: {moment_heading(entry)}.", error=True)
    print_line(entry.uuid)


def _moment(typed: str, zone: str) -> datetime:
    load_date_preferences()
    return date_preferences.parse_moment(typed, zone)


def _beginning(template: str | None, moment: datetime) -> str:
    if not template:
        return ""
    # It takes 10 ms to import, and most entries begin with nothing.
    from backend.templates import fill_template, find_template, read_template

    return fill_template(read_template(find_template(template)), moment)


def _joined(beginning: str, text: str) -> str:
    """`text` behind the beginning that a template gave, if it gave one."""
    if not beginning or not text:
        return beginning or text
    return f"{beginning}{text}" if beginning[-1].isspace() else f"{beginning}\n{text}"


def _wait_for_extraction(entry: Entry) -> None:
    # redis and huey take 105 ms to import; only waiting needs them.
    from backend.services.supervision.session import WorkSession

    with WorkSession() as session:
        if not session.wait_for(entry.uuid, EXTRACTION_TIMEOUT):
            print_line("Not read yet; the worker goes on when Charlie is open.", error=True)
