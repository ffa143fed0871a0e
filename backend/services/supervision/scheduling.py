"""Asks for entries to be extracted, and tells how far that is.

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
    "is_extracted",
    "progress",
    "set_inference_enabled",
    "wait_until_extracted",
    "wake",
    "want_worker",
]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far extraction is: `pending` wait or are being extracted, `failed` were given up.

    `done` of `total` counts since there was last nothing to do.
    """

    done: int
    total: int
    pending: int
    failed: int


def wake() -> None:
    """Tell a running worker to look for work, after many changes at once; see `publish`."""
    publish(EventName.WAKE)


def want_worker() -> None:
    """Have a Charlie that stopped restarting its worker start it again; see `publish`."""
    publish(EventName.WORKER_WANTED)


def progress() -> Progress:
    """Return how far extraction is.

    Raises:
        RedisUnavailableError: Redis cannot be started or reached.
    """
    pending = redis_ops.count_waiting()
    state, _ = worker_state.load_state()
    done = int(state.get("done") or 0) if pending else 0
    return Progress(done, done + pending, pending, episodes.count_by_status(episodes.DEAD))


def is_extracted(uuid: str) -> bool:
    """Return whether an entry's current revision is extracted, or it is gone (SQLite alone)."""
    return not extractions.pending_revisions([uuid])


def wait_until_extracted(
    uuid: str, timeout: float | None = None, *, stop: threading.Event | None = None
) -> bool:
    """Wait until an entry's current revision is extracted.

    No worker is started: `WorkSession` does that, and calls this.

    Args:
        uuid: the entry.
        timeout: in seconds; no limit if None.
        stop: ends the waiting when it is set.

    Returns:
        False after the timeout, and if `stop` was set.

    Raises:
        WorkerError: it will not be extracted: inference is off, the entry failed, or the worker
            cannot extract.
        RedisUnavailableError: Redis cannot be started or reached.
    """
    deadline = None if timeout is None else time.monotonic() + timeout
    # Look at every event and every tick: an event may have been missed.
    for event in listen_or_tick(stop or threading.Event()):
        if is_extracted(uuid):
            return True
        _check_entry(uuid)
        check_worker(event)
        if deadline is not None and time.monotonic() >= deadline:
            return False
    return is_extracted(uuid)


def check_worker(event: Event | None) -> None:
    """Raise `WorkerError` if the event says that the worker cannot extract."""
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


def _check_entry(uuid: str) -> None:
    """Raise `WorkerError` if the entry will not be extracted."""
    check_inference()
    episode = episodes.get_episodes([uuid]).get(uuid)
    if episode is not None and episode.status == episodes.DEAD:
        raise WorkerError(
            f"The entry could not be read: {episode.error or 'the reason is not known'}",
            safe="It is saved.",
            hint=f"Try again with `charlie queue retry {uuid}`.",
        )
