"""What is remembered of the worker's work, in Redis, which may lose it at any time.

Keys: `worker:runs`, a list of JSON objects, one a reading, the newest first; `worker:sums`, a hash
of numbers that are added up over all readings; `worker:deaths`, a list of JSON objects, one for
each time the worker died. None of them holds a word of an entry.

Every function raises `RedisUnavailableError` if Redis cannot be started, reached or written.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from backend.database.redis.session import session

#: How many readings and deaths are remembered one by one.
MOST_RUNS = 200
MOST_DEATHS = 50

_RUNS_KEY = "worker:runs"
_SUMS_KEY = "worker:sums"
_DEATHS_KEY = "worker:deaths"


def add_run(run: Mapping[str, Any], sums: Mapping[str, float]) -> None:
    """Remember a reading, and add numbers to sums; one round trip."""
    with session() as redis, redis.pipeline() as pipe:
        pipe.lpush(_RUNS_KEY, json.dumps(run))
        pipe.ltrim(_RUNS_KEY, 0, MOST_RUNS - 1)
        for name, number in sums.items():
            pipe.hincrbyfloat(_SUMS_KEY, name, number)
        pipe.execute()


def add_death(death: Mapping[str, Any]) -> None:
    """Remember that the worker died."""
    with session() as redis, redis.pipeline() as pipe:
        pipe.lpush(_DEATHS_KEY, json.dumps(death))
        pipe.ltrim(_DEATHS_KEY, 0, MOST_DEATHS - 1)
        pipe.execute()


def list_runs(limit: int = MOST_RUNS) -> list[dict[str, Any]]:
    """Return the last attempts, the newest first."""
    with session() as redis:
        return _decode(redis.lrange(_RUNS_KEY, 0, limit - 1))


def list_deaths(limit: int = MOST_DEATHS) -> list[dict[str, Any]]:
    """Return the last deaths of the worker, the newest first."""
    with session() as redis:
        return _decode(redis.lrange(_DEATHS_KEY, 0, limit - 1))


def load_sums() -> dict[str, float]:
    """Return the sums by name, without those that a damaged file garbled."""
    with session() as redis:
        found: dict[Any, Any] = redis.hgetall(_SUMS_KEY)
    sums: dict[str, float] = {}
    for name, number in found.items():
        try:
            sums[name.decode()] = float(number)
        except ValueError:
            continue
    return sums


def forget_all() -> None:
    """Remember nothing: another journal begins to use this Redis."""
    with session() as redis:
        redis.delete(_RUNS_KEY, _SUMS_KEY, _DEATHS_KEY)


def _decode(items: Any) -> list[dict[str, Any]]:
    records = []
    for item in items:
        try:
            record = json.loads(item)
        except ValueError:
            continue
        if isinstance(record, dict):
            records.append(record)
    return records
