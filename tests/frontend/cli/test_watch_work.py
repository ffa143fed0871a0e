"""`charlie worker` and `charlie queue`: what was read, by whom, how fast; stop, retry, drop."""

from __future__ import annotations

import json

from backend import locations
from backend.database import redis_ops
from backend.services.supervision import run_log
from backend.services.supervision.run_log import Ending, Run
from tests.backend.services.work import (
    SUPERVISOR,
    is_being_read,
    long_text,
    running,
    save,
    wait_until,
)
from tests.commands import RunCharlie


def test_runs_and_figures_are_printed(run_charlie: RunCharlie) -> None:
    entry = save("Lunch with Omar in Lisbon.")
    assert run_charlie("process").returncode == 0
    done = run_charlie("worker", "runs", "--json")
    (run,) = json.loads(done.stdout)
    assert (run["uuid"], run["ending"], run["model"]) == (entry.uuid, "read", "built-in")
    assert run["at"].endswith("Z")
    plain = run_charlie("worker", "runs")
    assert entry.uuid[:8] in plain.stdout
    assert "built-in (chosen)" in plain.stdout
    figures = json.loads(run_charlie("worker", "figures", "--json").stdout)
    (model,) = figures["models"]
    assert (model["model"], model["read"], model["words"]) == ("built-in", 1, 5)
    assert figures["endings"]["read"] == 1
    assert figures["deaths"] == []
    printed = run_charlie("worker", "figures").stdout
    assert "1 read: 1 as the chosen model" in printed
    assert "The worker never died." in printed


def test_nothing_read_is_said_so(run_charlie: RunCharlie) -> None:
    done = run_charlie("worker", "runs")
    assert (done.returncode, done.stdout) == (0, "")
    assert "Nothing was read" in done.stderr
    assert "0 read" in run_charlie("worker", "figures").stdout


def test_what_is_read_can_be_stopped_and_dropped(run_charlie: RunCharlie) -> None:
    assert run_charlie("worker", "cancel").stdout == "Nothing is being read.\n"
    entry = save(long_text(200_000))
    with running(SUPERVISOR):
        wait_until(lambda: is_being_read(entry))
        assert run_charlie("queue").stdout.startswith("reading  " + entry.uuid[:8])
        wrong = run_charlie("worker", "cancel", "00000000")
        assert wrong.returncode == 1
        assert "being read" in wrong.stderr
        done = run_charlie("worker", "cancel", entry.uuid[:8])
        assert done.stdout.startswith("1 stopped and set aside")
        wait_until(lambda: not is_being_read(entry))
        listed = run_charlie("queue")
        assert listed.stdout.startswith("failed   " + entry.uuid[:8])
        assert "You stopped the reading of it." in listed.stdout
        assert run_charlie("queue", "drop", entry.uuid).returncode == 0
    assert redis_ops.get_episodes_by_status("dead") == []


def test_the_log_is_printed_without_what_a_terminal_would_obey(run_charlie: RunCharlie) -> None:
    assert run_charlie("worker", "log").stdout == ""
    locations.log_path("worker").write_text("first\nsecond \x1b[31m\n", encoding="utf-8")
    assert run_charlie("worker", "log", "--lines", "1").stdout == "second ␛[31m\n"
    as_json = run_charlie("worker", "log", "--lines", "1", "--json").stdout
    assert json.loads(as_json) == ["second \x1b[31m"]
    assert "\x1b" not in as_json


def test_a_run_that_failed_says_why(run_charlie: RunCharlie) -> None:
    run_log.record_run(Run("abcdef", Ending.FAILED, error="Too \x1b long."))
    assert "Too ␛ long." in run_charlie("worker", "runs").stdout


def test_a_worker_can_be_wished_for(run_charlie: RunCharlie) -> None:
    assert run_charlie("worker", "restart").returncode == 0
