"""A worker for the duration of a command."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Self

from backend.services.worker_status import WorkerStatus


class WorkSession:
    """Sees to it that a worker runs between `with` and its end; blocks, for the command line.

    A worker that another Charlie runs is used; if that Charlie leaves meanwhile, the worker is
    supervised here. What was started here is stopped at the end.

    Args:
        on_status: called from a thread with every change of the worker's state.
    """

    def __init__(self, on_status: Callable[[WorkerStatus], None] | None = None) -> None:
        self._on_status = on_status

    def __enter__(self) -> Self:
        raise NotImplementedError

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        raise NotImplementedError

    def wait_for(self, uuid: str, timeout: float | None = None) -> bool:
        """Wait until an entry was read; False after `timeout` seconds.

        Raises:
            WorkerError: it will not be read: inference is off, the entry was given up, or the
                worker cannot run (the message says why).
            RedisUnavailableError: Redis cannot be started or reached.
        """
        raise NotImplementedError

    def process(self, on_progress: Callable[[int, int], None] | None = None) -> int:
        """Work until nothing is pending; how many entries are dead then.

        `on_progress(done, total)` is called at least once, and with every entry that is read;
        `total` grows when entries are saved meanwhile.

        Raises:
            WorkerError: inference is off, or the worker cannot run (the message says why).
            RedisUnavailableError: Redis cannot be started or reached.
        """
        raise NotImplementedError
