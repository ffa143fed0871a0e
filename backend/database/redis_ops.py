"""Whether anything is read at all, which episodes wait for it, and how they come into the queue.

Everything in Redis can be lost at any time and is rebuilt from SQLite, where an entry needs to
be read exactly when `extracted_revision < revision`. Keys, beside those of `episodes`:

- `app:inference_enabled`: "1" or "0", mirrored as the preference "inference_enabled".
- `app:instance`: identity of the database that all this belongs to.

A save, the switch, a sweep and the worker may all be at work at once. Every order of their steps
ends well, because of three rules:

1. A save commits to SQLite, then sets the status, then asks whether inference is on, then
   enqueues. Switching on sets the switch, then looks for what waits, then enqueues. Whichever of
   "asks" and "sets the switch" comes first, one of the two enqueues the episode.
2. The worker takes a task from the queue, then asks for status and switch. A task taken before
   "enqueues" is added again; one taken after it sees the switch on.
3. What removes a status asks SQLite afterwards whether the entry needs to be read after all
   (it was saved again meanwhile), and if so puts it back. A save that is not seen by that
   question sets its status after the removal.

A task that is enqueued too often finds nothing to do and leaves.

Every function raises `RedisUnavailableError` if Redis cannot be started or reached, and
`StorageError` if SQLite cannot.
"""

from __future__ import annotations

from backend import settings
from backend.database.journal import extractions
from backend.database.journal.listing import count_pending, list_pending
from backend.database.journal.preferences import get_preference, instance_id, set_preference
from backend.database.redis import episodes, run_records, worker_state
from backend.database.redis.episodes import DEAD, PENDING
from backend.database.redis.session import session
from backend.database.redis.task_queue import (
    QUEUE_KEY,
    SCHEDULE_KEY,
    Priority,
    enqueue_episodes,
)
from backend.events import EventName, publish
from backend.preferences import INFERENCE_ENABLED

_INFERENCE_KEY = "app:inference_enabled"
_INSTANCE_KEY = "app:instance"


def set_inference_enabled(enabled: bool) -> None:
    """Switch reading on, which enqueues all that waits, or off: what runs is finished."""
    # Kept first: a wipe of Redis must never undo what the user was told.
    set_preference(INFERENCE_ENABLED, bool(enabled))
    _adopt()
    with session() as redis:
        redis.set(_INFERENCE_KEY, _encode_switch(enabled))
    if enabled:
        enqueue_pending_episodes()
    publish(EventName.INFERENCE_CHANGED)


def get_inference_enabled() -> bool:
    """Return whether inference is on, as it is unless it was switched off."""
    _adopt()
    with session() as redis:
        value = redis.get(_INFERENCE_KEY)
        if value is None:
            redis.set(_INFERENCE_KEY, _encode_switch(_preferred()), nx=True)
            value = redis.get(_INFERENCE_KEY)
    return value != b"0"


def set_episode_status(
    uuid: str, status: str, journal: str | None = None, **fields: str | int
) -> None:
    """Give an episode a status, and take it out of any other.

    Args:
        uuid: the entry.
        status: "pending_nodes" or "dead".
        journal: its journal; what is known of it stays if None.
        fields: fields of `episodes.Episode`, as they are to be from now on.

    Raises:
        ValueError: there is no such status.
    """
    episodes.set_status(uuid, status, journal, **fields)


def get_episode_status(uuid: str) -> str | None:
    """Return "pending_nodes", "dead", or None for an entry without a status."""
    return episodes.get_status(uuid)


def get_episodes_by_status(status: str) -> list[str]:
    """Return the uuids with a status, newest save first, after agreeing with SQLite.

    Raises:
        ValueError: there is no such status.
    """
    episodes.check_status(status)
    waiting = reconcile()
    return list(waiting) if status == PENDING else sorted(episodes.list_by_status(status))


def remove_episode_from_queue(uuid: str) -> None:
    """Forget an episode: it was read, or its entry is gone. A task of it finds nothing to do.

    If SQLite says that the entry needs to be read after all, it waits again at once: it was saved
    while its earlier revision was being read.
    """
    episodes.forget([uuid])
    entry = extractions.find_pending(uuid)
    if entry is not None:
        add_episode(uuid, entry.journal)


def enqueue_pending_episodes() -> int:
    """Enqueue what waits, behind what was just saved; how many were not in the queue yet.

    Nothing while inference is off. What is being read, is to be tried later or was given up is
    left alone.
    """
    if not get_inference_enabled():
        return 0
    waiting = reconcile()
    resting = {*episodes.times_of_retry(), *worker_state.entries_being_extracted()}
    return _enqueue([each for each in waiting.items() if each[0] not in resting])


def add_episode(uuid: str, journal: str) -> bool:
    """Have an entry that was just saved read next; False if it waits for inference.

    Earlier failures are forgotten: it is another text now.
    """
    episodes.set_pending({uuid: journal})
    if not get_inference_enabled():
        return False
    _enqueue([(uuid, journal)], just_saved=True)
    return True


def empty_queue() -> None:
    """Take all tasks out of the queue; the episodes wait for the next sweep."""
    with session() as redis:
        redis.delete(QUEUE_KEY)


def count_waiting() -> int:
    """Return how many entries are being extracted or will be once inference is on."""
    return max(count_pending() - episodes.count_by_status(DEAD), 0)


def reconcile() -> dict[str, str]:
    """Make the statuses what SQLite says; the episodes that wait (uuid, journal), newest first.

    What needs to be read and has no status waits. What has a status and needs none is forgotten.
    What was given up waits again if it was edited since.
    """
    _adopt()
    # Before SQLite: what SQLite then does not list needed no status when it was asked.
    pending, dead = episodes.list_by_status(PENDING), episodes.list_by_status(DEAD)
    wanted = dict(list_pending())
    given_up = (dead & wanted.keys()) - _edited_since(dead)
    waiting = {uuid: journal for uuid, journal in wanted.items() if uuid not in given_up}
    episodes.set_pending({u: journal for u, journal in waiting.items() if u not in pending})
    gone = (pending | dead) - wanted.keys()
    episodes.forget(gone)
    for uuid in extractions.pending_revisions(gone):
        remove_episode_from_queue(uuid)
    return waiting


def is_strange() -> bool:
    """Return whether this Redis was wiped or used by another journal since the last look."""
    with session() as redis:
        return redis.get(_INSTANCE_KEY) != instance_id().encode()


def start_anew() -> None:
    """Forget everything: what is pending is found again by the next sweep.

    For a Redis in which a key holds something of another kind than Charlie puts there. One of the
    user's own may hold more than Charlie's keys, which are deleted alone.
    """
    with session() as redis:
        if settings.REDIS_URL is None:
            redis.flushdb()
            return
        redis.delete(QUEUE_KEY, SCHEDULE_KEY, _INSTANCE_KEY, _INFERENCE_KEY)
    episodes.forget_all()
    run_records.forget_all()


def rewrite_log() -> bool:
    """Have the embedded Redis write its append-only file anew, without what was deleted.

    The file keeps every command until then. It is done in the background. A Redis of the user's
    own is left alone.

    Returns:
        False where the file is being written anew already, perhaps from before the deletion.
    """
    if settings.REDIS_URL is not None:
        return True
    with session() as redis:
        if redis.info("persistence")["aof_rewrite_in_progress"]:
            return False
        redis.bgrewriteaof()
    return True


def _adopt() -> None:
    """Make this Redis this journal's: what another journal left in it is removed.

    Of several processes that find it new, one does the work: `SET … GET` tells which.
    """
    own = instance_id()
    with session() as redis:
        if redis.get(_INSTANCE_KEY) == own.encode():
            return
        before = redis.set(_INSTANCE_KEY, own, get=True)
        if before == own.encode():
            return
        if before is not None:
            episodes.forget_all()
            run_records.forget_all()
            redis.delete(QUEUE_KEY, SCHEDULE_KEY)
        redis.set(_INFERENCE_KEY, _encode_switch(_preferred()))


def _enqueue(waiting: list[tuple[str, str]], *, just_saved: bool = False) -> int:
    with session() as redis:
        return enqueue_episodes(
            redis, waiting, Priority.JUST_SAVED if just_saved else Priority.BACKLOG
        )


def _edited_since(dead: set[str]) -> set[str]:
    """Return those of the failed episodes whose entry has another revision now."""
    if not dead:
        return set()
    current = extractions.pending_revisions(dead)
    known = episodes.get_episodes(current)
    return {
        uuid
        for uuid, revision in current.items()
        if uuid not in known or known[uuid].revision != revision
    }


def _preferred() -> bool:
    return get_preference(INFERENCE_ENABLED)


def _encode_switch(enabled: bool) -> str:
    return "1" if enabled else "0"
