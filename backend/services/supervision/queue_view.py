"""What waits in the queue, what failed, and what the user can do about either."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from backend.database import redis_ops
from backend.database.journal import extractions
from backend.database.journal.listing import list_pending
from backend.database.redis import episodes, task_queue, worker_state
from backend.database.redis.episodes import Episode
from backend.database.redis.session import publish
from backend.errors import NotFoundError

#: What is said of an entry whose reading the user stopped.
STOPPED_ERROR = "You stopped the reading of it."


class Turn(StrEnum):
    """Where an entry stands, from the first to be read to the last."""

    READING = "reading"
    NEXT = "next"  # it was just saved: before all others
    BACKLOG = "backlog"
    LATER = "later"  # it failed, and is tried again at `retry_at`
    WAITS = "waits"  # for inference to be switched on, or for a worker to find it
    FAILED = "failed"  # it was given up


_FRESH = Episode(episodes.PENDING, "", 0, 0, 0, None)
_ORDER = {turn: place for place, turn in enumerate(Turn)}


@dataclass(frozen=True, slots=True)
class QueuedEntry:
    """An entry in the queue. `title` is its title or first line, not sanitised.

    `status` is "pending_nodes" or "dead"; `attempts` counts the failures so far and `error` is
    the last one's sentence; `retry_at` is when it is tried again (seconds since the epoch),
    None for at once. `reading` marks those being read, and `turn` says when it is whose turn.
    """

    uuid: str
    journal: str
    title: str
    status: str
    attempts: int
    error: str | None
    retry_at: float | None
    reading: bool
    turn: Turn


def list_queue(limit: int | None = None) -> list[QueuedEntry]:
    """What waits, in the order in which it is read, then what is dead; at most `limit` of them.

    Redis is made to agree with SQLite before, which takes the longer the more waits.

    Raises:
        RedisUnavailableError: Redis cannot be started or reached.
    """
    redis_ops.reconcile()
    return glance(limit)


def glance(limit: int | None = None) -> list[QueuedEntry]:
    """Like `list_queue`, as Redis has it now: cheap where `limit` is small, and writes nothing.

    Raises:
        RedisUnavailableError: Redis cannot be started or reached.
    """
    later = episodes.times_of_retry()
    turns: dict[str, Turn] = dict.fromkeys(worker_state.entries_being_extracted(), Turn.READING)
    for uuid, priority in task_queue.list_queued(limit):
        turns.setdefault(uuid, Turn.NEXT if priority else Turn.BACKLOG)
    dead = sorted(episodes.list_by_status(episodes.DEAD))
    # As many more as may be dead, or are listed already; none where there are enough.
    most = None if limit is None else limit + len(dead) + len(turns)
    is_enough = limit is not None and len(turns) >= limit
    pending = [] if is_enough else [uuid for uuid, _ in list_pending(most)]
    given_up = set(dead)
    for uuid in pending:
        if uuid not in given_up:
            turns.setdefault(uuid, Turn.LATER if uuid in later else Turn.WAITS)
    waiting = sorted((u for u in turns if u not in given_up), key=lambda u: _ORDER[turns[u]])
    uuids = (waiting + dead)[:limit]
    # Of what was saved a moment ago, or when Redis was away, that knows nothing yet.
    known = dict.fromkeys(pending, _FRESH) | episodes.get_episodes(uuids)
    return _describe(uuids, turns | dict.fromkeys(dead, Turn.FAILED), known, later)


def list_dead() -> list[QueuedEntry]:
    """What was given up, as Redis has it now.

    Raises:
        RedisUnavailableError: Redis cannot be started or reached.
    """
    dead = sorted(episodes.list_by_status(episodes.DEAD))
    return _describe(dead, dict.fromkeys(dead, Turn.FAILED), episodes.get_episodes(dead), {})


def _describe(
    uuids: Sequence[str],
    turns: Mapping[str, Turn],
    known: Mapping[str, Episode],
    later: Mapping[str, float],
) -> list[QueuedEntry]:
    """Those of `uuids` of which something is known, and whose entry exists."""
    labels = extractions.find_labels(uuids)
    return [
        QueuedEntry(
            uuid,
            *labels[uuid],
            known[uuid].status,
            known[uuid].attempts,
            known[uuid].error,
            later.get(uuid),
            turns[uuid] is Turn.READING,
            turns[uuid],
        )
        for uuid in uuids
        if uuid in known and uuid in labels
    ]


def cancel_reading(uuid: str | None = None) -> int:
    """Stop the reading of an entry that is being read, or of all of them; how many.

    It is set aside with those that failed, or it would be read again at once: it can be tried
    again or dropped. Nothing of it is stored, and the worker goes on with the next one.

    Raises:
        NotFoundError: `uuid` is not being read.
        RedisUnavailableError: Redis cannot be started, reached or written.
    """
    being_read = worker_state.entries_being_extracted()
    chosen = being_read if uuid is None else _match(uuid, being_read, "is being read")
    stopped = 0
    for each in chosen:
        entry = extractions.find_pending(each)
        if entry is None:
            continue
        redis_ops.set_episode_status(
            each, episodes.DEAD, entry.journal, error=STOPPED_ERROR, revision=entry.revision
        )
        publish("reading.cancelled", entry=each)
        stopped += 1
    return stopped


def retry_dead(uuid: str | None = None) -> int:
    """Try dead entries again, all of them or one; how many.

    Raises:
        NotFoundError: `uuid` is not dead.
        RedisUnavailableError: Redis cannot be started or reached.
    """
    chosen = _find_dead(uuid)
    for each in chosen:
        entry = extractions.find_pending(each)
        if entry is None:
            episodes.forget([each])
        else:
            redis_ops.add_episode(each, entry.journal)
    return len(chosen)


def drop_dead(uuid: str | None = None) -> int:
    """Stop trying the current revision of dead entries, all or one; how many.

    The entry counts as read, with the mentions it had before if any, until it is next edited.

    Raises:
        NotFoundError: `uuid` is not dead.
        RedisUnavailableError: Redis cannot be started or reached.
    """
    chosen = _find_dead(uuid)
    for each in chosen:
        extractions.skip_extraction(each)
        redis_ops.remove_episode_from_queue(each)
    return len(chosen)


def _find_dead(uuid: str | None) -> list[str]:
    dead = redis_ops.get_episodes_by_status(episodes.DEAD)
    return dead if uuid is None else _match(uuid, dead, "was given up")


def _match(uuid: str, uuids: list[str], what: str) -> list[str]:
    """The one of `uuids` that begins like `uuid`."""
    chosen = [each for each in uuids if each.startswith(uuid.strip().lower())]
    if len(chosen) != 1:
        raise NotFoundError(
            f"No entry that {what} is called {uuid}.",
            hint="`charlie queue` lists them.",
        )
    return chosen
