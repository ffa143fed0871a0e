"""Huey's instance, and the task queue behind it. `supervision.queue_view` shows what is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from huey import PriorityRedisHuey

from backend.database.redis import client as redis_client
from backend.database.redis.huey_storage import EpisodeStorage, JsonSerializer
from backend.database.redis.task_queue import QUEUE_NAME

if TYPE_CHECKING:
    from backend.services.worker.consumer import JournalConsumer
    from backend.services.worker.process import WorkerProcess


class JournalHuey(PriorityRedisHuey):  # type: ignore[misc] # huey has no types
    """Huey with a queue that holds an episode once, and a consumer that knows the journal."""

    storage_class = EpisodeStorage

    #: What the threads of the worker process share; None in every other process.
    worker: WorkerProcess | None = None

    def create_consumer(self, **options: Any) -> JournalConsumer:
        """Make this process the worker of its journal folder.

        Raises:
            SystemExit: there is one already.
        """
        # It brings numpy (0.1 s) and the model's code, which are the worker's alone.
        from backend.services.worker.consumer import JournalConsumer  # noqa: PLC0415

        consumer = JournalConsumer(self, **options)
        self.worker = consumer.worker
        return consumer


# Seconds that the worker waits for a task at a time, and so the most it takes to notice that it
# is to leave.
_READ_TIMEOUT = 0.25

# Results would be litter: what a task finds is in SQLite.
huey = JournalHuey(
    QUEUE_NAME,
    serializer=JsonSerializer(),
    results=False,
    read_timeout=_READ_TIMEOUT,
    connection_pool=redis_client.pool(),
)
