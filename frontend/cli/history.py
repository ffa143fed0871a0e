"""The command that shows and brings back the earlier texts of an entry."""

from __future__ import annotations

import click

import backend
from backend.dates import local_time, local_zone
from backend.errors import UsageError
from backend.records import Revision
from backend.text import single_line
from frontend.cli.options import COUNT, json_option
from frontend.cli.output import JsonObject, instant_json, print_json, print_line, print_text
from frontend.shared.diffing import SIGNS, abridge, compare_revisions, count_changes, with_marks
from frontend.shared.formatting import counted

# Code points of a text's beginning in the list.
_BEGINNING = 60


@click.command(short_help="Show every text that an entry has had, and what changed.")
@click.argument("uuid")
@click.argument("revisions", nargs=-1, type=COUNT)
@click.option("--show", "shown", type=COUNT, help="Print the text of this revision.")
@click.option(
    "--restore",
    "restored",
    type=COUNT,
    help="Save the text of this revision again, as the newest one.",
)
@click.option(
    "--diff",
    "as_diff",
    is_flag=True,
    help="Show what the last save changed; what has changed since revision A; or from A to B.",
)
@json_option("Print an array of revisions, or the one.")
def history(
    uuid: str,
    revisions: tuple[int, ...],
    shown: int | None,
    restored: int | None,
    as_diff: bool,
    as_json: bool,
) -> None:
    """Show every text that an entry has had, the newest first.

    \b
    charlie history UUID               the texts
    charlie history UUID --diff        what the last save changed
    charlie history UUID --diff A      what has changed since revision A
    charlie history UUID --diff A B    what changed from revision A to B

    All of them are kept for as long as the entry is: until it is deleted and the trash emptied.
    """
    if (shown is not None) + (restored is not None) + as_diff > 1:
        raise UsageError(
            "--show, --restore and --diff exclude each other.", safe="Nothing was changed."
        )
    if len(revisions) > (2 if as_diff else 0):
        raise UsageError(
            "Two revisions at most can be compared."
            if as_diff
            else "Numbers of revisions belong behind --diff, --show or --restore.",
            safe="Nothing was changed.",
        )
    if restored is not None:
        _restore(uuid, restored, as_json=as_json)
    elif shown is not None:
        revision = backend.get_revision(uuid, shown)
        if as_json:
            print_json(_revision_json(revision))
        else:
            print_text(revision.text)
    elif as_diff:
        _compare(uuid, revisions, as_json=as_json)
    else:
        _list(uuid, as_json=as_json)


def _list(uuid: str, *, as_json: bool) -> None:
    revisions = backend.list_revisions(uuid)
    if as_json:
        print_json([_revision_json(revision) for revision in revisions])
        return
    for revision in revisions:
        print_line(_line(revision))
    print_line(f"To see one: charlie history {uuid} --show N", error=True)
    if len(revisions) > 1:
        print_line(f"To see what changed: charlie history {uuid} --diff", error=True)


def _compare(uuid: str, numbers: tuple[int, ...], *, as_json: bool) -> None:
    newest = backend.list_revisions(uuid)[0].revision
    # Of an entry with one text, that is compared with nothing.
    start, end = (*numbers, newest)[:2] if numbers else (newest - 1, newest)
    old = backend.get_revision(uuid, start) if start else None
    new = backend.get_revision(uuid, end)
    lines = compare_revisions(old, new)
    if as_json:
        print_json(
            [{"change": line.change, "text": line.text, "changed": line.changed} for line in lines]
        )
        return
    for line in abridge(lines):
        print_line(f"{SIGNS[line.change]} {with_marks(line)}")
    removed, added = count_changes(lines)
    print_line(
        f"Revision {start} to {end}: {counted(removed, 'word')} removed,"
        f" {counted(added, 'word')} added.",
        error=True,
    )


def _restore(uuid: str, number: int, *, as_json: bool) -> None:
    before = backend.get_entry(uuid)
    entry = backend.restore_revision(before.uuid, number)
    if entry.revision == before.revision:
        print_line("That is the text it has; nothing was changed.", error=True)
    else:
        print_line(f"Revision {number} is the current text again, as {entry.revision}.", error=True)
    if as_json:
        print_json(_revision_json(backend.get_revision(entry.uuid, entry.revision)))
    else:
        print_line(entry.uuid)


def _line(revision: Revision) -> str:
    at = local_time(revision.saved_at, local_zone())
    mark = "*" if revision.is_current else " "
    title = f"{single_line(revision.title, _BEGINNING)}: " if revision.title else ""
    beginning = single_line(revision.text, _BEGINNING)
    return f"{mark}{revision.revision:>4}  {at:%Y-%m-%d %H:%M}  {title}{beginning}"


def _revision_json(revision: Revision) -> JsonObject:
    return {
        "uuid": revision.entry,
        "revision": revision.revision,
        "saved_at": instant_json(revision.saved_at),
        "title": revision.title,
        "text": revision.text,
        "current": revision.is_current,
    }
