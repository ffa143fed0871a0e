"""What the worker is doing, and how to say it in words.

`describe` is pure: a screen that was handed a `WorkerStatus` (by `Supervisor` or by
`events.listen`) shows it without asking anybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Phase(StrEnum):
    """Where the worker is in its life."""

    OFF = "off"  # switched off by CHARLIE_WORKER or the preference "worker_enabled"
    STARTING = "starting"
    READY = "ready"  # nothing to read
    READING = "reading"
    RESTARTING = "restarting"  # it died; `retry_in` seconds until the next try
    STOPPED = "stopped"  # it was stopped, or given up; `reason` says why


class ModelState(StrEnum):
    """Whether the worker holds the model in memory."""

    UNLOADED = "unloaded"
    LOADING = "loading"
    WARM = "warm"


@dataclass(frozen=True, slots=True)
class WorkerStatus:
    """The worker as everybody but its supervisor knows it.

    `entry` and `title` name what is being read (`title` is the entry's title or first line, not
    sanitised); it is the `done + 1`th of `total` since there was last nothing to do. `waiting`
    counts the entries that wait to be read, `dead` those that were given up. `inference` is the
    switch, None where Redis could not be asked. `reason` is a sentence. `since` is seconds since
    the epoch.
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


def read_status() -> WorkerStatus:
    """Ask Redis (started if it does not run) and the worker's lock; blocks.

    A worker that nobody runs is `STOPPED`, whatever Redis remembers of it. Never raises
    `RedisUnavailableError`: that is `STOPPED` with a reason and `inference` None.
    """
    raise NotImplementedError


def describe(status: WorkerStatus) -> str:
    """The status in a few words on one line, ready for a terminal (sanitised)."""
    raise NotImplementedError
