"""Tells the worker and other screens of what this process writes, from a thread of its own.

A Redis that hangs holds up the thread and not a save.
"""

from __future__ import annotations

import queue
import threading

from backend import journal
from backend.events import Event, EventName, publish

# After these the worker may have something to extract. It is enqueued here, so that it comes
# before the backlog of a worker that does not run at the moment.
_ENQUEUED_AFTER = frozenset({EventName.ENTRY_SAVED, EventName.ENTRY_RESTORED})


class Notifier:
    """Takes over the notifications of this process from `start` to `stop`."""

    def __init__(self) -> None:
        self._events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        # A daemon: a Redis that does not answer must not keep the process from ending.
        self._thread = threading.Thread(target=self._run, name="charlie-notifier", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()
        journal.notify_through(self._events.put)

    def stop(self, timeout: float) -> None:
        """Send what is left, and end; gives up after `timeout` seconds."""
        journal.notify_through(None)
        if self._thread.is_alive():
            self._events.put(None)
            self._thread.join(timeout)

    def _run(self) -> None:
        while (event := self._events.get()) is not None:
            if event.name in _ENQUEUED_AFTER and event.entry and event.journal:
                journal.enqueue_entry(event.entry, event.journal, event.name)
            else:
                publish(event.name, entry=event.entry, journal=event.journal)
