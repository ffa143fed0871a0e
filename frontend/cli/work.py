"""Commands that have entries read: process, inference."""

from __future__ import annotations

import time

import click

from backend.services import scheduling
from backend.services.session import WorkSession
from frontend.cli.output import print_json, print_line


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
