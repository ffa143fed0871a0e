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
from backend.errors import NotFoundError
from backend.events import EventName, publish

#: The error of an entry whose extraction the user stopped.
STOPPED_ERROR = "You stopped the reading of it."


class Turn(StrEnum):
    """Where an entry stands, from the first to be extracted to the last."""

    EXTRACTING = "reading"  # it is being extracted
    NEXT = "next"  # it was just saved: before all others
    BACKLOG = "backlog"
    LATER = "later"  # it failed, and is tried again at `retry_at`
    WAITS = "waits"  # for inference to be switched on, or for a worker to find it
    FAILED = "failed"  # it is tried again when the user asks


_FRESH = Episode(episodes.PENDING, "", 0, 0, 0, None)
_ORDER = {turn: place for place, turn in enumerate(Turn)}


@dataclass(frozen=True, slots=True)
class QueuedEntry:
    """An entry in the queue. `title` is its title or first line, not sanitised.

    `status` is "pending_nodes" or "dead"; `attempts` counts the failures so far and `error` is
    the last one's sentence; `retry_at` is when it is tried again (seconds since the epoch),
    None for at once. `reading` marks those being extracted, and `turn` says where it stands.
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
    """Return what waits, in the order in which it is extracted, then what has failed.

    Redis is made to agree with SQLite before, which takes longer the more waits.

    Args:
        limit: how many at most; all if None.

    Raises:
        RedisUnavailableError: Redis cannot be started or reached.
    """
    redis_ops.reconcile()
    return glance(limit)


def glance(limit: int | None = None) -> list[QueuedEntry]:
    """Return the queue as `list_queue` does, but as Redis has it now.

    Cheap where `limit` is small, and writes nothing.

    Raises:
        RedisUnavailableError: Redis cannot be started or reached.
    """
    later = episodes.times_of_retry()
    turns: dict[str, Turn] = dict.fromkeys(worker_state.entries_being_extracted(), Turn.EXTRACTING)
    for uuid, priority in task_queue.list_queued(limit):
        turns.setdefault(uuid, Turn.NEXT if priority else Turn.BACKLOG)
    dead = sorted(episodes.list_by_status(episodes.DEAD))
    # As many more as may have failed, or are listed already; none where there are enough.
    most = None if limit is None else limit + len(dead) + len(turns)
    is_enough = limit is not None and len(turns) >= limit
    pending = [] if is_enough else [uuid for uuid, _ in list_pending(most)]
    failed = set(dead)
    for uuid in pending:
        if uuid not in failed:
            turns.setdefault(uuid, Turn.LATER if uuid in later else Turn.WAITS)
    waiting = sorted((u for u in turns if u not in failed), key=lambda u: _ORDER[turns[u]])
    uuids = (waiting + dead)[:limit]
    # Of what was saved a moment ago, or when Redis was away, that knows nothing yet.
    known = dict.fromkeys(pending, _FRESH) | episodes.get_episodes(uuids)
    return _describe(uuids, turns | dict.fromkeys(dead, Turn.FAILED), known, later)


def list_failed() -> list[QueuedEntry]:
    """Return what has failed, as Redis has it now.

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
    """Return those of `uuids` that are known to Redis and whose entry exists."""
    labels = extractions.find_labels(uuids)
    return [
        QueuedEntry(
            uuid,
            *labels[uuid],
            known[uuid].status,
            known[uuid].attempts,
            known[uuid].error,
            later.get(uuid),
            turns[uuid] is Turn.EXTRACTING,
            turns[uuid],
        )
        for uuid in uuids
        if uuid in known and uuid in labels
    ]


def cancel_extraction(uuid: str | None = None) -> int:
    """Stop the extraction of an entry, or of all that are being extracted.

    It becomes one that failed, or it would be extracted again at once: it can be tried again or
    dropped. Nothing of it is stored, and the worker goes on with the next one.

    Args:
        uuid: the beginning of a uuid; all if None.

    Returns:
        How many were stopped.

    Raises:
        NotFoundError: `uuid` is not being extracted.
        RedisUnavailableError: Redis cannot be started, reached or written.
    """
    running = worker_state.entries_being_extracted()
    chosen = running if uuid is None else _match(uuid, running, "is being read")
    stopped = 0
    for each in chosen:
        entry = extractions.find_pending(each)
        if entry is None:
            continue
        redis_ops.set_episode_status(
            each, episodes.DEAD, entry.journal, error=STOPPED_ERROR, revision=entry.revision
        )
        publish(EventName.EXTRACTION_CANCELLED, entry=each)
        stopped += 1
    return stopped


def retry_failed(uuid: str | None = None) -> int:
    """Try failed entries again.

    Args:
        uuid: the beginning of a uuid; all if None.

    Returns:
        How many there were.

    Raises:
        NotFoundError: `uuid` has not failed.
        RedisUnavailableError: Redis cannot be started or reached.
    """
    chosen = _find_failed(uuid)
    for each in chosen:
        entry = extractions.find_pending(each)
        if entry is None:
            episodes.forget([each])
        else:
            redis_ops.add_episode(each, entry.journal)
    return len(chosen)


def drop_failed(uuid: str | None = None) -> int:
    """Stop trying the current revision of failed entries.

    An entry counts as extracted, with the mentions it had before if any, until its next edit.

    Args:
        uuid: the beginning of a uuid; all if None.

    Returns:
        How many there were.

    Raises:
        NotFoundError: `uuid` has not failed.
        RedisUnavailableError: Redis cannot be started or reached.
    """
    chosen = _find_failed(uuid)
    for each in chosen:
        extractions.skip_extraction(each)
        redis_ops.remove_episode_from_queue(each)
    return len(chosen)


def _find_failed(uuid: str | None) -> list[str]:
    dead = redis_ops.get_episodes_by_status(episodes.DEAD)
    return dead if uuid is None else _match(uuid, dead, "was given up")


def _match(uuid: str, uuids: list[str], what: str) -> list[str]:
    """Return the one of `uuids` that begins with `uuid`, in a list."""
    chosen = [each for each in uuids if each.startswith(uuid.strip().lower())]
    if len(chosen) != 1:
        raise NotFoundError(
            f"No entry that {what} is called {uuid}.",
            hint="`charlie queue` lists them.",
        )
    return chosen
