"""The command that has entries read again."""

from __future__ import annotations

import click

from backend.services import models, reextraction
from backend.services.supervision.session import WorkSession
from frontend.cli.output import SHORT_UUID, load_date_preferences, print_line
from frontend.cli.progress import ProgressBar
from frontend.shared.date_preferences import date_preferences


@click.command()
@click.option("--model", "name", help="Read with this model, this once; else the one that reads.")
@click.option("--since", help="Only entries of this day and later: 2026-05-03, “last week”.")
@click.pass_context
def reread(context: click.Context, name: str | None, since: str | None) -> None:
    """Have entries read again, after a change of model for one.

    What was found before stays until an entry has been read again, and what you corrected holds.
    It may be stopped at any time; without --model the rest waits for the worker, with --model the
    same command goes on where it was.
    """
    day = None
    if since:
        load_date_preferences()
        day, _ = date_preferences.parse_period(since, is_past=True)
    if name is None or name == models.chosen_model():
        count = reextraction.request_reextraction(day)
        if not count:
            print_line("There is nothing to read.", error=True)
            return
        with WorkSession() as session, ProgressBar("Reading") as bar:
            failed = session.process(bar.update)
        print_line(f"{count} read again." if not failed else f"{failed} could not be read.")
        if failed:
            print_line("Why: charlie queue", error=True)
            context.exit(1)
        return
    with ProgressBar("Reading") as bar:
        result = reextraction.reextract_with(name, day, progress=bar.update)
    print_line(f"{result.extracted} read again with {name}.")
    for uuid, error in result.failures:
        print_line(f"{uuid[:SHORT_UUID]} could not be read: {error.message}", error=True)
    if result.failures:
        context.exit(1)
