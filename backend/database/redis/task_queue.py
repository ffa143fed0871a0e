"""The queue that Huey works through: what a task looks like in Redis, and in which order.

A task is one episode to be extracted, as JSON. The same episode makes the same bytes and the queue
is a set, so an episode that is enqueued five times waits once. Lower scores come first: what was
just saved before the backlog, and within each in the order of enqueueing.

Enqueueing and looking need no huey, which takes 10 ms to import; `huey_storage` is what Huey needs.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from backend.database.redis.session import session
from backend.failpoints import reach

if TYPE_CHECKING:
    from redis import Redis

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
    """Which of the pending episodes are extracted first: the higher."""

    BACKLOG = 0
    JUST_SAVED = 1


class _Clock:
    """Microseconds, a new one each time, so that what is enqueued at once keeps its order."""

    def __init__(self) -> None:
        self._last = 0
        self._lock = threading.Lock()

    def tick(self) -> int:
        with self._lock:
            self._last = max(self._last + 1, int((time.time() - _EPOCH) * 1e6))
            return self._last


_clock = _Clock()


def enqueue_episodes(redis: Redis, episodes: Iterable[tuple[str, str]], priority: Priority) -> int:
    """Add episodes to the queue, in their order.

    One that is in it already is moved forward if the priority is higher than its own, never back.

    Args:
        redis: a connection.
        episodes: uuid and journal of each.
        priority: of all of them.

    Returns:
        How many were not in the queue.
    """
    members = {encode_episode(*episode): score(priority) for episode in episodes}
    names = list(members)
    added = 0
    for first in range(0, len(names), _BATCH):
        part = {name: members[name] for name in names[first : first + _BATCH]}
        added += int(redis.zadd(QUEUE_KEY, part, lt=True) or 0)
    reach("enqueue.enqueued")
    return added


def list_queued(limit: int | None = None) -> list[tuple[str, Priority]]:
    """Return the first episodes in the queue, in the order in which they are extracted.

    Args:
        limit: how many; all of them if None.

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
    """Count the episodes in the queue, by priority.

    Raises:
        RedisUnavailableError: Redis cannot be started or reached.
    """
    with session() as redis, redis.pipeline(transaction=False) as pipe:
        pipe.zcount(QUEUE_KEY, "-inf", "(0")
        pipe.zcount(QUEUE_KEY, 0, "+inf")
        just_saved, backlog = pipe.execute()
    return {Priority.JUST_SAVED: int(just_saved), Priority.BACKLOG: int(backlog)}


def encode_task(
    uuid: str, name: str, args: Sequence[str], kwargs: Mapping[str, str], eta: str | None = None
) -> bytes:
    """Return a task as JSON: Huey's own choice, pickle, would run code from Redis.

    Args:
        uuid: the task's id, which is its episode's.
        name: `TASK_NAME`.
        args: its arguments.
        kwargs: its arguments by name.
        eta: when it is to be executed (ISO 8601); as soon as possible if None.
    """
    fields = {"id": uuid, "name": name, "args": args, "kwargs": kwargs}
    if eta is not None:
        fields["eta"] = eta
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()


def encode_episode(uuid: str, journal: str) -> bytes:
    """Return the queue's member for an episode, as Huey makes it of the task."""
    return queue_member(encode_task(uuid, TASK_NAME, (uuid, journal), {}))


def queue_member(task: bytes) -> bytes:
    """Return an encoded task as a member of the queue."""
    return _PREFIX + task


def score(priority: int) -> float:
    """Return the place of a task that is enqueued now: lower ones come first."""
    return _clock.tick() - priority * _LEVEL
