"""Listening: saves, extractions, the worker's state, the switch, as they happen."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

from backend.database.redis.session import session
from backend.errors import RedisUnavailableError
from backend.events import CHANNEL, Event, EventName, decode_event

if TYPE_CHECKING:
    from redis import Redis
    from redis.client import PubSub

# Seconds: how long one wait for a message may keep a thread from leaving, and how long a Redis
# that is away is left in peace.
_WAIT = 0.25
_RECONNECT_INTERVAL = 1.0


def listen(stop: threading.Event) -> Iterator[Event]:
    """Yield events until `stop` is set; blocks, so it wants a thread of its own.

    The first event is `REDIS_BACK` (listening has begun: what is read from now on misses
    nothing) or `REDIS_LOST`. It reconnects by itself, starting the embedded Redis if that died.
    Unknown and malformed messages are skipped. Leaves within a moment of `stop`.
    """
    for event in listen_or_tick(stop):
        if event is not None:
            yield event


def listen_or_tick(stop: threading.Event) -> Iterator[Event | None]:
    """Like `listen`, and None several times a second while nothing happens."""
    is_lost = False
    while not stop.is_set():
        try:
            with session(reconnects=False) as redis, contextlib.closing(_channel(redis)) as channel:
                channel.subscribe(CHANNEL)
                # The answer to subscribing: from here on nothing is missed.
                channel.get_message(timeout=_WAIT)
                is_lost = False
                yield Event(EventName.REDIS_BACK)
                while not stop.is_set():
                    yield _next_event(channel)
        except RedisUnavailableError:
            if not is_lost:
                is_lost = True
                yield Event(EventName.REDIS_LOST)
            elif not stop.wait(_RECONNECT_INTERVAL):
                yield None


def _channel(redis: Redis) -> PubSub:
    channel: PubSub = redis.pubsub()  # type: ignore[no-untyped-call]
    return channel


def _next_event(channel: PubSub) -> Event | None:
    message = channel.get_message(ignore_subscribe_messages=True, timeout=_WAIT)
    return None if message is None else decode_event(message["data"])
