"""What happened in the journal or to the worker, told to every Charlie that has it open.

An event is one message on a channel of Redis, a JSON object with "event" and its fields. To
publish one takes a socket and four words: a command that writes one entry must be done in well
under 150 ms, and importing redis takes 95 of them. A process that hears a name which it does not
know (another version of Charlie sends it) passes it over.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from backend import locations, settings
from backend.errors import CharlieError

if TYPE_CHECKING:
    from redis import Redis

#: Where events are published.
CHANNEL: Final = "charlie:events"

# Seconds a step of publishing may take. What is not heard is found by the worker's next sweep.
_TIMEOUT = 0.2
# The same for a server of the user's own, which may be far away.
_TIMEOUT_AFAR = 1.0


class EventName(StrEnum):
    """What an event is about; the values travel through Redis."""

    ENTRY_SAVED = "entry.saved"  # `entry` is new, or has another text, title or instant
    ENTRY_DELETED = "entry.deleted"  # `entry` was put into the trash
    ENTRY_RESTORED = "entry.restored"  # `entry` was brought back from the trash
    ENTRY_PURGED = "entry.purged"  # `entry` and its history are gone for good
    ENTRY_MOVED = "entry.moved"  # `entry` is in `journal` now
    JOURNAL_CREATED = "journal.created"  # `journal` was made, and is empty
    JOURNAL_RENAMED = "journal.renamed"  # a journal is called `journal` now
    JOURNAL_DELETED = "journal.deleted"  # `journal`, which was empty, is gone
    ENTITIES_READY = "entities.ready"  # the mentions of `entry` are stored
    EPISODE_FAILED = "episode.failed"  # extraction from `entry` failed, and is tried again
    EPISODE_DEAD = "episode.dead"  # extraction from `entry` was given up
    EXTRACTION_CANCELLED = "reading.cancelled"  # the user stops the extraction from `entry`
    WORKER_WANTED = "worker.wanted"  # a worker that was given up is to be started again
    WORKER_STATE = "worker.state"  # `status` says what the worker is doing now
    INFERENCE_CHANGED = "inference.changed"  # extraction was switched on or off
    WAKE = "wake"  # many entries changed at once; the worker looks for work
    REDIS_LOST = "redis.lost"  # never sent: the listener hears nothing until REDIS_BACK
    REDIS_BACK = "redis.back"  # never sent: the listener may have missed events


#: After these a list of entries or journals may look different.
JOURNAL_CHANGES: Final = frozenset(
    {
        EventName.ENTRY_SAVED,
        EventName.ENTRY_DELETED,
        EventName.ENTRY_RESTORED,
        EventName.ENTRY_PURGED,
        EventName.ENTRY_MOVED,
        EventName.JOURNAL_CREATED,
        EventName.JOURNAL_RENAMED,
        EventName.JOURNAL_DELETED,
        EventName.WAKE,
        EventName.REDIS_BACK,
    }
)

_NEVER_SENT: Final = frozenset({EventName.REDIS_LOST, EventName.REDIS_BACK})


# Named tuples are made in an eighth of a dataclass's time, which every command would pay.
class Event(NamedTuple):
    """One event; the fields that its name does not speak of are None.

    `entry` is a uuid, `journal` a name, `status` an encoded `WorkerStatus`.
    """

    name: EventName
    entry: str | None = None
    journal: str | None = None
    status: Mapping[str, Any] | None = None


def publish(
    name: EventName,
    *,
    entry: str | None = None,
    journal: str | None = None,
    status: Mapping[str, Any] | None = None,
) -> None:
    """Send an event to all listeners.

    Starts nothing and never raises: where no Redis runs, nobody listens. Takes at most 0.2 s a
    step, 1 s with a Redis of the user's own.

    Args:
        name: what happened.
        entry: the uuid of the entry it happened to.
        journal: the name of the journal.
        status: what the worker is doing, encoded.
    """
    message = encode_event(Event(name, entry, journal, status))
    with contextlib.suppress(OSError, CharlieError):
        if settings.REDIS_URL is None:
            _publish_nearby(message)
        else:
            _publish_afar(settings.REDIS_URL, message)


def encode_event(event: Event) -> str:
    """Return the message of an event; fields that are None are left out."""
    fields = {"entry": event.entry, "journal": event.journal, "status": event.status}
    given = {name: value for name, value in fields.items() if value is not None}
    return json.dumps({"event": event.name, **given}, ensure_ascii=False)


def decode_event(data: bytes) -> Event | None:
    """Return the event of a message; None if it is none, or one that this version does not know."""
    try:
        fields = json.loads(data)
        name = EventName(fields["event"])
    except (ValueError, KeyError, TypeError):
        return None
    if name in _NEVER_SENT:
        return None
    entry, journal, status = (fields.get(field) for field in ("entry", "journal", "status"))
    return Event(
        name,
        entry if isinstance(entry, str) else None,
        journal if isinstance(journal, str) else None,
        status if isinstance(status, dict) else None,
    )


def _publish_nearby(message: str) -> None:
    """Publish through the embedded server, if it runs."""
    socket = locations.redis_socket()
    if socket.exists():
        # socket takes 3 ms to import, and most commands find no server to talk to.
        from backend.redis_protocol import send_command  # noqa: PLC0415

        send_command(socket, "PUBLISH", CHANNEL, message, timeout=_TIMEOUT)


def _publish_afar(url: str, message: str) -> None:
    """Publish through the user's own server, which may want a password or TLS."""
    # redis takes 95 ms to import; only a server of the user's own needs it here.
    from redis import RedisError  # noqa: PLC0415

    with contextlib.suppress(RedisError, ValueError):
        _client(url).publish(CHANNEL, message)


@cache
def _client(url: str) -> Redis:
    """Return this process' client of the user's own server, which keeps its connection."""
    # As above.
    from redis import Redis  # noqa: PLC0415
    from redis.backoff import NoBackoff  # noqa: PLC0415
    from redis.retry import Retry  # noqa: PLC0415

    return Redis.from_url(
        url,
        socket_timeout=_TIMEOUT_AFAR,
        socket_connect_timeout=_TIMEOUT_AFAR,
        # A connection may have been closed since it was last used.
        retry=Retry(NoBackoff(), 1),
    )
