"""What the worker is doing, and how to say it in words.

`describe` asks no store: a screen that has a `WorkerStatus` (from `Supervisor` or
`events.listen`) shows it at once.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from typing import Any

from backend import locations
from backend.database import redis_ops
from backend.database.journal import extractions
from backend.database.redis import episodes, worker_state
from backend.errors import CharlieError, RedisUnavailableError, StorageError
from backend.file_locks import is_locked
from backend.text import for_terminal_line, single_line

# Code points of a title in a line that has to say more than that.
_TITLE_LENGTH = 40


class Phase(StrEnum):
    """Where the worker is in its life."""

    OFF = "off"  # switched off by CHARLIE_WORKER or the preference "worker_enabled"
    STARTING = "starting"
    READY = "ready"  # extracts nothing; `reason` says what prevents it, if anything does
    EXTRACTING = "reading"  # extracts one or more entries
    RESTARTING = "restarting"  # it died; `retry_in` seconds after `since` it is started again
    STOPPED = "stopped"  # it was stopped, or died too often; `reason` says why


class ModelState(StrEnum):
    """Whether the worker holds the model in memory."""

    UNLOADED = "unloaded"
    LOADING = "loading"
    WARM = "warm"


@dataclass(frozen=True, slots=True)
class WorkerStatus:
    """The worker as every process but its supervisor knows it.

    `entries` are being extracted, `entry` the one that was begun first; `title` is its title or
    first line, not sanitised, and empty unless the journal was asked (`find_title`): no word of an
    entry goes through Redis. It is the `done + 1`th of `total` since there was last nothing to
    do. `waiting` counts the pending entries, those being extracted included, and `dead` those that
    failed. `inference` is the switch, None where Redis could not be asked. `reason` is a sentence.
    `since` is when the phase began, in seconds since the epoch. `share` is how much of the model
    is loaded, or of the entry extracted, from 0 to 1; None where that is not known yet, and where
    several are extracted. `reader` is the name of the model that is loaded, and `instead_of` that
    of the chosen one where another takes its place. `memory` is what the worker's process takes,
    in bytes. `backup` says why there is no backup of today, if one was due and failed.
    """

    phase: Phase
    model: ModelState = ModelState.UNLOADED
    entry: str | None = None
    title: str = ""
    done: int = 0
    total: int = 0
    pid: int | None = None
    reason: str | None = None
    retry_in: float | None = None
    since: float = 0.0
    inference: bool | None = None
    waiting: int = 0
    dead: int = 0
    share: float | None = None
    entries: tuple[str, ...] = ()
    reader: str | None = None
    instead_of: str | None = None
    memory: int | None = None
    backup: str | None = None


def load_status() -> WorkerStatus:
    """Ask Redis (started if it does not run) and the worker's lock; blocks.

    If no worker runs, it is `STOPPED`, `OFF` or `RESTARTING`, whatever else Redis remembers. A
    Redis that is away, or a folder or journal that cannot be used, raises nothing: that is
    `STOPPED` with a reason and `inference` None.
    """
    try:
        state, _ = worker_state.load_state()
        status = decode(state) or WorkerStatus(Phase.STOPPED)
        if status.phase in _NEEDS_A_WORKER and not is_worker_running():
            status = WorkerStatus(Phase.STOPPED)
        return replace(
            status,
            inference=redis_ops.get_inference_enabled(),
            waiting=redis_ops.count_waiting(),
            dead=episodes.count_by_status(episodes.DEAD),
            reason=_why_not_written() or status.reason,
            title=find_title(status.entry),
        )
    except (RedisUnavailableError, StorageError) as error:
        return WorkerStatus(Phase.STOPPED, reason=explain(error))


def find_title(uuid: str | None) -> str:
    """Return the title or first line of the entry that is being extracted; asks the journal.

    Returns:
        What `WorkerStatus.title` holds; empty where there is no such entry.

    Raises:
        StorageError: the journal cannot be read.
    """
    if uuid is None:
        return ""
    _, title = extractions.find_labels([uuid]).get(uuid, ("", ""))
    return title


def _why_not_written() -> str | None:
    """Return why Redis takes nothing new, as with a full disk, though it answers."""
    try:
        worker_state.check_writable()
    except RedisUnavailableError as error:
        return explain(error)
    return None


def is_worker_running() -> bool:
    """Return whether a worker of this journal exists (starting, busy or suspended).

    Raises:
        StorageError: the folder of the locks cannot be used, or no more files can be opened.
    """
    return is_locked(locations.lock_path("worker"))


def describe(status: WorkerStatus, *, now: float | None = None) -> str:
    """Return the status in a few words on one line, ready for a terminal (sanitised).

    Args:
        status: what to say.
        now: seconds since the epoch, for counting down to a restart; this moment if None.
    """
    words = _describe(status, time.time() if now is None else now)
    if status.backup:
        words += ", no backup of today"
    return for_terminal_line(words)


def explain(error: CharlieError) -> str:
    """Return an error as a reason: what happened and what to do, in one line."""
    return single_line(" ".join(filter(None, (error.message, error.hint))), 300)


def encode(status: WorkerStatus) -> dict[str, Any]:
    """Return the status as it travels through Redis, which is without the title."""
    return {name: value for name, value in asdict(status).items() if name != "title"}


def decode(state: Mapping[str, Any]) -> WorkerStatus | None:
    """Return the status that was `encode`d; None if `state` is none."""
    known = {field.name for field in fields(WorkerStatus)} - {"title"}
    values = {name: value for name, value in state.items() if name in known}
    try:
        values["phase"] = Phase(values["phase"])
        values["model"] = ModelState(values.get("model", ModelState.UNLOADED))
        values["entries"] = tuple(map(str, values.get("entries", ())))
    except (KeyError, TypeError, ValueError):
        return None
    return WorkerStatus(**values)


_NEEDS_A_WORKER = frozenset({Phase.READY, Phase.EXTRACTING, Phase.STARTING})


def _describe(status: WorkerStatus, now: float) -> str:
    words = ""
    match status.phase:
        case Phase.OFF:
            words = "worker switched off" + _waiting(status)
        case Phase.STARTING:
            words = "starting"
        case Phase.RESTARTING:
            left = max(status.since + (status.retry_in or 0) - now, 0)
            words = f"restarting in {math.ceil(left)} s"
        case Phase.STOPPED:
            words = f"not running: {status.reason}" if status.reason else "not running"
        case Phase.EXTRACTING | Phase.READY if status.reason:
            words = f"cannot read: {status.reason}"
        case Phase.EXTRACTING if status.model is ModelState.LOADING:
            words = "loading the model" + _share(status)
        case Phase.EXTRACTING if len(status.entries) > 1:
            count = len(status.entries)
            words = f"reading {count} entries ({status.done + count} of {status.total})"
        case Phase.EXTRACTING:
            title = single_line(status.title, _TITLE_LENGTH)
            what = f"“{title}”" if title else "an entry"
            words = f"reading {what} ({status.done + 1} of {status.total})"
            words += _share(status)
        case Phase.READY:
            words = _describe_ready(status)
    return words


def _describe_ready(status: WorkerStatus) -> str:
    if status.inference is False:
        return "inference off" + _waiting(status)
    words = ["ready" + _waiting(status)]
    if status.model is ModelState.WARM:
        words.append("model warm")
    if status.dead:
        words.append(f"{status.dead} given up")
    return ", ".join(words)


def _share(status: WorkerStatus) -> str:
    return "" if status.share is None else f", {status.share:.0%}"


def _waiting(status: WorkerStatus) -> str:
    return f" ({status.waiting} waiting)" if status.waiting else ""
