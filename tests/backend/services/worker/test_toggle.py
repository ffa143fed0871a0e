"""The inference switch: off, on, and thrown while entries are being read."""

from __future__ import annotations

import time

import backend
from backend.database import redis_ops
from backend.database.redis.client import client
from backend.services.supervision import scheduling
from backend.services.supervision.worker_status import ModelState, Phase, describe
from tests.backend.services.work import (
    CONSUMER,
    SUPERVISOR,
    are_extracted,
    is_being_read,
    long_text,
    running,
    save,
    settle,
    times_read,
    wait_for_status,
    wait_until,
)


def test_off_entries_stay_pending_and_nothing_runs() -> None:
    redis_ops.set_inference_enabled(False)
    entries = [save() for _ in range(3)]
    with running(CONSUMER):
        status = wait_for_status(lambda status: status.phase is Phase.READY)
        # Time enough for a worker that does not ask to read them all.
        time.sleep(1)
        assert not any(are_extracted(entry) for entry in entries)
        assert set(redis_ops.get_episodes_by_status("pending_nodes")) == {
            entry.uuid for entry in entries
        }
    assert status.model is ModelState.UNLOADED
    assert describe(status) == "inference off (3 waiting)"


def test_on_all_of_them_are_read() -> None:
    redis_ops.set_inference_enabled(False)
    entries = [save(f"Entry {number} about Sarah Chen.") for number in range(3)]
    with running(SUPERVISOR):
        wait_for_status(lambda status: status.phase is Phase.READY)
        scheduling.set_inference_enabled(True)
        settle(*entries)
    assert [times_read(entry) for entry in entries] == [1, 1, 1]


def test_off_in_flight_the_running_one_is_finished_and_the_others_leave() -> None:
    running_one = save(long_text(2_000))
    with running(SUPERVISOR):
        wait_until(lambda: is_being_read(running_one))
        others = [save(f"Entry {number}") for number in range(5)]
        redis_ops.set_inference_enabled(False)
        wait_until(lambda: are_extracted(running_one))
        status = wait_for_status(
            lambda status: status.phase is Phase.READY and status.model is ModelState.UNLOADED
        )
        with client() as redis:
            wait_until(lambda: redis.zcard("huey.redis.charlie") == 0)
        assert not any(are_extracted(other) for other in others)
    assert status.waiting == len(others)
    assert set(redis_ops.get_episodes_by_status("pending_nodes")) == {
        other.uuid for other in others
    }


def test_off_and_on_again_at_once_loses_nothing() -> None:
    entries = [save(f"Entry {number}") for number in range(10)]
    with running(SUPERVISOR):
        for _ in range(10):
            redis_ops.set_inference_enabled(False)
            redis_ops.set_inference_enabled(True)
        settle(*entries)
    assert {times_read(entry) for entry in entries} == {1}


def test_thrown_by_a_script_it_wakes_the_worker() -> None:
    redis_ops.set_inference_enabled(False)
    entry = backend.add_entry("Written while nothing ran.")
    with running(SUPERVISOR):
        wait_for_status(lambda status: status.phase is Phase.READY)
        redis_ops.set_inference_enabled(True)
        wait_until(lambda: are_extracted(entry))
