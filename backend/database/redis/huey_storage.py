"""The queue as Huey wants it: how it stores tasks, and in which form."""

from __future__ import annotations

import json
from datetime import datetime

from huey.registry import Message
from huey.serializer import Serializer
from huey.storage import PriorityRedisStorage

from backend.database.redis.task_queue import encode_task, queue_member, score


class JsonSerializer(Serializer):  # type: ignore[misc] # huey has no types
    """Tasks as JSON: id, name, arguments and the time they wait for, which is all ours have."""

    def _serialize(self, data: object) -> bytes:
        if not isinstance(data, Message):
            raise TypeError("Only tasks are stored.")
        eta = None if data.eta is None else data.eta.isoformat()
        return encode_task(data.id, data.name, data.args, data.kwargs, eta)

    def _deserialize(self, data: bytes) -> Message:
        fields = json.loads(data)
        eta = fields.get("eta")
        return Message(
            fields["id"],
            fields["name"],
            datetime.fromisoformat(eta) if eta else None,
            args=tuple(fields["args"]),
            kwargs=fields["kwargs"],
        )


class EpisodeStorage(PriorityRedisStorage):  # type: ignore[misc] # huey has no types
    """Huey's priority queue, in which an episode waits once."""

    def enqueue(self, data: bytes, priority: int | None = None) -> None:
        """Add a task, or move it forward if it waits already."""
        self.conn.zadd(self.queue_key, {queue_member(data): score(priority or 0)}, lt=True)
