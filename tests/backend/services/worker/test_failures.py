"""An entry that cannot be read: tried again with growing delays, then given up, and told."""

from __future__ import annotations

import hashlib

import pytest

import backend
from backend import locations
from backend.database import redis_ops
from backend.database.redis import episodes
from backend.database.redis.client import client
from backend.database.redis.task_queue import QUEUE_KEY
from backend.database.sqlite import connection
from backend.inference import manager
from backend.records import Entry
from backend.services.supervision import queue_view, scheduling
from backend.services.tasks import MAX_ATTEMPTS
from tests.backend.services.work import SUPERVISOR, are_extracted, running, save, settle, wait_until

_TEXT = "Xylophonist Quagmire met me in Ouagadougou."


def _damage_reading(entry: Entry) -> None:
    """Leave a reading of this text that cannot be understood: a defect that is the entry's own."""
    with connection.write_transaction() as db:
        db.execute(
            "INSERT INTO reading (entry_id, model, text_hash, spans)"
            " SELECT id, ?, ?, ? FROM entry WHERE uuid = ?",
            (
                manager.next_model()[0],
                hashlib.sha256(entry.text.encode()).digest(),
                f"not JSON: {entry.text}",
                entry.uuid,
            ),
        )


def test_it_is_given_up_after_five_attempts_and_hinders_no_other() -> None:
    entry = backend.add_entry(_TEXT)
    _damage_reading(entry)
    with running(SUPERVISOR):
        wait_until(lambda: redis_ops.get_episode_status(entry.uuid) is not None)
        wait_until(lambda: episodes.get_episodes([entry.uuid])[entry.uuid].attempts > 0)
        # It waits for its next attempt most of the time, and is still one that is pending.
        wait_until(lambda: episodes.times_of_retry().keys() == {entry.uuid})
        assert redis_ops.get_episode_status(entry.uuid) == "pending_nodes"
        other = save("Lunch with Omar.")
        wait_until(lambda: are_extracted(other))
        wait_until(lambda: redis_ops.get_episode_status(entry.uuid) == "dead")
        (dead,) = queue_view.list_queue()
        assert (dead.attempts, dead.status) == (MAX_ATTEMPTS, "dead")
        assert "JSONDecodeError" in str(dead.error)
        with connection.write_transaction() as db:
            db.execute("DELETE FROM reading")
        assert queue_view.retry_failed(entry.uuid) == 1
        settle(entry)
    log = locations.log_path("worker").read_text(encoding="utf-8")
    for word in _TEXT.rstrip(".").split():
        assert len(word) < 5 or word not in log + str(dead.error)


def test_an_edit_gives_it_another_chance() -> None:
    entry = backend.add_entry(_TEXT)
    _damage_reading(entry)
    redis_ops.set_episode_status(
        entry.uuid, "dead", entry.journal, attempts=MAX_ATTEMPTS, revision=entry.revision
    )
    with running(SUPERVISOR):
        settle(save("Lunch with Omar."))
        assert redis_ops.get_episode_status(entry.uuid) == "dead"
        edited = backend.edit_entry(entry.uuid, "Another text altogether.")
        scheduling.wake()
        settle(edited)


@pytest.mark.parametrize(
    "key",
    [
        "queue",
        "episode",
        *(
            pytest.param(key, marks=pytest.mark.slow)
            for key in ("set", "later", "switch", "state", "heartbeat", "instance")
        ),
    ],
)
def test_a_key_of_the_wrong_kind_is_put_right(key: str) -> None:
    entry = save()
    name = {
        "queue": QUEUE_KEY,
        "set": "episodes:pending_nodes",
        "later": "episodes:later",
        "episode": f"episode:{entry.uuid}",
        "switch": "app:inference_enabled",
        "state": "worker:state",
        "heartbeat": "worker:heartbeat",
        "instance": "app:instance",
    }[key]
    with client() as redis:
        redis.delete(name)
        redis.lpush(name, "not what was put there")
    with running(SUPERVISOR):
        wait_until(lambda: are_extracted(entry))
        settle(save("And on it goes."))
