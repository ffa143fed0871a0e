"""The words of the Work screen and of the commands beside it. Pure; all of it sanitised."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from backend.dates import local_time, local_zone
from backend.services.supervision.queue_view import STOPPED_ERROR, QueuedEntry, Turn
from backend.services.supervision.run_log import Death, Ending, Figures, ModelFigures, Run
from backend.services.supervision.work_report import WorkReport
from backend.services.supervision.worker_status import ModelState, Phase, WorkerStatus
from backend.text import for_terminal_line, single_line
from frontend.shared.formatting import counted

_MEGABYTE = 1_000_000
_RECENT = 20
_LONGEST_TITLE = 200

_LOGGED = re.compile(r"\S+ (\d\d:\d\d:\d\d),\d+ ([A-Z]+) (\S+) (.*)")
_UUID = re.compile(r"\b([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")

_HEADINGS = {
    Turn.EXTRACTING: "Being read",
    Turn.FAILED: "Could not be read",
    Turn.NEXT: "Next",
    Turn.BACKLOG: "After that",
    Turn.LATER: "Tried again later",
    Turn.WAITS: "Waiting",
}

_MARKS = {
    Ending.EXTRACTED: "✓",
    Ending.REUSED: "✓",
    Ending.SUPERSEDED: "↷",
    Ending.STOPPED: "■",
    Ending.PUT_OFF: "…",
    Ending.FAILED: "✗",
}


class Style(StrEnum):
    """How a line is to look; what it says never depends on that."""

    PLAIN = ""
    HEADING = "heading"
    QUIET = "quiet"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Row:
    """An entry in the list: what it is on the left, how it stands on the right.

    `key` tells rows apart and stays the same while they move; `is_failed` and `is_extracting` say
    what can be done with it. `note` is a second line, "" for none.
    """

    key: str
    uuid: str
    mark: str
    title: str
    aside: str
    note: str = ""
    is_failed: bool = False
    is_extracting: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Rows under a heading."""

    heading: str
    rows: tuple[Row, ...]


Line = tuple[str, Style]


def sections(report: WorkReport) -> list[Section]:
    """Return the list: what is read, what failed, what waits in its order, what was read lately."""
    listed = [*report.waiting, *report.failed]
    found = []
    for turn, heading in _HEADINGS.items():
        rows = tuple(_row(each, report.status) for each in listed if each.turn is turn)
        if rows:
            number = max(report.counts.get(turn, 0), len(rows))
            found.append(Section(f"{heading} · {number:,}", rows))
    runs = tuple(
        _run_row(run, report.titles[run.uuid]) for run in report.runs if run.uuid in report.titles
    )
    if runs:
        found.append(Section("Read lately", runs))
    return found


def _row(entry: QueuedEntry, status: WorkerStatus) -> Row:
    mark, aside, note = "○", "", ""
    match entry.turn:
        case Turn.EXTRACTING:
            mark, aside = "●", "being read"
            if status.entry == entry.uuid and status.share is not None:
                aside = f"{status.share:.0%} read"
        case Turn.FAILED:
            mark, aside, note = "✗", _tries(entry), for_terminal_line(entry.error or "")
        case Turn.LATER:
            aside = f"again at {clock(entry.retry_at)}" if entry.retry_at else "later"
            note = for_terminal_line(entry.error or "")
        case Turn.WAITS:
            aside = "for inference" if status.inference is False else "waits"
    return Row(
        f"queue {entry.uuid}",
        entry.uuid,
        mark,
        _title(entry.title),
        aside,
        note,
        is_failed=entry.turn is Turn.FAILED,
        is_extracting=entry.turn is Turn.EXTRACTING,
    )


def _tries(entry: QueuedEntry) -> str:
    if entry.error == STOPPED_ERROR:
        return "stopped"
    return f"failed {counted(entry.attempts, 'time')}" if entry.attempts else "given up"


def _run_row(run: Run, title: str) -> Row:
    took = f"{run.seconds:.2f} s" if run.ending is Ending.EXTRACTED else run.ending.value
    return Row(
        f"run {run.uuid} {run.at}",
        run.uuid,
        _MARKS[run.ending],
        _title(title),
        f"{took}  {clock(run.at)}",
        for_terminal_line(run.error or ""),
    )


def now_lines(report: WorkReport, width: int) -> list[Line]:
    """Return what happens just now, in two lines: the work, then the worker."""
    status = report.status
    return [(_doing(status, width), Style.PLAIN), (" · ".join(_worker(report)), Style.QUIET)]


def _doing(status: WorkerStatus, width: int) -> str:
    if status.phase is not Phase.EXTRACTING or status.reason:
        return _at_rest(status)
    share = status.share
    what = "Loading the model for" if status.model is ModelState.LOADING else "Reading"
    place = f"{status.done + 1:,} of {status.total:,}"
    if len(status.entries) > 1:
        return f"{what} {len(status.entries)} entries at once, {place}"
    bar = ""
    if share is not None:
        cells = max(4, min(20, width // 6))
        full = round(share * cells)
        bar = f"  {'▰' * full}{'▱' * (cells - full)} {share:.0%}"
    room = max(8, width - len(what) - len(place) - len(bar) - 6)
    title = for_terminal_line(single_line(status.title, room))
    return f"{what} “{title}”  {place}{bar}" if title else f"{what} an entry  {place}{bar}"


def _at_rest(status: WorkerStatus) -> str:
    if status.reason:
        return for_terminal_line(status.reason[:1].upper() + status.reason[1:])
    if status.inference is False:
        return "Inference is off: nothing is read until it is switched on (s)."
    words = {
        Phase.OFF: "The worker is switched off in the settings (s).",
        Phase.STARTING: "The worker is starting.",
        Phase.RESTARTING: "The worker died and is started again in a moment.",
        Phase.STOPPED: "No worker is running.",
    }.get(status.phase, "")
    if not words:
        if status.waiting:
            return "Ready to read."
        failed = counted(status.dead, "entry", "entries")
        rest = f"{failed} could not be read" if status.dead else "everything is read"
        return f"Nothing waits; {rest}."
    waiting = counted(status.waiting, "entry waits", "entries wait")
    return f"{words} {waiting}." if status.waiting else words


def _worker(report: WorkReport) -> list[str]:
    status = report.status
    words = [model_words(status)]
    if status.memory and status.phase in (Phase.READY, Phase.EXTRACTING):
        words.append(f"{status.memory / _MEGABYTE:,.0f} MB")
    if speed := recent_speed(report.runs):
        words.append(speed)
    if report.deaths:
        words.append(died(report.deaths))
    if status.backup:
        words.append("no backup of today")
    return words


def model_words(status: WorkerStatus) -> str:
    """Which model is in memory, and for whom it stands in."""
    if status.model is ModelState.LOADING:
        return "the model is being loaded"
    if status.model is ModelState.UNLOADED or status.phase not in (Phase.READY, Phase.EXTRACTING):
        return "no model in memory"
    name = for_terminal_line(status.reader or "a model")
    stead = f", in place of {for_terminal_line(status.instead_of)}" if status.instead_of else ""
    return f"{name} in memory{stead}"


def recent_speed(runs: Sequence[Run]) -> str:
    """How fast the last entries were read; "" if none was."""
    recent = [run for run in runs if run.ending is Ending.EXTRACTED][:_RECENT]
    seconds = sum(run.seconds for run in recent)
    words = sum(run.words for run in recent)
    return f"{words / seconds:,.0f} words a second" if seconds and words else ""


def died(deaths: Sequence[Death]) -> str:
    """ "died 2 times, last at 13:05:33"."""
    return f"died {counted(len(deaths), 'time')}, last at {clock(deaths[0].at)}"


def figure_lines(report: WorkReport) -> list[Line]:
    """Return the numbers: the worker, its extractions, each model, the times it died."""
    status = report.status
    lines: list[Line] = [("Worker", Style.HEADING)]
    if status.pid is not None and status.phase in (Phase.READY, Phase.EXTRACTING):
        memory = f", {status.memory / _MEGABYTE:,.0f} MB" if status.memory else ""
        since = f"{status.phase} since {clock(status.since)}"
        lines.append((f"process {status.pid}{memory}, {since}", Style.PLAIN))
    else:
        lines.append((_at_rest(status), Style.PLAIN))
    lines.append((model_words(status), Style.PLAIN))
    if status.backup:
        lines.append((for_terminal_line(status.backup), Style.BAD))
    lines += [("", Style.PLAIN), ("Read", Style.HEADING)]
    lines += [(each, Style.PLAIN) for each in ending_lines(report.figures)]
    if average := _recent_average(report.runs):
        lines.append((average, Style.PLAIN))
    for model in report.figures.models:
        lines += [("", Style.PLAIN), (for_terminal_line(model.model), Style.HEADING)]
        lines += [(each, Style.PLAIN) for each in model_lines(model)]
    if report.deaths:
        lines += [("", Style.PLAIN), ("Restarts", Style.HEADING)]
        lines += [(each, Style.PLAIN) for each in death_lines(report.deaths)]
    return lines


def ending_lines(figures: Figures) -> list[str]:
    """How many readings ended how, and how often a text was not read twice."""
    endings = figures.endings
    words = [f"{endings[Ending.EXTRACTED]:,} read"]
    words += [
        f"{endings[ending]:,} {ending}"
        for ending in (Ending.FAILED, Ending.PUT_OFF, Ending.SUPERSEDED, Ending.STOPPED)
        if endings[ending]
    ]
    known = counted(endings[Ending.REUSED], "text was", "texts were")
    return [", ".join(words), f"{known} known already, and not read again"]


def _recent_average(runs: Sequence[Run]) -> str:
    recent = [run for run in runs if run.ending is Ending.EXTRACTED][:_RECENT]
    if not recent:
        return ""
    mean = sum(run.seconds for run in recent) / len(recent)
    longest = max(run.seconds for run in recent)
    return f"the last {len(recent)}: {mean:.2f} s each, {longest:.2f} s at most"


def model_lines(model: ModelFigures) -> list[str]:
    """How much a model read, by which route, and how fast."""
    routes = [f"{model.chosen:,} as the chosen model"]
    if model.fallback:
        routes.append(f"{model.fallback:,} in place of another")
    if model.reread:
        routes.append(f"{model.reread:,} read again")
    lines = [f"{model.read:,} read: {', '.join(routes)}"]
    if model.reused:
        lines.append(f"{model.reused:,} known already")
    if model.mean_seconds is not None:
        speed = f", {model.words_a_second:,.0f} words a second" if model.words_a_second else ""
        lines.append(f"{model.mean_seconds:.2f} s an entry{speed}")
    return lines


def death_lines(deaths: Iterable[Death]) -> list[str]:
    """When the worker died, and what it said."""
    return [
        for_terminal_line(f"{stamp(death.at)}  {death.reason or 'without a word'}")
        for death in deaths
    ]


def log_lines(log: Iterable[str]) -> list[Line]:
    """Return the log, each line with what matters of it: the time, the message, short uuids."""
    return [_log_line(line) for line in log]


def _log_line(line: str) -> Line:
    style = Style.PLAIN
    if (found := _LOGGED.fullmatch(line)) is not None:
        at, level, _, message = found.groups()
        style = Style.PLAIN if level in ("DEBUG", "INFO") else Style.BAD
        word = "" if style is Style.PLAIN else f"{level.lower()}: "
        line = f"{at}  {word}{message}"
    return for_terminal_line(_UUID.sub(r"\1", line)), style


def clock(seconds: float) -> str:
    """Return the time on the wall, to the second, "13:05:33"."""
    return f"{_local(seconds):%H:%M:%S}"


def stamp(seconds: float) -> str:
    """Day and time, "2026-11-29 13:05:33"."""
    return f"{_local(seconds):%Y-%m-%d %H:%M:%S}"


def _local(seconds: float) -> datetime:
    return local_time(datetime.fromtimestamp(seconds, UTC), local_zone())


def _title(title: str) -> str:
    return for_terminal_line(single_line(title, _LONGEST_TITLE))
