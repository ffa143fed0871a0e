"""Maintains the worker: shows that it lives, finds work that nobody enqueued, backs up.

The process that saves an entry enqueues it. None does when a command only publishes an event, when
Redis was away or wiped, when a task went down with its worker, when a script turned inference on:
SQLite knows what is pending, and a sweep brings it into the queue.
"""

from __future__ import annotations

import contextlib
import logging
import signal
import threading
import time

from backend.database import redis_ops
from backend.database.journal import extractions
from backend.database.redis import episodes, worker_state
from backend.errors import CharlieError, RedisDamagedError
from backend.events import Event, EventName
from backend.inference import manager
from backend.services.backup.backups import AutomaticBackups
from backend.services.supervision.events import listen_or_tick
from backend.services.worker.status_publisher import StatusPublisher

#: Seconds between sweeps that nothing else asked for.
SWEEP_INTERVAL = 30.0
_SWEEP_RETRY = 2.0

# Seconds after which the kernel ends a worker whose threads no longer run at all: C code that
# hangs holds the interpreter, and nothing in Python could end it.
_HANG_LIMIT = 120.0

log = logging.getLogger("charlie.worker")


class MaintenanceThread:
    """A thread of the worker process.

    Args:
        status: what the process is doing; published from here while nothing else changes it.
    """

    def __init__(self, status: StatusPublisher) -> None:
        self._status = status
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="maintenance", daemon=True)
        self._backups = AutomaticBackups(status.set_backup)
        # Whether Redis took the last heartbeat.
        self._is_connected = True
        self._next_beat = 0.0
        self._next_sweep = 0.0
        self._retry_at: float | None = None
        # Whether Redis' file may hold what was deleted for good, or an earlier version's titles.
        self._is_rewrite_due = True

    def start(self) -> None:
        """Start the thread; it waits for a Redis that is away."""
        manager.on_change(lambda state: self._status.set_model(state, manager.loaded_route()))
        manager.on_loading(self._status.note_progress)
        self._thread.start()
        self._backups.start()

    def stop(self) -> None:
        """End the thread, and publish that the worker leaves; takes a quarter of a second.

        A large backup that is being made may take another one.
        """
        self._stop.set()
        self._thread.join()
        signal.setitimer(signal.ITIMER_REAL, 0)
        try:
            worker_state.stop_beating()
        except CharlieError as error:
            log.info("Left without telling Redis: %s", error)
        self._backups.stop()

    def _run(self) -> None:
        # What the last worker left in Redis is not what this one does.
        self._status.publish()
        for event in listen_or_tick(self._stop):
            signal.setitimer(signal.ITIMER_REAL, _HANG_LIMIT)
            try:
                self._handle(event)
            except RedisDamagedError as error:
                log.warning("Redis is begun anew: %s", error)
                with contextlib.suppress(CharlieError):
                    redis_ops.start_anew()
                self._next_sweep = 0.0
            except CharlieError as error:
                log.warning("The sweep was put off: %s", error)

    def _handle(self, event: Event | None) -> None:
        now = time.monotonic()
        match event:
            case Event(EventName.REDIS_LOST):
                return
            case Event(
                EventName.ENTRY_SAVED | EventName.ENTRY_RESTORED | EventName.ENTRY_MOVED,
                entry=str(uuid),
            ):
                self._add_unknown(uuid)
            case Event(EventName.ENTRY_DELETED | EventName.ENTRY_PURGED, entry=str(uuid)):
                self._status.note_revision(uuid, None)
                redis_ops.remove_episode_from_queue(uuid)
                self._is_rewrite_due |= event.name is EventName.ENTRY_PURGED
            case Event(EventName.EXTRACTION_CANCELLED, entry=str(uuid)):
                self._status.cancel(uuid)
            case Event(EventName.REDIS_BACK | EventName.WAKE | EventName.INFERENCE_CHANGED):
                if event.name is EventName.WAKE:
                    manager.try_again()
                    # Many that were deleted at once are told as this.
                    self._is_rewrite_due = True
                self._next_sweep = now
        self._status.publish_progress()
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
        if event is None and self._is_rewrite_due:
            self._is_rewrite_due = not redis_ops.rewrite_log()

    def _beat(self) -> None:
        """Show that the worker lives; once Redis takes that again, work begins at once."""
        try:
            self._status.beat()
        except CharlieError:
            self._is_connected = False
            self._status.publish()
            raise
        if not self._is_connected:
            self._is_connected = True
            self._next_sweep = 0.0

    def _sweep(self) -> None:
        if extractions.count_provisional() and redis_ops.get_inference_enabled():
            # One entry tries whether the chosen model is back; if it is, the others follow.
            extractions.requeue_provisional(most=1)
        added = redis_ops.enqueue_pending_episodes()
        if added:
            log.info("Enqueued %d episodes.", added)
        if self._status.is_starting:
            self._status.set_ready()
        elif manager.cleanup_if_no_work():
            self._status.set_idle()
        else:
            self._status.publish()

    def _add_unknown(self, uuid: str) -> None:
        """Enqueue an entry if the process that saved it only published that."""
        pending = extractions.find_pending(uuid)
        self._status.note_revision(uuid, None if pending is None else pending.revision)
        if pending is not None and redis_ops.get_episode_status(uuid) != episodes.PENDING:
            redis_ops.add_episode(uuid, pending.journal)
