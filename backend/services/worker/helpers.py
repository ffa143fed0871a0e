"""Helping hands for a model that another program runs: several entries are read at once.

Huey's consumer keeps its one thread, as a model in this process demands. Where the model is an
endpoint, its tasks call further threads, which take tasks from the same queue, in the same order,
and run them as the consumer does, until nothing waits.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from redis.exceptions import RedisError

from backend.errors import CharlieError
from backend.services.worker import status_publisher

log = logging.getLogger("charlie.worker")

_lock = threading.Lock()
_dismissed = threading.Event()
_threads: dict[int, threading.Thread] = {}
_wanted = 0
_claimed: set[str] = set()


def call(huey: Any, hands: int) -> None:
    """Have this many threads help, from now on; those that are too many leave after their task."""
    global _wanted  # noqa: PLW0603 - one worker a process
    with _lock:
        _wanted = hands
        for number in range(hands):
            if number not in _threads and not _dismissed.is_set():
                thread = threading.Thread(
                    target=_help, args=(huey, number), name=f"hand {number}", daemon=True
                )
                _threads[number] = thread
                thread.start()


def dismiss() -> None:
    """Have nobody begin another task."""
    _dismissed.set()


def wait() -> None:
    """Come back when those who were dismissed have left."""
    with _lock:
        threads = list(_threads.values())
    for thread in threads:
        thread.join()


@contextmanager
def claim(entry: str) -> Iterator[bool]:
    """Whether an entry is this thread's to read; it is until the end of the block."""
    with _lock:
        is_ours = entry not in _claimed
        _claimed.add(entry)
    try:
        yield is_ours
    finally:
        if is_ours:
            with _lock:
                _claimed.discard(entry)


def _help(huey: Any, number: int) -> None:
    try:
        while number < _wanted and not _dismissed.is_set():
            # Waits for a moment.
            task = huey.dequeue()
            if task is not None:
                huey.execute(task)
            elif not status_publisher.entries_being_read():
                break
    except (RedisError, CharlieError) as error:
        # The consumer's own thread waits until it is back, and calls again.
        log.info("A helping hand left: %s", error)
    finally:
        with _lock:
            del _threads[number]
