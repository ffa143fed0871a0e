"""Every write that an interface may do: commit it, then tell who listens.

Each function commits in SQLite and publishes an event that says what happened, so that the worker
extracts the names and other screens show the change. A notification that reaches nobody costs
nothing: the write is on disk, and the worker's next sweep finds what has to be done.

A command publishes before the function returns, which takes a millisecond and imports no redis. A
screen hands the events to a thread (`notify_through`), because a Redis that hangs must not keep a
save waiting. Drafts are not here: they concern the screen that writes them, and nobody is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import wraps
from typing import ParamSpec, TypeVar

from backend.database.journal import entries, journals, revisions, trash
from backend.database.journal.entries import NewEntry
from backend.errors import CharlieError
from backend.events import Event, EventName, publish
from backend.failpoints import reach
from backend.records import Entry, EntrySummary

__all__ = [
    "add_and_enqueue",
    "add_entries",
    "add_entry",
    "create_journal",
    "delete_entry",
    "delete_journal",
    "edit_entry",
    "empty_trash",
    "enqueue_entry",
    "move_entry",
    "notify_through",
    "purge_entry",
    "rename_journal",
    "restore_entry",
    "restore_revision",
]

# More events than this at once are told as one.
_MANY = 100

_P = ParamSpec("_P")
_R = TypeVar("_R")


def _publish(event: Event) -> None:
    publish(event.name, entry=event.entry, journal=event.journal)


_notify: Callable[[Event], None] = _publish


def notify_through(notify: Callable[[Event], None] | None) -> None:
    """Hand the events of this process to `notify`; for None publish them at once.

    Args:
        notify: called in the thread of the write, after the commit; neither blocks nor raises.
    """
    global _notify  # noqa: PLW0603 - one process, one way to tell
    _notify = notify or _publish


def _notifying(commit: Callable[_P, _R], event: Callable[[_R], Event]) -> Callable[_P, _R]:
    """Return `commit` followed by the notification that `event` makes of its answer."""

    @wraps(commit)
    def write(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        answer = commit(*args, **kwargs)
        _notify(event(answer))
        return answer

    return write


def _of_entry(name: EventName) -> Callable[[EntrySummary], Event]:
    return lambda entry: Event(name, entry.uuid, entry.journal)


def _of_journal(name: EventName) -> Callable[[str], Event]:
    return lambda journal: Event(name, journal=journal)


def _purged(uuid: str) -> Event:
    return Event(EventName.ENTRY_PURGED, uuid)


add_entry = _notifying(entries.add_entry, _of_entry(EventName.ENTRY_SAVED))
edit_entry = _notifying(entries.edit_entry, _of_entry(EventName.ENTRY_SAVED))
restore_revision = _notifying(revisions.restore_revision, _of_entry(EventName.ENTRY_SAVED))
delete_entry = _notifying(entries.delete_entry, _of_entry(EventName.ENTRY_DELETED))
restore_entry = _notifying(entries.restore_entry, _of_entry(EventName.ENTRY_RESTORED))
move_entry = _notifying(entries.move_entry, _of_entry(EventName.ENTRY_MOVED))
purge_entry = _notifying(trash.purge_entry, _purged)

create_journal = _notifying(journals.create_journal, _of_journal(EventName.JOURNAL_CREATED))
rename_journal = _notifying(journals.rename_journal, _of_journal(EventName.JOURNAL_RENAMED))
delete_journal = _notifying(journals.delete_journal, _of_journal(EventName.JOURNAL_DELETED))


def add_entries(new: Iterable[NewEntry]) -> list[str]:
    """Save many entries in one transaction, all or none; return their uuids in order.

    Raises:
        EmptyEntryError, UsageError, StorageError: as `add_entry`; nothing was saved.
    """
    uuids = entries.add_entries(new)
    if uuids:
        _notify(Event(EventName.WAKE))
    return uuids


def empty_trash(deleted_before: datetime | None = None) -> list[str]:
    """Delete the entries in the trash, with their histories, for good; return their uuids.

    Args:
        deleted_before: only what was put there before this instant; everything if None.

    Raises:
        StorageError: nothing was deleted.
    """
    uuids = trash.empty_trash(deleted_before)
    if len(uuids) > _MANY:
        _notify(Event(EventName.WAKE))
    else:
        for uuid in uuids:
            _notify(_purged(uuid))
    return uuids


def add_and_enqueue(
    text: str,
    *,
    journal: str,
    title: str = "",
    created_at: datetime | None = None,
    zone: str | None = None,
) -> Entry:
    """Save a new entry as `add_entry` does, and put it into the worker's queue from here.

    Raises:
        EmptyEntryError, UsageError, StorageError: as `add_entry`; nothing was saved.
    """
    entry = entries.add_entry(text, journal=journal, title=title, created_at=created_at, zone=zone)
    enqueue_entry(entry.uuid, entry.journal)
    return entry


def enqueue_entry(uuid: str, journal: str, because: EventName = EventName.ENTRY_SAVED) -> bool:
    """Put an entry before the backlog of the worker, and publish why; False if Redis is away.

    Starts the embedded Redis if it does not run. Never raises: the entry is safe in SQLite, and
    the worker's next sweep finds it there.

    Args:
        uuid: the entry, which is committed.
        journal: the name of its journal.
        because: what happened to it.
    """
    # redis takes 95 ms to import; a command leaves this to the worker, which hears the event.
    from backend.database.redis_ops import add_episode  # noqa: PLC0415

    is_enqueued = True
    try:
        reach("enqueue.begun")
        add_episode(uuid, journal)
    except CharlieError as error:
        # 3 ms that a command need not pay.
        import logging  # noqa: PLC0415

        logging.getLogger("charlie.journal").warning("Entry %s was not enqueued: %s", uuid, error)
        is_enqueued = False
    publish(because, entry=uuid, journal=journal)
    return is_enqueued
