"""Episodes as Redis holds them: a status, and how the attempts to read them went.

An episode is an entry on its way through the worker. Keys:

- `episode:{uuid}`: hash of status, journal, revision, attempts, crashes, error, updated_at.
- `episodes:{status}`: set of uuids.
- `episodes:later`: uuids scored by when they are tried again (seconds since the epoch).

Every function raises `RedisUnavailableError` if Redis cannot be started or reached.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from backend.database.redis.session import session
from backend.failpoints import reach

if TYPE_CHECKING:
    from redis import Redis

PENDING: Final = "pending_nodes"
DEAD: Final = "dead"
STATUSES: Final = (PENDING, DEAD)

# What is known of a text that nobody has tried to read.
_FRESH: Final[Mapping[str, str | int]] = {"attempts": 0, "crashes": 0, "error": "", "revision": 0}

_LATER_KEY = "episodes:later"

# Commands of one pipeline: one round trip, and no long stop for others.
_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Episode:
    """What Redis knows of an entry on its way.

    `journal` is where it was when it came to wait; what counts is where it is (SQLite).
    `revision` is the one that was given up (0 if none was); `attempts` counts failures, `crashes`
    readings that ended with the worker's death, the one that goes on included.
    """

    status: str
    journal: str
    revision: int
    attempts: int
    crashes: int
    error: str | None


def set_status(uuid: str, status: str, journal: str | None = None, **fields: str | int) -> None:
    """Give an episode a status and take it out of any other; `fields` are those of `Episode`.

    Raises:
        ValueError: there is no such status.
    """
    check_status(status)
    values: dict[Any, Any] = {"status": status, "updated_at": int(time.time()), **fields}
    if journal is not None:
        values["journal"] = journal
    with session() as redis, redis.pipeline() as pipe:
        for other in STATUSES:
            if other != status:
                pipe.srem(_set_key(other), uuid)
        pipe.sadd(_set_key(status), uuid)
        pipe.hset(_episode_key(uuid), mapping=values)
        pipe.execute()


def set_pending(episodes: Mapping[str, str]) -> None:
    """Have episodes (uuid, journal) wait, as texts that nobody has tried to read."""
    now = int(time.time())
    for part in _batches(episodes):
        with session() as redis, redis.pipeline() as pipe:
            pipe.srem(_set_key(DEAD), *part)
            pipe.zrem(_LATER_KEY, *part)
            pipe.sadd(_set_key(PENDING), *part)
            for uuid in part:
                values: dict[Any, Any] = {
                    "status": PENDING,
                    "journal": episodes[uuid],
                    "updated_at": now,
                    **_FRESH,
                }
                pipe.hset(_episode_key(uuid), mapping=values)
            pipe.execute()
    reach("enqueue.status_set")


def forget(uuids: Iterable[str]) -> None:
    """Remove all that is known of episodes."""
    for part in _batches(uuids):
        with session() as redis, redis.pipeline() as pipe:
            for status in STATUSES:
                pipe.srem(_set_key(status), *part)
            pipe.zrem(_LATER_KEY, *part)
            pipe.delete(*map(_episode_key, part))
            pipe.execute()
    reach("attempt.forgotten")


def forget_all() -> None:
    """Remove all that is known of any episode."""
    with session() as redis:
        redis.delete(*map(_set_key, STATUSES), _LATER_KEY)
        for key in redis.scan_iter(match=_episode_key("*"), count=_BATCH):
            redis.delete(key)


def get_status(uuid: str) -> str | None:
    """Return `PENDING`, `DEAD`, or None for an entry without a status."""
    # The sets are what sweeps go by; a hash that a damaged file garbled must not gainsay them.
    with session() as redis, redis.pipeline() as pipe:
        pipe.sismember(_set_key(DEAD), uuid)
        pipe.sismember(_set_key(PENDING), uuid)
        is_dead, is_pending = pipe.execute()
    if is_dead:
        return DEAD
    return PENDING if is_pending else None


def list_by_status(status: str) -> set[str]:
    """Return the uuids of the episodes with a status.

    Raises:
        ValueError: there is no such status.
    """
    check_status(status)
    with session() as redis:
        # One in both sets (a damaged file, again) is one that was given up.
        keys = [_set_key(status), *([_set_key(DEAD)] if status == PENDING else [])]
        members: set[Any] = redis.sdiff(keys)
        # What a damaged file garbled is no entry's, and would stay forever.
        garbled = [uuid for uuid in members if not bytes(uuid).isascii()]
        if garbled:
            redis.srem(_set_key(status), *garbled)
        return {_text(uuid) for uuid in members.difference(garbled)}


def count_by_status(status: str) -> int:
    """Return how many episodes have a status."""
    with session() as redis:
        return int(redis.scard(_set_key(status)))


def get_episodes(uuids: Iterable[str]) -> dict[str, Episode]:
    """Return what is known of those among `uuids` that have a status."""
    found: dict[str, Episode] = {}
    for part in _batches(uuids):
        with session() as redis, redis.pipeline(transaction=False) as pipe:
            for uuid in part:
                pipe.hgetall(_episode_key(uuid))
            for uuid, values in zip(part, pipe.execute(), strict=True):
                if b"status" in values:
                    found[uuid] = _decode(values)
    return found


def begin_extraction(uuid: str) -> int:
    """Count an extraction as one that ends with the worker's death, until `end_extraction`.

    Returns:
        How many there were, this one included.
    """
    with session() as redis:
        return _count(redis, uuid, "crashes", 1)


def end_extraction(uuid: str) -> None:
    """Take back what `begin_extraction` counted: it has ended, and the worker lives.

    Of a worker that is told to leave two threads may say so.
    """
    with session() as redis:
        if redis.hexists(_episode_key(uuid), "status") and _count(redis, uuid, "crashes", -1) < 0:
            redis.hset(_episode_key(uuid), "crashes", 0)


def count_failure(uuid: str) -> int:
    """Count a failed attempt to read an episode; how many it has had."""
    with session() as redis:
        return _count(redis, uuid, "attempts", 1)


def try_later(uuid: str, at: float) -> None:
    """Keep sweeps from enqueueing an episode before `at` (seconds since the epoch)."""
    with session() as redis:
        redis.zadd(_LATER_KEY, {uuid: at})


def times_of_retry() -> dict[str, float]:
    """When which episodes are tried again (seconds since the epoch); the past is left out."""
    with session() as redis:
        later: list[Any] = redis.zrangebyscore(_LATER_KEY, time.time(), "+inf", withscores=True)
    return {_text(uuid): float(at) for uuid, at in later}


def check_status(status: str) -> None:
    """Raise `ValueError` if there is no such status."""
    if status not in STATUSES:
        raise ValueError(f"An episode is {' or '.join(STATUSES)}, not {status!r}.")


def _decode(values: Mapping[bytes, bytes]) -> Episode:
    return Episode(
        status=_text(values[b"status"]),
        journal=_text(values.get(b"journal", b"")),
        revision=_number(values.get(b"revision")),
        attempts=_number(values.get(b"attempts")),
        crashes=_number(values.get(b"crashes")),
        error=_text(values.get(b"error", b"")) or None,
    )


def _count(redis: Redis, uuid: str, field: str, by: int) -> int:
    """Add to a number of an episode; one that a damaged file garbled begins at 0."""
    key = _episode_key(uuid)
    if (before := redis.hget(key, field)) is not None and _number(before) == 0:
        redis.hset(key, field, 0)
    return int(redis.hincrby(key, field, by))


def _number(value: Any) -> int:
    """Return a number as Redis holds it; 0 for none, and for one that cannot be."""
    try:
        return int(value or 0)
    except ValueError:
        return 0


def _batches(uuids: Iterable[str]) -> Iterator[list[str]]:
    names = list(uuids)
    for first in range(0, len(names), _BATCH):
        yield names[first : first + _BATCH]


def _text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def _episode_key(uuid: str) -> str:
    return f"episode:{uuid}"


def _set_key(status: str) -> str:
    return f"episodes:{status}"
