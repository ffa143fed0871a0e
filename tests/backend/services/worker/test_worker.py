"""The worker process: what it reads, how often, and how it keeps the model."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

import backend
from backend import locations
from backend.database import redis_ops
from backend.database.journal import entries, extractions
from backend.database.journal.entries import NewEntry
from backend.database.redis import server as redis_server
from backend.journal import add_entries, enqueue_entry
from backend.services.supervision.worker_status import ModelState, Phase, is_worker_running
from backend.services.tasks import extract_nodes_task
from tests.backend.services.work import (
    CONSUMER,
    PATIENCE,
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
    worker_pid,
)

_PENDING = (
    "from backend.database.redis_ops import get_episodes_by_status;"
    " print(len(get_episodes_by_status('pending_nodes')))"
)
_SWITCH_OFF = (
    "from backend.database.redis_ops import set_inference_enabled, get_inference_enabled;"
    " set_inference_enabled(False); print(get_inference_enabled())"
)


def _script(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd="/"
    )
    assert done.stderr == ""
    return done.stdout.strip()


def _model_log() -> list[str]:
    log = locations.log_path("worker").read_text(encoding="utf-8")
    return [line.split()[4] for line in log.splitlines() if "charlie.model" in line]


def test_an_entry_gets_its_entities() -> None:
    entry = save("Had lunch with Sarah Chen in Lisbon. Sarah Chen paid.")
    with running(CONSUMER):
        wait_until(lambda: are_extracted(entry))
    read = backend.get_entry(entry.uuid)
    assert read.mentions
    for mention in read.mentions:
        assert read.text[mention.start : mention.end] == mention.text
    assert {entity.name for entity in read.entities} >= {"Sarah Chen"}


def test_five_entries_in_a_row_keep_the_model_loaded() -> None:
    entries = [save(f"Entry {number}: tea with Sarah Chen.") for number in range(5)]
    with running(SUPERVISOR):
        wait_until(lambda: are_extracted(*entries))
        wait_for_status(
            lambda status: status.phase is Phase.READY and status.model is ModelState.UNLOADED
        )
    assert _model_log() == ["Loaded", "Freed"]


def test_an_episode_that_is_enqueued_five_times_is_read_once() -> None:
    entry = save()
    for _ in range(5):
        extract_nodes_task(entry.uuid, entry.journal)
    with running(SUPERVISOR):
        wait_until(lambda: are_extracted(entry))
        for _ in range(5):
            extract_nodes_task(entry.uuid, entry.journal)
        settle(save("The last one."))
    assert times_read(entry) == 1


def test_the_same_text_is_not_read_twice_by_the_same_model() -> None:
    entry = save("Lunch with Omar.")
    with running(SUPERVISOR):
        wait_until(lambda: are_extracted(entry))
        wait_for_status(lambda status: status.model is ModelState.UNLOADED)
        backend.edit_entry(entry.uuid, "Dinner with Omar.")
        wait_until(lambda: are_extracted(entry))
        wait_for_status(lambda status: status.model is ModelState.UNLOADED)
        loads = len(_model_log())
        backend.edit_entry(entry.uuid, "Lunch with Omar.")
        wait_until(lambda: are_extracted(entry))
        wait_for_status(lambda status: status.phase is Phase.READY)
    assert len(_model_log()) == loads


def test_what_a_stale_reading_found_is_thrown_away() -> None:
    entry = save(long_text(2_000))
    with running(SUPERVISOR):
        wait_until(lambda: is_being_read(entry))
        # Nobody is told: the worker finds out when it wants to store what it found.
        edited = entries.edit_entry(entry.uuid, "Nothing but Lisbon.")
        settle(edited)
    log = locations.log_path("worker").read_text(encoding="utf-8")
    assert f"Extracted {entry.uuid}, revision 1: superseded." in log
    assert f"Extracted {entry.uuid}, revision 2: stored." in log
    assert times_read(entry) == 1
    read = backend.get_entry(entry.uuid)
    assert all(mention.end <= len(read.text) for mention in read.mentions)


def test_reading_stops_when_a_newer_text_is_saved() -> None:
    entry = save(long_text(200_000))
    with running(SUPERVISOR):
        wait_until(lambda: is_being_read(entry))
        edited = backend.edit_entry(entry.uuid, "Nothing but Lisbon.")
        assert enqueue_entry(edited.uuid, edited.journal)
        settle(edited)
    assert times_read(entry) == 1


def test_an_entry_that_is_deleted_meanwhile_leaves_the_queue() -> None:
    entry = save(long_text(200_000))
    with running(SUPERVISOR):
        wait_until(lambda: is_being_read(entry))
        backend.delete_entry(entry.uuid)
        wait_for_status(lambda status: status.phase is Phase.READY)
        wait_until(lambda: redis_ops.get_episode_status(entry.uuid) is None)
    assert times_read(entry) == 0


def test_an_event_brings_an_entry_to_the_worker() -> None:
    with running(SUPERVISOR):
        wait_for_status(lambda status: status.phase is Phase.READY)
        entry = backend.add_entry("Written by a command.")
        wait_until(lambda: are_extracted(entry))
        uuids = add_entries(NewEntry(f"Imported {number}") for number in range(3))
        wait_until(lambda: are_extracted(*map(backend.get_entry, uuids)))


def test_a_second_worker_leaves() -> None:
    with running(CONSUMER):
        wait_until(is_worker_running)
        second = subprocess.run(
            CONSUMER, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        assert second.returncode == 1
        assert second.stderr.strip() == "A worker of this journal runs already."
        assert second.stdout == ""


def test_it_gives_way_to_the_screen() -> None:
    with running(SUPERVISOR) as supervisor:
        wait_for_status(lambda status: status.phase is Phase.READY)
        worker = psutil.Process(worker_pid())
        assert worker.nice() == 19
        # Niceness counts among the processes of one session, and ctrl+c reaches one group.
        assert os.getsid(worker.pid) == os.getsid(supervisor.pid)
        assert os.getpgid(worker.pid) != os.getpgid(supervisor.pid)


def test_it_says_when_it_cannot_read(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.gguf"
    damaged.write_bytes(b"GGUF, or is it?")
    entry = save()
    with running(SUPERVISOR, CHARLIE_MODEL=str(damaged)):
        status = wait_for_status(lambda status: bool(status.reason))
        assert status.phase is Phase.READY
        assert "damaged.gguf" in str(status.reason)
    episode = extractions.find_pending(entry.uuid)
    assert episode is not None
    assert redis_ops.get_episode_status(entry.uuid) == "pending_nodes"


def test_its_log_holds_no_word_of_an_entry() -> None:
    entry = save("Xylophonist Quagmire met me in Ouagadougou.")
    with running(SUPERVISOR):
        # What it says of an entry comes after what it found is stored.
        settle(entry)
    log = locations.log_path("worker").read_text(encoding="utf-8")
    assert entry.uuid in log
    for word in ("Xylophonist", "Quagmire", "Ouagadougou"):
        assert word not in log


@pytest.mark.parametrize("is_open", [False, True])
def test_the_commands_work_as_typed(is_open: bool) -> None:
    entries = [backend.add_entry(f"Entry {number}") for number in range(2)]
    if is_open:
        with running(SUPERVISOR):
            wait_until(lambda: are_extracted(*entries))
            assert _script(_PENDING) == "0"
            assert _script(_SWITCH_OFF) == "False"
            save("Written while inference is off.")
            assert _script(_PENDING) == "1"
    else:
        assert _script(_PENDING) == "2"
        assert not redis_server.is_running()
        assert _script(_SWITCH_OFF) == "False"
        assert not redis_server.is_running()
        assert not redis_ops.get_inference_enabled()


def test_the_consumer_stops_when_it_is_asked() -> None:
    entry = save()
    with running(CONSUMER) as consumer:
        wait_until(lambda: are_extracted(entry))
        consumer.terminate()
        output, _ = consumer.communicate(timeout=PATIENCE)
        assert consumer.returncode == 0
        assert output == b""
    assert not is_worker_running()
