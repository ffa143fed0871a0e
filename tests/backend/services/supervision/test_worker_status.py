"""The worker's state in words, and what is asked for it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

import backend
from backend.database import redis_ops
from backend.database.redis import worker_state
from backend.services.supervision.worker_status import (
    ModelState,
    Phase,
    WorkerStatus,
    decode,
    describe,
    encode,
    load_status,
)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (WorkerStatus(Phase.STARTING), "starting"),
        (WorkerStatus(Phase.READY, inference=True), "ready"),
        (WorkerStatus(Phase.READY, inference=True, waiting=2), "ready (2 waiting)"),
        (WorkerStatus(Phase.READY, model=ModelState.WARM), "ready, model warm"),
        (WorkerStatus(Phase.READY, dead=3), "ready, 3 given up"),
        (WorkerStatus(Phase.READY, inference=False), "inference off"),
        (WorkerStatus(Phase.READY, inference=False, waiting=4), "inference off (4 waiting)"),
        (WorkerStatus(Phase.READY, reason="No model."), "cannot read: No model."),
        (
            WorkerStatus(Phase.EXTRACTING, title="A day at the lake", done=2, total=17),
            "reading “A day at the lake” (3 of 17)",
        ),
        (
            WorkerStatus(Phase.EXTRACTING, model=ModelState.LOADING, title="A day", total=1),
            "loading the model",
        ),
        (
            WorkerStatus(Phase.EXTRACTING, title="\x1b[31mred\nand\tmore", total=1),
            "reading “␛[31mred and more” (1 of 1)",
        ),
        (WorkerStatus(Phase.RESTARTING, retry_in=8, since=1000.0), "restarting in 4 s"),
        (WorkerStatus(Phase.RESTARTING, retry_in=2, since=1000.0), "restarting in 0 s"),
        (WorkerStatus(Phase.STOPPED), "not running"),
        (WorkerStatus(Phase.STOPPED, reason="it died"), "not running: it died"),
        (WorkerStatus(Phase.OFF, waiting=1), "worker switched off (1 waiting)"),
    ],
)
def test_every_state_has_its_words(status: WorkerStatus, words: str) -> None:
    assert describe(status, now=1004.0) == words


def test_long_titles_are_cut() -> None:
    assert len(describe(WorkerStatus(Phase.EXTRACTING, title="word " * 100, total=1))) < 80


def test_it_travels_as_json() -> None:
    status = WorkerStatus(
        Phase.EXTRACTING, ModelState.WARM, "abc", "", 1, 2, 3, None, None, 5.0, True, 6, 7
    )
    assert decode(json.loads(json.dumps(encode(status)))) == status


@pytest.mark.parametrize("state", [{}, {"phase": "dancing"}, {"phase": "ready", "model": "?"}])
def test_what_is_no_state_is_none(state: dict[str, str]) -> None:
    assert decode(state) is None


def test_what_a_later_version_adds_is_passed_over() -> None:
    assert decode({"phase": "ready", "mood": "fine"}) == WorkerStatus(Phase.READY)


def test_no_word_of_an_entry_travels() -> None:
    status = WorkerStatus(Phase.EXTRACTING, entry="abc", title="Met Anna", total=1)
    assert "Anna" not in str(encode(status))
    # An earlier version sent it.
    assert decode({"phase": "reading", "title": "Met Anna"}) == WorkerStatus(Phase.EXTRACTING)
    assert describe(decode(encode(status)) or status) == "reading an entry (1 of 1)"


def test_a_worker_that_nobody_runs_is_stopped() -> None:
    backend.add_entry("It waits.")
    redis_ops.set_inference_enabled(False)
    worker_state.write_state(encode(WorkerStatus(Phase.EXTRACTING, entry="abc", title="Old")))
    assert load_status() == WorkerStatus(Phase.STOPPED, inference=False, waiting=1)


def test_without_redis_it_says_so() -> None:
    code = (
        "from backend.services.supervision.worker_status import load_status, describe\n"
        "status = load_status()\n"
        "print(status.inference, describe(status))"
    )
    done = subprocess.run(
        [sys.executable, "-c", f"import os\nos.environ['CHARLIE_REDIS_URL']='nonsense'\n{code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("None not running: CHARLIE_REDIS_URL is not the address")
