"""The lazy door to Redis: importing this costs nothing, the first session 0.1 s."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from redis import Redis


@contextlib.contextmanager
def session(*, reconnects: bool = True) -> Iterator[Redis]:
    """Yield a client of Redis, which is started if it is ours and does not run.

    Args:
        reconnects: whether a connection that breaks is made again without a word.

    Raises:
        RedisUnavailableError: Redis cannot be started, reached or written.
    """
    # redis takes 95 ms to import, before anything is painted or added.
    from backend.database.redis.client import client  # noqa: PLC0415

    with client(reconnects=reconnects) as redis:
        yield redis
