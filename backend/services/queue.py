"""The queue: Huey, what waits to be read, and what was given up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from huey import PriorityRedisHuey

from backend.database.redis import client as redis_client
from backend.database.redis.task_queue import QUEUE_NAME, EpisodeStorage, JsonSerializer

if TYPE_CHECKING:
    from backend.services.worker.consumer import JournalConsumer


class JournalHuey(PriorityRedisHuey):  # type: ignore[misc] # huey has no types
    """Huey with a queue that holds an episode once, and a consumer that knows the journal."""

    storage_class = EpisodeStorage

    def create_consumer(self, **options: Any) -> JournalConsumer:
        """The worker of this journal folder, however it was started.

        Raises:
            SystemExit: there is one already.
        """
        # It brings numpy (0.1 s) and the model's code, which are the worker's alone.
        from backend.services.worker.consumer import JournalConsumer  # noqa: PLC0415

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
