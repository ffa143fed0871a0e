"""What the threads of the worker process share."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from backend.services.worker.helpers import HelperThreads
from backend.services.worker.status_publisher import StatusPublisher


class WorkerProcess:
    """The state of a worker process: its status, its helpers, and whether it is leaving.

    Args:
        huey: the queue that the helper threads take tasks from.
    """

    def __init__(self, huey: Any) -> None:
        self.status = StatusPublisher()
        self.helpers = HelperThreads(huey, self.status)
        self._closing = threading.Event()
        self._interrupting = threading.Event()
        self._claimed: set[str] = set()
        self._lock = threading.Lock()

    @property
    def is_closing(self) -> bool:
        """Whether the worker begins nothing more."""
        return self._closing.is_set()

    @property
    def is_interrupting(self) -> bool:
        """Whether running extractions stop in the middle; their entries stay pending."""
        return self._interrupting.is_set()

    def close(self) -> None:
        """Begin nothing more, in any thread."""
        self._closing.set()
        self.helpers.dismiss()

    def interrupt(self) -> None:
        """Stop running extractions in the middle."""
        self._interrupting.set()

    @contextmanager
    def claim(self, uuid: str) -> Iterator[bool]:
        """Reserve an entry for the calling thread until the end of the block.

        Yields:
            Whether the entry is this thread's; False while another thread has it.
        """
        with self._lock:
            is_ours = uuid not in self._claimed
            self._claimed.add(uuid)
        try:
            yield is_ours
        finally:
            if is_ours:
                with self._lock:
                    self._claimed.discard(uuid)
