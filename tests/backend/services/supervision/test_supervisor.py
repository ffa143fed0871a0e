"""Supervisors: one at a time, none in vain, and no worker left behind."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest

import backend
from backend import locations
from backend.database.redis import worker_state
from backend.database.sqlite import connection
from backend.preferences import WORKER_ENABLED
from backend.services.supervision.supervisor import MOST_CRASHES, Supervisor
from backend.services.supervision.worker_status import Phase, WorkerStatus, is_worker_running
from tests.backend.services.work import (
    CONSUMER,
    SUPERVISOR,
    are_extracted,
    is_being_read,
    is_running,
    long_text,
    running,
    save,
    settle,
    wait_for_status,
    wait_until,
    worker_pid,
)


async def _until(heard: list[WorkerStatus], phase: Phase) -> WorkerStatus:
    await asyncio.to_thread(wait_until, lambda: phase in [status.phase for status in list(heard)])
    return next(status for status in heard if status.phase is phase)


async def test_it_runs_a_worker_until_it_is_stopped() -> None:
    heard: list[WorkerStatus] = []
    supervisor = Supervisor(heard.append)
    task = asyncio.create_task(supervisor.run())
    await asyncio.to_thread(wait_for_status, lambda status: status.phase is Phase.READY)
    await supervisor.stop()
    await task
    assert [status.phase for status in heard] == [Phase.STARTING, Phase.STOPPED]
    assert not is_worker_running()


@pytest.mark.parametrize(
    "obstacle",
    [lambda: locations.lock_path("supervisor"), lambda: locations.log_path("worker")],
    ids=["run", "logs"],
)
async def test_what_prevents_a_worker_is_told_and_tried_again(
    obstacle: Callable[[], Path],
) -> None:
    # Root may write into any folder, but nobody can open a folder as a file.
    obstacle().mkdir()
    heard: list[WorkerStatus] = []
    supervisor = Supervisor(heard.append)
    task = asyncio.create_task(supervisor.run())
    stopped = await _until(heard, Phase.STOPPED)
    assert "Is a directory" in (stopped.reason or "")
    assert str(obstacle()) in (stopped.reason or "")
    obstacle().rmdir()
    supervisor.retry()
    await asyncio.to_thread(wait_for_status, lambda status: status.phase is Phase.READY)
    await supervisor.stop()
    await task
    assert not is_worker_running()


async def test_cancelling_it_stops_the_worker() -> None:
    task = asyncio.create_task(Supervisor().run())
    await asyncio.to_thread(wait_for_status, lambda status: status.phase is Phase.READY)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not is_worker_running()


async def test_stopping_leaves_a_long_entry_for_the_next_time() -> None:
    entry = await asyncio.to_thread(save, long_text(200_000))
    supervisor = Supervisor()
    task = asyncio.create_task(supervisor.run())
    await asyncio.to_thread(wait_until, lambda: is_being_read(entry))
    await supervisor.stop()
    await task
    assert not is_worker_running()
    assert not are_extracted(entry)
    log = locations.log_path("worker").read_text(encoding="utf-8")
    assert f"Stopped extracting {entry.uuid}" in log


def test_another_one_takes_over() -> None:
    with running(SUPERVISOR) as first:
        wait_for_status(lambda status: status.phase is Phase.READY)
        pid = worker_pid()
        with running(SUPERVISOR):
            # Time enough for one that does not wait its turn to start a second worker.
            time.sleep(1.5)
            assert worker_pid() == pid
            first.kill()
            first.wait()
            settle(save())
            assert worker_pid() != pid
            assert not is_running(pid)


def test_a_worker_that_was_started_by_hand_is_left_alone() -> None:
    with running(CONSUMER) as consumer:
        wait_for_status(lambda status: status.phase is Phase.READY)
        with running(SUPERVISOR):
            time.sleep(1.5)
            assert worker_pid() == consumer.pid
            consumer.terminate()
            consumer.wait()
            settle(save())


@pytest.mark.slow
async def test_a_worker_wanted_as_soon_as_it_is_given_up_is_started() -> None:
    backend.list_journals()
    version = 0
    stopped = asyncio.Event()

    def hear(status: WorkerStatus) -> None:
        nonlocal version
        version = version or _set_version(9999)
        if status.phase is Phase.STOPPED and not stopped.is_set():
            stopped.set()
            _set_version(version)
            supervisor.retry()

    supervisor = Supervisor(hear)
    task = asyncio.create_task(supervisor.run())
    await stopped.wait()
    await asyncio.to_thread(wait_for_status, lambda status: status.phase is Phase.READY)
    await supervisor.stop()
    await task


async def test_a_crash_loop_ends_with_a_reason() -> None:
    backend.list_journals()
    version = 0
    heard: list[WorkerStatus] = []

    def hear(status: WorkerStatus) -> None:
        # What this process asks of the journal it has asked by now; the worker meets a newer one.
        nonlocal version
        version = version or _set_version(9999)
        heard.append(status)

    supervisor = Supervisor(hear)
    task = asyncio.create_task(supervisor.run())
    last = await _until(heard, Phase.STOPPED)
    assert "newer" in str(last.reason)
    assert [status.phase for status in heard].count(Phase.STARTING) == MOST_CRASHES
    assert [status.retry_in for status in heard if status.retry_in] == [1, 2, 4, 8]
    state, _ = await asyncio.to_thread(worker_state.load_state)
    assert (state["phase"], state["reason"]) == ("stopped", last.reason)
    _set_version(version)
    supervisor.retry()
    await asyncio.to_thread(wait_for_status, lambda status: status.phase is Phase.READY)
    await supervisor.stop()
    await task


def _set_version(version: int) -> int:
    """Give the journal another version; the one it had."""
    connection.close_all()
    database = apsw.Connection(str(locations.database_path()))
    (before,) = next(database.execute("PRAGMA user_version"))
    database.execute(f"PRAGMA user_version = {version}")
    database.close()
    return int(before)


async def test_a_worker_that_dies_is_started_again() -> None:
    heard: list[WorkerStatus] = []
    supervisor = Supervisor(heard.append)
    task = asyncio.create_task(supervisor.run())
    await asyncio.to_thread(wait_for_status, lambda status: status.phase is Phase.READY)
    pid = await asyncio.to_thread(worker_pid)
    os.kill(pid, signal.SIGKILL)
    restarting = await _until(heard, Phase.RESTARTING)
    assert restarting.retry_in == 1
    await asyncio.to_thread(
        wait_for_status, lambda status: status.phase is Phase.READY and status.pid != pid
    )
    await supervisor.stop()
    await task


async def test_the_switch_in_the_settings_keeps_it_off() -> None:
    backend.set_preference(WORKER_ENABLED, False)
    heard: list[WorkerStatus] = []
    await Supervisor(heard.append).run()
    assert [status.phase for status in heard] == [Phase.OFF]


def test_the_switch_in_the_environment_keeps_it_off() -> None:
    entry = backend.add_entry("Written without a worker.")
    with running(SUPERVISOR, CHARLIE_WORKER="off") as supervisor:
        supervisor.wait()
        assert supervisor.returncode == 0
    assert not is_worker_running()
    assert not are_extracted(entry)
