"""Commands that have entries read: process, inference."""

from __future__ import annotations

import time

import click

from backend.services.supervision import scheduling
from backend.services.supervision.session import WorkSession
from frontend.cli.options import json_option
from frontend.cli.output import print_json, print_line
from frontend.cli.progress import ProgressBar


@click.command(short_help="Read every entry that waits, until none does.")
@click.pass_context
def process(context: click.Context) -> None:
    """Read every entry that waits, with a progress bar, until none does.

    It may be stopped at any time; what was read is kept, and the rest waits.
    """
    begin = time.monotonic()
    with WorkSession() as session, ProgressBar("Reading") as bar:
        failed = session.process(bar.update)
    seconds = time.monotonic() - begin
    if not bar.total:
        print_line("Nothing was waiting.", error=True)
    else:
        rate = bar.done / seconds if seconds else 0.0
        print_line(
            f"{bar.done} of {bar.total} read in {seconds:.1f} s ({rate:.1f} a second).", error=True
        )
    if failed:
        print_line(f"{failed} could not be read; why: charlie queue", error=True)
        context.exit(1)


@click.command(short_help="Switch the reading of entries on or off.")
@click.argument("state", required=False, type=click.Choice(["on", "off"]))
@json_option('Print {"enabled": …}.')
def inference(state: str | None, as_json: bool) -> None:
    """Switch the reading of entries on or off, or say which it is."""
    if state is not None:
        scheduling.set_inference_enabled(state == "on")
    enabled = scheduling.get_inference_enabled()
    if as_json:
        print_json({"enabled": enabled})
    else:
        print_line(f"Inference is {'on' if enabled else 'off'}.")
