"""The worker process, however it was started: by a supervisor or as `huey_consumer`.

One thread extracts, because llama.cpp is not thread-safe (helper threads join it where the model
is not in this process); beside it a maintenance thread shows that the worker lives and looks for
work that nobody enqueued.
"""

from __future__ import annotations

import signal
import threading
from typing import Any

from huey.consumer import Consumer

from backend import locations
from backend.file_locks import FileLock
from backend.services.worker.maintenance import MaintenanceThread
from backend.services.worker.process import WorkerProcess
from backend.settings import HUEY_WORKER_TYPE, HUEY_WORKERS

# Seconds. A process that asks whether a worker runs holds its lock for a moment; that of a worker
# that was just killed is free within milliseconds.
_LOCK_TIMEOUT = 1.0
# Seconds that a worker which is asked to leave goes on with its entry before it stops in the
# middle: enough for some thousand words.
_GRACE = 0.5
# Seconds, the longest rest after Redis did not answer.
_MAX_DELAY = 2.0


class JournalConsumer(Consumer):  # type: ignore[misc] # huey has no types
    """Huey's consumer with one thread, one process a journal folder, and a maintenance thread.

    Args:
        huey: the queue.
        options: those of Huey's consumer; the number and kind of workers are fixed.

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
        # Huey would start itself again when its terminal goes away.
        self._signal_actions.pop(signal.SIGHUP, None)
        self.worker = WorkerProcess(huey)
        self._maintenance = MaintenanceThread(self.worker.status)

    def start(self) -> None:
        """Start the threads."""
        self._maintenance.start()
        super().start()

    def stop(self, graceful: bool = False) -> None:
        """Begin no further task, and wait for the running one, though not for long.

        A task that is taken from the queue in this moment sees that the process is closing and
        leaves; the next worker's sweep finds its episode.
        """
        self.worker.close()
        patience = threading.Timer(_GRACE if graceful else 0, self.worker.interrupt)
        patience.daemon = True
        patience.start()
        # Never without waiting: a thread in C code does not survive the end of the interpreter.
        super().stop(graceful=True)
        self.worker.helpers.wait()
        patience.cancel()

    def run(self) -> None:
        """Work until a signal asks the process to leave."""
        try:
            super().run()
        finally:
            self._maintenance.stop()
            self._worker_lock.release()
