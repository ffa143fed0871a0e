"""Tells views what has changed in the journal and what the worker does."""

from __future__ import annotations

import asyncio
import gc
import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual.app import App
from textual.signal import Signal

from backend.events import JOURNAL_CHANGES, EventName

if TYPE_CHECKING:
    from frontend.tui.app.notifications import Notification
    from frontend.tui.app.worker_link import EventReceived, WorkLink

# After these the journal that new entries go into may be called something else.
_AFTER_RENAMING = frozenset({EventName.JOURNAL_RENAMED, EventName.JOURNAL_DELETED, EventName.WAKE})


class Changes:
    """The signals of `app`, and the link to the worker that publishes them.

    A view subscribes to the signals that concern it, and refreshes only itself.

    Args:
        app: the app whose signals these are.
        on_notification: called with what is to be told in a toast.
        on_rename: called when a journal may have another name, or be gone.

    Attributes:
        journal: entries were saved, deleted or restored, here or elsewhere.
        entry_read: the names of the entry of this uuid were stored.
        inference: the switch for extraction was turned, here or elsewhere.
        status_changed: the worker's state in words, which is also in `status`.
    """

    def __init__(
        self,
        app: App[Any],
        *,
        on_notification: Callable[[Notification], None],
        on_rename: Callable[[], None],
    ) -> None:
        self._app = app
        self._on_notification = on_notification
        self._on_rename = on_rename
        self.journal: Signal[None] = Signal(app, "journal-changed")
        self.entry_extracted: Signal[str] = Signal(app, "entry-extracted")
        self.inference: Signal[None] = Signal(app, "inference-changed")
        self.status_changed: Signal[str] = Signal(app, "status-changed")
        self.status = ""
        self._link: WorkLink | None = None

    async def start(self, *, start_worker: bool) -> None:
        """Listen for events, and see to it that a worker runs if `start_worker`."""
        work = await asyncio.to_thread(importlib.import_module, "frontend.tui.app.worker_link")
        link: WorkLink = work.WorkLink(
            self._app,
            start_worker=start_worker,
            on_words=self.publish_status,
            on_notification=self._on_notification,
        )
        self._link = link
        await link.start()
        # What was imported for it stays.
        gc.freeze()

    async def stop(self) -> None:
        """End listening and the worker, if it is ours."""
        if self._link is not None:
            await self._link.stop()

    def publish_status(self, words: str) -> None:
        """Publish the worker's state in words."""
        self.status = words
        self.status_changed.publish(words)

    def on_event(self, message: EventReceived) -> None:
        """Publish what an event tells."""
        event = message.event
        if self._link is not None:
            self._link.on_event(event)
        if event.name is EventName.ENTITIES_READY and event.entry is not None:
            self.entry_extracted.publish(event.entry)
        elif event.name is EventName.INFERENCE_CHANGED:
            self.inference.publish(None)
        elif event.name in JOURNAL_CHANGES:
            self.journal.publish(None)
            if event.name in _AFTER_RENAMING:
                self._on_rename()
