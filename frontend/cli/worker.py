"""Commands about the worker: what it does, did and says; stop its reading, start it again."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime

import click

import backend
from backend.preferences import WORKER_ENABLED
from backend.services.supervision import queue_view, run_log, scheduling
from backend.services.supervision.run_log import Ending, ModelFigures, Run
from backend.services.supervision.worker_status import describe, load_status
from frontend.cli.options import COUNT, json_option
from frontend.cli.output import SHORT_UUID, JsonObject, instant_json, print_json, print_line
from frontend.shared.worker_formatting import death_lines, died, ending_lines, model_lines, stamp

_MOST_DEATHS = 5


@click.group(short_help="The process that reads: what it does, did and says.")
def worker() -> None:
    """Look after the process that reads along."""


@worker.command()
@json_option("Print the state as JSON.")
def status(as_json: bool) -> None:
    """Say what the worker is doing."""
    now = load_status()
    if as_json:
        print_json(asdict(now))
    else:
        print_line(describe(now))


@worker.command(short_help="List the last readings, the newest first.")
@click.option("--limit", type=COUNT, default=20, show_default=True)
@json_option("Print an array.")
def runs(limit: int, as_json: bool) -> None:
    """List the last readings, the newest first: when, how they ended, how long, which model."""
    found = run_log.list_runs(limit)
    if as_json:
        print_json([{**asdict(run), "at": instant_json(_instant(run.at))} for run in found])
        return
    for run in found:
        print_line(_run_line(run))
        if run.error:
            print_line(f"          {run.error}")
    if not found:
        print_line("Nothing was read since Redis began to remember.", error=True)


@worker.command(short_help="Say how much each model read, by which route, how fast.")
@json_option("Print an object.")
def figures(as_json: bool) -> None:
    """Say how much each model read, by which route, how fast; and how often the worker died."""
    sums, deaths = run_log.load_figures(), run_log.list_deaths()
    if as_json:
        print_json(
            {
                "models": [_model_json(each) for each in sums.models],
                "endings": {ending.value: count for ending, count in sums.endings.items()},
                "deaths": [
                    {"at": instant_json(_instant(death.at)), "reason": death.reason}
                    for death in deaths
                ],
            }
        )
        return
    for each in sums.models:
        print_line(each.model, bold=True)
        for line in model_lines(each):
            print_line(f"  {line}")
    for line in ending_lines(sums):
        print_line(line)
    print_line(f"The worker {died(deaths)}." if deaths else "The worker never died.")
    for line in death_lines(deaths[:_MOST_DEATHS]):
        print_line(f"  {line}")


@worker.command()
@click.option("--lines", type=COUNT, default=20, show_default=True)
@json_option("Print an array of lines.")
def log(lines: int, as_json: bool) -> None:
    """Show the end of the worker's log."""
    found = run_log.log_tail(lines)
    if as_json:
        print_json(found)
        return
    for line in found:
        print_line(line)


@worker.command()
@click.argument("uuid", required=False)
def cancel(uuid: str | None) -> None:
    """Stop reading what is being read: all of it, or one entry.

    The entry is set aside with those that failed, or it would be read again at once; charlie
    queue retry reads it after all.
    """
    count = queue_view.cancel_extraction(uuid)
    print_line(
        f"{count} stopped and set aside; read after all: charlie queue retry."
        if count
        else "Nothing is being read."
    )


@worker.command(short_help="Start a worker that was given up again.")
def restart() -> None:
    """Have the open journal try again to start a worker that it gave up."""
    scheduling.want_worker()
    print_line("An open journal whose worker was given up starts it again now.")


@worker.command("on")
def switch_on() -> None:
    """Let Charlie start the worker again."""
    backend.set_preference(WORKER_ENABLED, True)
    print_line("Charlie starts the worker from its next start on.")


@worker.command("off")
def switch_off() -> None:
    """Never start the worker; entries wait until it is on again."""
    backend.set_preference(WORKER_ENABLED, False)
    print_line("Charlie starts no worker any more; one that runs leaves with its Charlie.")


def _run_line(run: Run) -> str:
    by = f"  {run.model}" if run.model else ""
    route = f" ({run.route})" if run.model and run.ending is Ending.EXTRACTED else ""
    return (
        f"{stamp(run.at)}  {run.uuid[:SHORT_UUID]}  {run.ending:<10} {run.seconds:6.2f} s"
        f"  {run.words:,} words{by}{route}"
    )


def _model_json(each: ModelFigures) -> JsonObject:
    return {
        **asdict(each),
        "read": each.read,
        "mean_seconds": each.mean_seconds,
        "words_a_second": each.words_a_second,
    }


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
