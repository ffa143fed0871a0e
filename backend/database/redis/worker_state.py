"""What the worker says of itself, for anyone who asks Redis.

Keys: `worker:state`, a JSON object of the worker's phase and what it reads, and
`worker:heartbeat`, the worker's process id, which disappears when the worker has been silent.
"""

from __future__ import annotations

import json
from typing import Any

from backend.database.redis.session import session
from backend.events import EventName, publish

_STATE_KEY = "worker:state"
_HEARTBEAT_KEY = "worker:heartbeat"

#: How often the worker shows that it lives, and how long that is believed, in seconds. On a
#: busy machine, at the lowest priority, a beat may be late.
HEARTBEAT_INTERVAL = 2
HEARTBEAT_TTL = 10


def write_state(state: dict[str, Any]) -> None:
    """Store the worker's state and tell everybody who listens.

    Raises:
        RedisUnavailableError: Redis cannot be reached.
    """
    with session() as redis:
        redis.set(_STATE_KEY, json.dumps(state, ensure_ascii=False))
    publish(EventName.WORKER_STATE, status=state)


def load_state() -> tuple[dict[str, Any], bool]:
    """Return the last state, and whether the worker has shown signs of life since.

    Raises:
        RedisUnavailableError: Redis cannot be reached.
    """
    with session() as redis:
        state, heartbeat = redis.mget(_STATE_KEY, _HEARTBEAT_KEY)
    try:
        decoded = json.loads(state or b"{}")
    except ValueError:
        decoded = {}
    return decoded if isinstance(decoded, dict) else {}, heartbeat is not None


def beat(pid: int, state: dict[str, Any]) -> None:
    """Show that the worker lives, and leave its state there too: Redis may have been wiped.

    Raises:
        RedisUnavailableError: Redis cannot be reached.
    """
    with session() as redis, redis.pipeline(transaction=False) as pipe:
        pipe.set(_HEARTBEAT_KEY, pid, ex=HEARTBEAT_TTL)
        pipe.set(_STATE_KEY, json.dumps(state, ensure_ascii=False))
        pipe.execute()


def stop_beating() -> None:
    """Take the sign of life away: the worker leaves."""
    with session() as redis:
        redis.delete(_HEARTBEAT_KEY)


def check_writable() -> None:
    """See whether Redis takes what is written.

    Raises:
        RedisUnavailableError: Redis cannot be reached, or its disk is full.
    """
    with session() as redis:
        # A server that cannot write to its disk answers this with an error, too.
        redis.ping()


def entries_being_extracted() -> list[str]:
    """Return the uuids of the entries that a living worker is extracting, in order of beginning."""
    state, lives = load_state()
    entries = state.get("entries")
    return list(map(str, entries)) if lives and isinstance(entries, list) else []
