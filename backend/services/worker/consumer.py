"""The worker process, however it was started: by a supervisor or as `huey_consumer`.

One thread reads, because llama.cpp is not thread-safe (`crew` helps where the model is not in
this process); beside it a caretaker shows that the worker lives and looks for work that nobody
enqueued.
"""

from __future__ import annotations

import logging
import signal
import threading
from typing import Any

from huey.consumer import Consumer

from backend import locations
from backend.file_locks import FileLock
from backend.services.worker import helpers as worker_helpers
from backend.services.worker.maintenance import Caretaker
from backend.settings import HUEY_WORKER_TYPE, HUEY_WORKERS

# Seconds. Whoever looks whether a worker runs holds its lock for a moment; a worker that was just
# killed lets go of it within milliseconds.
_LOCK_TIMEOUT = 1.0
# How long a worker that is asked to leave goes on reading before it stops in the middle: enough
# for an entry of some thousand words.
_GRACE = 0.5
# The longest rest after Redis did not answer.
_MAX_DELAY = 2.0

log = logging.getLogger("charlie.worker")

_closing = threading.Event()
_impatient = threading.Event()


def is_closing() -> bool:
    """Whether the worker is to begin nothing any more."""
    return _closing.is_set()


def is_impatient() -> bool:
    """Whether the worker is to stop in the middle of what it reads; it is read again later."""
    return _impatient.is_set()


class JournalConsumer(Consumer):  # type: ignore[misc] # huey has no types
    """Huey's consumer with one thread, one process a journal folder, and a caretaker.

    Args:
        huey: the queue.
        options: as of Huey's consumer; the number and kind of workers are ours.

    Raises:
        SystemExit: another worker of this journal folder runs.
    """

    def __init__(self, huey: Any, **options: Any) -> None:
        self._worker_lock = FileLock(locations.lock_path("worker"))
        if not self._worker_lock.acquire(timeout=_LOCK_TIMEOUT):
            raise SystemExit("A worker of this journal runs already.")
        options |= {
            "workers": HUEY_WORKERS,
            "worker_type": HUEY_WORKER_TYPE,
            "periodic": False,
            "max_delay": _MAX_DELAY,
        }
        super().__init__(huey, **options)
        # Huey would start itself anew when its terminal goes away.
        self._signal_actions.pop(signal.SIGHUP, None)
        self.caretaker = Caretaker()

    def start(self) -> None:
        """Begin to work."""
        self.caretaker.start()
        super().start()

    def stop(self, graceful: bool = False) -> None:
        """Begin no further task, and wait for the running one, though not for long.

        A task that is taken from the queue in this moment sees `is_closing` and leaves; the next
        worker's sweep finds its episode.
        """
        _closing.set()
        worker_helpers.dismiss()
        patience = threading.Timer(_GRACE if graceful else 0, _impatient.set)
        patience.daemon = True
        patience.start()
        # Never without waiting: a thread in C code does not survive the end of the interpreter.
        super().stop(graceful=True)
        worker_helpers.wait()
        patience.cancel()

    def run(self) -> None:
        """Work until a signal says to leave."""
        try:
            super().run()
        finally:
            self.caretaker.stop()
            self._worker_lock.release()
