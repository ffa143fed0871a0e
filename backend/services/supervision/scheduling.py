"""Asking for entries to be read, and seeing how far that has come.

Cheap to import: redis is imported by the first function that talks to it.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from backend.database import redis_ops
from backend.database.journal import extractions
from backend.database.redis import episodes, worker_state
from backend.database.redis_ops import get_inference_enabled, set_inference_enabled
from backend.errors import WorkerError
from backend.events import Event, EventName, publish
from backend.services.supervision.events import listen_or_tick
from backend.services.supervision.worker_status import Phase, decode

__all__ = [
    "Progress",
    "get_inference_enabled",
    "is_read",
    "progress",
    "set_inference_enabled",
    "wait_until_read",
    "wake",
    "want_worker",
]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the reading has come: `pending` wait or are being read, `dead` were given up.

    `done` of `total` counts since there was last nothing to do.
    """

    done: int
    total: int
    pending: int
    dead: int


def wake() -> None:
    """Tell a running worker to look for work; see `events.publish`."""
    publish(EventName.WAKE)


def want_worker() -> None:
    """Have a Charlie that gave its worker up start it again; see `events.publish`."""
    publish(EventName.WORKER_WANTED)


def progress() -> Progress:
    """How far the reading has come.

    Raises:
        RedisUnavailableError: Redis cannot be started or reached.
    """
    pending = redis_ops.count_waiting()
    state, _ = worker_state.read_state()
    done = int(state.get("done") or 0) if pending else 0
    return Progress(done, done + pending, pending, episodes.count_by_status(episodes.DEAD))


def is_read(uuid: str) -> bool:
    """Whether the entry's current revision has been read, or it is gone (SQLite alone)."""
    return not extractions.unread_revisions([uuid])


def wait_until_read(
    uuid: str, timeout: float | None = None, *, stop: threading.Event | None = None
) -> bool:
    """Wait until an entry's current revision has been read; False after `timeout` seconds.

    It does not see to it that a worker runs: `WorkSession` does, and calls this.

    Args:
        uuid: the entry.
        timeout: in seconds; without end if None.
        stop: set by whoever knows that waiting is in vain; the answer is False then.

    Raises:
        WorkerError: it will not be read: inference is off, the entry was given up, or the worker
            says that it cannot read.
        RedisUnavailableError: Redis cannot be started or reached.
    """
    deadline = None if timeout is None else time.monotonic() + timeout
    # Every event is a reason to look, and so is a tick: an event may have been missed.
    for event in listen_or_tick(stop or threading.Event()):
        if is_read(uuid):
            return True
        _check_hope(uuid)
        check_worker(event)
        if deadline is not None and time.monotonic() >= deadline:
            return False
    return is_read(uuid)


def check_worker(event: Event | None) -> None:
    """Raise `WorkerError` if the worker said just now that it cannot read."""
    status = decode(event.status) if event is not None and event.status is not None else None
    if status is not None and status.phase is Phase.READY and status.reason:
        raise WorkerError(
            f"Entries cannot be read now: {status.reason}", safe="They are saved, and wait."
        )


def check_inference() -> None:
    """Raise `WorkerError` if inference is off."""
    if not redis_ops.get_inference_enabled():
        raise WorkerError(
            "Inference is off: entries wait to be read.",
            safe="They are saved.",
            hint="Switch it on with `charlie inference on`.",
        )


def _check_hope(uuid: str) -> None:
    """Raise if the entry is not going to be read."""
    check_inference()
    episode = episodes.get_episodes([uuid]).get(uuid)
    if episode is not None and episode.status == episodes.DEAD:
        raise WorkerError(
            f"The entry could not be read: {episode.error or 'the reason is not known'}",
            safe="It is saved.",
            hint=f"Try again with `charlie queue retry {uuid}`.",
        )
