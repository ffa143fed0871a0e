"""What just happened, as it happens: saves, readings, the worker's state, the switch."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from backend.services.worker_status import WorkerStatus


class EventName(StrEnum):
    """What an event is about; the values travel through Redis."""

    ENTRY_SAVED = "entry.saved"
    ENTRY_DELETED = "entry.deleted"
    ENTITIES_READY = "entities.ready"  # `entry` was read and its mentions are stored
    EPISODE_FAILED = "episode.failed"  # `entry` could not be read; retried, or dead
    WORKER_STATE = "worker.state"  # `status` says what it is now
    INFERENCE_CHANGED = "inference.changed"
    WAKE = "wake"  # many entries changed at once; the worker looks for work
    REDIS_LOST = "redis.lost"  # made here: nothing is heard until REDIS_BACK
    REDIS_BACK = "redis.back"  # made here: events may have been missed, read again


@dataclass(frozen=True, slots=True)
class Event:
    """One event; the fields that its name does not speak of are None."""

    name: EventName
    entry: str | None = None
    journal: str | None = None
    status: WorkerStatus | None = None


def listen(stop: threading.Event) -> Iterator[Event]:
    """Yield events until `stop` is set; blocks, so it wants a thread of its own.

    The first event is `REDIS_BACK` (listening has begun: what is read from now on misses
    nothing) or `REDIS_LOST`. It reconnects by itself, starting the embedded Redis if that died.
    Unknown and malformed messages are skipped. Leaves at most half a second after `stop`.
    """
    raise NotImplementedError
