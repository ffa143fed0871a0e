"""What waits, what was given up, and what can be done about that."""

from __future__ import annotations

import pytest

import backend
from backend.database import redis_ops
from backend.errors import NotFoundError
from backend.records import Entry
from backend.services.supervision import queue_view, scheduling
from tests.backend.services.work import (
    SUPERVISOR,
    is_being_read,
    long_text,
    running,
    save,
    wait_until,
)


def _give_up(entry: Entry) -> None:
    redis_ops.set_episode_status(
        entry.uuid, "dead", entry.journal, error="Why.", attempts=5, revision=entry.revision
    )


def test_it_is_listed_with_what_is_known() -> None:
    first, second = save("# First\nand more"), save("Second")
    _give_up(first)
    listed = queue_view.list_queue()
    assert [(entry.uuid, entry.title, entry.status) for entry in listed] == [
        (second.uuid, "Second", "pending_nodes"),
        (first.uuid, "First", "dead"),
    ]
    assert (listed[1].attempts, listed[1].error) == (5, "Why.")
    assert len(queue_view.list_queue(limit=1)) == 1


def test_the_one_that_is_being_read_comes_first() -> None:
    first = save(long_text(200_000))
    with running(SUPERVISOR):
        wait_until(lambda: is_being_read(first))
        redis_ops.set_inference_enabled(False)
        second = save("Newer.")
        listed = queue_view.list_queue()
    assert [(entry.uuid, entry.reading) for entry in listed] == [
        (first.uuid, True),
        (second.uuid, False),
    ]


def test_what_was_given_up_can_be_tried_again() -> None:
    entries = [save(f"Entry {number}") for number in range(3)]
    for entry in entries:
        _give_up(entry)
    assert queue_view.retry_failed(entries[0].uuid[:8]) == 1
    assert redis_ops.get_episode_status(entries[0].uuid) == "pending_nodes"
    assert queue_view.retry_failed() == 2
    assert queue_view.retry_failed() == 0
    assert redis_ops.get_episodes_by_status("dead") == []


def test_what_was_given_up_can_be_let_go() -> None:
    entry = save()
    _give_up(entry)
    assert queue_view.drop_failed(entry.uuid) == 1
    assert redis_ops.get_episode_status(entry.uuid) is None
    assert scheduling.is_extracted(entry.uuid)
    assert queue_view.list_queue() == []
    backend.edit_entry(entry.uuid, "Another text.")
    assert not scheduling.is_extracted(entry.uuid)


def test_only_what_was_given_up_can_be() -> None:
    entry = save()
    with pytest.raises(NotFoundError):
        queue_view.retry_failed(entry.uuid)
    with pytest.raises(NotFoundError):
        queue_view.drop_failed("nothing")
