"""Commands about what waits to be read, and what could not be."""

from __future__ import annotations

from dataclasses import asdict

import click

from backend.services.supervision import queue_view, scheduling
from backend.services.supervision.queue_view import STOPPED_ERROR, QueuedEntry
from frontend.cli.options import COUNT, json_option
from frontend.cli.output import SHORT_UUID, print_json, print_line


@click.group(invoke_without_command=True, short_help="Show what waits to be read and what failed.")
@click.option("--limit", type=COUNT, default=50, show_default=True)
@json_option("Print an array.")
@click.pass_context
def queue(context: click.Context, limit: int, as_json: bool) -> None:
    """Show what waits to be read, in its order, and what was given up; retry or drop the latter."""
    if context.invoked_subcommand:
        return
    entries = queue_view.list_queue(limit)
    if as_json:
        print_json([asdict(entry) for entry in entries])
        return
    for entry in entries:
        print_line(f"{entry.turn:<8} {entry.uuid[:SHORT_UUID]}  {entry.title}")
        if entry.error:
            print_line(f"         {_explain(entry)}")
    progress = scheduling.progress()
    print_line(f"{progress.pending:,} wait, {progress.failed:,} failed.", error=True)
    if progress.failed:
        print_line("Try them again: charlie queue retry. Give up: charlie queue drop.", error=True)


@queue.command()
@click.argument("uuid", required=False)
def retry(uuid: str | None) -> None:
    """Read failed entries again: all of them, or one."""
    print_line(f"{queue_view.retry_failed(uuid)} will be tried again.")


@queue.command()
@click.argument("uuid", required=False)
def drop(uuid: str | None) -> None:
    """Stop trying failed entries: all of them, or one. The entries themselves stay."""
    print_line(f"{queue_view.drop_failed(uuid)} will not be tried again until they are edited.")


def _explain(entry: QueuedEntry) -> str:
    if entry.error == STOPPED_ERROR:
        return STOPPED_ERROR
    return f"after {entry.attempts} attempts: {entry.error}"
