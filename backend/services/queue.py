"""The queue: what waits to be read and what was given up."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class QueuedEntry:
    """An entry in the queue. `title` is its title or first line, not sanitised.

    `status` is "pending_nodes" or "dead"; `attempts` counts the failures so far and `error` is
    the last one's sentence; `retry_at` is when it is tried again (seconds since the epoch),
    None for at once. `reading` marks the one being read.
    """

    uuid: str
    journal: str
    title: str
    status: str
    attempts: int
    error: str | None
    retry_at: float | None
    reading: bool


def list_queue(limit: int | None = None) -> list[QueuedEntry]:
    """What waits (being read first, then newest first), then what is dead.

    Raises:
        RedisUnavailableError: Redis cannot be started or reached.
    """
    raise NotImplementedError


def retry_dead(uuid: str | None = None) -> int:
    """Try dead entries again, all of them or one; how many.

    Raises:
        NotFoundError: `uuid` is not dead.
        RedisUnavailableError: Redis cannot be started or reached.
    """
    raise NotImplementedError


def drop_dead(uuid: str | None = None) -> int:
    """Stop trying the current revision of dead entries, all or one; how many.

    The entry counts as read with nothing found until it is next edited.

    Raises:
        NotFoundError: `uuid` is not dead.
        RedisUnavailableError: Redis cannot be started or reached.
    """
    raise NotImplementedError
