"""The queue that Huey works through: what a task looks like in Redis, and in which order.

A task is one episode to be read, as JSON (Huey's own choice, pickle, runs code of whoever can
write to Redis). The same episode makes the same bytes and the queue is a set, so an episode that
is enqueued five times waits once. Lower scores come first: what was just saved before the
backlog, and within each in the order of enqueueing.

huey takes 10 ms to import beside redis; redis_ops imports this module where it needs it.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterable
from datetime import datetime
from enum import IntEnum
from typing import Any

from huey.registry import Message
from huey.serializer import Serializer
from huey.storage import PriorityRedisStorage
from redis import Redis

from backend.database.redis.session import session
from backend.failpoints import reach

#: Huey's name for the queue, and the keys it makes of it.
QUEUE_NAME = "charlie"
QUEUE_KEY = f"huey.redis.{QUEUE_NAME}"
SCHEDULE_KEY = f"huey.schedule.{QUEUE_NAME}"

#: The name under which Huey registers the one task there is.
TASK_NAME = "backend.services.tasks.extract_nodes_task"

# Huey's priority queue puts the time before each task, which would make equal tasks differ;
# here the time is in the score. Huey cuts these eight bytes off again.
_PREFIX = bytes(8)

# A score is a double, exact up to 2**53. Microseconds since 2025 stay below 2**51 for 71 years;
# each level of priority lies that much before the next.
_EPOCH = 1_735_689_600
_LEVEL = 2**51

# Members of one ZADD: large enough to be one round trip, small enough not to hold up the server.
_BATCH = 1000


class Priority(IntEnum):
    """Which of the episodes that wait are read first: the higher."""

    BACKLOG = 0
    JUST_SAVED = 1


class _Clock:
    """Microseconds that never stand still, so that what is enqueued at once keeps its order."""

    def __init__(self) -> None:
        self._last = 0
        self._lock = threading.Lock()

    def tick(self) -> int:
        with self._lock:
            self._last = max(self._last + 1, int((time.time() - _EPOCH) * 1e6))
            return self._last


_clock = _Clock()


class JsonSerializer(Serializer):  # type: ignore[misc] # huey has no types
    """Tasks as JSON: id, name, arguments and the time they wait for, which is all ours have."""

    def _serialize(self, data: object) -> bytes:
        if not isinstance(data, Message):
            raise TypeError("Only tasks are stored.")
        fields = {"id": data.id, "name": data.name, "args": data.args, "kwargs": data.kwargs}
        if data.eta is not None:
            fields["eta"] = data.eta.isoformat()
        return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()

    def _deserialize(self, data: bytes) -> Message:
        fields = json.loads(data)
        eta = fields.get("eta")
        return Message(
            fields["id"],
            fields["name"],
            datetime.fromisoformat(eta) if eta else None,
            args=tuple(fields["args"]),
            kwargs=fields["kwargs"],
        )


class EpisodeStorage(PriorityRedisStorage):  # type: ignore[misc] # huey has no types
    """Huey's priority queue, in which an episode waits once."""

    def enqueue(self, data: bytes, priority: int | None = None) -> None:
        """Add a task, or move it forward if it waits already."""
        self.conn.zadd(self.queue_key, {_PREFIX + data: _score(priority or 0)}, lt=True)


def enqueue_episodes(redis: Redis, episodes: Iterable[tuple[str, str]], priority: Priority) -> int:
    """Add episodes (uuid, journal) in their order; how many were not waiting already.

    One that waits already is moved forward if the priority is higher than its own, never back.
    """
    members = {encode_episode(*episode): _score(priority) for episode in episodes}
    names = list(members)
    added = 0
    for first in range(0, len(names), _BATCH):
        part = {name: members[name] for name in names[first : first + _BATCH]}
        added += int(redis.zadd(QUEUE_KEY, part, lt=True) or 0)
    reach("enqueue.enqueued")
    return added


def list_queued(limit: int | None = None) -> list[tuple[str, Priority]]:
    """Return the first episodes in the queue, in the order in which they are taken.

    Raises:
        RedisUnavailableError: Redis cannot be started or reached.
    """
    last = -1 if limit is None else max(limit, 1) - 1
    with session() as redis:
        found: list[Any] = redis.zrange(QUEUE_KEY, 0, last, withscores=True)
    queued = []
    for member, score in found:
        try:
            uuid = str(json.loads(member[len(_PREFIX) :])["id"])
        except (ValueError, KeyError, TypeError):
            continue
        queued.append((uuid, Priority.JUST_SAVED if score < 0 else Priority.BACKLOG))
    return queued


def count_queued() -> dict[Priority, int]:
    """Return how many episodes are in the queue, by priority.

    Raises:
        RedisUnavailableError: Redis cannot be started or reached.
    """
    with session() as redis, redis.pipeline(transaction=False) as pipe:
        pipe.zcount(QUEUE_KEY, "-inf", "(0")
        pipe.zcount(QUEUE_KEY, 0, "+inf")
        just_saved, backlog = pipe.execute()
    return {Priority.JUST_SAVED: int(just_saved), Priority.BACKLOG: int(backlog)}


def encode_episode(uuid: str, journal: str) -> bytes:
    """Return the queue's member for an episode: the message of its `extract_nodes_task`."""
    message = Message(uuid, TASK_NAME, args=(uuid, journal), kwargs={})
    data: bytes = JsonSerializer().serialize(message)
    return _PREFIX + data


def _score(priority: int) -> float:
    return _clock.tick() - priority * _LEVEL
