"""The one task there is: reading an episode."""

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
from backend.errors import CharlieError, RedisUnavailableError, TaggingCancelledError
from backend.events import EventName, publish
from backend.failpoints import reach
from backend.graph.extract_nodes import Outcome, extract_nodes
from backend.inference import manager
from backend.services.queue import huey
from backend.services.supervision.worker_status import explain
from backend.services.worker import helpers as worker_helpers
from backend.services.worker import status_publisher
from backend.services.worker.consumer import is_closing, is_impatient
from backend.services.worker.run_recorder import PUT_OFF_BY, RunRecorder, describe_failure

__all__ = ["extract_nodes_task", "huey"]

#: After so many failures, or deaths of the worker, an entry is given up.
MAX_ATTEMPTS = 5
MAX_CRASHES = 3
#: Seconds before the second attempt; doubled for each further one, up to the limit.
FIRST_DELAY = 1.0
LONGEST_DELAY = 30.0

log = logging.getLogger("charlie.worker")


class EpisodeTask(Task):  # type: ignore[misc] # huey has no types
    """A task that is named after its episode: the same episode makes the same task."""

    def create_id(self) -> str:
        """The episode's uuid."""
        return str(self.args[0] if self.args else self.kwargs["episode_uuid"])


@huey.task(task_base=EpisodeTask)  # type: ignore[untyped-decorator]
def extract_nodes_task(episode_uuid: str, journal: str) -> None:
    """Read an episode if it still waits and inference is on; otherwise leave."""
    try:
        if _may_be_read(episode_uuid):
            worker_helpers.call(huey, manager.readers_at_once() - 1)
            _read(episode_uuid, journal)
    except TaggingCancelledError:
        log.info("Stopped reading %s; it is read again later.", episode_uuid)
        with suppress(RedisUnavailableError):
            manager.cleanup_if_no_work()
        status_publisher.ready()
    except RedisUnavailableError as error:
        log.warning("Left %s to the next sweep: %s", episode_uuid, error)
    except PUT_OFF_BY as error:
        _put_off_everything(error)
    else:
        if manager.cleanup_if_no_work():
            status_publisher.idle()
    # What is left is the entry's fault, or a defect of ours: see `_record_failure`.


def _may_be_read(uuid: str) -> bool:
    if is_closing():
        return False
    if redis_ops.get_episode_status(uuid) != episodes.PENDING:
        return False
    return redis_ops.get_inference_enabled()


def _read(uuid: str, journal: str) -> None:
    with worker_helpers.claim(uuid) as is_ours:
        # Another thread that reads it asks afterwards whether it was saved again meanwhile.
        outcome = _extract(uuid, journal) if is_ours else None
    if outcome is None:
        return
    redis_ops.remove_episode_from_queue(uuid)
    if outcome is Outcome.STORED:
        publish(EventName.ENTITIES_READY, entry=uuid, journal=journal)


def _extract(uuid: str, journal: str) -> Outcome | None:
    """How reading an episode ended; None if it was given up."""
    entry = extractions.find_unread(uuid)
    if entry is None:
        return Outcome.NOT_NEEDED
    if episodes.begin_reading(uuid) > MAX_CRASHES:
        _give_up(uuid, f"Reading this entry ended the worker {MAX_CRASHES} times.")
        return None
    reach("read.begun")
    status_publisher.reading(uuid, entry.revision, entry.label)
    try:
        with RunRecorder(entry) as run:
            outcome = extract_nodes(
                uuid,
                journal,
                progress=lambda done, total: status_publisher.progress(done / max(total, 1), uuid),
                cancelled=lambda: _is_unwanted(uuid),
                reads=run.reads,
            )
            run.ended(outcome)
    except TaggingCancelledError:
        if status_publisher.is_cancelled(uuid):
            # Whoever stopped it has set it aside.
            log.info("Stopped reading %s, as was asked.", uuid)
            return None
        outcome = Outcome.SUPERSEDED
        if not status_publisher.is_superseded(uuid):
            raise
    finally:
        # Redis may have gone meanwhile: what is not read any more must not seem to be.
        try:
            episodes.end_reading(uuid)
        finally:
            status_publisher.finished(uuid)
    log.info("Read %s, revision %d: %s.", uuid, entry.revision, outcome.name.lower())
    reach("read.stored")
    return outcome


def _is_unwanted(uuid: str) -> bool:
    """Whether to stop in the middle of an entry.

    Switching inference off lets the tagger finish; a language model may take minutes.
    """
    return (
        is_impatient()
        or status_publisher.is_superseded(uuid)
        or status_publisher.is_cancelled(uuid)
        or (status_publisher.is_switched_off() and manager.may_be_interrupted())
    )


def _put_off_everything(error: CharlieError) -> None:
    """Nothing can be read now: no entry's fault, so none of them pays for it with an attempt.

    The queue is emptied, or every task would fail in turn; the next sweep fills it again.
    """
    log.warning("Nothing can be read for now: %s", error)
    redis_ops.empty_queue()
    manager.unload_all_models()
    status_publisher.trouble(explain(error))


@huey.signal(SIGNAL_ERROR)  # type: ignore[untyped-decorator]
def _record_failure(_signal: str, task: Any, error: BaseException) -> None:
    """Try an episode again later, or give it up."""
    uuid, journal = task.args
    reason = describe_failure(error)
    attempts = episodes.count_failure(uuid)
    if attempts >= MAX_ATTEMPTS:
        _give_up(uuid, reason)
    else:
        delay = min(FIRST_DELAY * 2 ** (attempts - 1), LONGEST_DELAY)
        redis_ops.set_episode_status(uuid, episodes.PENDING, error=reason)
        episodes.try_later(uuid, time.time() + delay)
        extract_nodes_task.schedule((uuid, journal), delay=delay)
        publish(EventName.EPISODE_FAILED, entry=uuid, journal=journal)
    status_publisher.ready()


@huey.signal(SIGNAL_INTERRUPTED)  # type: ignore[untyped-decorator]
def _forgive(_signal: str, task: Any) -> None:
    """The worker was told to leave at once: that is not the entry's fault."""
    episodes.end_reading(task.args[0])


def _give_up(uuid: str, reason: str) -> None:
    entry = extractions.find_unread(uuid)
    if entry is None:
        redis_ops.remove_episode_from_queue(uuid)
        return
    log.warning("Gave up %s: %s", uuid, reason)
    redis_ops.set_episode_status(
        uuid, episodes.DEAD, entry.journal, error=reason, revision=entry.revision
    )
    publish(EventName.EPISODE_DEAD, entry=uuid, journal=entry.journal)
