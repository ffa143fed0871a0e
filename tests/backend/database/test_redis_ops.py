"""The switch, the statuses and the queue, and how they are rebuilt from SQLite."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

import backend
from backend.database import redis_ops
from backend.database.journal import extractions
from backend.database.redis import episodes, huey_storage, task_queue
from backend.database.redis.client import client
from backend.records import Entry
from tests.backend.services.work import save


def _queued() -> list[str]:
    """The uuids in the queue, in the order in which they will be taken from it."""
    with client() as redis:
        members = redis.zrange(task_queue.QUEUE_KEY, 0, -1)
    assert isinstance(members, list)
    return [json.loads(member[8:])["id"] for member in members if isinstance(member, bytes)]


def _wipe() -> None:
    with client() as redis:
        redis.flushall()


def _add(count: int) -> list[Entry]:
    return [backend.add_entry(f"Entry {number}") for number in range(count)]


def _read(entry: Entry) -> None:
    assert extractions.store_extraction(entry.uuid, entry.revision, "a model", [])


def test_inference_is_on_until_it_is_switched_off() -> None:
    assert redis_ops.get_inference_enabled()
    redis_ops.set_inference_enabled(False)
    assert not redis_ops.get_inference_enabled()
    redis_ops.set_inference_enabled(True)
    assert redis_ops.get_inference_enabled()


def test_the_switch_is_kept_under_its_fixed_key() -> None:
    redis_ops.set_inference_enabled(False)
    with client() as redis:
        assert redis.get("app:inference_enabled") == b"0"
        redis.set("app:inference_enabled", "1")
    assert redis_ops.get_inference_enabled()


def test_a_wipe_does_not_switch_inference_back_on() -> None:
    redis_ops.set_inference_enabled(False)
    _wipe()
    assert not redis_ops.get_inference_enabled()


def test_whatever_needs_to_be_read_is_pending() -> None:
    first, second = _add(2)
    assert redis_ops.get_episodes_by_status("pending_nodes") == [second.uuid, first.uuid]
    assert redis_ops.get_episode_status(first.uuid) == "pending_nodes"


def test_a_wiped_redis_is_rebuilt() -> None:
    entries = _add(3)
    redis_ops.enqueue_pending_episodes()
    _wipe()
    assert redis_ops.enqueue_pending_episodes() == 3
    assert set(_queued()) == {entry.uuid for entry in entries}


def test_what_was_read_is_forgotten() -> None:
    first, second = _add(2)
    redis_ops.reconcile()
    _read(first)
    assert redis_ops.get_episodes_by_status("pending_nodes") == [second.uuid]
    assert redis_ops.get_episode_status(first.uuid) is None


def test_what_is_in_the_trash_is_forgotten() -> None:
    first, second = _add(2)
    redis_ops.reconcile()
    backend.delete_entry(first.uuid)
    assert redis_ops.get_episodes_by_status("pending_nodes") == [second.uuid]


def test_nothing_is_enqueued_while_inference_is_off() -> None:
    redis_ops.set_inference_enabled(False)
    save()
    assert redis_ops.enqueue_pending_episodes() == 0
    assert _queued() == []


def test_switching_on_enqueues_all_that_waits() -> None:
    redis_ops.set_inference_enabled(False)
    entries = _add(3)
    redis_ops.set_inference_enabled(True)
    assert set(_queued()) == {entry.uuid for entry in entries}


def test_an_episode_waits_once() -> None:
    entry = save()
    for _ in range(4):
        redis_ops.add_episode(entry.uuid, entry.journal)
    assert redis_ops.enqueue_pending_episodes() == 0
    assert _queued() == [entry.uuid]


def test_huey_makes_the_same_task() -> None:
    from backend.services.tasks import extract_nodes_task, huey

    entry = save()
    for _ in range(5):
        extract_nodes_task(entry.uuid, entry.journal)
    assert _queued() == [entry.uuid]
    assert task_queue.TASK_NAME in huey._registry._registry
    assert [task.args for task in huey.pending()] == [(entry.uuid, entry.journal)]
    assert huey.serialize_task(extract_nodes_task.s("abc", "Übersee")) == (
        task_queue.encode_task("abc", task_queue.TASK_NAME, ("abc", "Übersee"), {})
    )


def test_what_was_just_saved_goes_before_the_backlog() -> None:
    backlog = _add(3)
    redis_ops.enqueue_pending_episodes()
    fresh = [save("First"), save("Second")]
    redis_ops.add_episode(backlog[1].uuid, "default")
    assert _queued() == [
        *(entry.uuid for entry in fresh),
        backlog[1].uuid,
        backlog[2].uuid,
        backlog[0].uuid,
    ]


def test_what_is_to_be_tried_later_is_left_alone() -> None:
    first, second = _add(2)
    redis_ops.reconcile()
    episodes.try_later(first.uuid, 4_000_000_000)
    assert redis_ops.enqueue_pending_episodes() == 1
    assert _queued() == [second.uuid]


def test_what_was_given_up_stays_so_until_it_is_edited() -> None:
    first, second = _add(2)
    redis_ops.set_episode_status(first.uuid, "dead", "default", error="Why", revision=1)
    assert redis_ops.enqueue_pending_episodes() == 1
    assert redis_ops.get_episodes_by_status("dead") == [first.uuid]
    assert redis_ops.get_episodes_by_status("pending_nodes") == [second.uuid]
    backend.edit_entry(first.uuid, "Another text")
    assert redis_ops.get_episodes_by_status("dead") == []
    assert set(redis_ops.get_episodes_by_status("pending_nodes")) == {first.uuid, second.uuid}


def test_removing_an_episode_that_was_saved_again_puts_it_back() -> None:
    entry = save()
    _read(entry)
    backend.edit_entry(entry.uuid, "Another text")
    redis_ops.remove_episode_from_queue(entry.uuid)
    assert redis_ops.get_episode_status(entry.uuid) == "pending_nodes"
    assert _queued() == [entry.uuid]


def test_removing_an_episode_that_was_read_forgets_it() -> None:
    entry = save()
    _read(entry)
    redis_ops.remove_episode_from_queue(entry.uuid)
    assert redis_ops.get_episode_status(entry.uuid) is None
    with client() as redis:
        assert not redis.exists(f"episode:{entry.uuid}")


def test_what_another_journal_left_is_removed() -> None:
    with client() as redis:
        redis.set("app:instance", "another journal")
        redis.set("app:inference_enabled", "0")
        redis.set("theirs", "1")
        redis.sadd("episodes:pending_nodes", "stranger")
        redis.hset("episode:stranger", "status", "pending_nodes")
        redis.zadd(task_queue.QUEUE_KEY, {task_queue.encode_episode("stranger", "x"): 0})
    assert redis_ops.get_inference_enabled()
    assert redis_ops.get_episodes_by_status("pending_nodes") == []
    assert redis_ops.get_episode_status("stranger") is None
    assert _queued() == []
    with client() as redis:
        assert redis.get("theirs") == b"1"


def test_statuses_that_are_none_are_refused() -> None:
    with pytest.raises(ValueError, match="pending_nodes"):
        redis_ops.set_episode_status("abc", "done")
    with pytest.raises(ValueError, match="pending_nodes"):
        redis_ops.get_episodes_by_status("done")


def test_large_backlogs_keep_their_order() -> None:
    from backend.database.journal.entries import NewEntry, add_entries

    add_entries(NewEntry(f"Entry {number}") for number in range(2500))
    assert redis_ops.enqueue_pending_episodes() == 2500
    assert _queued() == redis_ops.get_episodes_by_status("pending_nodes")


def test_payloads_are_json_and_nothing_else() -> None:
    serializer = huey_storage.JsonSerializer()
    with pytest.raises(TypeError):
        serializer.serialize({"not": "a task"})
    with pytest.raises(ValueError):
        serializer.deserialize(b"\x80\x05\x95.")
    member = task_queue.encode_episode("abc", "Übersee")
    assert json.loads(member[8:]) == {
        "id": "abc",
        "name": "backend.services.tasks.extract_nodes_task",
        "args": ["abc", "Übersee"],
        "kwargs": {},
    }


def test_importing_it_imports_no_redis() -> None:
    code = (
        "import sys, backend.database.redis_ops, backend.services.supervision.scheduling,"
        " backend.services.supervision.events, backend.services.supervision.worker_status,"
        " backend.services.supervision.queue_view, backend.services.supervision.work_report\n"
        "print([name for name in ('redis', 'huey', 'numpy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
