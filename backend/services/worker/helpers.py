"""Threads that help the worker's own one while another program runs the model.

Huey's consumer keeps its one thread, as a model in this process demands. Where the model is an
endpoint, tasks call helper threads, which take tasks from the same queue in the same order and
execute them as the consumer does, until nothing waits.
"""

from __future__ import annotations

import logging
import threading
from typing import Any

from redis.exceptions import RedisError

from backend.errors import CharlieError
from backend.services.worker.status_publisher import StatusPublisher

log = logging.getLogger("charlie.worker")


class HelperThreads:
    """The helper threads of one worker process; none until they are called.

    Args:
        huey: the queue.
        status: what the process is doing; helpers stay while any entry is being extracted.
    """

    def __init__(self, huey: Any, status: StatusPublisher) -> None:
        self._huey = huey
        self._status = status
        self._lock = threading.Lock()
        self._dismissed = threading.Event()
        self._threads: dict[int, threading.Thread] = {}
        self._wanted = 0

    def call(self, count: int) -> None:
        """Have `count` threads help from now on; those beyond that leave after their task."""
        with self._lock:
            self._wanted = count
            for number in range(count):
                if number not in self._threads and not self._dismissed.is_set():
                    thread = threading.Thread(
                        target=self._help, args=(number,), name=f"helper {number}", daemon=True
                    )
                    self._threads[number] = thread
                    thread.start()

    def dismiss(self) -> None:
        """Let no helper begin another task."""
        self._dismissed.set()

    def wait(self) -> None:
        """Return when all helpers have left; call `dismiss` first."""
        with self._lock:
            threads = list(self._threads.values())
        for thread in threads:
            thread.join()

    def _help(self, number: int) -> None:
        try:
            while number < self._wanted and not self._dismissed.is_set():
                # Waits for a moment.
                task = self._huey.dequeue()
                if task is not None:
                    self._huey.execute(task)
                elif not self._status.entries:
                    break
        except (RedisError, CharlieError) as error:
            # The consumer's own thread waits until Redis is back, and calls again.
            log.info("A helper thread left: %s", error)
        finally:
            with self._lock:
                del self._threads[number]
