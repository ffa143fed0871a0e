"""One pool of connections to Redis a process, which heals itself.

Every new connection first makes sure that there is a server to connect to: a process that never
uses Redis starts none, and a server that was killed is started again by the next that needs it.
redis takes 95 ms to import: a module that may do without imports this one where it is needed.
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterator
from functools import cache
from typing import Any

import redis
from redis.backoff import ExponentialBackoff
from redis.connection import AbstractConnection, UnixDomainSocketConnection
from redis.exceptions import (
    ConnectionError,  # noqa: A004 - redis' own name for it
    RedisError,
    TimeoutError,  # noqa: A004
)
from redis.retry import Retry

from backend import settings
from backend.database.redis import server as redis_server
from backend.errors import CharlieError, RedisDamagedError, RedisUnavailableError

# Seconds. A server that is suspended for a moment (a laptop's lid, a debugger) is waited for.
# Above the longest blocking command.
_SOCKET_TIMEOUT = 10.0

# A command whose connection broke is sent again over a new one: what is sent here may run twice.
_RETRIES = 3
_RETRY_BASE = 0.02
_RETRY_CAP = 0.5

_SAFE = "Your entries are safe; only the reading of names waits."


class EmbeddedConnection(UnixDomainSocketConnection):
    """A connection to the embedded server, which is started if it does not run."""

    def _connect(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            path = redis_server.ensure_running()
            connection.settimeout(_SOCKET_TIMEOUT)
            connection.connect(os.fspath(path))
        except (OSError, CharlieError) as error:
            connection.close()
            # What redis-py handles; `client` unwraps it again.
            raise ConnectionError(str(error)) from error
        return connection


class UnusableConnection(AbstractConnection):
    """A connection to an address that is none: using it fails, importing the queue does not."""

    def __init__(self, *, problem: str, **options: Any) -> None:
        super().__init__(**options)
        self.problem = problem

    def repr_pieces(self) -> list[tuple[str, str]]:
        """Return what redis-py shows of a connection."""
        return [("problem", self.problem)]

    def _connect(self) -> socket.socket:
        error = RedisUnavailableError(
            f"CHARLIE_REDIS_URL is not the address of a Redis: {self.problem}",
            safe=_SAFE,
            hint="Use redis://[:password@]host:port/number or unix:///path, or unset it.",
        )
        raise ConnectionError(str(error)) from error

    def _host_error(self) -> str:
        return "CHARLIE_REDIS_URL"


@cache
def pool(*, reconnects: bool = True) -> redis.ConnectionPool:
    """Return this process' connections; it connects nothing.

    Args:
        reconnects: whether a command whose connection broke is sent again over a new one. Who
            listens must not miss that it was deaf for a moment, and wants an error instead.
    """
    options: dict[str, Any] = {
        "socket_timeout": _SOCKET_TIMEOUT,
        # A timeout is not tried again: the caller has waited long enough.
        "retry": Retry(
            ExponentialBackoff(cap=_RETRY_CAP, base=_RETRY_BASE),
            _RETRIES if reconnects else 0,
            supported_errors=(ConnectionError,),
        ),
        # RESP 3 greets with HELLO, which a server before 6 does not know.
        "protocol": 2,
    }
    if settings.REDIS_URL is None:
        embedded = redis.ConnectionPool(connection_class=EmbeddedConnection, **options)
        redis_server.before_leaving(embedded.disconnect)
        return embedded
    try:
        return redis.ConnectionPool.from_url(
            settings.REDIS_URL, socket_connect_timeout=_SOCKET_TIMEOUT, **options
        )
    except ValueError as error:
        return redis.ConnectionPool(
            connection_class=UnusableConnection, problem=str(error), **options
        )


@contextlib.contextmanager
def client(*, reconnects: bool = True) -> Iterator[redis.Redis]:
    """Yield a client, and turn whatever keeps Redis from its work into one error.

    `reconnects` is that of `pool`.

    Raises:
        RedisUnavailableError: Redis cannot be started, reached or written.
    """
    try:
        yield redis.Redis(connection_pool=pool(reconnects=reconnects))
    except RedisError as error:
        raise unavailable(error) from error


def unavailable(error: RedisError) -> RedisUnavailableError:
    """Return the error that tells the user about one of redis-py's."""
    cause = error.__cause__
    if isinstance(cause, RedisUnavailableError):
        return cause
    if settings.REDIS_URL is not None and isinstance(error, (ConnectionError, TimeoutError)):
        return RedisUnavailableError(
            f"The Redis that CHARLIE_REDIS_URL names cannot be reached: {error}",
            safe=_SAFE,
            hint="Start it, correct CHARLIE_REDIS_URL, or unset it to use Charlie's own.",
        )
    # A pipeline names the command that failed, whose words may be an entry's, before the reason.
    reason = str(error).rpartition("of pipeline caused error: ")[2]
    if reason.startswith("WRONGTYPE"):
        return RedisDamagedError(
            "Redis holds something that Charlie has not put there.",
            safe=_SAFE,
            hint="The worker puts it right by itself: `charlie process`.",
        )
    if reason.startswith("MISCONF"):
        return RedisUnavailableError(
            "Redis cannot write to its disk.", safe=_SAFE, hint="Make room on the disk."
        )
    return RedisUnavailableError(
        f"Redis does not do its work: {reason}",
        safe=_SAFE,
        hint="Try again; `charlie doctor` looks for the cause.",
    )
