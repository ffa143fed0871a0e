"""Processes are killed in the middle of their work; every entry is read in the end, once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

import backend
from backend import locations
from backend.database import redis_ops
from backend.database.redis import episodes
from backend.database.redis import server as redis_server
from backend.database.redis.client import client
from backend.records import Entry
from backend.services.supervision.worker_status import Phase, is_worker_running
from backend.services.worker.attempt import MAX_CRASHES
from tests.backend.services.work import (
    CONSUMER,
    SUPERVISOR,
    are_extracted,
    is_being_read,
    is_running,
    long_text,
    redis_pid,
    running,
    save,
    settle,
    times_read,
    wait_for_status,
    wait_until,
    worker_pid,
)
from tests.conftest import processes_of

# Long enough to be caught in the middle of: a second of a processor that is free. To the end it is
# a hundred times as long where others want the processor, because the worker yields to all.
_LONG = 2_000


def test_the_worker_is_killed_in_mid_task() -> None:
    victim = save(long_text(_LONG))
    with running(SUPERVISOR):
        wait_until(lambda: is_being_read(victim))
        others = [save(f"Entry {number} about Omar.") for number in range(3)]
        pid = worker_pid()
        os.kill(pid, signal.SIGKILL)
        settle(victim, *others)
        assert worker_pid() != pid
    assert [times_read(entry) for entry in (victim, *others)] == [1, 1, 1, 1]


def test_a_consumer_is_killed_and_the_next_one_finds_its_entry() -> None:
    victim = save(long_text(_LONG))
    with running(CONSUMER) as consumer:
        wait_until(lambda: is_being_read(victim))
        consumer.kill()
        consumer.wait()
    assert not are_extracted(victim)
    with running(CONSUMER):
        wait_until(lambda: are_extracted(victim))


def test_redis_is_killed_in_mid_task() -> None:
    victim = save(long_text(_LONG))
    with running(SUPERVISOR):
        wait_until(lambda: is_being_read(victim))
        others = [save(f"Entry {number} about Omar.") for number in range(3)]
        pid = redis_pid()
        os.kill(pid, signal.SIGKILL)
        settle(victim, *others)
        assert redis_pid() != pid
    assert [times_read(entry) for entry in (victim, *others)] == [1, 1, 1, 1]


def test_redis_is_wiped_in_mid_task() -> None:
    victim = save(long_text(_LONG))
    with running(SUPERVISOR):
        wait_until(lambda: is_being_read(victim))
        others = [backend.add_entry(f"Entry {number} about Omar.") for number in range(3)]
        with client() as redis:
            redis.flushall()
        settle(victim, *others)
    assert [times_read(entry) for entry in (victim, *others)] == [1, 1, 1, 1]


def test_redis_is_suspended_in_mid_task() -> None:
    victim = save(long_text(_LONG))
    with running(SUPERVISOR):
        wait_until(lambda: is_being_read(victim))
        redis, worker = redis_pid(), worker_pid()
        os.kill(redis, signal.SIGSTOP)
        try:
            wait_until(lambda: are_extracted(victim))
        finally:
            os.kill(redis, signal.SIGCONT)
        last = save("After the pause.")
        settle(last)
        assert (redis_pid(), worker_pid()) == (redis, worker)
    assert times_read(victim) == 1


def test_the_worker_is_suspended_and_stays_the_only_one() -> None:
    with running(SUPERVISOR):
        wait_for_status(lambda status: status.phase is Phase.READY)
        pid = worker_pid()
        os.kill(pid, signal.SIGSTOP)
        entry = save()
        assert is_worker_running()
        os.kill(pid, signal.SIGCONT)
        wait_until(lambda: are_extracted(entry))
        assert worker_pid() == pid


def test_nothing_outlives_a_supervisor_that_is_killed() -> None:
    victim = save(long_text(_LONG))
    with running(SUPERVISOR) as supervisor:
        wait_until(lambda: is_being_read(victim))
        worker = worker_pid()
        supervisor.kill()
        supervisor.wait()
        wait_until(lambda: not is_running(worker))
        # Being interrupted was not the entry's fault.
        assert episodes.get_episodes([victim.uuid])[victim.uuid].crashes == 0
    assert not are_extracted(victim)
    with running(SUPERVISOR):
        settle(victim)
    assert times_read(victim) == 1


def test_redis_does_not_outlive_the_last_of_its_users(charlie_home: Path) -> None:
    entry = backend.add_entry(long_text(_LONG))
    log = locations.log_path("worker")
    with running(SUPERVISOR) as supervisor:
        # Not asked through Redis: this process would be a user too.
        wait_until(lambda: log.exists() and "Loaded" in log.read_text(encoding="utf-8"))
        supervisor.kill()
        supervisor.wait()
        wait_until(lambda: not processes_of(charlie_home))
    assert not are_extracted(entry)
    assert not redis_server.is_running()


def test_an_entry_that_kills_the_worker_three_times_is_given_up() -> None:
    poison = save(long_text(2 * _LONG))
    with running(SUPERVISOR):
        killed: set[int] = set()
        while len(killed) < MAX_CRASHES:
            # The last one's state stays in Redis until its supervisor has seen it die.
            wait_until(lambda: is_being_read(poison) and worker_pid() not in killed)
            killed.add(worker_pid())
            os.kill(worker_pid(), signal.SIGKILL)
        wait_until(lambda: redis_ops.get_episode_status(poison.uuid) == "dead")
        healthy = save("Read as ever.")
        wait_until(lambda: are_extracted(healthy))
    assert not are_extracted(poison)
    assert times_read(poison) == 0


def _are_read_at_least(count: int, entries: list[Entry]) -> bool:
    return sum(are_extracted(entry) for entry in entries) >= count


@pytest.mark.slow
def test_a_worker_that_is_killed_again_and_again_reads_everything() -> None:
    entries = [save(f"{long_text(400)} {number}") for number in range(20)]
    with running(SUPERVISOR):
        for count in (2, 6, 10, 14):
            wait_until(partial(_are_read_at_least, count, entries))
            os.kill(worker_pid(), signal.SIGKILL)
        settle(*entries)
    assert all(times_read(entry) <= 1 for entry in entries)


def test_a_save_survives_a_redis_that_is_killed_all_the_time() -> None:
    saver = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from backend.journal import add_and_enqueue\n"
            "for number in range(40):\n"
            "    add_and_enqueue(f'Entry {number}', journal='default')\n",
        ]
    )
    with running(SUPERVISOR):
        for _ in range(4):
            wait_until(redis_server.is_running)
            os.kill(redis_pid(), signal.SIGKILL)
        assert saver.wait() == 0
        wait_until(lambda: backend.count_entries() == 40)
        wait_until(lambda: all(entry.is_extracted for entry in backend.list_entries()))
