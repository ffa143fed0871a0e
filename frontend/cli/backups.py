"""Commands about backups: backup, restore-backup."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from backend.dates import local_time, local_zone
from backend.errors import UsageError
from backend.services.backup import backups, restore
from backend.services.backup.backups import Backup
from frontend.cli.asking import ask_passphrase
from frontend.cli.options import json_option
from frontend.cli.output import JsonObject, instant_json, print_json, print_line
from frontend.cli.progress import ProgressBar


@click.command(short_help="Copy the whole journal into one verified file.")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--encrypt", is_flag=True, help="Lock FILE with a passphrase (format of “age”).")
@click.option("--list", "listed", is_flag=True, help="Show the backups in Charlie's own folder.")
@json_option("Print what was made, or the list.")
def backup(file: Path | None, encrypt: bool, listed: bool, as_json: bool) -> None:
    """Copy the whole journal into FILE, or into Charlie's own folder of backups.

    The copy holds every entry with its history, the trash, drafts, names and settings, and is
    compared with the journal before it counts. Charlie makes one by itself every day it reads
    entries, and before it changes the journal's format.

    The passphrase of --encrypt is asked for, or read from standard input.
    """
    if listed:
        _list(as_json=as_json)
        return
    if encrypt and file is None:
        raise UsageError(
            "Only a backup in a FILE can be encrypted.",
            hint="charlie backup --encrypt journal.age",
        )
    passphrase = ask_passphrase(is_new=True) if encrypt else None
    with ProgressBar("Backing up") as bar:
        if file is None:
            kept = backups.back_up(progress=bar.update)
            made: JsonObject = {**_backup_json(kept), "encrypted": False}
        else:
            written = backups.write_backup(file, passphrase=passphrase, progress=bar.update)
            made = {
                "path": str(written.path),
                "size": written.size,
                "encrypted": written.is_encrypted,
                "rows": written.contents.rows,
                "digest": written.contents.digest,
            }
    if as_json:
        print_json(made)
    else:
        print_line("Backed up, and compared with the journal:", error=True)
        print_line(made["path"])


@click.command("restore-backup", short_help="Bring back out of FILE what the journal lacks.")
@click.argument("file", type=click.Path(path_type=Path))
@json_option("Print the counts.")
def restore_backup(file: Path, as_json: bool) -> None:
    """Bring back out of FILE what the journal has not, or no longer.

    Nothing in the journal is replaced or taken away, and it is backed up first. Where an entry
    has another text in FILE, both are kept: the journal's stays current, the other one is in its
    history. What is in the trash stays there. Doing it twice adds nothing.
    """
    passphrase = ask_passphrase(is_new=False) if restore.is_encrypted(file) else None
    with ProgressBar("Restoring") as bar:
        result = restore.restore_backup(file, passphrase=passphrase, progress=bar.update)
    if as_json:
        print_json({**asdict(result), "kept": str(result.kept) if result.kept else None})
    else:
        print_line(
            f"Entries brought back: {result.added}; given texts they had not:"
            f" {result.changed}; all here: {result.unchanged + result.in_trash}."
        )
        if result.drafts or result.preferences or result.templates:
            print_line(
                f"Drafts: {result.drafts}; settings: {result.preferences};"
                f" templates: {result.templates}."
            )
        if result.in_trash:
            print_line(f"{result.in_trash} of them are in the trash: charlie trash", error=True)
        if result.kept:
            print_line(f"The journal as it was before is kept in {result.kept}.", error=True)
    if result.mended:
        print_line(
            f"{result.mended} had a date or an id that cannot be, and were given one that can;"
            " nothing was left out of their texts.",
            error=True,
        )
    if result.failed:
        print_line(f"{result.failed} entries could not be brought back.", error=True)
        click.get_current_context().exit(1)


def _list(*, as_json: bool) -> None:
    found = backups.list_backups()
    if as_json:
        print_json([_backup_json(each) for each in found])
        return
    zone = local_zone()
    for each in found:
        at = local_time(each.made_at, zone)
        print_line(f"{at:%Y-%m-%d %H:%M}  {each.size / 1e6:>8.1f} MB  {each.kind:<16}  {each.path}")
    if not found:
        print_line("No backups yet. To make one: charlie backup", error=True)


def _backup_json(made: Backup) -> JsonObject:
    return {
        "path": str(made.path),
        "kind": made.kind.value,
        "made_at": instant_json(made.made_at),
        "size": made.size,
    }
