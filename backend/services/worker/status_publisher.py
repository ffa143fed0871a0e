"""The worker's own account of what it does, published whenever that changes.

For the worker process alone; others read it through `worker_status` and `events`. Called from
the threads that read and from the caretaker.
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
from backend.database.redis.pubsub import ring
from backend.errors import CharlieError, RedisUnavailableError
from backend.services.supervision.worker_status import (
    ModelState,
    Phase,
    WorkerStatus,
    encode,
    explain,
)

if TYPE_CHECKING:
    from backend.inference.models.routing import Route

# Seconds between two words on how far the model is loaded or the entry read.
_PROGRESS_INTERVAL = 0.5

log = logging.getLogger("charlie.worker")

# Held for a moment, never while Redis is asked: a Redis that is slow to answer must not hold up
# the reading.
_lock = threading.Lock()
# Held while Redis is told, so that what was told last is the latest.
_publishing = threading.Lock()
_status = WorkerStatus(Phase.STARTING)
# When progress was last told, by the monotonic clock, and whether there is some to tell.
_told = 0.0
_has_progressed = False


@dataclass(slots=True)
class _Reading:
    """The reading of one entry: of which revision, how far it is, whether it is still wanted."""

    revision: int
    title: str
    share: float | None = None
    is_superseded: bool = False
    is_cancelled: bool = False


# What is being read, by uuid, in the order of beginning.
_readings: dict[str, _Reading] = {}


def is_starting() -> bool:
    """Whether `ready` was never said."""
    return _status.phase is Phase.STARTING


def entries_being_read() -> tuple[str, ...]:
    """The uuids of the entries that are being read."""
    return _status.entries


def ready() -> None:
    """Nothing is being read; passed over if something is by now."""
    _update_if_at_rest(phase=Phase.READY)
    publish()


def idle() -> None:
    """Nothing is being read and nothing waits that may be: the count starts again.

    Passed over if something is being read by now.
    """
    _update_if_at_rest(phase=Phase.READY, done=0, total=0, reason=None)
    publish()


def is_superseded(entry: str) -> bool:
    """Whether the revision that is being read is no longer the entry's current one."""
    with _lock:
        return entry in _readings and _readings[entry].is_superseded


def note_revision(entry: str, revision: int | None) -> None:
    """An entry has this revision to be read now, or None: what is being read may be outdated."""
    with _lock:
        if entry in _readings and revision != _readings[entry].revision:
            _readings[entry].is_superseded = True


def cancel(entry: str) -> None:
    """The user wants the reading of an entry to stop."""
    with _lock:
        if entry in _readings:
            _readings[entry].is_cancelled = True


def is_cancelled(entry: str) -> bool:
    """Whether the user stopped the reading of an entry."""
    with _lock:
        return entry in _readings and _readings[entry].is_cancelled


def reading(entry: str, revision: int, title: str) -> None:
    """An entry is being read."""
    global _told  # noqa: PLW0603 - one worker a process
    waiting = redis_ops.count_waiting()
    with _lock:
        _told = time.monotonic()
        _readings[entry] = _Reading(revision, title)
        _set({"reason": None, "total": _status.done + max(waiting, 1), **_being_read()})
    publish()


def progress(share: float, entry: str | None = None) -> None:
    """How much of the model is loaded, or of `entry` read, from 0 to 1; told by the caretaker."""
    global _has_progressed  # noqa: PLW0603 - one worker a process
    with _lock:
        if entry is None:
            _set({"share": share})
        elif entry in _readings:
            _readings[entry].share = share
            _set(_being_read())
        _has_progressed = True


def tell_progress() -> None:
    """Publish what `progress` said since the last time.

    Half a second after the reading began at the earliest: most entries are read by then.
    """
    global _told, _has_progressed  # noqa: PLW0603 - one worker a process
    now = time.monotonic()
    with _lock:
        if not _has_progressed or now - _told < _PROGRESS_INTERVAL:
            return
        _told = now
        _has_progressed = False
    publish()


def is_switched_off() -> bool:
    """Whether inference was off when Redis was last asked, which is after every change of it."""
    return _status.inference is False


def finished(entry: str) -> None:
    """The reading of an entry has ended, well or not."""
    with _lock:
        _readings.pop(entry, None)
        _set({"done": _status.done + 1, **_being_read()})


def trouble(reason: str) -> None:
    """Nothing can be read for now, and why; a sentence without words of an entry."""
    with _lock:
        _set({"reason": reason, **_being_read()})
    publish()


def model_changed(state: str, route: Route | None) -> None:
    """The model was loaded or freed; "loading", "warm" or "unloaded", and which one is there."""
    _update(
        model=ModelState(state),
        share=None,
        reader=route.spec.name if route else None,
        instead_of=route.instead_of if route else None,
    )
    publish()


def backup_ended(error: CharlieError | None) -> None:
    """The automatic backup was made or was not due, or it failed."""
    before = _status.backup
    _update(backup=explain(error) if error else None)
    if _status.backup != before:
        publish()


def beat() -> None:
    """Show that the worker lives.

    Raises:
        RedisUnavailableError: Redis cannot be reached or written.
    """
    _update(memory=resident_bytes())
    with _publishing:
        worker_state.beat(os.getpid(), encode(_status))


def publish() -> None:
    """Tell how things are; a Redis that is away hears of it when it is back."""
    with _publishing:
        try:
            _update(
                inference=redis_ops.get_inference_enabled(),
                waiting=redis_ops.count_waiting(),
                dead=episodes.count_by_status(episodes.DEAD),
            )
            worker_state.write_state(encode(_status))
        except RedisUnavailableError as error:
            log.info("The state was not published: %s", error)
            # A Redis whose disk is full keeps nothing, but still tells those who listen.
            ring("worker.state", status=encode(replace(_status, reason=explain(error))))
        except CharlieError as error:
            log.info("The state was not published: %s", error)


def _being_read() -> dict[str, Any]:
    """The fields of the status that say what is being read; `_lock` is held."""
    if not _readings:
        return {"phase": Phase.READY, "entry": None, "title": "", "share": None, "entries": ()}
    entry, first = next(iter(_readings.items()))
    return {
        "phase": Phase.READING,
        "entry": entry,
        "title": first.title,
        "share": first.share if len(_readings) == 1 else None,
        "entries": tuple(_readings),
    }


def _update(**changes: Any) -> None:
    """Change fields of the status; the others stay as any thread last set them."""
    with _lock:
        _set(changes)


def _update_if_at_rest(**changes: Any) -> None:
    """`_update`, unless an entry is being read: the caretaker may be late to say that none is."""
    with _lock:
        if _status.entry is None:
            _set(changes)


def _set(changes: dict[str, Any]) -> None:
    global _status  # noqa: PLW0603 - one worker a process
    before = _status
    _status = replace(before, pid=os.getpid(), **changes)
    if _status.phase is not before.phase:
        _status = replace(_status, since=time.time())


def resident_bytes() -> int:
    """Return the memory that this process holds now, in bytes."""
    return int(psutil.Process().memory_info().rss)
