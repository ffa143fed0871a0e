"""Asking for entries to be read, and seeing how far that has come.

Cheap to import: redis is imported by the functions that talk to it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the reading has come: `pending` wait or are being read, `dead` were given up.

    `done` of `total` counts since there was last nothing to do (`charlie process` starts its
    own count from the `pending` it first sees).
    """

    done: int
    total: int
    pending: int
    dead: int


def schedule_entry(uuid: str, journal: str) -> bool:
    """Put an entry that was just saved before the backlog; whether Redis could be told.

    Starts the embedded Redis if it does not run. Never raises: the entry is safe in SQLite, and
    the worker's next sweep finds it there.
    """
    raise NotImplementedError


def announce(uuid: str, journal: str) -> None:
    """Tell a running Charlie that an entry was saved; starts nothing, waits at most 0.2 s.

    For a command that only writes: a worker that hears it reads the entry, and a journal that
    nobody has open reads it when it is next opened.
    """
    raise NotImplementedError


def announce_deleted(uuid: str) -> None:
    """Tell a running Charlie that an entry went to the trash; like `announce`."""
    raise NotImplementedError


def wake() -> None:
    """Tell a running worker to look for work (after an import, a reread); like `announce`."""
    raise NotImplementedError


def get_inference_enabled() -> bool:
    """Whether entries are read at all, from Redis.

    Raises:
        RedisUnavailableError: Redis cannot be started or reached.
    """
    raise NotImplementedError


def set_inference_enabled(enabled: bool) -> None:
    """Switch reading on (everything that waits is enqueued) or off (what runs is finished).

    Raises:
        RedisUnavailableError: Redis cannot be started or reached; the wish is kept in SQLite.
    """
    raise NotImplementedError


def progress() -> Progress:
    """How far the reading has come.

    Raises:
        RedisUnavailableError: Redis cannot be started or reached.
    """
    raise NotImplementedError


def is_read(uuid: str) -> bool:
    """Whether the entry's current revision has been read, or it is gone (SQLite alone)."""
    raise NotImplementedError


def wait_until_read(uuid: str, timeout: float | None = None) -> bool:
    """Wait until an entry's current revision has been read; False after `timeout` seconds.

    It does not see to it that a worker runs: `WorkSession` does, and calls this.

    Raises:
        WorkerError: it will not be read: inference is off, or the entry was given up.
        RedisUnavailableError: Redis cannot be started or reached.
    """
    raise NotImplementedError
