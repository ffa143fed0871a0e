"""An attempt begins everything once, and ends it on every way out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import backend
from backend.database.journal import extractions
from backend.database.redis import episodes
from backend.database.sqlite import connection
from backend.errors import ModelAnswerError, ModelError, TaggingCancelledError
from backend.graph.extract_nodes import Outcome, extract_nodes
from backend.inference import manager
from backend.records import Entry
from backend.services.queue import huey
from backend.services.supervision import run_log
from backend.services.supervision.run_log import Ending
from backend.services.worker.attempt import MAX_CRASHES, Attempt
from backend.services.worker.process import WorkerProcess
from tests.backend.services.work import save


@pytest.fixture
def worker() -> Iterator[WorkerProcess]:
    """What a worker process holds, in this one."""
    yield WorkerProcess(huey)
    manager.unload_all_models()


def is_at_rest(worker: WorkerProcess, entry: Entry) -> bool:
    """Whether nothing of an attempt is left: neither claim, nor status, nor count."""
    with worker.claim(entry.uuid) as is_free:
        known = episodes.get_episodes([entry.uuid]).get(entry.uuid)
        return is_free and worker.status.entries == () and (known is None or known.crashes == 0)


def test_it_holds_the_entry_until_its_end(worker: WorkerProcess) -> None:
    entry = save()
    with Attempt(worker, entry.uuid) as attempt:
        assert attempt.entry is not None
        assert attempt.entry.text == entry.text
        assert worker.status.entries == (entry.uuid,)
        assert episodes.get_episodes([entry.uuid])[entry.uuid].crashes == 1
        with Attempt(worker, entry.uuid) as other:
            assert other.is_claimed
            assert (other.entry, other.outcome) == (None, None)
        assert worker.status.entries == (entry.uuid,)
        attempt.outcome = extract_nodes(entry.uuid, entry.journal, entry=attempt.entry)
    assert is_at_rest(worker, entry)
    assert [(run.uuid, run.ending) for run in run_log.list_runs()] == [
        (entry.uuid, Ending.EXTRACTED)
    ]


@pytest.mark.parametrize(
    ("error", "ending"),
    [
        (ModelAnswerError("No."), Ending.FAILED),
        (ModelError("No."), Ending.PUT_OFF),
        (RuntimeError("No."), Ending.FAILED),
        (TaggingCancelledError("No."), Ending.STOPPED),
        (KeyboardInterrupt(), Ending.FAILED),
    ],
)
def test_it_ends_with_any_error(
    worker: WorkerProcess, error: BaseException, ending: Ending
) -> None:
    entry = save()
    with pytest.raises(type(error)), Attempt(worker, entry.uuid):
        raise error
    assert is_at_rest(worker, entry)
    assert [run.ending for run in run_log.list_runs()] == [ending]


def test_a_stop_that_the_user_wants_is_no_error(worker: WorkerProcess) -> None:
    entry = save()
    with Attempt(worker, entry.uuid) as attempt:
        worker.status.cancel(entry.uuid)
        assert attempt.is_unwanted()
        raise TaggingCancelledError("Stopped.")
    assert attempt.outcome is None
    assert is_at_rest(worker, entry)
    assert [run.ending for run in run_log.list_runs()] == [Ending.STOPPED]


def test_an_entry_that_is_saved_meanwhile_is_superseded(worker: WorkerProcess) -> None:
    entry = save()
    with Attempt(worker, entry.uuid) as attempt:
        worker.status.note_revision(entry.uuid, entry.revision + 1)
        assert attempt.is_unwanted()
        raise TaggingCancelledError("Stopped.")
    assert attempt.outcome is Outcome.SUPERSEDED
    assert [run.ending for run in run_log.list_runs()] == [Ending.SUPERSEDED]


def test_there_is_nothing_to_do_for_what_is_extracted_or_gone(worker: WorkerProcess) -> None:
    entry = save()
    extractions.skip_extraction(entry.uuid)
    for uuid in (entry.uuid, "0" * 8):
        with Attempt(worker, uuid) as attempt:
            assert (attempt.entry, attempt.outcome) == (None, Outcome.NOT_NEEDED)
    assert run_log.list_runs() == []


def test_an_entry_that_killed_the_worker_too_often_is_not_begun(worker: WorkerProcess) -> None:
    entry = save()
    for _ in range(MAX_CRASHES):
        episodes.begin_extraction(entry.uuid)
    with Attempt(worker, entry.uuid) as attempt:
        assert attempt.is_fatal
        assert attempt.entry is None
        assert worker.status.entries == ()
    assert episodes.get_episodes([entry.uuid])[entry.uuid].crashes == MAX_CRASHES


def test_the_text_is_loaded_once(worker: WorkerProcess) -> None:
    entry = backend.add_entry("Lunch with Sarah Chen. " * 40)
    loads: list[str] = []

    def note(_cursor: Any, sql: str, _bindings: object) -> bool:
        if "e.text" in sql:
            loads.append(sql)
        return True

    with connection.read_transaction() as db:
        db.exec_trace = note
    try:
        with Attempt(worker, entry.uuid) as attempt:
            assert attempt.entry is not None
            attempt.outcome = extract_nodes(entry.uuid, entry.journal, entry=attempt.entry)
    finally:
        with connection.read_transaction() as db:
            db.exec_trace = None
    assert attempt.outcome is Outcome.STORED
    assert len(loads) == 1


def test_an_extraction_that_is_ended_twice_counts_once() -> None:
    entry = save()
    assert episodes.begin_extraction(entry.uuid) == 1
    for _ in range(2):
        episodes.end_extraction(entry.uuid)
        assert episodes.get_episodes([entry.uuid])[entry.uuid].crashes == 0
    assert episodes.begin_extraction(entry.uuid) == 1
