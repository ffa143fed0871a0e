"""A worker for the duration of a command."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import backend
from backend.database import redis_ops
from backend.errors import WorkerError
from backend.services.supervision import scheduling
from backend.services.supervision.session import WorkSession
from backend.services.supervision.worker_status import Phase, is_worker_running
from tests.backend.services.work import (
    SUPERVISOR,
    are_extracted,
    long_text,
    running,
    save,
    wait_for_status,
    worker_pid,
)


def test_it_waits_for_an_entry() -> None:
    entry = backend.add_entry("Lunch with Omar.")
    with WorkSession() as session:
        assert session.wait_for(entry.uuid)
        assert are_extracted(entry)
    assert not is_worker_running()


def test_it_does_not_wait_longer_than_it_is_asked_to() -> None:
    entry = backend.add_entry(long_text(200_000))
    with WorkSession() as session:
        assert not session.wait_for(entry.uuid, timeout=0.5)


def test_it_processes_all_that_waits() -> None:
    entries = [backend.add_entry(f"Entry {number}") for number in range(5)]
    seen: list[tuple[int, int]] = []
    with WorkSession() as session:
        assert session.process(lambda done, total: seen.append((done, total))) == 0
    assert are_extracted(*entries)
    assert seen[-1] == (5, 5)
    assert seen == sorted(seen)


def test_with_nothing_to_do_it_says_so_once() -> None:
    seen: list[tuple[int, int]] = []
    with WorkSession() as session:
        assert session.process(lambda done, total: seen.append((done, total))) == 0
    assert seen == [(0, 0)]


def test_it_uses_the_worker_that_runs() -> None:
    with running(SUPERVISOR):
        wait_for_status(lambda status: status.phase is Phase.READY)
        pid = worker_pid()
        entry = save()
        with WorkSession() as session:
            assert session.wait_for(entry.uuid)
        assert worker_pid() == pid
        assert is_worker_running()


def test_with_inference_off_it_does_not_wait() -> None:
    redis_ops.set_inference_enabled(False)
    entry = backend.add_entry("It waits.")
    with WorkSession() as session:
        with pytest.raises(WorkerError, match="Inference is off"):
            session.wait_for(entry.uuid)
        with pytest.raises(WorkerError, match="Inference is off"):
            session.process()


def test_for_an_entry_that_was_given_up_it_does_not_wait() -> None:
    entry = backend.add_entry("It waits.")
    redis_ops.set_episode_status(
        entry.uuid, "dead", entry.journal, error="It is cursed.", revision=entry.revision
    )
    with WorkSession() as session:
        with pytest.raises(WorkerError, match="cursed"):
            session.wait_for(entry.uuid)
        assert session.process() == 1


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("CHARLIE_WORKER", "off", "switched off"),
        ("CHARLIE_MODEL", "missing.gguf", "missing.gguf"),
    ],
)
def test_what_keeps_entries_from_being_read_is_said(name: str, value: str, words: str) -> None:
    entry = backend.add_entry("It waits.")
    code = (
        "import sys\n"
        "from backend.errors import WorkerError\n"
        "from backend.services.supervision.session import WorkSession\n"
        "with WorkSession() as session:\n"
        "    for wait in (lambda: session.wait_for(sys.argv[1]), session.process):\n"
        "        try:\n"
        "            wait()\n"
        "        except WorkerError as error:\n"
        "            print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", f"import os\nos.environ['{name}']='{value}'\n{code}", entry.uuid],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path("/"),
    )
    lines = done.stdout.splitlines()
    assert len(lines) == 2
    assert all(words in line for line in lines)
    assert not are_extracted(entry)


def test_progress_counts_what_is_left() -> None:
    redis_ops.set_inference_enabled(False)
    entries = [save(f"Entry {number}") for number in range(3)]
    redis_ops.set_episode_status(entries[0].uuid, "dead", "default", revision=1)
    assert scheduling.progress() == scheduling.Progress(done=0, total=2, pending=2, failed=1)
