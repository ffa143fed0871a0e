"""The worker's own account of what it does, published whenever that changes.

For the worker process alone; others read it through `worker_status` and `events`. Called from
the thread that reads and from the caretaker.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from dataclasses import replace

from backend.database import episodes, redis_ops, worker_state
from backend.errors import CharlieError
from backend.services.worker_status import ModelState, Phase, WorkerStatus, encode

# Seconds between two words on how far the model is loaded or the entry read.
_PROGRESS_INTERVAL = 0.5

log = logging.getLogger("charlie.worker")

_lock = threading.RLock()
_status = WorkerStatus(Phase.STARTING)
_revision = 0
# When the last such word was said, by the monotonic clock.
_told = 0.0
_superseded = threading.Event()


def is_starting() -> bool:
    """Whether `ready` was never said."""
    return _status.phase is Phase.STARTING


def entry_being_read() -> str | None:
    """The uuid of the entry that is being read."""
    return _status.entry


def ready() -> None:
    """Nothing is being read."""
    _change(replace(_status, phase=Phase.READY, entry=None, title=""))


def idle() -> None:
    """Nothing is being read and nothing waits that may be: the count starts again."""
    _change(replace(_status, phase=Phase.READY, entry=None, title="", done=0, total=0, reason=None))


def is_superseded() -> bool:
    """Whether the revision that is being read is no longer the entry's current one."""
    return _superseded.is_set()


def note_revision(entry: str, revision: int | None) -> None:
    """An entry has this revision to be read now, or None: what is being read may be outdated."""
    with _lock:
        if entry == _status.entry and revision != _revision:
            _superseded.set()


def reading(entry: str, revision: int, title: str) -> None:
    """An entry is being read."""
    global _revision, _told  # noqa: PLW0603 - one worker a process
    with _lock:
        _revision = revision
        _told = time.monotonic()
        _superseded.clear()
    waiting = redis_ops.count_waiting()
    _change(
        replace(
            _status,
            phase=Phase.READING,
            entry=entry,
            title=title,
            total=_status.done + max(waiting, 1),
            reason=None,
            share=None,
        )
    )


def progress(share: float) -> None:
    """How much of the model is loaded, or of the entry read, from 0 to 1.

    Told half a second after it began at the earliest: most entries are read by then.
    """
    global _told  # noqa: PLW0603 - one worker a process
    now = time.monotonic()
    with _lock:
        if now - _told < _PROGRESS_INTERVAL:
            return
        _told = now
    _change(replace(_status, share=share))


def is_switched_off() -> bool:
    """Whether inference was off when Redis was last asked, which is after every change of it."""
    return _status.inference is False


def finished() -> None:
    """The entry that was being read is done with, well or not."""
    with _lock:
        done = _status.done + 1
        _set(replace(_status, phase=Phase.READY, done=done, entry=None, title="", share=None))


def trouble(reason: str) -> None:
    """Nothing can be read for now, and why; a sentence without words of an entry."""
    _change(replace(_status, phase=Phase.READY, entry=None, title="", reason=reason))


def model_changed(state: str) -> None:
    """The model was loaded or freed; "loading", "warm" or "unloaded"."""
    _change(replace(_status, model=ModelState(state), share=None))


def beat() -> None:
    """Show that the worker lives.

    Raises:
        RedisUnavailableError: Redis cannot be reached.
    """
    with _lock:
        worker_state.beat(os.getpid(), encode(_status))


def publish() -> None:
    """Tell it again: somebody may have missed it, or a number has changed."""
    _change(_status)


def _change(status: WorkerStatus) -> None:
    """Keep and publish; a Redis that is away hears of it when it is back."""
    with _lock:
        since = status.since if status.phase == _status.phase else time.time()
        _set(replace(status, since=since, pid=os.getpid()))
        try:
            _set(
                replace(
                    _status,
                    inference=redis_ops.get_inference_enabled(),
                    waiting=redis_ops.count_waiting(),
                    dead=episodes.count_by_status(episodes.DEAD),
                )
            )
            worker_state.write_state(encode(_status))
        except CharlieError as error:
            log.info("The state was not published: %s", error)


def _set(status: WorkerStatus) -> None:
    global _status  # noqa: PLW0603 - one worker a process
    _status = status
