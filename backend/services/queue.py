"""The queue: Huey, what waits to be read, and what was given up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from huey import PriorityRedisHuey

from backend.database import episodes, redis_client, redis_ops, unread, worker_state
from backend.database.task_queue import QUEUE_NAME, EpisodeStorage, JsonSerializer
from backend.errors import NotFoundError

if TYPE_CHECKING:
    from backend.services.consumer import JournalConsumer


class JournalHuey(PriorityRedisHuey):  # type: ignore[misc] # huey has no types
    """Huey with a queue that holds an episode once, and a consumer that knows the journal."""

    storage_class = EpisodeStorage

    def create_consumer(self, **options: Any) -> JournalConsumer:
        """The worker of this journal folder, however it was started.

        Raises:
            SystemExit: there is one already.
        """
        # It brings numpy (0.1 s) and the model's code, which are the worker's alone.
        from backend.services.consumer import JournalConsumer  # noqa: PLC0415

        return JournalConsumer(self, **options)


# Seconds that the worker waits for a task at a time: so long it may take to hear that it is to
# leave.
_READ_TIMEOUT = 0.25

# Results would be litter: what a task finds is in SQLite.
huey = JournalHuey(
    QUEUE_NAME,
    serializer=JsonSerializer(),
    results=False,
    read_timeout=_READ_TIMEOUT,
    connection_pool=redis_client.pool(),
)


@dataclass(frozen=True, slots=True)
class QueuedEntry:
    """An entry in the queue. `title` is its title or first line, not sanitised.

    `status` is "pending_nodes" or "dead"; `attempts` counts the failures so far and `error` is
    the last one's sentence; `retry_at` is when it is tried again (seconds since the epoch),
    None for at once. `reading` marks those being read.
    """

    uuid: str
    journal: str
    title: str
    status: str
    attempts: int
    error: str | None
    retry_at: float | None
    reading: bool


def list_queue(limit: int | None = None) -> list[QueuedEntry]:
    """What waits (being read first, then newest first), then what is dead.

    Raises:
        RedisUnavailableError: Redis cannot be started or reached.
    """
    waiting = list(redis_ops.reconcile())
    being_read = set(worker_state.entries_being_read())
    waiting.sort(key=lambda uuid: uuid not in being_read)
    uuids = (waiting + sorted(episodes.list_by_status(episodes.DEAD)))[:limit]
    known = episodes.get_episodes(uuids)
    labels = unread.find_labels(uuids)
    later = episodes.times_of_retry()
    return [
        QueuedEntry(
            uuid,
            *labels[uuid],
            known[uuid].status,
            known[uuid].attempts,
            known[uuid].error,
            later.get(uuid),
            uuid in being_read,
        )
        for uuid in uuids
        if uuid in known and uuid in labels
    ]


def retry_dead(uuid: str | None = None) -> int:
    """Try dead entries again, all of them or one; how many.

    Raises:
        NotFoundError: `uuid` is not dead.
        RedisUnavailableError: Redis cannot be started or reached.
    """
    chosen = _find_dead(uuid)
    for each in chosen:
        entry = unread.find_unread(each)
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
        unread.skip_reading(each)
        redis_ops.remove_episode_from_queue(each)
    return len(chosen)


def _find_dead(uuid: str | None) -> list[str]:
    dead = redis_ops.get_episodes_by_status(episodes.DEAD)
    if uuid is None:
        return dead
    chosen = [each for each in dead if each.startswith(uuid.strip().lower())]
    if len(chosen) != 1:
        raise NotFoundError(
            f"No entry that was given up is called {uuid}.",
            hint="`charlie queue` lists them.",
        )
    return chosen
