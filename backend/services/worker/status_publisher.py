"""The worker's own account of what it does, published whenever that changes.

For the worker process alone; others get it through `worker_status` and `events`.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import psutil

from backend.database import redis_ops
from backend.database.redis import episodes, worker_state
from backend.errors import CharlieError, RedisUnavailableError
from backend.events import EventName, publish
from backend.services.supervision.worker_status import (
    ModelState,
    Phase,
    WorkerStatus,
    encode,
    explain,
)

if TYPE_CHECKING:
    from backend.inference.models.routing import Route

# Seconds between two reports of how far the model is loaded or the entry extracted.
_PROGRESS_INTERVAL = 0.5

log = logging.getLogger("charlie.worker")


@dataclass(slots=True)
class _Extraction:
    """One running extraction: of which revision, how far it is, whether it is still wanted."""

    revision: int
    share: float | None = None
    is_superseded: bool = False
    is_cancelled: bool = False


class StatusPublisher:
    """Keeps the status of one worker process and publishes it; any thread may call it.

    A Redis that is away gets the status when it is back.
    """

    def __init__(self) -> None:
        # Held for a moment, never while Redis is asked: a Redis that is slow to answer must not
        # hold up an extraction.
        self._lock = threading.Lock()
        # Held while Redis is told, so that what was told last is the latest.
        self._publishing = threading.Lock()
        self._status = WorkerStatus(Phase.STARTING)
        # When progress was last published, by the monotonic clock, and whether there is some.
        self._progress_at = 0.0
        self._has_progressed = False
        # By uuid, in the order of beginning.
        self._extractions: dict[str, _Extraction] = {}

    @property
    def is_starting(self) -> bool:
        """Whether `set_ready` was never called."""
        return self._status.phase is Phase.STARTING

    @property
    def entries(self) -> tuple[str, ...]:
        """The uuids of the entries that are being extracted, in order of beginning."""
        return self._status.entries

    @property
    def is_switched_off(self) -> bool:
        """Whether inference was off when Redis was last asked, which is after every change."""
        return self._status.inference is False

    def set_ready(self) -> None:
        """Show that nothing is being extracted; ignored if something is by now."""
        self._update_if_at_rest(phase=Phase.READY)
        self.publish()

    def set_idle(self) -> None:
        """Show that nothing is being extracted and nothing waits: the count starts again.

        Ignored if something is being extracted by now.
        """
        self._update_if_at_rest(phase=Phase.READY, done=0, total=0, reason=None)
        self.publish()

    def set_problem(self, reason: str) -> None:
        """Show that nothing can be extracted for now.

        Args:
            reason: a sentence that says why, without words of an entry.
        """
        with self._lock:
            self._set({"reason": reason, **self._running()})
        self.publish()

    def set_model(self, state: str, route: Route | None) -> None:
        """Show whether the model is "loading", "warm" or "unloaded", and which one is loaded."""
        self._update(
            model=ModelState(state),
            share=None,
            reader=route.spec.name if route else None,
            instead_of=route.instead_of if route else None,
        )
        self.publish()

    def set_backup(self, error: CharlieError | None) -> None:
        """Show why the automatic backup failed; with None, that it was made or was not due."""
        before = self._status.backup
        self._update(backup=explain(error) if error else None)
        if self._status.backup != before:
            self.publish()

    def begin_extraction(self, uuid: str, revision: int) -> None:
        """Show that an entry is being extracted."""
        waiting = redis_ops.count_waiting()
        with self._lock:
            self._progress_at = time.monotonic()
            self._extractions[uuid] = _Extraction(revision)
            self._set(
                {
                    "reason": None,
                    "total": self._status.done + max(waiting, 1),
                    **self._running(),
                }
            )
        self.publish()

    def end_extraction(self, uuid: str) -> None:
        """Note that the extraction of an entry has ended, well or not; published later."""
        with self._lock:
            if self._extractions.pop(uuid, None) is not None:
                self._set({"done": self._status.done + 1, **self._running()})

    def note_revision(self, uuid: str, revision: int | None) -> None:
        """Note which revision of an entry is pending, which may outdate the running extraction.

        Args:
            uuid: the entry.
            revision: its pending revision; None if there is none.
        """
        with self._lock:
            running = self._extractions.get(uuid)
            if running is not None and revision != running.revision:
                running.is_superseded = True

    def is_superseded(self, uuid: str) -> bool:
        """Return whether the revision that is being extracted is outdated."""
        with self._lock:
            return uuid in self._extractions and self._extractions[uuid].is_superseded

    def cancel(self, uuid: str) -> None:
        """Note that the user wants the extraction of an entry to stop."""
        with self._lock:
            if uuid in self._extractions:
                self._extractions[uuid].is_cancelled = True

    def is_cancelled(self, uuid: str) -> bool:
        """Return whether the user stopped the running extraction of an entry."""
        with self._lock:
            return uuid in self._extractions and self._extractions[uuid].is_cancelled

    def note_progress(self, share: float, uuid: str | None = None) -> None:
        """Note how much is done; the maintenance thread publishes it.

        Args:
            share: from 0 to 1.
            uuid: the entry that is being extracted; the model's loading if None.
        """
        with self._lock:
            if uuid is None:
                self._set({"share": share})
            elif uuid in self._extractions:
                self._extractions[uuid].share = share
                self._set(self._running())
            self._has_progressed = True

    def publish_progress(self) -> None:
        """Publish what `note_progress` noted since the last time.

        Half a second after the beginning at the earliest: most entries are done by then.
        """
        now = time.monotonic()
        with self._lock:
            if not self._has_progressed or now - self._progress_at < _PROGRESS_INTERVAL:
                return
            self._progress_at = now
            self._has_progressed = False
        self.publish()

    def beat(self) -> None:
        """Show that the worker lives.

        Raises:
            RedisUnavailableError: Redis cannot be reached or written.
        """
        self._update(memory=resident_bytes())
        with self._publishing:
            worker_state.beat(os.getpid(), encode(self._status))

    def publish(self) -> None:
        """Publish the status, with the switch and the counts as Redis has them now."""
        with self._publishing:
            try:
                self._update(
                    inference=redis_ops.get_inference_enabled(),
                    waiting=redis_ops.count_waiting(),
                    dead=episodes.count_by_status(episodes.DEAD),
                )
                worker_state.write_state(encode(self._status))
            except RedisUnavailableError as error:
                log.info("The state was not published: %s", error)
                # A Redis whose disk is full keeps nothing, but still tells those who listen.
                status = encode(replace(self._status, reason=explain(error)))
                publish(EventName.WORKER_STATE, status=status)
            except CharlieError as error:
                log.info("The state was not published: %s", error)

    def _running(self) -> dict[str, Any]:
        """Return the fields that say what is being extracted; `_lock` is held."""
        if not self._extractions:
            return {"phase": Phase.READY, "entry": None, "share": None, "entries": ()}
        uuid, first = next(iter(self._extractions.items()))
        return {
            "phase": Phase.EXTRACTING,
            "entry": uuid,
            "share": first.share if len(self._extractions) == 1 else None,
            "entries": tuple(self._extractions),
        }

    def _update(self, **changes: Any) -> None:
        """Change fields of the status; the others stay as any thread last set them."""
        with self._lock:
            self._set(changes)

    def _update_if_at_rest(self, **changes: Any) -> None:
        """`_update`, unless an entry is being extracted: the caller may be late to say so."""
        with self._lock:
            if self._status.entry is None:
                self._set(changes)

    def _set(self, changes: dict[str, Any]) -> None:
        before = self._status
        self._status = replace(before, pid=os.getpid(), **changes)
        if self._status.phase is not before.phase:
            self._status = replace(self._status, since=time.time())


def resident_bytes() -> int:
    """Return the memory that this process holds now, in bytes."""
    return int(psutil.Process().memory_info().rss)
