"""Asks for entries to be extracted, and tells how far that is.

Cheap to import: redis is imported by the first function that talks to it.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass

from backend.database import redis_ops
from backend.database.journal import extractions
from backend.database.redis import episodes, worker_state
from backend.database.redis.pubsub import ring
from backend.database.redis.session import publish
from backend.database.redis_ops import get_inference_enabled, set_inference_enabled
from backend.errors import CharlieError, WorkerError
from backend.failpoints import reach
from backend.services.supervision.events import Event, listen_or_tick
from backend.services.supervision.worker_status import Phase

__all__ = [
    "Progress",
    "announce",
    "announce_deleted",
    "get_inference_enabled",
    "is_read",
    "progress",
    "schedule_entry",
    "set_inference_enabled",
    "wait_until_read",
    "wake",
    "want_worker",
]

log = logging.getLogger("charlie.scheduling")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far extraction is: `pending` wait or are being extracted, `dead` failed.

    `done` of `total` counts since there was last nothing to do.
    """

    done: int
    total: int
    pending: int
    dead: int


def schedule_entry(uuid: str, journal: str) -> bool:
    """Put an entry that was just saved before the backlog.

    Starts the embedded Redis if it does not run. Never raises: the entry is safe in SQLite, and
    the worker's next sweep finds it there.
    """
    try:
        reach("enqueue.begun")
        redis_ops.add_episode(uuid, journal)
        publish("entry.saved", entry=uuid, journal=journal)
    except CharlieError as error:
        log.warning("Entry %s was not scheduled: %s", uuid, error)
        return False
    return True


def announce(uuid: str, journal: str) -> None:
    """Tell a running Charlie that an entry was saved; starts nothing, waits at most 0.2 s a step.

    For a command that only writes: a running worker extracts the entry, else the journal does when
    it is next opened.
    """
    ring("entry.saved", entry=uuid, journal=journal)


def announce_deleted(uuid: str) -> None:
    """Tell a running Charlie that an entry went to the trash; like `announce`."""
    ring("entry.deleted", entry=uuid)


def wake() -> None:
    """Tell a running worker to look for work, after many changes at once; like `announce`."""
    ring("wake")


def want_worker() -> None:
    """Have a Charlie that stopped restarting its worker start it again; like `announce`."""
    ring("worker.wanted")


def progress() -> Progress:
    """Return how far extraction is.

    Raises:
        RedisUnavailableError: Redis cannot be started or reached.
    """
    pending = redis_ops.count_waiting()
    state, _ = worker_state.read_state()
    done = int(state.get("done") or 0) if pending else 0
    return Progress(done, done + pending, pending, episodes.count_by_status(episodes.DEAD))


def is_read(uuid: str) -> bool:
    """Return whether an entry's current revision is extracted, or it is gone (SQLite alone)."""
    return not extractions.unread_revisions([uuid])


def wait_until_read(
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
        if is_read(uuid):
            return True
        _check_entry(uuid)
        check_worker(event)
        if deadline is not None and time.monotonic() >= deadline:
            return False
    return is_read(uuid)


def check_worker(event: Event | None) -> None:
    """Raise `WorkerError` if the event says that the worker cannot extract."""
    status = event.status if event is not None else None
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
