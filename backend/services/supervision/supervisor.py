"""Keeps one worker running for as long as this process wants entries to be extracted."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from backend import locations, settings
from backend.database.journal.preferences import get_preference
from backend.database.redis import worker_state
from backend.errors import CharlieError
from backend.file_locks import FileLock
from backend.preferences import WORKER_ENABLED
from backend.services.supervision import run_log
from backend.services.supervision.worker_status import (
    Phase,
    WorkerStatus,
    encode,
    explain,
    is_worker_running,
)

# Seconds before the second start; doubled for each further one, up to the limit.
_FIRST_DELAY = 1.0
_LONGEST_DELAY = 30.0
#: What the worker writes on its output: a task is done; it cannot begin, and why.
DONE = "done"
FAILED = "failed"
#: After so many deaths in a row, with nothing done between them, it is not started again.
MOST_CRASHES = 5
# A worker that lived this long, in seconds, has shown that it can.
_PROVEN_AFTER = 120.0
# How often the locks are tried that another Charlie holds, in seconds.
_TAKEOVER_INTERVAL = 1.0
# How often it is tried whether what prevented a worker from being started is gone, in seconds.
_OBSTACLE_INTERVAL = 10.0
# How long a worker may take to leave before it is killed, in seconds. It leaves within one; the
# rest is patience with a Redis that does not answer.
_STOP_TIMEOUT = 5.0

log = logging.getLogger("charlie.supervisor")


@dataclass(slots=True)
class _ProcessRecord:
    """How one worker process did: `done` tasks, and why it `failed` if it said so."""

    done: int = 0
    failed: str | None = None


class Supervisor:
    """Runs the worker if no other Charlie does, and takes over when that one leaves.

    Args:
        on_status: called on the event loop whenever this supervisor has something to say
            (starting, restarting, stopped and why, off); what the worker itself does is
            published through Redis and comes with `events.listen`.
    """

    def __init__(self, on_status: Callable[[WorkerStatus], None] | None = None) -> None:
        self._on_status = on_status
        self._stopping = asyncio.Event()
        self._retry = asyncio.Event()
        self._finished = asyncio.Event()
        self._finished.set()

    async def run(self) -> None:
        """Supervise until cancelled or `stop`ped; no process is left behind either way.

        Must run on the main thread's event loop, or on a thread that outlives the worker: on
        Linux the worker is ended when the thread that started it ends.

        Where a worker cannot be started for now (no space for a lock or log, too many open files,
        a journal that cannot be read) that is reported as `STOPPED` with the reason, and tried
        again until it can.
        """
        self._finished.clear()
        try:
            while not self._stopping.is_set():
                try:
                    await self._run_alone()
                except (CharlieError, OSError) as error:
                    log.info("No worker can be started: %s", error)
                    self._retry.clear()
                    await self._report(WorkerStatus(Phase.STOPPED, reason=_reason(error)))
                    await self._wait_for_retry(at_most=_OBSTACLE_INTERVAL)
                else:
                    return
        finally:
            self._finished.set()

    async def _run_alone(self) -> None:
        """Supervise as soon as no other Charlie does; return when stopped, or switched off.

        Raises:
            CharlieError, OSError: what prevents it for now.
        """
        if not settings.WORKER_ENABLED:
            await self._report(WorkerStatus(Phase.OFF))
            return
        if not await asyncio.to_thread(get_preference, WORKER_ENABLED):
            await self._report(WorkerStatus(Phase.OFF))
            return
        with FileLock(locations.lock_path("supervisor")) as lock:
            while not lock.acquire():
                if await self._rest(_TAKEOVER_INTERVAL):
                    return
            await self._supervise()

    async def stop(self) -> None:
        """End the worker if it is ours, gracefully, within a few seconds, and `run` with it."""
        self.leave()
        await self._finished.wait()

    def leave(self) -> None:
        """End `run` as `stop` does, without waiting; call it on the event loop's thread."""
        self._stopping.set()

    def retry(self) -> None:
        """Start the worker again after it died too often (a key on the screen asks)."""
        self._retry.set()

    async def _supervise(self) -> None:
        crashes = 0
        while not self._stopping.is_set():
            # Started by hand, or left by a supervisor that was killed a moment ago.
            while await asyncio.to_thread(is_worker_running):
                if await self._rest(_TAKEOVER_INTERVAL):
                    return
            await self._report(WorkerStatus(Phase.STARTING))
            began = time.monotonic()
            record = await self._run_worker()
            if self._stopping.is_set():
                await self._report(WorkerStatus(Phase.STOPPED))
                return
            if record.done or time.monotonic() - began > _PROVEN_AFTER:
                crashes = 0
            crashes += 1
            log.warning("The worker died: %s", record.failed or "no reason was given")
            reason = record.failed or f"it died again and again; see {locations.log_path('worker')}"
            if crashes >= MOST_CRASHES:
                # Whatever is asked for from now on counts, also while this is being published.
                self._retry.clear()
                await self._report(WorkerStatus(Phase.STOPPED, reason=reason), publish=True)
                if await self._wait_for_retry():
                    return
                crashes = 0
                continue
            delay = min(_FIRST_DELAY * 2 ** (crashes - 1), _LONGEST_DELAY)
            status = WorkerStatus(Phase.RESTARTING, reason=record.failed, retry_in=delay)
            await self._report(status, publish=True)
            if await self._rest(delay):
                return

    async def _run_worker(self) -> _ProcessRecord:
        """Start a worker and return when it is gone."""
        with _open_log() as output:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-P", "-m", "backend.services.worker"),
                stdin=PIPE,
                stdout=PIPE,
                stderr=output,
                # Out of reach of the terminal's ctrl+c, but in its session: the kernel shares the
                # processor out between sessions first, and niceness counts only within one.
                process_group=0,
            )
        record = _ProcessRecord()
        listening = asyncio.create_task(_listen(process.stdout, record))
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait({listening, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if listening.done():
                # Its output ends because it does.
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(process.wait(), _STOP_TIMEOUT)
        finally:
            stopping.cancel()
            await asyncio.shield(_end(process, listening))
        return record

    async def _rest(self, seconds: float) -> bool:
        """Wait some seconds; return whether the supervisor was stopped meanwhile."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)
        return self._stopping.is_set()

    async def _wait_for_retry(self, at_most: float | None = None) -> bool:
        """Wait for `retry`, `at_most` some seconds; return whether the supervisor was stopped."""
        waits = {
            asyncio.create_task(self._retry.wait()),
            asyncio.create_task(self._stopping.wait()),
        }
        try:
            await asyncio.wait(waits, timeout=at_most, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        return self._stopping.is_set()

    async def _report(self, status: WorkerStatus, *, publish: bool = False) -> None:
        """Report to the owner, and with `publish` to other Charlies."""
        status = WorkerStatus(
            status.phase, reason=status.reason, retry_in=status.retry_in, since=time.time()
        )
        if self._on_status is not None:
            self._on_status(status)
        if publish:
            await asyncio.to_thread(_publish, status)


def _open_log() -> BinaryIO:
    """Open the worker's log, for what it prints before it opens that itself."""
    path = locations.log_path("worker")
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW
    return os.fdopen(os.open(path, flags, 0o600), "ab")


def _reason(error: CharlieError | OSError) -> str:
    if isinstance(error, CharlieError):
        return explain(error)
    return f"{error.filename or 'a process could not be started'}: {error.strerror or error}"


def _publish(status: WorkerStatus) -> None:
    try:
        # Only what no worker can publish itself: that it died.
        run_log.record_death(status.reason)
        worker_state.write_state(encode(status))
    except CharlieError as error:
        log.info("The state was not published: %s", explain(error))


async def _listen(output: asyncio.StreamReader | None, record: _ProcessRecord) -> None:
    """Note what the worker writes until its output ends."""
    while output is not None and (line := await output.readline()):
        word, _, rest = line.decode(errors="replace").strip().partition(" ")
        if word == DONE:
            record.done += 1
        elif word == FAILED:
            record.failed = rest


async def _end(process: Process, listening: asyncio.Task[None]) -> None:
    """Return when the worker is gone: by itself, else on request, else by force."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), _STOP_TIMEOUT)
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
    await process.wait()
    if process.stdin is not None:
        process.stdin.close()
    await listening
