"""Looks after the worker: shows that it lives, finds work that nobody enqueued, backs up.

Work is enqueued by whoever saves an entry. Nobody does when a command only publishes, when
Redis was away or wiped, when a task went down with its worker, when the switch was thrown by a
script: SQLite knows what needs to be read, and a sweep brings it into the queue.
"""

from __future__ import annotations

import logging
import signal
import threading
import time

from backend.database import redis_ops
from backend.database.journal import extractions
from backend.database.redis import episodes, worker_state
from backend.errors import CharlieError
from backend.events import Event, EventName
from backend.inference import manager
from backend.services.backup.backups import AutomaticBackups
from backend.services.supervision.events import listen_or_tick
from backend.services.worker import status_publisher

#: Seconds between sweeps that nothing else asked for.
SWEEP_INTERVAL = 30.0
_SWEEP_RETRY = 2.0

# Seconds after which the kernel ends a worker whose threads no longer run at all: C code that
# hangs holds the interpreter, and nothing in Python could end it.
_HANG_LIMIT = 120.0

log = logging.getLogger("charlie.worker")


class Caretaker:
    """A thread of the worker process."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="caretaker", daemon=True)
        self._backups = AutomaticBackups(status_publisher.backup_ended)
        # Whether Redis took the last sign of life.
        self._is_heard = True
        self._next_beat = 0.0
        self._next_sweep = 0.0
        self._retry_at: float | None = None

    def start(self) -> None:
        """Begin; Redis may be away, and is waited for."""
        manager.on_change(
            lambda state: status_publisher.model_changed(state, manager.loaded_route())
        )
        manager.on_loading(status_publisher.progress)
        self._thread.start()
        self._backups.start()

    def stop(self) -> None:
        """End, and say that the worker leaves; takes a quarter of a second.

        A large backup that is being made may hold it up for another one.
        """
        self._stop.set()
        self._thread.join()
        signal.setitimer(signal.ITIMER_REAL, 0)
        try:
            worker_state.stop_beating()
        except CharlieError as error:
            log.info("Left without a word: %s", error)
        self._backups.stop()

    def _run(self) -> None:
        # What the last worker left in Redis is not what this one does.
        status_publisher.publish()
        for event in listen_or_tick(self._stop):
            signal.setitimer(signal.ITIMER_REAL, _HANG_LIMIT)
            try:
                self._attend(event)
            except CharlieError as error:
                log.warning("The sweep was put off: %s", error)

    def _attend(self, event: Event | None) -> None:
        now = time.monotonic()
        match event:
            case Event(EventName.REDIS_LOST):
                return
            case Event(
                EventName.ENTRY_SAVED | EventName.ENTRY_RESTORED | EventName.ENTRY_MOVED,
                entry=str(uuid),
            ):
                _add_unknown(uuid)
            case Event(EventName.ENTRY_DELETED | EventName.ENTRY_PURGED, entry=str(uuid)):
                status_publisher.note_revision(uuid, None)
                redis_ops.remove_episode_from_queue(uuid)
            case Event(EventName.READING_CANCELLED, entry=str(uuid)):
                status_publisher.cancel(uuid)
            case Event(EventName.REDIS_BACK | EventName.WAKE | EventName.INFERENCE_CHANGED):
                if event.name is EventName.WAKE:
                    manager.try_again()
                self._next_sweep = now
        status_publisher.tell_progress()
        if self._retry_at != (retry_at := manager.retry_at()):
            self._retry_at = retry_at
            if retry_at is not None:
                self._next_sweep = min(self._next_sweep, retry_at)
        if now >= self._next_beat:
            self._next_beat = now + worker_state.HEARTBEAT_INTERVAL
            self._beat()
            if redis_ops.is_strange():
                self._next_sweep = now
        if now >= self._next_sweep:
            # One that fails is tried again, though not at once.
            self._next_sweep = now + _SWEEP_RETRY
            self._sweep()
            self._next_sweep = time.monotonic() + SWEEP_INTERVAL

    def _beat(self) -> None:
        """Show that the worker lives; when Redis takes it after a while, work begins at once."""
        try:
            status_publisher.beat()
        except CharlieError:
            self._is_heard = False
            status_publisher.publish()
            raise
        if not self._is_heard:
            self._is_heard = True
            self._next_sweep = 0.0

    def _sweep(self) -> None:
        if extractions.count_provisional() and redis_ops.get_inference_enabled():
            # One tries whether the chosen model is back; when it has read that, the others follow.
            extractions.requeue_provisional(most=1)
        added = redis_ops.enqueue_pending_episodes()
        if added:
            log.info("Enqueued %d episodes.", added)
        if status_publisher.is_starting():
            status_publisher.ready()
        elif manager.cleanup_if_no_work():
            status_publisher.idle()
        else:
            status_publisher.publish()


def _add_unknown(uuid: str) -> None:
    """Enqueue an entry that was saved by a process that only published the event."""
    entry = extractions.find_unread(uuid)
    status_publisher.note_revision(uuid, None if entry is None else entry.revision)
    if entry is not None and redis_ops.get_episode_status(uuid) != episodes.PENDING:
        redis_ops.add_episode(uuid, entry.journal)
