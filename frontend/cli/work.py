"""Commands about the reading of entries: process, inference, queue, worker."""

from __future__ import annotations

import dataclasses
import time
from typing import Any

import click

import backend
from backend.services import queue as work_queue
from backend.services import scheduling
from backend.services.session import WorkSession
from backend.services.supervisor import WORKER_PREFERENCE
from backend.services.worker_status import describe, read_status
from frontend.cli.output import SHORT_UUID, print_json, print_line


@click.command()
@click.pass_context
def process(context: click.Context) -> None:
    """Read every entry that waits, with a progress bar, until none does.

    It may be stopped at any time; what was read is kept, and the rest waits.
    """
    begin = time.monotonic()
    with WorkSession() as session, _ProgressBar() as bar:
        dead = session.process(bar.update)
    seconds = time.monotonic() - begin
    if not bar.total:
        print_line("Nothing was waiting.", error=True)
    else:
        rate = bar.done / seconds if seconds else 0.0
        print_line(
            f"{bar.done} of {bar.total} read in {seconds:.1f} s ({rate:.1f} a second).", error=True
        )
    if dead:
        print_line(f"{dead} could not be read; why: charlie queue", error=True)
        context.exit(1)


@click.command()
@click.argument("state", required=False, type=click.Choice(["on", "off"]))
@click.option("--json", "as_json", is_flag=True, help='Print {"enabled": …}.')
def inference(state: str | None, as_json: bool) -> None:
    """Switch the reading of entries on or off, or say which it is."""
    if state is not None:
        scheduling.set_inference_enabled(state == "on")
    enabled = scheduling.get_inference_enabled()
    if as_json:
        print_json({"enabled": enabled})
    else:
        print_line(f"Inference is {'on' if enabled else 'off'}.")


@click.group(invoke_without_command=True)
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print an array.")
@click.pass_context
def queue(context: click.Context, limit: int, as_json: bool) -> None:
    """Show what waits to be read and what was given up; retry or drop the latter."""
    if context.invoked_subcommand:
        return
    entries = work_queue.list_queue(limit)
    if as_json:
        print_json([_plain(entry) for entry in entries])
        return
    for entry in entries:
        state = "reading" if entry.reading else "failed" if entry.status == "dead" else "waits"
        print_line(f"{state:<8} {entry.uuid[:SHORT_UUID]}  {entry.title}")
        if entry.error:
            print_line(f"         after {entry.attempts} attempts: {entry.error}")
    progress = scheduling.progress()
    print_line(f"{progress.pending} wait, {progress.dead} failed.", error=True)
    if progress.dead:
        print_line("Try them again: charlie queue retry. Give up: charlie queue drop.", error=True)


@queue.command()
@click.argument("uuid", required=False)
def retry(uuid: str | None) -> None:
    """Read failed entries again: all of them, or one."""
    print_line(f"{work_queue.retry_dead(uuid)} will be tried again.")


@queue.command()
@click.argument("uuid", required=False)
def drop(uuid: str | None) -> None:
    """Stop trying failed entries: all of them, or one. The entries themselves stay."""
    print_line(f"{work_queue.drop_dead(uuid)} will not be tried again until they are edited.")


@click.group()
def worker() -> None:
    """The process that reads along."""


@worker.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print the state as JSON.")
def worker_status(as_json: bool) -> None:
    """Say what the worker is doing."""
    status = read_status()
    if as_json:
        print_json(_plain(status))
    else:
        print_line(describe(status))


@worker.command("on")
def switch_worker_on() -> None:
    """Let Charlie start the worker again."""
    _switch_worker(True)
    print_line("Charlie starts the worker from its next start on.")


@worker.command("off")
def switch_worker_off() -> None:
    """Never start the worker; entries wait until it is on again."""
    _switch_worker(False)
    print_line("Charlie starts no worker any more; one that runs leaves with its Charlie.")


class _ProgressBar:
    """A progress bar on stderr; where that is no terminal, nothing is drawn."""

    def __init__(self) -> None:
        self.done = 0
        self.total = 0
        # rich takes 33 ms to import and only a progress bar needs it here.
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        self._progress = Progress(
            TextColumn("Reading"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._progress.add_task("reading", total=None)

    def __enter__(self) -> _ProgressBar:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def update(self, done: int, total: int) -> None:
        """Show that `done` of `total` entries have been read."""
        self.done, self.total = done, total
        self._progress.update(self._task, completed=done, total=total)


def _switch_worker(on: bool) -> None:
    backend.set_preference(WORKER_PREFERENCE, on)


def _plain(record: Any) -> dict[str, Any]:
    return dataclasses.asdict(record)
