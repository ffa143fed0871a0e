"""A worker for the duration of a command."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from backend.database import redis_ops
from backend.database.redis import episodes
from backend.database.redis.episodes import DEAD
from backend.errors import WorkerError
from backend.services.supervision import scheduling
from backend.services.supervision.events import listen_or_tick
from backend.services.supervision.supervisor import Supervisor
from backend.services.supervision.worker_status import Phase, WorkerStatus, is_worker_running


class WorkSession:
    """Keeps a worker running between `with` and its end; blocks, for the command line.

    A worker that another Charlie runs is used; if that Charlie leaves meanwhile, the worker is
    supervised here. What was started here is stopped at the end.

    Args:
        on_status: called from a thread with what the supervisor has to say; what the worker does
            comes from `events.listen`.
    """

    def __init__(self, on_status: Callable[[WorkerStatus], None] | None = None) -> None:
        self._on_status = on_status
        self._supervisor = Supervisor(self._note)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._supervise, name="supervisor", daemon=True)
        # Set when the supervisor tries no longer: waiting is useless.
        self._has_failed = threading.Event()
        self._reason: str | None = None
        self._hint = "`charlie doctor` looks for the cause."

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._supervisor.leave)
        self._thread.join()
        self._loop.close()

    def wait_for(self, uuid: str, timeout: float | None = None) -> bool:
        """Wait until an entry is extracted; False after `timeout` seconds.

        Raises:
            WorkerError: it will not be extracted: inference is off, the entry failed, or the
                worker cannot run (the message says why).
            RedisUnavailableError: Redis cannot be started or reached.
        """
        is_done = scheduling.wait_until_extracted(uuid, timeout, stop=self._has_failed)
        if not is_done:
            self._check()
        return is_done

    def process(self, on_progress: Callable[[int, int], None] | None = None) -> int:
        """Work until nothing is pending.

        Args:
            on_progress: called with the entries done and those in all, at least once and for
                every entry; the total grows when entries are saved meanwhile.

        Returns:
            How many entries have failed.

        Raises:
            WorkerError: inference is off, or the worker cannot run (the message says why).
            RedisUnavailableError: Redis cannot be started or reached.
        """
        redis_ops.enqueue_pending_episodes()
        before = total = redis_ops.count_waiting()
        if total:
            scheduling.check_inference()
        for event in listen_or_tick(self._has_failed):
            waiting = redis_ops.count_waiting()
            total += max(waiting - before, 0)
            before = waiting
            if on_progress is not None:
                on_progress(total - waiting, total)
            if not waiting:
                return episodes.count_by_status(DEAD)
            scheduling.check_inference()
            scheduling.check_worker(event)
        self._check()
        return episodes.count_by_status(DEAD)

    def _supervise(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._supervisor.run())

    def _note(self, status: WorkerStatus) -> None:
        if status.phase is Phase.OFF and not is_worker_running():
            self._reason = "it is switched off"
            self._hint = "Switch it on: charlie worker on (and unset CHARLIE_WORKER if it is set)."
            self._has_failed.set()
        elif status.phase is Phase.STOPPED and status.reason:
            self._reason = status.reason
            self._has_failed.set()
        if self._on_status is not None:
            self._on_status(status)

    def _check(self) -> None:
        """Raise if the worker cannot run."""
        if self._has_failed.is_set():
            raise WorkerError(
                f"The worker cannot run: {(self._reason or '').rstrip('.')}.",
                safe="The entries are saved, and wait.",
                hint=self._hint,
            )
