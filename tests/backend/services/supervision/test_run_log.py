"""What is remembered of the reading: runs, sums, deaths; and that it holds no word of an entry."""

from __future__ import annotations

import os
import signal

import backend
from backend import locations
from backend.database import redis_ops
from backend.database.journal import extractions
from backend.database.redis import run_records
from backend.database.redis.client import client
from backend.records import Entry
from backend.services.supervision import queue_view, run_log, scheduling
from backend.services.supervision.queue_view import STOPPED_ERROR, Turn
from backend.services.supervision.run_log import Death, Ending, RouteTaken, Run
from backend.services.supervision.worker_status import ModelState, Phase
from tests.backend.services.work import (
    SUPERVISOR,
    are_extracted,
    is_being_read,
    long_text,
    running,
    save,
    settle,
    wait_for_status,
    wait_until,
    worker_pid,
)
from tests.backend.services.worker.test_failures import _damage_reading


def _runs_of(entry: Entry) -> list[Run]:
    return [run for run in run_log.list_runs() if run.uuid == entry.uuid]


def test_a_run_is_remembered_with_its_model_route_and_time() -> None:
    entry = save("Xylophonist Quagmire met me in Ouagadougou.")
    with running(SUPERVISOR):
        settle(entry)
        status = wait_for_status(lambda status: status.memory is not None)
        with client() as redis:
            kept = str([*redis.lrange("worker:runs", 0, -1), *redis.hgetall("worker:sums")])
    assert status.memory is not None
    assert status.memory > 10_000_000
    (run,) = _runs_of(entry)
    assert (run.ending, run.route, run.model) == (Ending.EXTRACTED, RouteTaken.CHOSEN, "built-in")
    assert run.words == 6
    assert run.seconds > 0
    assert run.error is None
    for word in ("Xylophonist", "Quagmire", "Ouagadougou"):
        assert word not in kept
    (figures,) = run_log.load_figures().models
    assert (figures.model, figures.read, figures.words) == ("built-in", 1, 6)
    assert figures.mean_seconds == figures.seconds == run.seconds


def test_a_text_that_was_read_before_counts_as_not_read_twice() -> None:
    entry = save("Lunch with Omar.")
    with running(SUPERVISOR):
        settle(entry)
        for text in ("Dinner with Omar.", "Lunch with Omar."):
            backend.edit_entry(entry.uuid, text)
            wait_until(lambda: are_extracted(entry))
        wait_until(lambda: len(_runs_of(entry)) == 3)
    assert [run.ending for run in _runs_of(entry)] == [
        Ending.REUSED,
        Ending.EXTRACTED,
        Ending.EXTRACTED,
    ]
    (figures,) = run_log.load_figures().models
    assert (figures.chosen, figures.reused) == (2, 1)


def test_what_is_read_anew_is_told_from_what_is_new() -> None:
    old = save("Tea with my aunt.")
    with running(SUPERVISOR):
        settle(old)
        assert extractions.reset_extraction(None) == 1
        new = save("Lunch with Omar.")
        scheduling.wake()
        settle(old, new)
        wait_until(lambda: len(run_log.list_runs()) == 3)
    assert [run.route for run in _runs_of(old)] == [RouteTaken.REEXTRACTED, RouteTaken.CHOSEN]
    assert [run.route for run in _runs_of(new)] == [RouteTaken.CHOSEN]
    (figures,) = run_log.load_figures().models
    assert (figures.chosen, figures.reread, figures.read) == (2, 1, 3)


def test_a_failure_is_remembered_with_its_reason() -> None:
    entry = backend.add_entry("Xylophonist Quagmire met me.")
    _damage_reading(entry)
    with running(SUPERVISOR):
        wait_until(lambda: bool(_runs_of(entry)))
    run = _runs_of(entry)[-1]
    assert run.ending is Ending.FAILED
    assert "JSONDecodeError" in str(run.error)
    assert "Quagmire" not in str(run.error)
    assert run_log.load_figures().endings[Ending.FAILED] >= 1


def test_a_death_of_the_worker_is_remembered() -> None:
    with running(SUPERVISOR):
        wait_for_status(lambda status: status.phase is Phase.READY)
        pid = worker_pid()
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: len(run_log.list_deaths()) == 1)
        wait_for_status(lambda status: status.phase is Phase.READY and status.pid != pid)
    (death,) = run_log.list_deaths()
    assert death.at > 0
    assert death.reason is None


def test_a_reading_that_is_stopped_is_set_aside_and_can_be_tried_again() -> None:
    entry = save(long_text(200_000))
    with running(SUPERVISOR):
        wait_until(lambda: is_being_read(entry))
        other = save("Read as ever.")
        assert queue_view.cancel_extraction(entry.uuid[:8]) == 1
        settle(other)
        assert not are_extracted(entry)
        (listed,) = queue_view.list_queue()
        assert (listed.uuid, listed.turn, listed.error) == (entry.uuid, Turn.FAILED, STOPPED_ERROR)
        assert _runs_of(entry)[0].ending is Ending.STOPPED
        assert queue_view.cancel_extraction() == 0
        assert queue_view.retry_failed() == 1
        wait_until(lambda: is_being_read(entry))


def test_who_reads_is_told_while_the_model_is_loaded() -> None:
    entry = save(long_text(20_000))
    with running(SUPERVISOR):
        status = wait_for_status(lambda status: status.model is ModelState.WARM)
        assert (status.reader, status.instead_of) == ("built-in", None)
        assert queue_view.cancel_extraction() == 1
        status = wait_for_status(lambda status: status.model is ModelState.UNLOADED)
        assert status.reader is None
    assert not are_extracted(entry)


def test_the_list_is_bounded_and_survives_what_a_damaged_file_left() -> None:
    for number in range(run_records.MOST_RUNS + 5):
        run_log.record_run(Run(f"entry {number}", Ending.EXTRACTED, "m", at=float(number)))
    with client() as redis:
        redis.lpush("worker:runs", "not JSON", "[]", '{"ending": "of tomorrow"}', '{"uuid": 1}')
        redis.lpush("worker:deaths", '{"at": 1.5, "mood": "bad"}', "{}")
        redis.hset("worker:sums", "words:m", "many")
    runs = run_log.list_runs()
    assert runs[0].uuid == f"entry {run_records.MOST_RUNS + 4}"
    assert len(runs) < run_records.MOST_RUNS
    assert run_log.list_deaths() == [Death(1.5)]
    (figures,) = run_log.load_figures().models
    assert (figures.read, figures.words) == (run_records.MOST_RUNS + 5, 0)


def test_another_journal_inherits_nothing() -> None:
    save()
    run_log.record_run(Run("of another journal", Ending.EXTRACTED, "m"))
    with client() as redis:
        redis.set("app:instance", "another journal")
    assert redis_ops.get_inference_enabled()
    assert run_log.list_runs() == []
    assert run_log.load_figures().models == ()


def test_the_queue_is_listed_in_the_order_in_which_it_is_read() -> None:
    backlog = [backend.add_entry(f"Backlog {number}") for number in range(3)]
    redis_ops.enqueue_pending_episodes()
    fresh = save("Written just now.")
    assert [(each.uuid, each.turn) for each in queue_view.glance()] == [
        (fresh.uuid, Turn.NEXT),
        *((entry.uuid, Turn.BACKLOG) for entry in reversed(backlog)),
    ]
    assert [each.turn for each in queue_view.glance(2)] == [Turn.NEXT, Turn.BACKLOG]


def test_a_glance_needs_no_status_of_what_redis_forgot() -> None:
    entry = save()
    with client() as redis:
        redis.flushall()
    (listed,) = queue_view.glance(10)
    assert (listed.uuid, listed.turn, listed.attempts) == (entry.uuid, Turn.WAITS, 0)


def test_what_the_worker_logs_is_in_the_logs_end() -> None:
    assert run_log.log_tail(5) == []
    with running(SUPERVISOR):
        settle(save("Lunch with Omar."))
    assert run_log.log_tail(5)


def test_the_logs_end_is_whole_lines() -> None:
    lines = [f"{number} {'of a long line ' * (number % 20)}." for number in range(2000)]
    locations.log_path("worker").write_text("".join(f"{line}\n" for line in lines))
    for count in (1, 5, 1000):
        tail = run_log.log_tail(count)
        assert 0 < len(tail) <= count
        assert tail == lines[-len(tail) :]
