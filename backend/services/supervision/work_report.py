"""The queue, the last runs and the worker's log, in one report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from backend.database.journal import extractions
from backend.database.redis import task_queue
from backend.database.redis.task_queue import Priority
from backend.errors import RedisUnavailableError
from backend.services.supervision import queue_view, run_log
from backend.services.supervision.queue_view import QueuedEntry, Turn
from backend.services.supervision.run_log import NOTHING_EXTRACTED, Death, Figures, Run
from backend.services.supervision.worker_status import WorkerStatus, load_status

# Entries of each kind that are named one by one; more are counted.
_MOST_LISTED = 50
_LOG_LINES = 200


@dataclass(frozen=True, slots=True)
class WorkReport:
    """What there is to say of the worker's work.

    `waiting` are the first in the queue, in its order, those being extracted among them; `counts`
    says how many there are of each kind, also of those that are not named.
    `titles` names the entries of `runs`, as far as they exist (not sanitised). `log` is the end
    of the worker's log, not sanitised either. Without Redis there is only `status` and `log`.
    """

    status: WorkerStatus
    waiting: tuple[QueuedEntry, ...] = ()
    failed: tuple[QueuedEntry, ...] = ()
    counts: Mapping[Turn, int] = field(default_factory=dict)
    runs: tuple[Run, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    figures: Figures = NOTHING_EXTRACTED
    deaths: tuple[Death, ...] = ()
    log: tuple[str, ...] = ()


def load_report() -> WorkReport:
    """Ask SQLite, Redis and the log; blocks, for some milliseconds however much waits.

    Raises:
        StorageError: the journal cannot be read.
    """
    status = load_status()
    log = tuple(run_log.log_tail(_LOG_LINES))
    try:
        return _read(status, log)
    except RedisUnavailableError:
        return WorkReport(status, log=log)


def _read(status: WorkerStatus, log: tuple[str, ...]) -> WorkReport:
    waiting = [each for each in queue_view.glance(_MOST_LISTED) if each.turn is not Turn.FAILED]
    failed = queue_view.list_failed()
    queued = task_queue.count_queued()
    counts = {
        Turn.EXTRACTING: sum(each.turn is Turn.EXTRACTING for each in waiting),
        Turn.NEXT: queued[Priority.JUST_SAVED],
        Turn.BACKLOG: queued[Priority.BACKLOG],
        Turn.LATER: sum(each.turn is Turn.LATER for each in waiting),
        Turn.FAILED: len(failed),
    }
    counts[Turn.WAITS] = max(status.waiting - sum(counts.values()) + len(failed), 0)
    runs = run_log.list_runs()
    labels = extractions.find_labels([run.uuid for run in runs[:_MOST_LISTED]])
    return WorkReport(
        status,
        tuple(waiting),
        tuple(failed[:_MOST_LISTED]),
        counts,
        tuple(runs),
        {uuid: label for uuid, (_, label) in labels.items()},
        run_log.load_figures(),
        tuple(run_log.list_deaths()),
        log,
    )
