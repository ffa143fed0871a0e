"""The one task there is: to extract the names of an episode (an entry on its way)."""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from typing import Any

from huey.api import Task
from huey.signals import SIGNAL_ERROR, SIGNAL_INTERRUPTED

from backend.database import redis_ops
from backend.database.journal import extractions
from backend.database.redis import episodes
from backend.errors import (
    CharlieError,
    RedisDamagedError,
    RedisUnavailableError,
    TaggingCancelledError,
)
from backend.events import EventName, publish
from backend.graph.extract_nodes import Outcome, extract_nodes
from backend.inference import manager
from backend.services.queue import huey
from backend.services.supervision.worker_status import explain
from backend.services.worker.attempt import MAX_CRASHES, Attempt
from backend.services.worker.process import WorkerProcess
from backend.services.worker.run_recorder import PUT_OFF_BY, describe_failure

__all__ = ["extract_nodes_task", "huey"]

#: After so many failures an entry has failed, and is tried again only when the user asks.
MAX_ATTEMPTS = 5
#: Seconds before the second attempt; doubled for each further one, up to the limit.
FIRST_DELAY = 1.0
LONGEST_DELAY = 30.0

log = logging.getLogger("charlie.worker")


class EpisodeTask(Task):  # type: ignore[misc] # huey has no types
    """A task that is named after its episode: the same episode makes the same task."""

    def create_id(self) -> str:
        """Return the episode's uuid."""
        return str(self.args[0] if self.args else self.kwargs["episode_uuid"])


@huey.task(task_base=EpisodeTask)  # type: ignore[untyped-decorator]
def extract_nodes_task(episode_uuid: str, journal: str) -> None:
    """Extract an episode if it is still pending and inference is on; otherwise leave."""
    worker = _worker()
    try:
        if not worker.is_closing and _may_be_extracted(episode_uuid):
            worker.helpers.call(manager.threads_at_once() - 1)
            _extract(worker, episode_uuid, journal)
    except TaggingCancelledError:
        log.info("Stopped extracting %s; it is extracted later.", episode_uuid)
        with suppress(RedisUnavailableError):
            manager.cleanup_if_no_work()
        worker.status.set_ready()
    except RedisDamagedError as error:
        log.warning("Redis is begun anew: %s", error)
        with suppress(RedisUnavailableError):
            redis_ops.start_anew()
            redis_ops.enqueue_pending_episodes()
    except RedisUnavailableError as error:
        log.warning("Left %s to the next sweep: %s", episode_uuid, error)
    except PUT_OFF_BY as error:
        _put_off_everything(worker, error)
    else:
        if manager.cleanup_if_no_work():
            worker.status.set_idle()
    # What is left is the entry's fault, or a defect of ours: see `_record_failure`.


def _worker() -> WorkerProcess:
    if huey.worker is None:
        raise RuntimeError("Tasks are executed in a worker process alone.")
    return huey.worker


def _may_be_extracted(uuid: str) -> bool:
    is_pending = redis_ops.get_episode_status(uuid) == episodes.PENDING
    return is_pending and redis_ops.get_inference_enabled()


def _extract(worker: WorkerProcess, uuid: str, journal: str) -> None:
    with Attempt(worker, uuid) as attempt:
        if attempt.entry is not None:
            attempt.outcome = extract_nodes(
                uuid,
                journal,
                entry=attempt.entry,
                progress=attempt.note_progress,
                cancelled=attempt.is_unwanted,
                on_model=attempt.note_model,
            )
    # Only now that the entry is no longer claimed: saved again meanwhile, it may be another
    # thread's next task.
    if attempt.is_fatal:
        _fail(uuid, f"Reading this entry ended the worker {MAX_CRASHES} times.")
    elif attempt.outcome is not None:
        redis_ops.remove_episode_from_queue(uuid)
        if attempt.outcome is Outcome.STORED:
            publish(EventName.ENTITIES_READY, entry=uuid, journal=journal)


def _put_off_everything(worker: WorkerProcess, error: CharlieError) -> None:
    """Empty the queue: nothing can be extracted now, and no entry pays for it with an attempt.

    Every task would fail in turn otherwise; the next sweep fills the queue again.
    """
    log.warning("Nothing can be extracted for now: %s", error)
    redis_ops.empty_queue()
    manager.unload_all_models()
    worker.status.set_problem(explain(error))


@huey.signal(SIGNAL_ERROR)  # type: ignore[untyped-decorator]
def _record_failure(_signal: str, task: Any, error: BaseException) -> None:
    """Try an episode again later, or mark it as failed."""
    uuid, journal = task.args
    reason = describe_failure(error)
    attempts = episodes.count_failure(uuid)
    if attempts >= MAX_ATTEMPTS:
        _fail(uuid, reason)
    else:
        delay = min(FIRST_DELAY * 2 ** (attempts - 1), LONGEST_DELAY)
        redis_ops.set_episode_status(uuid, episodes.PENDING, error=reason)
        episodes.try_later(uuid, time.time() + delay)
        extract_nodes_task.schedule((uuid, journal), delay=delay)
        publish(EventName.EPISODE_FAILED, entry=uuid, journal=journal)
    _worker().status.set_ready()


@huey.signal(SIGNAL_INTERRUPTED)  # type: ignore[untyped-decorator]
def _forgive(_signal: str, task: Any) -> None:
    """Take back the attempt of an entry whose worker was told to leave at once."""
    episodes.end_extraction(task.args[0])


def _fail(uuid: str, reason: str) -> None:
    """Mark the current revision of an entry as failed."""
    pending = extractions.find_pending(uuid)
    if pending is None:
        redis_ops.remove_episode_from_queue(uuid)
        return
    log.warning("Extracting %s failed: %s", uuid, reason)
    redis_ops.set_episode_status(
        uuid, episodes.DEAD, pending.journal, error=reason, revision=pending.revision
    )
    publish(EventName.EPISODE_DEAD, entry=uuid, journal=pending.journal)
