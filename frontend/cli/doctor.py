"""The command that examines the installation, and repairs the journal."""

from __future__ import annotations

from dataclasses import asdict

import click

from frontend.cli.asking import confirm
from frontend.cli.options import json_option
from frontend.cli.output import print_json, print_line
from frontend.cli.progress import ProgressBar


@click.command(short_help="Examine journal, Redis, model and worker; repair.")
@json_option("Print an array of findings.")
@click.option("--repair", "repairs", is_flag=True, help="Make a damaged journal whole again.")
@click.option("--yes", is_flag=True, help="Of --repair: do not ask.")
@click.pass_context
def doctor(context: click.Context, as_json: bool, repairs: bool, yes: bool) -> None:
    """Examine the journal, Redis, the model and the worker, and say what to do.

    With --repair the damaged files are kept aside, byte for byte, and a new journal is made of
    what can still be read in them and of the newest backup.
    """
    if repairs:
        _repair(as_json=as_json, yes=yes)
        return
    # The checks import apsw, redis and llama_cpp; a help page should not.
    from backend.services.backup.doctor import run_checks

    checks = run_checks()
    if as_json:
        print_json(
            [
                {"name": check.name, "ok": check.ok, "detail": check.detail, "hint": check.hint}
                for check in checks
            ]
        )
    else:
        for check in checks:
            print_line(f"{'ok  ' if check.ok else 'BAD '} {check.name}: {check.detail}")
            if check.hint:
                print_line(f"     → {check.hint}")
    if not all(check.ok for check in checks):
        context.exit(1)


def _repair(*, as_json: bool, yes: bool) -> None:
    from backend.services.backup import backups, repair

    faults = repair.diagnose()
    if faults:
        for fault in faults:
            print_line(fault, error=True)
        newest = next(iter(backups.list_backups()), None)
        print_line(
            "There is no backup to add to what can still be read."
            if newest is None
            else f"The newest backup is {newest.path}.",
            error=True,
        )
        confirm("Keep the damaged files aside and make the journal anew?", yes=yes)
    with ProgressBar("Repairing") as bar:
        done = repair.repair(progress=bar.update)
    if as_json:
        print_json(
            {
                **asdict(done),
                "aside": str(done.aside) if done.aside else None,
                "backup": str(done.backup) if done.backup else None,
            }
        )
        return
    if not done.faults:
        print_line("Nothing is wrong with the journal.")
    elif done.aside is None:
        print_line("The search index was made anew; nothing else was wrong.")
        if done.from_backup:
            print_line(
                "Entries whose text differs from the backup's, which is in their history now:"
                f" {done.from_backup}."
            )
    else:
        print_line(f"Entries read in the damaged journal: {done.entries}.")
        if done.broken:
            print_line(f"Of these without their whole text: {done.broken}.")
        if done.texts:
            print_line(f"Earlier texts of entries that are lost: {done.texts}.")
        if done.backup is not None:
            print_line(f"Added from the backup {done.backup.name}: {done.from_backup}.")
        print_line(f"The damaged files are kept in {done.aside}.", error=True)
