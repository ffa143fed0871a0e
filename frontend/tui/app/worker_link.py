"""The screen's link to the worker: starts it, receives its events, knows its state.

Imported after the first paint: what it needs takes 15 ms.

Everything that talks to Redis runs in threads; what comes of it arrives on the event loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from textual.app import App
from textual.message import Message
from textual.timer import Timer

from backend.errors import CharlieError
from backend.events import JOURNAL_CHANGES, Event, EventName
from backend.services.supervision.events import listen
from backend.services.supervision.notifier import Notifier
from backend.services.supervision.supervisor import Supervisor
from backend.services.supervision.worker_status import (
    Phase,
    WorkerStatus,
    decode,
    describe,
    find_title,
    load_status,
)
from frontend.tui.app.notifications import Notification, NotificationPolicy, failure_notification
from frontend.tui.tasks import run_each, run_latest

if TYPE_CHECKING:
    from backend.services.supervision.queue_view import QueuedEntry

# Redis is asked for the counts behind the words at most this often, in seconds.
_ASK_SECONDS = 0.5

# How long leaving waits for the listener, which looks up twice a second.
_LEAVE_SECONDS = 1.5

# A Redis that dies is started again at once; only one that stays away is told of. In seconds.
_MISSED_AFTER = 2.0

# Entries that are given up together are told of together: the first ones soon, those after them
# in a while. In seconds.
_GATHER_SECONDS = 2.0
_GATHER_MORE_SECONDS = 30.0

# After these, counts may have changed that the event does not carry.
_ASK_AFTER = JOURNAL_CHANGES | {
    EventName.INFERENCE_CHANGED,
    EventName.EPISODE_FAILED,
    EventName.EPISODE_DEAD,
    EventName.EXTRACTION_CANCELLED,
}

# What the threads would otherwise import while the loop waits for them: 250 ms together.
_HEAVY = ("backend.database.redis_ops", "backend.services.queue")


class EventReceived(Message):
    """Posted to the app for every event."""

    def __init__(self, event: Event) -> None:
        super().__init__()
        self.event = event


class WorkLink:
    """Supervises the worker and follows its events; one per app.

    Args:
        app: gets an `EventReceived` for every event.
        start_worker: whether this process sees to it that a worker runs.
        on_words: called with the worker's state whenever it reads differently.
        on_notification: called with what is to be told in a toast.
    """

    def __init__(
        self,
        app: App[None],
        *,
        start_worker: bool,
        on_words: Callable[[str], None],
        on_notification: Callable[[Notification], None],
    ) -> None:
        self._app = app
        self._start_worker = start_worker
        self._on_words = on_words
        self._on_notification = on_notification
        self._notification_policy = NotificationPolicy()
        self._missing: Timer | None = None
        # Entries that were given up and not told of yet.
        self._newly_failed: set[str] = set()
        self._gather: Timer | None = None
        self._status = WorkerStatus(Phase.STARTING if start_worker else Phase.OFF)
        self._status_at = time.monotonic()
        self._stop = threading.Event()
        # A daemon: a Redis that does not answer must not keep the terminal from being left.
        self._listener = threading.Thread(target=self._listen, name="charlie-events", daemon=True)
        self._notifier = Notifier()
        self._supervisor: Supervisor | None = None
        self._supervision: asyncio.Task[None] | None = None
        self._ask_timer: Timer | None = None
        self._countdown: Timer | None = None
        self._words = ""
        # The entry that was last asked for its title, and that.
        self._titled: str | None = None
        self._title = ""

    async def start(self) -> None:
        """Begin; called once, after the first paint."""
        await asyncio.to_thread(_import_heavy)
        if self._stop.is_set():
            return
        if self._start_worker:
            self._supervisor = Supervisor(self._on_worker_status)
            self._supervision = asyncio.create_task(self._supervisor.run())
        self._notifier.start()
        self._listener.start()

    async def stop(self) -> None:
        """End listening and the worker, if it is ours; what it was reading stays pending."""
        self._stop.set()
        leaving = asyncio.create_task(asyncio.to_thread(self._leave_threads))
        if self._supervisor is not None and self._supervision is not None:
            await self._supervisor.stop()
            await self._supervision
        await leaving

    def _leave_threads(self) -> None:
        deadline = time.monotonic() + _LEAVE_SECONDS
        self._notifier.stop(_LEAVE_SECONDS)
        if self._listener.is_alive():
            self._listener.join(max(0.0, deadline - time.monotonic()))

    def _listen(self) -> None:
        for event in listen(self._stop):
            if self._stop.is_set():
                return
            # The loop may have ended since.
            with contextlib.suppress(RuntimeError):
                self._app.post_message(EventReceived(event))

    def on_event(self, event: Event) -> None:
        """Update the worker's state by an event, and tell what is news."""
        status = decode(event.status) if event.status is not None else None
        if status is not None:
            self._on_worker_status(status)
        match event.name:
            case EventName.ENTITIES_READY:
                self._notify(self._notification_policy.on_extracted())
            case EventName.EPISODE_DEAD if event.entry is not None:
                self._newly_failed.add(event.entry)
                if self._gather is None:
                    self._gather = self._app.set_timer(_GATHER_SECONDS, self._show_failed)
            case EventName.REDIS_LOST if self._notification_policy.lose_redis():
                self._missing = self._app.set_timer(_MISSED_AFTER, self._miss_redis)
            case EventName.REDIS_BACK:
                if self._missing is not None:
                    self._missing.stop()
                self._notify(self._notification_policy.on_redis_back())
            case EventName.WORKER_WANTED if self._supervisor is not None:
                self._supervisor.retry()
        if event.name in _ASK_AFTER:
            self._ask_soon()

    def _on_worker_status(self, status: WorkerStatus) -> None:
        """Take over a status that the worker or its supervisor published just now."""
        self._notify(self._notification_policy.on_status(status))
        self._on_status(status)

    def _notify(self, notification: Notification | None) -> None:
        if notification is not None:
            self._on_notification(notification)

    def _miss_redis(self) -> None:
        self._notify(self._notification_policy.on_redis_missed())

    def _show_failed(self) -> None:
        newly_failed, self._newly_failed = self._newly_failed, set()
        self._gather = None
        if newly_failed:
            # Whatever else is given up for a while is told of together.
            self._gather = self._app.set_timer(_GATHER_MORE_SECONDS, self._show_failed)
            run_each(self._app, "dead", self._find_failed, newly_failed)

    async def _find_failed(self, uuids: set[str]) -> None:
        with contextlib.suppress(CharlieError):
            entries = await asyncio.to_thread(_list_failed)
            self._notify(failure_notification([entry for entry in entries if entry.uuid in uuids]))

    def _on_status(self, status: WorkerStatus) -> None:
        self._status = status
        self._status_at = time.monotonic()
        if status.pid is not None:
            self._notify(self._notification_policy.on_backup(status))
        if status.entry in (None, self._titled):
            self._show_status()
        else:
            run_latest(self._app, "title", self._load_title, status.entry)

    async def _load_title(self, uuid: str) -> None:
        """Show what is being extracted, once the journal has told its title."""
        with contextlib.suppress(CharlieError):
            self._title = await asyncio.to_thread(find_title, uuid)
        self._titled = uuid
        if self._status.entry == uuid:
            self._show_status()

    def _show_status(self) -> None:
        """Put the status in words; a restart counts down by itself."""
        status = replace(self._status, title=self._title if self._status.entry else "")
        if self._countdown is not None:
            self._countdown.stop()
            self._countdown = None
        if status.phase == Phase.RESTARTING and status.retry_in is not None:
            left = max(0.0, status.retry_in - (time.monotonic() - self._status_at))
            status = replace(status, retry_in=left)
            if left > 0:
                self._countdown = self._app.set_timer(1.0, self._show_status)
        words = describe(status)
        if words != self._words:
            self._words = words
            self._on_words(words)

    def _ask_soon(self) -> None:
        if self._ask_timer is None:
            self._ask_timer = self._app.set_timer(_ASK_SECONDS, self._ask)

    def _ask(self) -> None:
        self._ask_timer = None
        run_latest(self._app, "status", self._load_status)

    async def _load_status(self) -> None:
        asked_at = time.monotonic()
        status = await asyncio.to_thread(load_status)
        # What was pushed meanwhile is newer than the answer.
        if self._status_at <= asked_at:
            self._on_status(status)


def _list_failed() -> list[QueuedEntry]:
    # One of the `_HEAVY`.
    from backend.services.supervision.queue_view import list_failed  # noqa: PLC0415

    return list_failed()


def _import_heavy() -> None:
    for name in _HEAVY:
        importlib.import_module(name)
