"""Journals that are renamed, and entries that are moved, while entries wait or are being read."""

from __future__ import annotations

import backend
from backend.database import redis_ops
from backend.database.journal.listing import count_pending
from backend.database.redis import episodes
from backend.database.sqlite.integrity import find_faults
from backend.services.supervision import queue_view
from tests.backend.services.work import (
    SUPERVISOR,
    is_being_read,
    long_text,
    running,
    save,
    settle,
    wait_until,
)


def test_what_waits_is_read_wherever_it_is_by_then() -> None:
    redis_ops.set_inference_enabled(False)
    moved, renamed = save(), save("Tea with Omar in Lisbon.")
    backend.create_journal("Travel")
    backend.move_entry(moved.uuid, "Travel")
    backend.rename_journal("default", "Diary")
    waiting = {each.uuid: each.journal for each in queue_view.list_queue()}
    assert waiting == {moved.uuid: "Travel", renamed.uuid: "Diary"}
    # With the names of the journals as they were when the tasks were made.
    redis_ops.set_inference_enabled(True)
    with running(SUPERVISOR):
        settle(moved, renamed)
    assert count_pending() == 0
    assert redis_ops.get_episodes_by_status(episodes.PENDING) == []
    assert {entity.journal for entity in backend.get_entry(moved.uuid).entities} == {"Travel"}
    assert {entity.journal for entity in backend.get_entry(renamed.uuid).entities} == {"Diary"}
    assert backend.list_journals() == ["Diary", "Travel"]
    assert find_faults() == []


def test_an_entry_is_moved_while_it_is_being_read() -> None:
    backend.create_journal("Travel")
    entry = save(long_text(2_000))
    with running(SUPERVISOR):
        wait_until(lambda: is_being_read(entry))
        backend.move_entry(entry.uuid, "Travel")
        settle(entry)
    assert backend.get_entry(entry.uuid).journal == "Travel"
    assert {entity.journal for entity in backend.list_entities()} == {"Travel"}
    assert redis_ops.get_episode_status(entry.uuid) is None
    assert find_faults() == []
